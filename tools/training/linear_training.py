"""A linear layer on standardised pixels, solved to convergence: logistic regression, or ridge regression for values.

At most 20,000 images are learned from, fewer where reading them or many classes would take long, brought down to 28×28
in grey and 16×16 in colour, which costs nothing. On the test images: digits 0.958 in 0.1 s, MNIST 0.919 and CIFAR-10
0.407 in 12 s on a core that other programs shared, with 10 s at most 0.907 and 0.384 (`python -m tests.bench.baselines
builtin:digits MNIST CIFAR --seconds 60 10`). Adam for 800 steps reached 0.936, 0.920 and, at 32×32, 0.381.

>>> train(run / "data", run / "baseline", schema, Settings(), step).validation       # CIFAR-10
{'accuracy': 0.40}
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import threadpoolctl
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file

from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step
from noglue.tools.training.confidence import fit_temperature, softmax
from noglue.tools.training.examples import Normalisation
from noglue.tools.training.logistic import softmax_regression
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size, batches, encoded, read
from noglue.tools.training.ridge import ridge_regression
from noglue.tools.training.split_arrays import splits
from noglue.tools.training.target_arrays import Target

if TYPE_CHECKING:
    import datasets

ROWS, FEWEST = 20_000, 500
SIDES = {1: 28, 3: 16}  # by channels
SECONDS = 16.0  # that all of it may take on a slow core; at most half of the time left
SPEED, STEPS = 6e9, 150  # multiplications a second of such a core; passes over all rows that a fit takes
STRENGTHS = (0.1, 1e-2, 1e-3, 1e-4)
PROBED = 32  # encoded images whose decoding is timed


class Config(BaseModel):
    family: str = "pixels_linear"
    size: Size
    normalisation: Normalisation
    classes: list[str] | None
    temperature: float = 1.0
    offset: float = 0.0
    scale: float = 1.0


class LinearPredictor:
    """See `Predictor`. Always on the CPU: there is nothing to gain elsewhere."""

    def __init__(self, layer: torch.nn.Linear, config: Config) -> None:
        self.layer, self.config = layer.eval(), config

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        parts, done = [np.zeros((0, self.layer.out_features), dtype=np.float32)], 0
        for pixels in batches(rows, self.config.size, 2048):
            parts.append(self.outputs(pixels))
            done += len(pixels)
            if progress is not None:
                progress(done, len(rows))
        outputs = np.concatenate(parts)
        if self.config.classes is None:
            return outputs[:, 0].astype(np.float64) * self.config.scale + self.config.offset
        return softmax(outputs, self.config.temperature)

    def outputs(self, pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            images = self.config.normalisation.apply(torch.from_numpy(np.array(pixels)))
            return np.asarray(self.layer(images.flatten(1)).numpy())


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """`finished` is False when the time was up before the fit was; BudgetSpent when it was before its first step.

    Also DataError `too-few-rows`, `unreadable`.
    """
    began = time.monotonic()
    Machine.of("cpu").use_threads(0.0)
    side = SIDES[1 if schema.image is not None and schema.image.channels == 1 else 3]
    most, balance = _rows_in_time(data, schema, side, step.remaining()), settings.options.get("balance")
    size, training, validation = splits(data, schema, side, step, most, balance)
    target = Target.of(training.values, schema, settings)
    config = Config(
        size=size,
        normalisation=Normalisation.fit(training.pixels),
        classes=target.classes,
        offset=target.offset,
        scale=target.scale,
    )
    known, held = _flat(training.pixels, config), _flat(validation.pixels, config)
    solve = _values if target.classes is None else _classes
    with threadpoolctl.threadpool_limits(1, "blas"):
        weights, intercept, facts = solve(known, training.values, held, validation.values, target, step)
    predictor = LinearPredictor(_layer(weights, intercept), config)
    outputs, truth = predictor.outputs(validation.pixels), validation.values
    if target.classes is not None:
        config.temperature = fit_temperature(outputs, truth)
    score = target.measure(outputs, truth, config.temperature)
    model.mkdir(parents=True, exist_ok=True)
    parameters = {name: tensor.detach() for name, tensor in predictor.layer.state_dict().items()}
    save_file(parameters, str(model / "weights.safetensors"))
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")
    return Trained(
        family="pixels_linear",
        parameters=sum(tensor.numel() for tensor in parameters.values()),
        seconds=round(time.monotonic() - began, 2),
        stopped="converged" if facts["converged"] else "the time budget was used",
        by_clock=not facts["converged"],
        finished=bool(facts.pop("converged")),
        validation={target.metric.name: score},
        settings={"rows": len(training.values), "size": size.model_dump(), **facts},
    )


def _rows_in_time(data: Path, schema: Schema, side: int, left: float | None) -> int:
    """So many that reading them takes half and fitting them the other half of the time that this model may take."""
    seconds = SECONDS if left is None else min(SECONDS, left / 2)
    width = side * side * (1 if side == SIDES[1] else 3)
    rows = seconds / 2 * SPEED / slowness() / (2 * STEPS * width * len(schema.classes or [0]))
    train = load_split(data, "train")
    if encoded(train) and len(train) > PROBED:
        began = time.monotonic()
        probe = train.select(np.linspace(0, len(train) - 1, PROBED).astype(int))
        read(probe, Size(height=side, width=side, channels=3))
        rows = min(rows, seconds / 2 / (time.monotonic() - began) * PROBED)
    return int(min(ROWS, max(FEWEST, rows)))


def _flat(pixels: np.ndarray, config: Config) -> np.ndarray:
    """float32 (n, channels · height · width), as the layer gets them."""
    images = config.normalisation.apply(torch.from_numpy(np.array(pixels)))
    return np.asarray(images.flatten(1).numpy())


def _classes(
    rows: np.ndarray, labels: np.ndarray, held: np.ndarray, held_labels: np.ndarray, target: Target, step: Step
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Weights, intercept, and how they came about. Each pixel is centred, so that the fit settles sooner."""
    middle = rows.mean(axis=0)
    fit = softmax_regression(
        rows - middle, labels, target.outputs, (held - middle, held_labels), STRENGTHS, step.remaining, target.weights
    )
    if fit is None:
        message = "The time was up before the linear model's first step."
        raise BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give more time.")
    facts = {"strength": fit.strength, "steps": fit.steps, "converged": fit.converged}
    return fit.weights, fit.intercept - middle @ fit.weights, facts


def _values(
    rows: np.ndarray, values: np.ndarray, held: np.ndarray, held_values: np.ndarray, target: Target, step: Step
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Ridge regression; that is never cut short."""
    fit = ridge_regression(rows, target.taught(values), (held, target.taught(held_values)), STRENGTHS)
    return fit.weights[:, None], np.array([fit.intercept]), {"strength": fit.strength, "converged": True}


def _layer(weights: np.ndarray, intercept: np.ndarray) -> torch.nn.Linear:
    layer = torch.nn.Linear(*weights.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weights.T)))
        layer.bias.copy_(torch.from_numpy(intercept))
    return layer


def load(folder: Path) -> LinearPredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no linear image model: {error}.") from error
    layer = torch.nn.Linear(weights["weight"].shape[1], weights["weight"].shape[0])
    layer.load_state_dict(weights)
    return LinearPredictor(layer, config)
