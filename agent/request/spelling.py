"""Slips of the keyboard: one letter too many, too few, wrong, or two swapped."""

from collections.abc import Iterable


def close(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is, but for one slip; None when there is none. Words under six letters must be exact.

    >>> close("clasify", ["classify", "regress"])
    'classify'
    """
    if word in (known := list(known)):
        return word
    if len(word) < 6:
        return None
    return next((other for other in known if len(other) >= 6 and one_slip(word, other)), None)


def one_slip(a: str, b: str) -> bool:
    """Whether one insertion, deletion, change, or swap of neighbours makes `a` into `b`."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    start, end = 0, min(len(a), len(b))
    while start < end and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    if len(a) != len(b):
        return a[1:] == b if len(a) > len(b) else a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
