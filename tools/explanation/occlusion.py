"""How much of an answer is lost when a part of the input is covered (Zeiler & Fergus 2014, arxiv.org/abs/1311.2901).

    answers = asked(model, rows, variants, kind)         # float64 (n,): the answer with each part covered

Windows overlap; what a place counts is the mean over the windows that cover it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from noglue.tools.spec.protocols import Predictor


def windows(length: int, parts: int) -> list[tuple[int, int]]:
    """(start, end): each two parts wide, moved by one part."""
    edges = np.unique(np.linspace(0, length, min(parts, max(1, length)) + 1).round().astype(int))
    ends = [*edges[2:], length] if len(edges) > 2 else [length]
    return [(int(start), int(end)) for start, end in zip(edges, ends, strict=False)][: max(1, len(edges) - 2)]


def asked(
    model: Predictor, rows: Callable[[Sequence[Any]], Any], variants: Sequence[Any], kind: int | None
) -> np.ndarray:
    """float64 (n,): the probability of the class `kind`, or the value, of each variant. rows: → a data set of them."""
    predicted = model.predict(rows(variants))
    return np.asarray(predicted if kind is None else predicted[:, kind], np.float64)


def spread(shape: tuple[int, ...], parts: Sequence[tuple[slice, ...]], lost: np.ndarray) -> np.ndarray:
    """float64 of `shape`: what each place counts."""
    total, times = np.zeros(shape), np.zeros(shape)
    for part, amount in zip(parts, lost, strict=True):
        total[part] += amount
        times[part] += 1
    return np.asarray(total / np.maximum(times, 1))
