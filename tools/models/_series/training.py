"""A linear model of what is measured of each series: logistic regression for classes, ridge regression for values.

>>> train("series_convolutions", data, model, schema, settings, step).validation
{'accuracy': 0.97}

How hard the weights are held back is chosen on the validation rows. Kept: `model.safetensors`, `config.json`.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file

from noglue.tools.data.arrays import arrow_column, label_array
from noglue.tools.models._series.convolutions import Kernels
from noglue.tools.models._series.filling import Scale, filled
from noglue.tools.models._series.summary import outlines, points, summaries
from noglue.tools.series.arrays import NAME, arrays
from noglue.tools.spec import goals
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training import class_weights as balancing
from noglue.tools.training.confidence import fit_temperature, softmax
from noglue.tools.training.logistic import softmax_regression
from noglue.tools.training.machine import one_thread
from noglue.tools.training.target_arrays import Target

if TYPE_CHECKING:
    import datasets

STRENGTHS = (0.3, 0.1, 3e-2, 1e-2, 3e-3, 1e-3)
FEATURES = 2_500
SHARE = 0.3  # of the time left, that convolutions may take
AT_ONCE = 1_000  # series that are predicted together


class Config(BaseModel):
    family: str
    scale: Scale
    dilations: list[int] = []
    counts: list[int] = []
    points: int = 0
    middle: list[float]
    spread: list[float]
    classes: list[str] | None
    temperature: float = 1.0
    offset: float = 0.0
    value_scale: float = 1.0


class SeriesPredictor:
    """See `Predictor`. On the CPU."""

    def __init__(self, config: Config, weights: dict[str, torch.Tensor]) -> None:
        self.config = config
        self.weights, self.intercept = weights["weight"].numpy(), weights["bias"].numpy()
        self.kernels = None
        if config.dilations:
            self.kernels = Kernels(config.dilations, config.counts, weights["kernels"], weights["thresholds"])

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        parts = [np.zeros((0, self.weights.shape[1]))]
        for start in range(0, len(rows), AT_ONCE):
            some = rows.select(range(start, min(len(rows), start + AT_ONCE)))
            with one_thread():
                parts.append(self.outputs(arrays(arrow_column(some, NAME))))
            if progress is not None:
                progress(start + len(some), len(rows))
        outputs = np.concatenate(parts)
        if self.config.classes is None:
            return np.asarray(outputs[:, 0] * self.config.value_scale + self.config.offset, np.float64)
        return softmax(outputs, self.config.temperature)

    def outputs(self, series: list[np.ndarray]) -> np.ndarray:
        ready = [self.config.scale.apply(one) for one in series]
        found = summaries(ready).astype(np.float64)
        if self.kernels is not None:
            found = np.concatenate([found, outlines(ready, self.config.points), self.kernels.measure(ready)], axis=1)
        rows = (found - np.array(self.config.middle)) / np.array(self.config.spread)
        return np.asarray(rows @ self.weights + self.intercept)


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """`finished` is False where the clock ended it. Raises BudgetSpent where it was over before the first fit."""
    began = time.monotonic()
    series, truth, held, held_truth = _splits(data, schema, settings.options.get("balance"), step.seed)
    target = Target.of(truth, schema, settings)
    scale = Scale.fit([filled(one) for one in series])
    ready, others = ([scale.apply(one) for one in part] for part in (series, held))
    matrix, beside = summaries(ready).astype(np.float64), summaries(others).astype(np.float64)
    kernels, count = None, 0
    if family != "series_statistics":
        steps = int(np.median([one.shape[1] for one in ready]))
        left = step.remaining()
        end = math.inf if left is None else time.monotonic() + SHARE * left
        made = Kernels.drawn(steps, len(ready[0]), FEATURES, step.seed)
        kernels, told, told_beside = made.fit(ready, others, step.seed, end)
        count = points(steps, len(ready[0]))
        matrix = np.concatenate([matrix, outlines(ready, count), told], axis=1)
        beside = np.concatenate([beside, outlines(others, count), told_beside], axis=1)
    middle, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    rows, rows_held = (matrix - middle) / spread, (beside - middle) / spread
    fit = _classes if target.classes is not None else _values
    weights, intercept, facts = fit(rows, truth, rows_held, held_truth, target, step)
    config = Config(family=family, scale=scale, dilations=[] if kernels is None else kernels.dilations,
                    counts=[] if kernels is None else kernels.counts,
                    points=count, middle=middle.tolist(), spread=spread.tolist(), classes=target.classes,
                    offset=target.offset, value_scale=target.scale)  # fmt: skip
    outputs = rows_held @ weights + intercept
    if target.classes is not None:
        config.temperature = fit_temperature(outputs, held_truth)
    score = target.measure(outputs, held_truth, config.temperature)
    _save(model, config, weights, intercept, kernels)
    converged = bool(facts.pop("converged"))
    return Trained(
        family=family,
        parameters=int(weights.size + intercept.size),
        seconds=round(time.monotonic() - began, 3),
        stopped="converged" if converged else "the time budget was used",
        by_clock=not converged,
        finished=converged,
        validation={target.metric.name: score},
        settings={"rows": len(series), "features": rows.shape[1], **facts},
        notes=target.notes,
    )


def _splits(
    data: Path, schema: Schema, balance: str | None, seed: int
) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray], np.ndarray]:
    """Train and validation with their targets; a sixth of train where there is no validation."""
    series, truth = _labelled(load_split(data, "train"), schema)
    held: list[np.ndarray] = []
    held_truth = truth[:0]
    if (data / "validation").is_dir():
        held, held_truth = _labelled(load_split(data, "validation"), schema)
    if not held and len(series) > 2:
        order = np.random.default_rng(seed).permutation(len(series))
        cut = max(1, len(order) // 6)
        held, held_truth = [series[place] for place in order[:cut]], truth[order[:cut]]
        series, truth = [series[place] for place in order[cut:]], truth[order[cut:]]
    if len(series) < 2 or not held:
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"There are {len(series)} labelled series to train with and {len(held)} to choose by.",
            hint="Give at least three labelled series, better twenty of each class.",
        )
    if schema.predicts == "classes" and balance in ("oversample", "undersample"):
        chosen = balancing.drawn(truth, balance, seed)
        series, truth = [series[place] for place in chosen], truth[chosen]
    return series, truth, held, held_truth


def _labelled(rows: "datasets.Dataset", schema: Schema) -> tuple[list[np.ndarray], np.ndarray]:
    truth = label_array(rows, str(schema.target))
    there = goals.load(schema.goal).has_truth(truth)
    series = arrays(arrow_column(rows, NAME))
    return [one for one, known in zip(series, there, strict=True) if known], truth[there]


def _classes(
    rows: np.ndarray, labels: np.ndarray, held: np.ndarray, held_labels: np.ndarray, target: Target, step: Step
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    fit = softmax_regression(
        rows, labels, target.outputs, (held, held_labels), STRENGTHS, step.remaining, target.weights
    )
    if fit is None:
        raise _spent()
    facts = {"strength": fit.strength, "steps": fit.steps, "converged": fit.converged}
    return fit.weights, fit.intercept, facts


def _values(
    rows: np.ndarray, values: np.ndarray, held: np.ndarray, held_values: np.ndarray, target: Target, step: Step
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Ridge regression by the singular vectors of the rows, which serve every strength."""
    taught = target.taught(values).astype(np.float64)
    left, spread, right = np.linalg.svd(rows, full_matrices=False)
    towards = left.T @ (taught - taught.mean())
    wanted = target.taught(held_values)
    best: tuple[float, float, np.ndarray] | None = None
    for strength in STRENGTHS:
        alpha = strength * len(rows) * 10
        weights = right.T @ (towards * spread / (spread**2 + alpha))
        error = float(np.square(held @ weights + taught.mean() - wanted).mean())
        if best is None or error < best[0]:
            best = error, strength, weights
    assert best is not None
    return best[2][:, None], np.array([taught.mean()]), {"strength": best[1], "converged": True}


def _save(model: Path, config: Config, weights: np.ndarray, intercept: np.ndarray, kernels: Kernels | None) -> None:
    model.mkdir(parents=True, exist_ok=True)
    tensors = {"weight": torch.from_numpy(np.ascontiguousarray(weights)), "bias": torch.from_numpy(intercept)}
    if kernels is not None:
        tensors |= {"kernels": kernels.weights.contiguous(), "thresholds": kernels.thresholds.contiguous()}
    save_file(tensors, str(model / "model.safetensors"))
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


def load(model: Path) -> SeriesPredictor:
    """Raises DataError `unreadable` where the folder holds no such model."""
    try:
        config = Config.model_validate_json((model / "config.json").read_text(encoding="utf-8"))
        return SeriesPredictor(config, load_file(str(model / "model.safetensors")))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.UNREADABLE, f"{model} holds no model of time series: {error}.") from error


def _spent() -> BudgetSpent:
    message = "The time was up before the linear model's first step."
    return BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give more time.")
