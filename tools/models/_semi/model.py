"""A trained discriminator in a folder, and what predicts with it; neither the generator nor the data is needed.

model/config.json           `Config`: the network's plan, classes, temperature
model/weights.safetensors   float32 weights
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file

from noglue.tools.models._semi.networks import Critic, Plan
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.training.confidence import softmax
from noglue.tools.training.examples import Normalisation
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size, batches
from noglue.tools.training.test_time_views import forward

if TYPE_CHECKING:
    import datasets

ROWS = 2048  # rows read at a time


class Config(BaseModel):
    """flip: whether training mirrored images, and why or why not."""

    plan: Plan
    classes: list[str]
    flip: bool
    flip_why: str
    temperature: float = 1.0


def scaled(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 (n, h, w, c) → float32 (n, c, h, w) in -1…1, its memory in channels_last order."""
    middle = [127.5] * pixels.shape[-1]
    return Normalisation(mean=middle, deviation=middle).apply(pixels)


def logits(critic: Critic, pixels: np.ndarray, machine: Machine) -> np.ndarray:
    """float32 (n, classes) of uint8 images; the critic is in `eval` mode."""
    images = scaled(torch.from_numpy(np.array(pixels)).to(machine.device))
    return np.asarray(forward(lambda piece: critic(piece)[0], images, machine).numpy())


def save(folder: Path, critic: Critic, config: Config) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in critic.state_dict().items()}
    save_file(weights, str(folder / "weights.safetensors"))
    (folder / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


class SemiPredictor:
    """Images in either column form, of any size and mode; see `Predictor`."""

    def __init__(self, critic: Critic, config: Config, machine: Machine) -> None:
        self.critic, self.config, self.machine = critic.to(machine.device).eval(), config, machine

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Class probabilities float32 (n, k). Raises DataError for what is no image."""
        if "image" not in rows.column_names:
            raise DataError(Kind.MISSING_COLUMNS, "The rows have no image column.", hint="Give image files.")
        plan, done = self.config.plan, 0
        parts = [np.zeros((0, plan.classes), dtype=np.float32)]
        for pixels in batches(rows, Size(height=plan.height, width=plan.width, channels=plan.channels), ROWS):
            parts.append(logits(self.critic, pixels, self.machine))
            done += len(pixels)
            if progress is not None:
                progress(done, len(rows))
        return softmax(np.concatenate(parts), self.config.temperature)


def load(folder: Path, device: str) -> SemiPredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no semi-supervised GAN: {error}.") from error
    critic = Critic(config.plan)
    critic.load_state_dict(weights)
    return SemiPredictor(critic, config, Machine.of(device))
