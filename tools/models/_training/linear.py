"""A linear layer on standardised pixels, learned with Adam on at most 20,000 images of at most 32×32.

>>> train(run / "data", run / "baseline", schema, Settings(), step).validation       # CIFAR-10
{'accuracy': 0.39}
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file

from tools.core.errors import DataError
from tools.core.protocols import Settings, Trained
from tools.core.schema import Schema
from tools.core.step import Step
from tools.models._training.confidence import fit_temperature, softmax
from tools.models._training.examples import Normalisation
from tools.models._training.machine import Machine
from tools.models._training.pixels import Size, batches
from tools.models._training.splits import splits
from tools.models._training.targets import Target

if TYPE_CHECKING:
    import datasets

ROWS, SIDE, BATCH, STEPS, RATE = 20_000, 32, 256, 800, 2e-3
EPOCHS = 120  # at most, where that is fewer steps


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
    began = time.monotonic()
    Machine.of("cpu").use_threads(0.0)
    size, training, validation = splits(data, schema, SIDE, step, ROWS)
    pixels, values = training.pixels, training.values
    target = Target.of(values, schema, settings)
    config = Config(
        size=size,
        normalisation=Normalisation.fit(pixels),
        classes=target.classes,
        offset=target.offset,
        scale=target.scale,
    )
    layer, stopped = _fit(pixels, torch.from_numpy(target.taught(values)), target, config.normalisation, step)
    predictor = LinearPredictor(layer, config)
    outputs, truth = predictor.outputs(validation.pixels), validation.values
    if target.classes is not None:
        config.temperature = fit_temperature(outputs, truth)
    score = target.measure(outputs, truth, config.temperature)
    model.mkdir(parents=True, exist_ok=True)
    save_file({"weight": layer.weight.detach(), "bias": layer.bias.detach()}, str(model / "weights.safetensors"))
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")
    return Trained(
        family="pixels_linear",
        parameters=sum(p.numel() for p in layer.parameters()),
        seconds=round(time.monotonic() - began, 2),
        stopped=stopped,
        validation={target.metric.name: score},
        settings={"rows": len(values), "steps": STEPS, "batch_size": BATCH, "size": size.model_dump()},
    )


def _fit(
    pixels: np.ndarray, taught: torch.Tensor, target: Target, normalisation: Normalisation, step: Step
) -> tuple[torch.nn.Linear, str]:
    """Adam with a rate that falls to zero; ends early when the step's time is up.

    Written out (https://arxiv.org/abs/1412.6980, algorithm 1): torch.optim imports torch's compiler, a second.
    """
    torch.manual_seed(step.seed)
    layer = torch.nn.Linear(int(np.prod(pixels.shape[1:])), target.outputs)
    torch.nn.init.zeros_(layer.weight)
    moments = [(weights, torch.zeros_like(weights), torch.zeros_like(weights)) for weights in layer.parameters()]
    random = np.random.default_rng(step.seed)
    steps = min(STEPS, max(400, EPOCHS * len(pixels) // BATCH))
    for number in range(steps):
        left = step.remaining()
        if left is not None and left <= 0:
            return layer, "the time budget was used"
        rows = random.integers(0, len(pixels), min(BATCH, len(pixels)))
        images = normalisation.apply(torch.from_numpy(pixels[rows])).flatten(1)
        loss = target.loss(layer(images), taught[torch.from_numpy(rows)], smoothing=0.0)
        loss = loss + 1e-4 * layer.weight.square().sum()
        gradients = torch.autograd.grad(loss, [weights for weights, _, _ in moments])
        rate = RATE * (1 - number / steps) * (1 - 0.999 ** (number + 1)) ** 0.5 / (1 - 0.9 ** (number + 1))
        with torch.no_grad():
            for (weights, first, second), gradient in zip(moments, gradients, strict=True):
                first.lerp_(gradient, 0.1)
                second.lerp_(gradient.square(), 0.001)
                weights.addcdiv_(first, second.sqrt() + 1e-8, value=-rate)
        if number % 100 == 99:
            step.progress("linear", number + 1, steps, loss=round(loss.item(), 4))
    return layer, "the schedule ended"


def load(folder: Path) -> LinearPredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
    except (OSError, ValueError) as error:
        raise DataError("unreadable", f"{folder} holds no linear image model: {error}.") from error
    layer = torch.nn.Linear(weights["weight"].shape[1], weights["weight"].shape[0])
    layer.load_state_dict(weights)
    return LinearPredictor(layer, config)
