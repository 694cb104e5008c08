"""Which rows are held out. Every function gives a bool mask (n,), True for a row that is held out.

Strata are int64 codes (n,): the class, or for a regression the quantile that the target lies in. Rows of equal
content are kept on one side by `stratified(…, hashes)`, so that nothing is tested that was learned by heart.

turn: float64 (n,), a random number of each row by its place in the files (`turns`); who is held out goes by it alone,
so that what else is asked for (a column left out, another target, fewer rows) moves hardly a row to another side.
"""

import numpy as np

GROUPED_TRIES = 16
MANY = 40_000  # train rows of which a twentieth is enough to choose by
EXACT_TRIES = 64  # where a number of rows was asked for
FEWEST_FOR_TWO, FEWEST_FOR_THREE = 5, 10  # groups in all, to hold out so many of them
COPIED = 0.5  # of a group's rows stand in another one too: it is the same under another name
MOST_SHARING = 20  # groups that share a row; one in more of them is what many have, not a copy
MOST_UNITED = 0.5  # of the rows in one group: more, and there is nothing left to draw from


def turns(rows: int, random: np.random.Generator) -> np.ndarray:
    """Of each row, float64 (rows,) in 0…1. Those of the first rows are the same however many follow.

    >>> turns(3, np.random.default_rng(0)).round(3)
    array([0.637, 0.27 , 0.041])
    """
    return random.random(rows)


def stratified(strata: np.ndarray, fraction: float, turn: np.ndarray, hashes: np.ndarray | None = None) -> np.ndarray:
    """A share of every stratum, those of the smallest `turn`: at least one row of each that has two, never all of them.

    Equal rows go with the first of them, so that only they move where what makes them equal changes.

    >>> stratified(np.array([0] * 80 + [1] * 20 + [2]), 0.2, turns(101, np.random.default_rng(0))).sum()
    20
    """
    if hashes is None:
        return _share(strata, fraction, turn)
    # A group of equal rows goes by its rarest class, so that no class is swallowed by another.
    rarest_first = np.argsort(np.bincount(strata)[strata], kind="stable")
    _, first, group = np.unique(hashes[rarest_first], return_index=True, return_inverse=True)
    held = np.empty(len(strata), dtype=bool)
    held[rarest_first] = _share(strata[rarest_first][first], fraction, turn[rarest_first][first])[group]
    everything = np.unique(strata)
    # Equal rows of many classes, or nothing but equal rows, can't be kept together.
    if not held.any() or len(np.unique(strata[~held])) < len(everything):
        return _share(strata, fraction, turn)
    return held


def _share(strata: np.ndarray, fraction: float, turn: np.ndarray) -> np.ndarray:
    counts = np.bincount(strata)
    wanted = np.floor(counts * fraction + 0.5).astype(np.int64)
    wanted = np.clip(wanted, np.where(counts >= 2, 1, 0), np.maximum(counts - 1, 0))
    order = np.lexsort((turn, strata))
    rank = np.arange(len(strata)) - (np.cumsum(counts) - counts)[strata[order]]
    held = np.empty(len(strata), dtype=bool)
    held[order] = rank < wanted[strata[order]]
    return held


def drawn(strata: np.ndarray, count: int, turn: np.ndarray, hashes: np.ndarray | None = None) -> np.ndarray:
    """`count` rows, each stratum by its share: one at least of each that has two, never all of one.

    Equal rows stay together, so that where all of them are repeated the count is met as nearly as whole sets allow.

    >>> drawn(np.array([0] * 80 + [1] * 20 + [2]), 25, turns(101, np.random.default_rng(0))).sum()
    25
    """
    unit = np.arange(len(strata)) if hashes is None else np.unique(hashes, return_inverse=True)[1]
    rarest_first = np.argsort(np.bincount(strata)[strata], kind="stable")
    _, first = np.unique(unit[rarest_first], return_index=True)
    kind, size = strata[rarest_first][first], np.bincount(unit)  # of each unit
    counts = np.bincount(kind, weights=size, minlength=int(strata.max()) + 1).astype(np.int64)
    left, room, missing = _quota(counts, count), np.maximum(counts - 1, 0), count
    chosen = np.zeros(len(size), bool)
    order = np.argsort(turn[rarest_first][first], kind="stable")
    for within in (True, False):  # every stratum's share first, then what is still missing, wherever it fits
        for one in order[~chosen[order]].tolist():
            if size[one] <= min(room[kind[one]], missing, left[kind[one]] if within else missing):
                chosen[one] = True
                left[kind[one]] -= size[one]
                room[kind[one]] -= size[one]
                missing -= int(size[one])
            if missing <= 0:
                break
    held = np.asarray(chosen[unit])
    if hashes is not None and (not held.any() or len(np.unique(strata[~held])) < len(np.unique(strata))):
        return drawn(strata, count, turn)  # nothing but equal rows, or a class swallowed by another
    return held


def _quota(counts: np.ndarray, count: int) -> np.ndarray:
    """`count` shared out by the strata's sizes (largest remainders), between one and all but one of each."""
    most = np.maximum(counts - 1, 0)
    least = np.where(counts >= 2, 1, 0)
    least = least if least.sum() <= count else np.zeros_like(least)
    share = np.clip(counts * (count / max(1, counts.sum())), least, most)
    wanted = np.floor(share).astype(np.int64)
    while (short := count - int(wanted.sum())) > 0 and (wanted < most).any():
        open_ = np.flatnonzero(wanted < most)
        wanted[open_[np.argsort(-(share - wanted)[open_], kind="stable")[:short]]] += 1
    while (over := int(wanted.sum()) - count) > 0 and (wanted > least).any():
        open_ = np.flatnonzero(wanted > least)
        wanted[open_[np.argsort((share - wanted)[open_], kind="stable")[:over]]] -= 1
    return np.asarray(wanted)


def exactly(strata: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Exactly `count` rows, each stratum by its share (largest remainders), one at least while there are enough."""
    counts = np.bincount(strata)
    present = counts > 0
    least = present.astype(np.int64) if count >= present.sum() else np.zeros(len(counts), dtype=np.int64)
    share = (counts - least) * ((count - least.sum()) / max(1, (counts - least).sum()))
    wanted = least + np.floor(share).astype(np.int64)
    order = np.argsort(-(share - np.floor(share)), kind="stable")
    wanted[order[: count - wanted.sum()]] += 1
    chosen = np.zeros(len(strata), dtype=bool)
    for stratum in np.flatnonzero(wanted):
        chosen[random.choice(np.flatnonzero(strata == stratum), wanted[stratum], replace=False)] = True
    return chosen


def evenly(strata: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Exactly `count` rows, equally many of each stratum; one with too few gives all, and the others more.

    >>> strata = np.array([0] * 80 + [1] * 20 + [2])
    >>> np.bincount(strata[evenly(strata, 11, np.random.default_rng(0))])
    array([5, 5, 1])
    """
    rank = np.empty(len(strata), dtype=np.int64)
    shuffled = random.permutation(len(strata))
    order = shuffled[np.argsort(strata[shuffled], kind="stable")]
    counts = np.bincount(strata)
    rank[order] = np.arange(len(strata)) - (np.cumsum(counts) - counts)[strata[order]]
    turn = random.permutation(len(counts))[strata]  # who goes first in the last, incomplete round
    chosen = np.zeros(len(strata), dtype=bool)
    chosen[np.lexsort((turn, rank))[:count]] = True
    return chosen


def grouped(groups: np.ndarray, strata: np.ndarray, fraction: float, random: np.random.Generator) -> np.ndarray:
    """Whole groups (a patient, a user), so that no group stands on both sides; of few groups two or three at least.

    One group alone says nothing of how the next will differ. Of a few random choices the one whose strata and size come
    closest is taken.
    """
    _, group = np.unique(groups, return_inverse=True)
    strata_count = int(strata.max()) + 1
    table = np.bincount(group * strata_count + strata, minlength=(int(group.max()) + 1) * strata_count)
    table = table.reshape(-1, strata_count)
    goal = table.sum(axis=0) * fraction
    least = 1 if len(table) < FEWEST_FOR_TWO else 2 if len(table) < FEWEST_FOR_THREE else 3
    best, nearest = np.zeros(len(table), dtype=bool), np.inf
    for _ in range(GROUPED_TRIES):
        order = random.permutation(len(table))
        size = np.cumsum(table[order].sum(axis=1))
        cut = int(np.clip(np.searchsorted(size, fraction * size[-1]) + 1, least, len(table) - 1))
        chosen = np.zeros(len(table), dtype=bool)
        chosen[order[:cut]] = True
        distance = float(np.abs(table[chosen].sum(axis=0) - goal).sum())
        if distance < nearest:
            best, nearest = chosen, distance
    return np.asarray(best[group])


def whole_groups(groups: np.ndarray, strata: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Whole groups that together have as nearly `count` rows as some random choices find; then the evenest strata."""
    _, group = np.unique(groups, return_inverse=True)
    table = np.zeros((int(group.max()) + 1, int(strata.max()) + 1), np.int64)
    np.add.at(table, (group, strata), 1)
    goal = table.sum(axis=0) * (count / len(strata))
    best, nearest = np.zeros(len(table), dtype=bool), (np.inf, np.inf)
    for _ in range(EXACT_TRIES):
        order = random.permutation(len(table))
        size = np.cumsum(table[order].sum(axis=1))[:-1]
        cut = int(np.argmin(np.abs(size - count))) + 1
        chosen = np.zeros(len(table), dtype=bool)
        chosen[order[:cut]] = True
        distance = (abs(int(size[cut - 1]) - count), float(np.abs(table[chosen].sum(axis=0) - goal).sum()))
        if distance < nearest:
            best, nearest = chosen, distance
    return np.asarray(best[group])


def united(groups: np.ndarray, hashes: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Groups of which one repeats most of the other's rows become one, over the rows `used`; codes int64 (n,).

    A patient copied under a second number is one patient; two patients with a row or two that look alike are two.
    Where that would chain more than half of the rows together, the groups stay as they are.

    >>> united(np.array([0, 1, 1, 2]), np.array([7, 7, 8, 9]), np.arange(4))
    array([0, 0, 0, 1])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(used):
        return groups
    _, group = np.unique(groups[used], return_inverse=True)
    _, content = np.unique(hashes[used], return_inverse=True)
    met = coo_array((np.ones(len(used)), (group, content))).tocsr()
    met.data[:] = 1
    size = np.asarray(met.sum(axis=1)).reshape(-1)
    rare = np.asarray(met.sum(axis=0)).reshape(-1) <= MOST_SHARING
    shared = (met[:, rare] @ met[:, rare].T).tocoo()
    copies = shared.data >= COPIED * np.minimum(size[shared.row], size[shared.col])
    links = coo_array((shared.data[copies], (shared.row[copies], shared.col[copies])), shape=shared.shape)
    _, component = connected_components(links, directed=False)
    found = component[group].astype(np.int64)
    if np.bincount(found).max() > MOST_UNITED * len(used):
        return groups
    joined = np.full(len(groups), -1, dtype=np.int64)
    joined[used] = found
    return joined


def latest(times: np.ndarray, fraction: float) -> np.ndarray:
    """The last rows in time; rows of the same time stay together. times: float64 (n,), finite; all equal: none."""
    count = max(1, round(len(times) * fraction))
    cut = np.sort(times)[len(times) - count]
    held = times >= cut
    return np.asarray(held if not held.all() else times > times.min())


def last(places: np.ndarray, count: int) -> np.ndarray:
    """The rows of the largest places, as nearly `count` as can be: equal places stay together; all equal: none.

    >>> last(np.array([1.0, 2.0, 2.0, 2.0, 3.0]), 2)
    array([False, False, False, False,  True])
    """
    steps, times = np.unique(places, return_counts=True)
    if len(steps) < 2:
        return np.zeros(len(places), bool)
    held = np.cumsum(times[::-1])[:-1]
    return np.asarray(places >= steps[::-1][int(np.argmin(np.abs(held - count)))])


def quantiles(values: np.ndarray, rows_each: int = 20, most: int = 10) -> np.ndarray:
    """Strata for a regression: up to ten ranges that hold about equally many of the target's values."""
    bins = int(np.clip(len(values) // rows_each, 1, most))
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1])) if bins > 1 else np.zeros(0)
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def default_validation(rows: int) -> float:
    """The share of the train rows that validation takes: less where there are many."""
    return 0.2 if rows < 1_000 else 0.15 if rows < 10_000 else 0.1 if rows < MANY else 0.05
