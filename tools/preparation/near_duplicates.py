"""Rows that are nearly the same: kept on one side where the split is ours to make, told of where it is not.

    joined, copies = kept_together(gathered, hashes, strata, raw, wishes, depends, random)
    warnings += told(copies, parted, …)

How near-copies of a kind of data look, its modality says (`ModalityPlugin.near_copies`).
"""

from collections.abc import Callable

import numpy as np

from noglue.tools.checks.near_copies import Copies
from noglue.tools.preparation.dependence import Dependence
from noglue.tools.preparation.gathering import Gathered
from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Raw

WORTH_TELLING = 0.002  # of the rows, where near-copies stand on one side anyway
MANY, MOST_OF_THEM = 10_000, 0.9  # rows of which fewer than this share were looked at: that is told, whatever was found


def kept_together(
    gathered: Gathered,
    hashes: np.ndarray,
    strata: np.ndarray,
    raw: Raw,
    wishes: Wishes,
    depends: Dependence,
    random: np.random.Generator,
) -> tuple[np.ndarray, Copies]:
    """The hashes with one for all near-copies of a row, as far as they may be moved; and the near-copies."""
    find = modalities.load(raw.modality).near_copies
    if find is None:
        return hashes, Copies()
    labelled = {name: part[strata[part] >= 0] for name, part in gathered.rows.items() if name != "unlabelled"}
    own = [part for name, part in labelled.items() if name != "test"]
    known = np.sort(np.concatenate([np.zeros(0, np.int64), *own]))
    official = labelled.get("test", np.zeros(0, np.int64))
    parts = [_each_once(known, hashes), official[~np.isin(hashes[official], hashes[known])]]
    copies = find(gathered.content, parts, random)
    if depends.group is not None or depends.order is not None or wishes.test_place != "any":
        return hashes, copies
    if wishes.test_where or wishes.train_where:
        return hashes, copies
    movable = np.concatenate(
        [np.zeros(0, np.int64), *(labelled[name] for name in ("train", "all") if name in labelled)]
    )
    fixed = np.setdiff1d(np.concatenate([known, official]), movable)
    return copies.united(hashes, movable[~np.isin(hashes[movable], hashes[fixed])]), copies


def _each_once(rows: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """The first of the rows with equal content."""
    return np.asarray(np.sort(rows[np.unique(hashes[rows], return_index=True)[1]]))


def told(
    copies: Copies, parted: Partition, numbers: np.ndarray | None, name: Callable[[int], str], things: str
) -> list[DataWarning]:
    """numbers: class codes, or values, by which near-copies with another label are counted; None: there are none."""
    if not len(copies.pairs):
        return _drawn(copies, things)
    side = np.full(int(max(copies.pairs.max(), *(part.max(initial=0) for part in parted.rows.values()))) + 1, -1)
    for place, split in enumerate(("train", "validation", "test")):
        side[parted.rows.get(split, np.zeros(0, np.int64))] = place
    there = copies.pairs[(side[copies.pairs] >= 0).all(axis=1)]
    torn = (side[there] == 2).sum(axis=1) == 1
    found = []
    sampled = copies.looked_at < copies.rows
    looked = f" Looked for among {copies.looked_at:,} of {copies.rows:,} {things}." if sampled else ""
    if torn.any():
        across = there[torn]
        count = len(np.unique(np.where(side[across[:, 0]] == 2, across[:, 0], across[:, 1])))
        message = (
            f"{count:,} of {len(parted.rows['test']):,} test {things} are nearly the same as one to learn from"
            f"{_like(across, name)}; the score may be too optimistic.{_disagreeing(across, numbers)}{looked}"
        )
        found.append(DataWarning(kind="near-duplicates-across-splits", message=message, count=count))
    inside = there[~torn]
    count = len(np.unique(inside[:, 0]))
    if count >= max(2, WORTH_TELLING * copies.looked_at):
        message = f"{count:,} {things} are nearly the same as another one{_like(inside, name)}"
        message += "." if torn.any() else "; near-copies are on one side of the split."
        message += _disagreeing(inside, numbers) + looked
        found.append(DataWarning(kind="near-duplicates", message=message, count=count))
    return found or _drawn(copies, things)


def _drawn(copies: Copies, things: str) -> list[DataWarning]:
    """Where next to nothing was found, of how many that is known."""
    if copies.rows < MANY or not 0 < copies.looked_at < MOST_OF_THEM * copies.rows:
        return []
    message = f"Near-copies were looked for among {copies.looked_at:,} of {copies.rows:,} {things}, drawn evenly."
    return [DataWarning(kind="unchecked", message=message)]


def _like(pairs: np.ndarray, name: Callable[[int], str]) -> str:
    return f", like {name(int(pairs[0, 0]))} and {name(int(pairs[0, 1]))}"


def _disagreeing(pairs: np.ndarray, numbers: np.ndarray | None) -> str:
    """In classes alone; values of two measurements hardly ever agree."""
    if numbers is None or not np.issubdtype(numbers.dtype, np.integer):
        return ""
    differ = int((numbers[pairs[:, 0]] != numbers[pairs[:, 1]]).sum())
    return f" {differ:,} of them {'has' if differ == 1 else 'have'} another label than that one." if differ else ""


def names(raw: Raw, content: object) -> Callable[[int], str]:
    """`test row 12`, from 0 as the files have it, or the name of a file."""
    tables = {split: table.num_rows for split, table in raw.splits.items() if table.num_rows}
    starts = np.cumsum([0, *tables.values()])

    def name(row: int) -> str:
        place = int(np.searchsorted(starts, row, side="right")) - 1
        split = list(tables)[place]
        named = content.name(row) if hasattr(content, "name") else ""
        return named or f"{'' if split == 'all' else f'{split} '}row {row - starts[place]:,}"

    return name
