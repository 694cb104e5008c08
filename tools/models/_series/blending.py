"""Two ways to see a series, blended by what each tells of rows that it did not learn from.

    convolutions     MiniRocket's and Hydra's numbers (`convolutions.py`, `hydra.py`) and a ridge regression of them
    quantiles        quantiles of intervals (`quantiles.py`) and extremely randomised trees

Both learn from the training and the validation rows, since no row is set aside to choose by: the ridge foretells each
row from all the others, the trees by folds. Kept: `model.safetensors`, `config.json`.

>>> train(("convolutions", "quantiles"), "series_blend", data, model, schema, settings, step).validation
{'accuracy': 0.97}
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from noglue.tools.data.arrays import arrow_column, label_array
from noglue.tools.models._series import training as in_passes
from noglue.tools.models._series import trees
from noglue.tools.models._series.convolutions import Kernels
from noglue.tools.models._series.filling import Scale, filled
from noglue.tools.models._series.hydra import Contest
from noglue.tools.models._series.quantiles import Intervals
from noglue.tools.models._series.views import Convolutions, View
from noglue.tools.series.arrays import NAME, arrays
from noglue.tools.spec import goals
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training import class_weights as balancing
from noglue.tools.training.machine import one_thread
from noglue.tools.training.target_arrays import Target

if TYPE_CHECKING:
    import datasets
    import torch

MEMBERS = ("convolutions", "quantiles")
MOST_QUANTILES = 20_000
MOST_EXACT = 4_000  # rows, above which leaving each out would take too long (see `training.py`)
SHARES = np.linspace(0.0, 1.0, 11)  # of the first of two members
AT_ONCE = 500  # series that are predicted together


class Seen(BaseModel):
    """Of a view: its points, and of each kind of kernels what is no array."""

    points: int
    dilations: list[int]
    counts: list[int]
    contest: list[int]


class Config(BaseModel):
    """shares: member → its part. middle, spread: of the numbers that the ridge takes. temperature: of its outputs."""

    family: str
    scale: Scale
    classes: list[str] | None
    shares: dict[str, float]
    views: list[Seen] = []
    outlined: int = 0
    temperature: float = 1.0
    intervals: Intervals | None = None
    offset: float = 0.0
    value_scale: float = 1.0


@dataclass
class Member:
    """What a member tells of the rows that it did not learn from: probabilities, or standardised values, (n, m)."""

    name: str
    held: np.ndarray
    seconds: float


class BlendPredictor:
    """See `Predictor`. On the CPU."""

    def __init__(self, config: Config, convolutions: Convolutions | None, grown: trees.Trees | None) -> None:
        self.config, self.convolutions, self.grown = config, convolutions, grown

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        classes = self.config.classes
        parts = [np.zeros((0, 1 if classes is None else len(classes)))]
        for start in range(0, len(rows), AT_ONCE):
            some = rows.select(range(start, min(len(rows), start + AT_ONCE)))
            with one_thread():
                parts.append(self._blended(arrays(arrow_column(some, NAME))))
            if progress is not None:
                progress(start + len(some), len(rows))
        told = np.concatenate(parts)
        if classes is None:
            return np.asarray(told[:, 0] * self.config.value_scale + self.config.offset, np.float64)
        return np.asarray(told, np.float32)

    def _blended(self, series: list[np.ndarray]) -> np.ndarray:
        ready = [self.config.scale.apply(one) for one in series]
        shares, classes = self.config.shares, self.config.classes is not None
        told = []
        if self.convolutions is not None:
            told.append(shares["convolutions"] * self.convolutions.predict(ready, classes))
        if self.grown is not None and self.config.intervals is not None:
            told.append(shares["quantiles"] * self.grown.predict(self.config.intervals.measure(ready)))
        return np.asarray(np.sum(told, axis=0))


def train(
    members: Sequence[str], family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step
) -> Trained:
    """Raises DataError `too-few-rows`, BudgetSpent where the time was up before the first member.

    Where the rows are too many for convolutions to leave each out, these learn as `training.py` has it, alone.
    """
    began = time.monotonic()
    members = [name for name in members if name not in settings.options.get("avoid", [])] or list(members)
    many = sum(schema.rows.get(split, 0) for split in ("train", "validation")) > MOST_EXACT
    if many and "convolutions" in members:
        return in_passes.train(family, data, model, schema, settings, step)
    if step.is_over():
        raise BudgetSpent(Kind.BUDGET_SPENT, "The time was up before the first series was measured.")
    series, truth, groups = _rows(data, schema, settings.options.get("balance"), step.seed)
    target = Target.of(truth, schema, settings)
    taught = target.taught(truth)
    scale = Scale.fit([filled(one) for one in series])
    ready = [scale.apply(one) for one in series]
    config = Config(family=family, scale=scale, classes=target.classes, shares={},
                    offset=target.offset, value_scale=target.scale)  # fmt: skip
    found: list[Member] = []
    convolutions = grown = None
    notes = list(target.notes)
    if "convolutions" in members:
        begun = time.monotonic()
        convolutions, held = Convolutions.fit(ready, taught, groups, target, step)
        found.append(Member("convolutions", held, time.monotonic() - begun))
        step.progress("member", 1, len(members), name="convolutions")
    if "quantiles" in members:
        begun = time.monotonic()
        grown, held = _quantiles(ready, taught, groups, target, step, config, alone=not found)
        if grown is not None:
            found.append(Member("quantiles", held, time.monotonic() - begun))
            step.progress("member", len(members), len(members), name="quantiles")
    short = len(found) < len(members)
    notes += ["no time for quantiles"] if short else []
    config.shares = _shares(found, taught, target.classes is not None)
    blended = sum(config.shares[one.name] * one.held for one in found)
    assert isinstance(blended, np.ndarray), "there is a member"
    _save(model, config, convolutions, grown)
    return Trained(
        family=family,
        seconds=round(time.monotonic() - began, 3),
        stopped="the time budget was used" if short else "all members learned",
        by_clock=short,
        validation={target.metric.name: _measured(target, blended, truth)},
        learned_from=["train", *(["validation"] if (data / "validation").is_dir() else [])],
        settings={"rows": len(series), "shares": {name: round(share, 2) for name, share in config.shares.items()}},
        notes=notes,
        candidates=[
            Tried(
                family=family, title=one.name, validation={target.metric.name: _measured(target, one.held, truth)},
                seconds=round(one.seconds, 3), share=config.shares[one.name], chosen=config.shares[one.name] > 0,
            )
            for one in found
        ],
        held=(truth, blended if target.classes is not None else blended[:, 0] * target.scale + target.offset),
    )  # fmt: skip


def _quantiles(
    series: Sequence[np.ndarray], taught: np.ndarray, groups: np.ndarray | None, target: Target, step: Step,
    config: Config, alone: bool,
) -> tuple[trees.Trees | None, np.ndarray]:  # fmt: skip
    """Trees of quantiles, and what they tell of rows left out; none where there is no time, unless they are alone."""
    left = step.remaining()
    if left is not None and left <= 0 and not alone:
        return None, np.zeros(0)
    end = math.inf if left is None or alone else time.monotonic() + left
    config.intervals = Intervals.of(series, MOST_QUANTILES)
    counts = None if target.weights is None else target.weights[taught]
    outputs = None if target.classes is None else target.outputs
    grown = trees.fit(config.intervals.measure(series), taught, outputs, groups, step.seed, counts, end)
    return (None, np.zeros(0)) if grown is None else grown


def _measured(target: Target, told: np.ndarray, truth: np.ndarray) -> float:
    """The measure of probabilities, or of standardised values, (n, m)."""
    return target.measure(np.log(np.maximum(told, 1e-12)) if target.classes is not None else told, truth)


def _shares(found: Sequence[Member], taught: np.ndarray, classes: bool) -> dict[str, float]:
    """Each member's part: of two the one with the least loss of the rows that neither learned from."""
    if len(found) == 1:
        return {found[0].name: 1.0}
    first, second = found
    losses = [_loss(share * first.held + (1 - share) * second.held, taught, classes) for share in SHARES]
    share = float(SHARES[int(np.argmin(losses))])
    return {first.name: share, second.name: 1 - share}


def _loss(told: np.ndarray, taught: np.ndarray, classes: bool) -> float:
    if not classes:
        return float(np.square(told[:, 0] - taught).mean())
    smooth = (told + 1 / (len(taught) + 1) / told.shape[1]) / (1 + 1 / (len(taught) + 1))
    return float(-np.log(smooth[np.arange(len(taught)), taught]).mean())


def _rows(
    data: Path, schema: Schema, balance: str | None, seed: int
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray | None]:
    """Series, targets and groups of the training and the validation rows."""
    series: list[np.ndarray] = []
    truths, keys = [], []
    for split in ("train", "validation"):
        if not (data / split).is_dir():
            continue
        rows = load_split(data, split)
        truth = label_array(rows, str(schema.target))
        there = goals.load(schema.goal).has_truth(truth)
        series += [one for one, known in zip(arrays(arrow_column(rows, NAME)), there, strict=True) if known]
        truths.append(truth[there])
        if schema.group is not None and schema.group in rows.column_names:
            keys.append(np.array([str(key) for key in rows[schema.group]], dtype=object)[there])
    truth = np.concatenate(truths)
    groups = np.unique(np.concatenate(keys), return_inverse=True)[1] if keys else None
    if len(series) < 3:
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"There are {len(series)} labelled series to learn from.",
            hint="Give at least three labelled series, better twenty of each class.",
        )
    if schema.predicts == "classes" and balance in ("oversample", "undersample"):
        chosen = balancing.drawn(truth, balance, seed)
        series, truth = [series[place] for place in chosen], truth[chosen]
        groups = np.asarray(chosen) if groups is None else groups[chosen]  # a row drawn twice is left out with itself
    return series, truth, groups if groups is not None and len(np.unique(groups)) > 1 else None


def _save(model: Path, config: Config, convolutions: Convolutions | None, grown: trees.Trees | None) -> None:
    import torch
    from safetensors.torch import save_file

    model.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, torch.Tensor] = {}
    if convolutions is not None:
        config.temperature, config.outlined = convolutions.temperature, convolutions.outlined
        for place, view in enumerate(convolutions.views):
            kernels, contest = view.kernels, view.contest
            config.views.append(Seen(points=view.points, dilations=kernels.dilations, counts=kernels.counts,
                                     contest=contest.dilations))  # fmt: skip
            tensors |= {f"{place}.kernels": kernels.weights, f"{place}.thresholds": kernels.thresholds,
                        f"{place}.contest": contest.weights}  # fmt: skip
        tensors |= {name: torch.from_numpy(array) for name, array in convolutions.weights.items()}
    if grown is not None:
        tensors |= {f"trees.{name}": torch.from_numpy(array) for name, array in vars(grown).items()}
    save_file({name: one.contiguous() for name, one in tensors.items()}, str(model / "model.safetensors"))
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


def load(model: Path) -> "BlendPredictor | in_passes.SeriesPredictor":
    """Raises DataError `unreadable` where the folder holds no such model."""
    from safetensors.torch import load_file

    try:
        text = (model / "config.json").read_text(encoding="utf-8")
        if "shares" not in json.loads(text):
            return in_passes.load(model)
        config = Config.model_validate_json(text)
        tensors = load_file(str(model / "model.safetensors"))
        return BlendPredictor(config, _convolutions(config, tensors), _trees(config, tensors))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(Kind.UNREADABLE, f"{model} holds no model of time series: {error}.") from error


def _convolutions(config: Config, tensors: "dict[str, torch.Tensor]") -> Convolutions | None:
    if "convolutions" not in config.shares:
        return None
    views = [
        View(
            Kernels(seen.dilations, seen.counts, tensors[f"{place}.kernels"], tensors[f"{place}.thresholds"]),
            Contest(seen.contest, tensors[f"{place}.contest"]),
            seen.points,
        )
        for place, seen in enumerate(config.views)
    ]
    weights: dict[str, Any] = {name: tensors[name].numpy() for name in ("middle", "spread", "weight", "bias")}
    return Convolutions(views, config.outlined, weights, config.temperature)


def _trees(config: Config, tensors: "dict[str, torch.Tensor]") -> trees.Trees | None:
    if "quantiles" not in config.shares:
        return None
    return trees.Trees(**{name.removeprefix("trees."): one.numpy() for name, one in tensors.items()
                          if name.startswith("trees.")})  # fmt: skip
