"""A trained image network in a folder, and what predicts with it; the training data is not needed.

model/config.json           `Config`: the network's shape, pixel statistics, classes, temperature, looks
model/weights.safetensors   float32 weights and batch norm's running statistics
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.training.confidence import softmax
from noglue.tools.training.examples import Normalisation
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size, batches, fitted
from noglue.tools.training.residual import Residual, Shape
from noglue.tools.training.test_time_views import TestTimeAugmentation, forward, logits

if TYPE_CHECKING:
    import datasets

ROWS = 2048  # rows read at a time


class Config(BaseModel):
    """classes: their names, or None where the target is a value, which is `offset + scale · output`.

    flip: whether training mirrored images, and why or why not.
    """

    family: str
    size: Size
    shape: Shape
    normalisation: Normalisation
    classes: list[str] | None
    flip: bool
    flip_why: str
    temperature: float = 1.0
    looks: TestTimeAugmentation = TestTimeAugmentation()
    offset: float = 0.0
    scale: float = 1.0


def save(folder: Path, network: Residual, config: Config) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, str(folder / "weights.safetensors"))
    (folder / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


class ImagePredictor:
    """Images in either column form, of any size and mode; see `Predictor`."""

    def __init__(self, network: Residual, config: Config, machine: Machine) -> None:
        self.network, self.config, self.machine = network.to(machine.device).eval(), config, machine

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Class probabilities float32 (n, k), or values float64 (n,). Raises DataError for what is no image."""
        if "image" not in rows.column_names:
            raise DataError(Kind.MISSING_COLUMNS, "The rows have no image column.", hint="Give image files.")
        parts, done = [], 0
        for pixels in batches(rows, self.config.size, ROWS):
            parts.append(self.outputs(pixels))
            done += len(pixels)
            if progress is not None:
                progress(done, len(rows))
        outputs = np.concatenate(parts) if parts else np.zeros((0, self.config.shape.outputs), dtype=np.float32)
        return self.answers(outputs)

    def outputs(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) of the working size → the network's own float32 (n, outputs)."""
        return np.asarray(logits(self.network, self._normalised(pixels), self.config.looks, self.machine).numpy())

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) of any size and channels → what the last layer sees, float32 (n, filters)."""
        images = self._normalised(fitted(pixels, self.config.size))
        return np.asarray(forward(self.network.pooled, images, self.machine).numpy())

    def _normalised(self, pixels: np.ndarray) -> torch.Tensor:
        return self.config.normalisation.apply(torch.from_numpy(np.array(pixels)).to(self.machine.device))

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """The network's outputs → probabilities or values."""
        if self.config.classes is None:
            return outputs[:, 0].astype(np.float64) * self.config.scale + self.config.offset
        return softmax(outputs, self.config.temperature)


def load(folder: Path, device: str) -> ImagePredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no image model: {error}.", hint="Train one first.") from error
    network = Residual(config.shape)
    network.load_state_dict(weights)
    return ImagePredictor(network, config, Machine.of(device))
