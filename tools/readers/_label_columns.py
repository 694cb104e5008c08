"""Which of the columns that tell of pictures is meant, and which are made of others (one-hot, several in a cell)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.readers._picture_tables import CLASS
from noglue.tools.readers._splits import MOST_CLASSES, split_of

if TYPE_CHECKING:
    import pyarrow as pa

_LABEL = re.compile(
    r"(.*[_ ])?(labels?|class(es)?|category|target|breed|species|diagnosis|class_?(name|id|label)"
    r"|klasse|kategorie|etikett|diagnose|classe|cat[ée]gorie|[ée]tiquette|esp[èe]ce|clase|categor[íi]a|etiqueta|especie)|y",
    re.I,
)
SPLIT = re.compile(r"(.*[_ ])?(split|partition|subset|set|usage|phase|is_?(?:train|test|training))", re.I)
_ASIDE = re.compile(
    r"(.*[_ ])?(fold|folds|rater|annotator|reader|reviewer|width|height|w|h|x\d?|y\d?|[xy]_?(min|max|\d)|roi.*|url|path"
    r"|source|licen[cs]e|patient.*|subject.*|lesion_id|index|id|bbox.*)", re.I,
)  # fmt: skip
_MOST_TAGS = 60  # labels that may stand together in a cell


@dataclass
class LabelColumns:
    """columns: one value a picture, in their order, null where no table tells. named: bool (n,), which are named.

    splits: each picture's, where the tables tell. target: the column that is most likely meant, if one is.
    tags: columns of which several may hold of one picture. one_hot: columns that were made into one of classes.
    notes: what was decided, in words.
    """

    columns: "pa.Table"
    named: np.ndarray
    splits: dict[Path, str] = field(default_factory=dict)
    target: str | None = None
    tags: list[str] = field(default_factory=list)
    one_hot: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def split_values(name: str, values: Sequence[str | None]) -> dict[str, str]:
    """What each value of a column of splits means: names, or 0, 1, 2 for train, validation, test."""
    counts = Counter(value for value in values if value is not None)
    if not 2 <= len(counts) <= 4:
        return {}
    known = {value: split for value in counts if (split := split_of(value))}
    if len(known) == len(counts):
        return known if "train" in known.values() and len(set(known.values())) > 1 else {}
    flag = re.search(r"is_?(train|test)", name, re.I)
    plain = {value: value.casefold().removesuffix(".0") for value in counts}
    if flag and set(plain.values()) <= {"0", "1", "true", "false"}:
        own, other = ("train", "test") if flag[1].lower() == "train" else ("test", "train")
        return {value: own if text in ("1", "true") else other for value, text in plain.items()}
    if re.match(r"train", name, re.I) and set(plain.values()) == {"0", "1"}:
        return {value: "train" if text == "1" else "test" for value, text in plain.items()}
    if set(plain.values()) in ({"0", "1", "2"}, {"0", "1"}) and plain[counts.most_common(1)[0][0]] == "0":
        meaning = {"0": "train", "1": "validation" if len(counts) == 3 else "test", "2": "test"}
        return {value: meaning[text] for value, text in plain.items()}
    return {}


def made_of_one_hot(known: LabelColumns) -> None:
    """Neighbouring columns of 0 and 1, one of which holds of each picture, become one column of classes."""
    import pyarrow as pa

    names = list(known.columns.column_names)
    for run in _binary_runs(known.columns, names):
        block = np.stack([found for name in run if (found := _zeros_and_ones(known.columns[name])) is not None], axis=1)
        filled = block[known.named & (block >= 0).all(axis=1)]
        if not len(filled) or len(run) < 2:
            continue
        if (filled.sum(axis=1) == 1).mean() >= 0.98 and (filled.sum(axis=0) > 0).all():
            held = (block >= 0).all(axis=1) & (block.sum(axis=1) == 1)
            classes = [
                run[int(place)].strip() if there else None
                for place, there in zip(block.argmax(axis=1), held, strict=True)
            ]
            name = CLASS if CLASS not in names else "class of " + ", ".join(run[:3])
            known.columns = known.columns.append_column(name, pa.chunked_array([pa.array(classes, pa.string())]))
            known.target = known.target or name
            known.one_hot += run
            known.notes.append(f"The columns {', '.join(run[:12])} stand for one class each and were made into one")
        elif len(run) > 2 or (filled.sum(axis=1) > 1).any():
            known.tags += run


def add_tags(known: LabelColumns) -> None:
    """`Mass|Edema`: each label becomes a column of its own too, whether it holds of the picture."""
    import pyarrow as pa

    for name in list(known.columns.column_names):
        if not pa.types.is_string(known.columns[name].type) or _ASIDE.fullmatch(name):
            continue
        texts = known.columns[name].to_pylist()
        cells = [None if cell is None else [part.strip() for part in cell.split("|")] for cell in texts]
        several = sum(cell is not None and len(cell) > 1 for cell in cells)
        counts = Counter(part for cell in cells for part in cell or ())
        if not several or not 2 <= len(counts) <= _MOST_TAGS or min(counts.values()) < 2:
            continue
        for part in sorted(set(counts) - {"", *known.columns.column_names}):
            values = pa.array([None if cell is None else part in cell for cell in cells], pa.bool_())
            known.columns = known.columns.append_column(part, pa.chunked_array([values]))
        known.notes.append(
            f"{name} holds several labels for {several:,} files; of {', '.join(sorted(counts)[:12])} each is a "
            "column of its own too, of which one alone is learned"
        )


def _binary_runs(columns: "pa.Table", names: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for name in names:
        if not SPLIT.fullmatch(name) and not _ASIDE.fullmatch(name) and _zeros_and_ones(columns[name]) is not None:
            runs[-1].append(name)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _zeros_and_ones(column: "pa.ChunkedArray") -> "np.ndarray | None":
    """int64 (n,) of 0, 1 and -1 where it is missing; None where there are other values, or one alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)):
        return None
    kinds = set(pc.unique(column.drop_null()).to_pylist())
    if kinds not in ({0, 1}, {-1, 1}):
        return None
    values = pc.fill_null(column.cast(pa.float64()), -9).to_numpy()
    return np.where(values == -9, -1, values > 0).astype(np.int64)


def _in_words(columns: "pa.Table", chosen: str, called: Sequence[str]) -> str:
    """The column that says the same in words as the chosen one in numbers, where there is one."""
    import pyarrow as pa

    if pa.types.is_integer(columns[chosen].type):
        numbers = columns[chosen].to_pylist()
        for name in called:
            pairs = set(zip(numbers, columns[name].to_pylist(), strict=True))
            one_to_one = len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
            if pa.types.is_string(columns[name].type) and one_to_one:
                return name
    return chosen


def likeliest(columns: "pa.Table") -> str | None:
    """A column that is called label or class; else the one that is left when those that can't be meant are gone."""
    import pyarrow.compute as pc

    counts: dict[str, int] = {name: pc.count_distinct(columns[name]).as_py() for name in columns.column_names}
    likely = [
        name
        for name in columns.column_names
        if counts[name] > 1 and not SPLIT.fullmatch(name) and not _ASIDE.fullmatch(name)
    ]
    called = [name for name in likely if _LABEL.fullmatch(name)]
    if called:
        few = [name for name in called if counts[name] <= MOST_CLASSES]
        return _in_words(columns, (few or called)[0], called)
    return str(likely[0]) if len(likely) == 1 else None
