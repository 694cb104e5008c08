"""Sets of labels and intervals that hold the truth as often as they say, whatever the model is.

    >>> guarantee = Guarantee.at(Calibration(truth, said, unit, classes=["cat", "dog", "owl"]), 0.9)
    >>> guarantee.sets(probabilities, answers)[0]
    array([ True, False,  True])                          # cat or owl
    >>> Guarantee.at(Calibration(truth, said, unit), 0.9).intervals(predicted)
    (array([11.2, …]), array([19.8, …]))

Split-conformal prediction (Vovk, Gammerman & Shafer 2005) on rows that the model did not learn from: where new rows are
like these, the truth lies inside with the probability that was asked for, to be exact and without assumptions.

Classes: a label belongs to the set where its probability reaches the class's own threshold (Sadinle, Lei & Wasserman
2019, https://doi.org/10.1080/01621459.2017.1395341), so that it holds for each class; classes of too few rows share
one with the next larger ones. The answer itself is always in the set.
Numbers: residuals are scaled by how far off the model is for predictions of that size, found on one half of the rows,
and their quantiles, one for each side, on the other (Papadopoulos et al. 2002; Lei et al. 2018,
https://doi.org/10.1080/01621459.2017.1307116); with few rows one width serves all.
Groups: rows of one group together weigh as much as one row, and new ones are of a new group (Lee, Barber & Willett
2023, https://arxiv.org/abs/2306.06342). Of fewer groups than the level needs, rows count alone, and `by` says so.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

FILE = "calibration.arrow"
MOST_ROWS = 10_000
LEVEL = 0.9
HIGHEST = 0.9999
SCALED_FROM = 200  # rows (or groups) from which half of them tell how far off predictions of a size are
ROWS_A_BIN, MOST_BINS = 25, 20
PRIOR_ROWS = 10.0  # rows of average error that every bin is given
TAIL = 3  # units beyond either quantile; with fewer one quantile of the absolute residuals serves both sides


@dataclass(frozen=True)
class Calibration:
    """Rows that the model did not learn from.

    truth: class indices or values, (n,). said: float64 (n,), the probability of the true class, or the predicted value.
    unit: int64 (n,), which rows belong together; each row its own where none do. classes: None of values.
    group: the column that `unit` is of. ordered: rows follow one another in time, so that new ones are later ones.
    """

    truth: np.ndarray
    said: np.ndarray
    unit: np.ndarray
    classes: list[str] | None = None
    group: str | None = None
    ordered: bool = False

    @property
    def units(self) -> int:
        return len(np.unique(self.unit))

    @property
    def highest(self) -> float:
        """The highest level that so many rows can promise."""
        return min(HIGHEST, len(self.truth) / (len(self.truth) + 1))

    def save(self, folder: Path) -> None:
        import pyarrow as pa

        said = {"group": self.group or "", "ordered": str(int(self.ordered)), "classes": str(int(bool(self.classes)))}
        columns = {
            "truth": self.truth.astype(np.int64 if self.classes else np.float64),
            "said": self.said.astype(np.float64),
            "unit": self.unit.astype(np.int64),
        }
        table = pa.table(columns).replace_schema_metadata(said)
        with pa.OSFile(str(folder / FILE), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def load(cls, folder: Path, classes: list[str] | None) -> "Calibration | None":
        """What a model's folder keeps; None where it keeps none, or for another target."""
        import pyarrow as pa

        if not (folder / FILE).is_file():
            return None
        try:
            with pa.OSFile(str(folder / FILE), "rb") as source:
                table = pa.ipc.open_file(source).read_all()
            table.validate(full=True)
            arrays = {name: table.column(name).to_numpy() for name in ("truth", "said", "unit")}
            said = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        except (pa.ArrowInvalid, KeyError, OSError, UnicodeDecodeError):
            return None
        numbers = all(array.dtype.kind in "if" and np.isfinite(array).all() for array in arrays.values())
        fits = numbers and table.num_rows > 0 and (said.get("classes") == "1") == bool(classes)
        if classes and fits:
            kinds = arrays["truth"]
            fits = kinds.dtype.kind == "i" and bool((kinds >= 0).all() and (kinds < len(classes)).all())
        if not fits:
            return None
        return cls(**arrays, classes=classes, group=said.get("group") or None, ordered=said.get("ordered") == "1")


@dataclass(frozen=True)
class Guarantee:
    """level: how often it holds. by: what it holds for; `rows` of a calibration of groups where these are too few.

    thresholds: of classes, float64 (k,). shared: how many classes share theirs with others.
    units: how many rows (or groups) its quantile is of; of several the fewest.
    low, high: of values, the quantiles of scaled residuals (truth less prediction); knots: of the scale.
    """

    level: float
    by: Literal["rows", "groups"]
    units: int
    thresholds: np.ndarray | None = None
    shared: int = 0
    low: float = -math.inf
    high: float = math.inf
    knots: tuple[np.ndarray, np.ndarray] = field(default=(np.zeros(1), np.ones(1)))

    @classmethod
    def at(cls, rows: Calibration, level: float, seed: int = 0) -> "Guarantee":
        """Raises ValueError where the level is more than so many rows can promise."""
        if not 0 < level <= rows.highest:
            raise ValueError(f"{len(rows.truth)} rows can promise {rows.highest:.4g} at most, not {level:g}")
        needed = fewest(level)
        by: Literal["rows", "groups"] = "groups" if rows.group is not None and rows.units >= needed else "rows"
        unit = rows.unit if by == "groups" else np.arange(len(rows.truth))
        if rows.classes is not None:
            thresholds, shared = _thresholds(rows.truth, rows.said, unit, len(rows.classes), level)
            return cls(level, by, len(np.unique(unit)), thresholds, shared)
        low, high, knots, units = _quantiles(rows.truth, rows.said, unit, level, seed)
        return cls(level, by, units, low=low, high=high, knots=knots)

    @property
    def give(self) -> float:
        """By how much more or less than the level it may hold, with 95 %, for these rows set aside: with others it
        would have been otherwise, and the promise is one of their average (Vovk 2012, https://arxiv.org/abs/1209.2673).
        """
        return 1.96 * math.sqrt(self.level * (1 - self.level) / (self.units + 2))

    def sets(self, predicted: np.ndarray, answers: np.ndarray) -> np.ndarray:
        """bool (n, k): the labels of each set. predicted: probabilities (n, k); answers: int64 (n,)."""
        assert self.thresholds is not None, "intervals are of values"
        inside: np.ndarray = predicted.astype(np.float64) >= self.thresholds
        inside[np.arange(len(answers)), answers] = True
        return inside

    def intervals(self, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float64 (n,) each: the lower and the upper end. predicted: values (n,)."""
        scale = np.interp(predicted, *self.knots)
        return predicted + self.low * scale, predicted + self.high * scale


def fewest(level: float) -> int:
    """Rows (or groups) without which a level has no finite quantile: 9 for 0.9, 99 for 0.99."""
    return math.ceil(level / (1 - level) - 1e-9)


def quantile(scores: np.ndarray, unit: np.ndarray, level: float) -> float:
    """The least score that so large a part of the units reaches, one more unit at infinity counted; inf where too few
    are there. Each unit weighs one, shared by its rows.
    """
    if not len(scores):
        return math.inf
    _, place, rows = np.unique(unit, return_inverse=True, return_counts=True)
    order = np.argsort(scores, kind="stable")
    reached = np.cumsum(1.0 / rows[place[order]])
    first = int(np.searchsorted(reached, level * (len(rows) + 1) - 1e-9))
    return float(scores[order[first]]) if first < len(scores) else math.inf


# ---- classes -----------------------------------------------------------------------------------------------------


def _thresholds(truth: np.ndarray, said: np.ndarray, unit: np.ndarray, k: int, level: float) -> tuple[np.ndarray, int]:
    """The least probability with which each class is told; 0 where nothing can be promised without naming it always.

    The smallest classes are put together until a threshold is not simply the least of all their probabilities.
    """
    counts = np.array([len(np.unique(unit[truth == kind])) for kind in range(k)])
    thresholds, shared, waiting = np.zeros(k), 0, list[int]()
    ascending = [int(kind) for kind in np.argsort(counts, kind="stable")]
    for place, kind in enumerate(ascending):
        waiting.append(kind)
        last = place == k - 1
        rest = sum(counts[other] for other in ascending[place + 1 :])
        if not last and (counts[waiting].sum() < 2 * fewest(level) or (len(waiting) > 1 and rest < fewest(level))):
            continue
        inside = np.isin(truth, waiting)
        reached = quantile(1.0 - said[inside], unit[inside], level)
        thresholds[waiting] = 0.0 if math.isinf(reached) else 1.0 - reached
        shared += len(waiting) if len(waiting) > 1 else 0
        waiting = []
    return thresholds, shared


# ---- values ------------------------------------------------------------------------------------------------------


def _quantiles(
    truth: np.ndarray, said: np.ndarray, unit: np.ndarray, level: float, seed: int
) -> tuple[float, float, tuple[np.ndarray, np.ndarray], int]:
    """The quantiles of scaled residuals on either side, the knots of the scale, and of how many units these are."""
    residual = truth - said
    units = np.unique(unit)
    knots, judged = (np.zeros(1), np.ones(1)), np.ones(len(truth), bool)
    if len(units) >= max(SCALED_FROM, 4 * fewest(level)):
        shaping = np.random.default_rng(seed).permutation(units)[: len(units) // 2]
        judged = ~np.isin(unit, shaping)
        knots = _scale(said[~judged], np.abs(residual[~judged]))
    scaled, of = residual[judged] / np.interp(said[judged], *knots), unit[judged]
    count = len(np.unique(of))
    if (count + 1) * (1 - level) / 2 >= TAIL:
        side = 0.5 + level / 2
        return -quantile(-scaled, of, side), quantile(scaled, of, side), knots, count
    half = quantile(np.abs(scaled), of, level)
    return -half, half, knots, count


def _scale(said: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far off the model is by what it predicts: knots of mean absolute residuals over bins of as many rows each."""
    order = np.argsort(said, kind="stable")
    bins = max(1, min(MOST_BINS, len(said) // ROWS_A_BIN))
    overall = max(float(off.mean()), 1e-12 * max(1.0, float(np.abs(said).max())))
    places, sizes = [], []
    for part in np.array_split(order, bins):
        places.append(float(said[part].mean()))
        sizes.append((float(off[part].sum()) + PRIOR_ROWS * overall) / (len(part) + PRIOR_ROWS))
    at, kept = np.unique(np.array(places), return_index=True)
    return at, np.array(sizes)[kept]
