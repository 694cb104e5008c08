"""What is wrong with the labels, the split or the columns as a whole, told and left as it is.

    warnings += Look(gathered, found, parted, name, things, random).warnings(patience)

Each check looks at some thousand rows at most, so that all of them take seconds whatever the size of the data.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.checks import drift, given_away, label_noise, quick_model, text_copies
from noglue.tools.data.row_content import Cells
from noglue.tools.preparation.gathering import Gathered
from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import DataWarning

MOST_CLASSES = 100
MOST_EXAMPLES = 3
FEWEST_NUMBERED = 30
SHARE = 0.05  # of the budget that is left, for all checks
LEAST = 2.0  # seconds, under which no model can be had
SIDE = 16  # pixels of pictures that a quick model looks at


class Patience:
    """How long the checks have taken, and whether it is too long for the budget."""

    def __init__(self, left: float | None) -> None:
        self.most = None if left is None else SHARE * left
        self.taken, self.began = 0.0, time.monotonic()

    def begin(self) -> None:
        self.began = time.monotonic()

    def pause(self) -> None:
        self.taken += time.monotonic() - self.began

    def is_spent(self) -> bool:
        """With the quick models still to come, which take at least as long as what came before."""
        self.pause()
        return self.most is not None and (self.most < LEAST or 2 * self.taken > self.most)


@dataclass
class Look:
    """name: of a row, as the files have it. things: what rows are called."""

    gathered: Gathered
    found: TargetColumn
    parted: Partition
    name: Callable[[int], str]
    things: str
    random: np.random.Generator
    grey: tuple[np.ndarray, np.ndarray] | None = None

    def __post_init__(self) -> None:
        if hasattr(self.gathered.content, "grey"):
            self.grey = self.gathered.content.grey()

    def warnings(self, patience: "Patience") -> list[DataWarning]:
        if not goals.needs_target(self.found.goal) or self.found.numbers is None:
            return []
        patience.begin()
        found = [*self._numbered(), *self._given_away()]
        if patience.is_spent():
            message = "There was no time to look for wrong labels, or for differences between training and test rows."
            return [*found, DataWarning(kind="unchecked", message=message)]
        return [*found, *self._drift(), *self._label_noise()]

    def _numbered(self) -> Iterator[DataWarning]:
        """A target that counts the rows."""
        values = self.found.numbers
        if values is None or self.found.classes is not None:
            return
        known = np.sort(
            values[np.concatenate([rows for split, rows in self.parted.rows.items() if split != "unlabelled"])]
        )
        if len(known) >= FEWEST_NUMBERED and (np.diff(known) == 1).all():
            message = (
                f"The target {self.found.target} is a different whole number in each of {len(known):,} rows, from "
                f"{known[0]:,.0f} to {known[-1]:,.0f} without a gap: it may number the rows. Name another target if so."
            )
            yield DataWarning(kind="numbered-target", message=message, columns=[str(self.found.target)])

    def _given_away(self) -> Iterator[DataWarning]:
        content, numbers = self.gathered.content, self.found.numbers
        if not isinstance(content, Cells) or numbers is None:
            return
        rows = self._some(self._known("train"), given_away.MOST_ROWS)
        table = content.table
        names = [name for name in table.column_names if _is_number(table[name].type)]
        if len(names) < 2:
            return
        columns = np.stack([_numbers(table[name].take(pa.array(rows))) for name in names], axis=1)
        told = given_away.find(names, columns, numbers[rows], self.found.classes is not None)
        if told is not None:
            message = (
                f"{_listed(told[0])} together give {self.found.target} away: {told[1]}, in every row. They were kept; "
                "leave them out if they are known only afterwards."
            )
            yield DataWarning(kind="given-away", message=message, columns=told[0])

    def _label_noise(self) -> Iterator[DataWarning]:
        classes, numbers = self.found.classes, self.found.numbers
        if classes is None or numbers is None or not 2 <= len(classes) <= MOST_CLASSES:
            return
        if self.parted.how in ("grouped", "time"):  # a row's kin among the others would say its label
            return
        rows = self._some(self._known("train"), label_noise.MOST_ROWS)
        common = np.flatnonzero(np.bincount(numbers[rows]) >= label_noise.FEWEST_OF_A_CLASS)
        rows = rows[np.isin(numbers[rows], common)]
        if len(common) < 2:
            return
        codes = np.searchsorted(common, numbers[rows])
        said = self._said(rows, codes)
        noise = None if said is None else label_noise.find(said, codes)
        if noise is None:
            return
        named = [classes[code] for code in common]
        some = "; ".join(
            f"{self.name(int(rows[row]))} says {named[given]} and looks like {named[likely]}"
            for row, given, likely in zip(noise.rows[:MOST_EXAMPLES], noise.given, noise.likely, strict=False)
        )
        message = (
            f"About {noise.share:.0%} of the labels look wrong; of {len(rows):,} train {self.things} looked at, "
            f"{len(noise.rows):,} are doubtful, like {some}. They were kept as they are; check some of them."
        )
        yield DataWarning(kind="label-noise", message=message, count=len(noise.rows))

    def _said(self, rows: np.ndarray, codes: np.ndarray) -> np.ndarray | None:
        """What a quick model says of each row without having seen it."""
        content = self.gathered.content
        if isinstance(content, Cells) and (texts := text_copies.written(content.table)):
            columns = [content.table[name].take(pa.array(rows)).to_pylist() for name in texts]
            joined = [" ".join(text or "" for text in cells) for cells in zip(*columns, strict=True)]
            return quick_model.out_of_fold(joined, codes, self.random)
        _, features = self._features(rows)
        if not features.shape[1]:
            return None
        return quick_model.out_of_bag(features, codes, self.random, label_noise.HOPELESS)

    def _drift(self) -> Iterator[DataWarning]:
        """Of rows that came apart from train; what was drawn from train is like it."""
        train = self._known("train")
        sides = {"unlabelled": self.parted.rows.get("unlabelled", np.zeros(0, np.int64))}
        if self.parted.how == "official":
            sides["test"] = self.parted.rows["test"]
        for split, rows in sides.items():
            some = [self._some(part, drift.MOST_ROWS) for part in (train, rows)]
            if not all(map(len, some)):
                continue
            names, features = self._features(np.concatenate(some))
            found = drift.find(names, features[: len(some[0])], features[len(some[0]) :], self.random)
            if found is not None:
                yield self._drifted(split, found)

    def _drifted(self, split: str, found: drift.Drift) -> DataWarning:
        which = f"The {'test ' + self.things if split == 'test' else self.things + ' to predict'}"
        message = (
            f"{which} differ from those to learn from: a model tells them apart with an area under the curve of "
            f"{found.separable:.2f} (0.5 would be chance)"
        )
        named = [name for name in found.columns if name]
        message += f", most by {_listed(named)}." if named else "."
        message += " Answers for such rows are less certain than the validation score suggests."
        return DataWarning(kind="drift", message=message, columns=named)

    def _known(self, split: str) -> np.ndarray:
        rows = self.parted.rows[split]
        return rows[~np.isin(rows, self.parted.hidden)]

    def _some(self, rows: np.ndarray, most: int) -> np.ndarray:
        if self.grey is not None:
            rows = rows[np.isin(rows, self.grey[0])]
        return rows if len(rows) <= most else np.sort(self.random.choice(rows, most, replace=False))

    def _features(self, rows: np.ndarray) -> tuple[list[str], np.ndarray]:
        """float32 (n, k) of these rows, in order, for a quick model, and what the columns are called; of pixels
        nothing. Without moments, which tell any two periods apart.
        """
        content = self.gathered.content
        if isinstance(content, Cells):
            kept = [name for name in content.table.column_names if not pa.types.is_temporal(content.table[name].type)]
            return quick_model.matrix(content.table.select(kept).take(pa.array(rows)))
        if self.grey is None:
            return [], np.zeros((len(rows), 0), np.float32)
        known, grey = self.grey
        step = tuple(max(1, side // SIDE) for side in grey.shape[1:])
        pixels = grey[np.searchsorted(known, rows)][:, :: step[0], :: step[1]].reshape(len(rows), -1)
        return [""] * pixels.shape[1], pixels.astype(np.float32)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), np.float64)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
