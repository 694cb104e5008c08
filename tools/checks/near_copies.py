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
import threadpoolctl

SAMPLE = 4_000  # rows that say how far neighbours usually lie, for a first look
NEIGHBOUR = 4  # in that sample the one that counts, so that a few copies among them change nothing
NEIGHBOUR_OF_ALL = 10  # among all rows, for a second look
BLOCK = 1 << 21  # distances that are in memory at a time: few enough for the processor's own
WINDOW = 1_024  # rows, neighbours along one direction, that are compared with the same others
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
    sample = usual.where(random.choice(len(usual.rows), min(SAMPLE, len(usual.rows)), replace=False))
    with threadpoolctl.threadpool_limits(
        1, "blas"
    ):  # beside other work, threads wait longer for each other than they win
        return _pairs(known, others, ratio, confirm, usual, sample)


def _pairs(
    known: Part,
    others: Part | None,
    ratio: float,
    confirm: Callable[[np.ndarray], np.ndarray],
    usual: Part,
    sample: Part,
) -> np.ndarray:
    found = []
    for part in (known, others):
        if part is None or not len(part.rows):
            continue
        near, nearest, distance = _nearest(part, known, ratio * _usual(part, sample, NEIGHBOUR), sample.vectors)
        pairs = np.stack([part.rows[near], known.rows[nearest]], axis=1)
        alike = confirm(pairs) if len(pairs) else np.zeros(0, bool)
        near, distance, pairs = near[alike], distance[alike], pairs[alike]
        found.append(pairs[distance <= ratio * _usual(part.where(near), usual, NEIGHBOUR_OF_ALL)])
    first = np.unique(np.sort(found[0], axis=1), axis=0)[:, ::-1]  # of two, the later one is the copy
    return np.concatenate([first, *found[1:]])


def _nearest(
    part: Part, known: Part, within: np.ndarray, sample: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places in `part` of rows that have another row of `known` within that squared distance, the place of the
    nearest there, and the squared distance.

    Along the direction in which rows differ most, no row lies further away than in all: only those are compared that
    come near enough along it.
    """
    centred = sample - sample.mean(axis=0)
    direction = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    along, known_along = part.vectors @ direction, known.vectors @ direction
    ordered, reach = np.argsort(known_along, kind="stable"), np.sqrt(within) + 1e-6
    line, there = known_along[ordered], known.where(ordered)
    own = _places(part.rows, there.rows)
    nearest, distance = np.zeros(len(part.rows), np.int64), np.full(len(part.rows), np.inf)
    queue = np.argsort(along, kind="stable")
    for start in range(0, len(queue), WINDOW):
        places = queue[start : start + WINDOW]
        low, high = along[places[0]] - reach[places].max(), along[places[-1]] + reach[places].max()
        first, last = np.searchsorted(line, [low, high], side="left")
        if last <= first:
            continue
        best = first + _closest(part.vectors[places], there.vectors[first:last], own[places] - first)
        exact = ((part.vectors[places].astype(np.float64) - there.vectors[best]) ** 2).sum(axis=1)
        nearest[places], distance[places] = ordered[best], np.where(best == own[places], np.inf, exact)
    near = np.flatnonzero(distance <= within)
    return near, nearest[near], distance[near]


def _closest(vectors: np.ndarray, known: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The place in `known` of the vector nearest to each, int64 (n,). own: where each stands there itself, which does
    not count unless it is the only one; elsewhere, nowhere."""
    place, least = np.zeros(len(vectors), np.int64), np.full(len(vectors), np.inf, np.float32)
    width = max(1, BLOCK // len(vectors))
    for start in range(0, len(known), width):
        squares = _distances(vectors, known[start : start + width])
        _leave_out(squares, own - start)
        best = squares.argmin(axis=1)
        closest = squares[np.arange(len(vectors)), best]
        nearer = closest < least
        place[nearer], least[nearer] = start + best[nearer], closest[nearer]
    return np.where(np.isfinite(least), place, np.clip(own, 0, len(known) - 1))


def _usual(part: Part, known: Part, neighbour: int) -> np.ndarray:
    """The squared distance to a usual neighbour, (n,)."""
    place = min(neighbour, len(known.rows) - 1)
    usual, own = np.zeros(len(part.rows)), _places(part.rows, known.rows)
    size = max(1, BLOCK // len(known.rows))
    for start in range(0, len(part.rows), size):
        squares = _distances(part.vectors[start : start + size], known.vectors)
        _leave_out(squares, own[start : start + size])
        usual[start : start + size] = np.partition(squares, place - 1, axis=1)[:, place - 1]
    return usual


def _distances(vectors: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Squared distances, float32 (n, len(known))."""
    squares = vectors @ (-2 * known.T)
    squares += (known**2).sum(axis=1)
    squares += (vectors**2).sum(axis=1, keepdims=True)
    return np.asarray(squares)


def _leave_out(squares: np.ndarray, own: np.ndarray) -> None:
    """No row is its own neighbour. own: the column that it stands in itself, or any number that is none."""
    inside = np.flatnonzero((own >= 0) & (own < squares.shape[1]))
    squares[inside, own[inside]] = np.inf


def _places(rows: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Where each row stands among others, int64 (n,); a number far below nothing where it does not."""
    order = np.argsort(among, kind="stable")
    found = order[np.clip(np.searchsorted(among[order], rows), 0, len(among) - 1)]
    return np.where(among[found] == rows, found, np.iinfo(np.int64).min // 2)
