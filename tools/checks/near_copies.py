"""Rows that are nearly the same: a picture saved again, a text with a word changed, a row with its numbers rounded.

    copies = Copies(pairs, looked_at=1797, rows=1797)
    copies.united(hashes, movable)       # near-copies get one hash, and so stay on one side of a split

What is near is told by the data themselves: two rows are copies where they lie much nearer to each other than rows of
this data set lie to their neighbours (the ratio test of Lowe 2004, https://doi.org/10.1023/B:VISI.0000029664.99615.94).
Of handwritten ones, every one has many others nearly as near; of a picture that was saved twice, one alone is near.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

SAMPLE = 4_000  # rows that say how far neighbours usually lie, for a first look
NEIGHBOUR = 4  # in that sample the one that counts, so that a few copies among them change nothing
NEIGHBOUR_OF_ALL = 10  # among all rows, for a second look
BLOCK = 1 << 26  # distances that are in memory at a time
FEWEST = 30  # rows under which nothing is usual
LARGEST = 0.1  # of the rows, in one chain of copies: then alike is what these rows are
LONGEST = 4  # rows of a chain that is never too long


@dataclass(frozen=True)
class Copies:
    """pairs: int64 (m, 2), a row and the one that it is a near-copy of, neither equal in content.

    looked_at: of how many of the `rows` the copies were looked for.
    """

    pairs: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    looked_at: int = 0
    rows: int = 0

    def groups(self, count: int) -> np.ndarray:
        """int64 (count,): rows that are near-copies, in one step or in several, have one number."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        links = coo_array((np.ones(len(self.pairs), np.int8), (self.pairs[:, 0], self.pairs[:, 1])), (count, count))
        return np.asarray(connected_components(links, directed=False)[1], np.int64)

    def united(self, hashes: np.ndarray, movable: np.ndarray) -> np.ndarray:
        """The hashes with one for all near-copies of a row and the rows equal to them; as they were where chains of
        near-copies grow too long.

        movable: the rows of which a split is still to be made.
        """
        inside = self.pairs[np.isin(self.pairs, movable).all(axis=1)]
        if not len(inside):
            return hashes
        _, content = np.unique(hashes, return_inverse=True)
        group = Copies(content[inside]).groups(int(content.max()) + 1)[content]
        own = np.bincount(content[movable], minlength=int(content.max()) + 1).max()
        if np.bincount(group[movable]).max() > max(own, LONGEST, LARGEST * len(movable)):
            return hashes
        first = np.zeros(int(group.max()) + 1, np.int64)
        first[group[movable[::-1]]] = movable[::-1]
        joined = hashes.copy()
        joined[movable] = hashes[first[group[movable]]]
        return joined


@dataclass(frozen=True)
class Part:
    """Rows to look at: their numbers (n,), and float32 vectors (n, d) that lie near each other where rows are alike."""

    rows: np.ndarray
    vectors: np.ndarray

    def where(self, kept: np.ndarray) -> "Part":
        return Part(self.rows[kept], self.vectors[kept])


def near_pairs(
    known: Part,
    others: Part | None,
    ratio: float,
    confirm: Callable[[np.ndarray], np.ndarray],
    random: np.random.Generator,
    usual: Part | None = None,
) -> np.ndarray:
    """int64 (m, 2): rows of `known` with a near-copy among them, and rows of `others` with one in `known`.

    ratio: of squared distances, to the nearest row and to a usual neighbour. confirm: pairs → bool, a closer look.
    usual: the rows whose distances are usual, where they are more than `known`.
    """
    usual = known if usual is None else usual
    if len(usual.rows) < FEWEST or not len(known.rows):
        return np.zeros((0, 2), np.int64)
    sample = random.choice(len(usual.rows), min(SAMPLE, len(usual.rows)), replace=False)
    found = []
    for part in (known, others):
        if part is None or not len(part.rows):
            continue
        same = part is known
        nearest, distance = _nearest(part.vectors, known.vectors, same)
        near = np.flatnonzero(np.isfinite(distance))
        for seen, neighbour in ((usual.where(sample), NEIGHBOUR), (usual, NEIGHBOUR_OF_ALL)):
            near = near[distance[near] <= ratio * _usual(part.where(near), seen, neighbour)]
        found.append(np.stack([part.rows[near], known.rows[nearest[near]]], axis=1))
    pairs = np.unique(np.sort(found[0], axis=1), axis=0)[:, ::-1]  # of two, the later one is the copy
    pairs = np.concatenate([pairs, *found[1:]])
    return pairs[confirm(pairs)] if len(pairs) else pairs


def _nearest(vectors: np.ndarray, known: np.ndarray, same: bool) -> tuple[np.ndarray, np.ndarray]:
    """The place of the nearest of `known` and the squared distance; same: a row is not its own neighbour."""
    nearest, distance = np.zeros(len(vectors), np.int64), np.zeros(len(vectors))
    for start, squares in _distances(vectors, known):
        rows = np.arange(len(squares))
        if same:
            squares[rows, start + rows] = np.inf
        nearest[start : start + len(rows)] = best = squares.argmin(axis=1)
        distance[start : start + len(rows)] = squares[rows, best]
    exact = ((vectors.astype(np.float64) - known[nearest]) ** 2).sum(axis=1)
    return nearest, np.where(np.isfinite(distance), exact, np.inf)


def _usual(part: Part, known: Part, neighbour: int) -> np.ndarray:
    """The squared distance to a usual neighbour, (n,)."""
    place = min(neighbour, len(known.rows) - 1)
    usual = np.zeros(len(part.rows))
    for start, squares in _distances(part.vectors, known.vectors):
        squares[part.rows[start : start + len(squares), None] == known.rows] = np.inf
        usual[start : start + len(squares)] = np.partition(squares, place - 1, axis=1)[:, place - 1]
    return usual


def _distances(vectors: np.ndarray, known: np.ndarray):  # type: ignore[no-untyped-def]
    """Squared distances from some rows to all of `known`, with the first row's place."""
    lengths = (known**2).sum(axis=1)
    size = max(1, BLOCK // len(known))
    for start in range(0, len(vectors), size):
        block = vectors[start : start + size]
        squares = block @ (-2 * known.T)
        squares += lengths
        squares += (block**2).sum(axis=1, keepdims=True)
        yield start, squares
