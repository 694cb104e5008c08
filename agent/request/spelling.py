"""Slips of the keyboard: one letter too many, too few, wrong, or two swapped."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA


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
    return OSA.distance(a, b, score_cutoff=1) <= 1
