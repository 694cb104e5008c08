"""A count with its noun, in the number that it asks for.

>>> counted(1, "row"), counted(1234, "row"), counted(2, "class"), counted(3, "series"), counted(2, "entry")
('1 row', '1,234 rows', '2 classes', '3 series', '2 entries')
"""


def counted(count: int, noun: str) -> str:
    """`12 rows`, `1 row`."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Of the regular nouns that data is described with."""
    if noun.endswith("series"):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
