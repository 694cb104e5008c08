"""What the pages of the documentation that are made of docstrings have in common: formats.md and families.md.

Reads x.                       its first line is a sentence
                               and what else is to be said, with examples indented, stands below
Source: https://example.org    where it is documented; may be left out
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SOURCE = re.compile(r"\bSource: (.+)\Z", re.DOTALL)


@dataclass(frozen=True)
class Described:
    """What one module says of itself. source: empty where it names none."""

    name: str
    title: str
    body: str
    source: str


def describe(name: str, docstring: str) -> Described:
    """Raises ValueError for a docstring whose first line is no sentence."""
    title, _, rest = docstring.strip().partition("\n")
    found = _SOURCE.search(rest)
    body = rest[: found.start()] if found else rest
    if not title.endswith((".", ":")):
        raise ValueError(f"{name}: the first line of its docstring is no sentence.")
    return Described(name, title, body.strip("\n").rstrip(), " ".join(found[1].split()) if found else "")


def as_markdown(body: str) -> str:
    """Indented lines as blocks of code, which no character in them can leave; anything else as it is."""
    blocks: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body):
        lines = paragraph.split("\n")
        start = 0
        while start < len(lines):
            end, indented = start, lines[start].startswith("    ")
            while end < len(lines) and lines[end].startswith("    ") == indented:
                end += 1
            text = "\n".join(lines[start:end])
            blocks.append(f"```text\n{textwrap.dedent(text)}\n```" if indented else _prose(text))
            start = end
    return "\n\n".join(blocks)


def _prose(text: str) -> str:
    """`<` outside of backticks would begin a tag."""
    parts = text.split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def linked(text: str) -> str:
    """Its addresses as links."""
    return re.sub(r"https?://(?:[^\s,()]|\([^\s,()]*\))*[^\s,().]", lambda found: f"<{found[0]}>", text)


def cell(text: str) -> str:
    """For a table's cell."""
    return text.replace("|", "\\|")


def write(page: Path, text: str, arguments: list[str]) -> int:
    """The page's file; with `--check` nothing is written, and the exit status is 1 where it is out of date."""
    if "--check" in arguments:
        return int(not page.is_file() or page.read_text(encoding="utf-8") != text)
    page.write_text(text, encoding="utf-8")
    return 0
