"""A trained generator in a folder, and what samples from it; the training data is not needed.

model/config.json           `Config`: the family, what its networks were designed for, classes and their frequencies
model/weights.safetensors   float32 weights of the generator's running average
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from noglue.tools.models._gans.design import Design
from noglue.tools.models._gans.setting import Setting
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.training.machine import Machine
from noglue.tools.training.randomness import random

PIECE = 100  # samples at a time, always: so that a sample never depends on how many others are drawn with it

MakeDesign = Callable[[Setting], Design]


class Config(BaseModel):
    """frequencies: of the classes among the training examples."""

    family: str
    setting: Setting
    latent: int
    classes: list[str] | None
    frequencies: list[float] | None


def save(folder: Path, generator: nn.Module, config: Config) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in generator.state_dict().items()}
    save_file(weights, str(folder / "weights.safetensors"))
    (folder / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


class ImageSampler:
    """See `Sampler` in tools/spec/protocols.py."""

    def __init__(self, generator: nn.Module, config: Config, machine: Machine) -> None:
        self.generator = generator.to(machine.device).eval().requires_grad_(False)
        self.config, self.machine = config, machine
        self.classes, self.latent = config.classes, config.latent

    def latents(self, count: int, seed: int) -> np.ndarray:
        return np.asarray(torch.randn(count, self.latent, generator=random(seed, 11)).numpy())

    def labels(self, count: int, seed: int) -> np.ndarray | None:
        if self.config.frequencies is None:
            return None
        shares = torch.tensor(self.config.frequencies, dtype=torch.float64)
        drawn = torch.multinomial(shares, count, replacement=True, generator=random(seed, 12))
        return np.asarray(drawn.numpy())

    def decode(
        self,
        latents: np.ndarray,
        labels: np.ndarray | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        if self.classes is not None and labels is None:
            raise ValueError("labels are needed: this generator learned classes")
        canvas = self.config.setting.canvas
        out = np.empty((len(latents), canvas.height, canvas.width, canvas.channels), np.uint8)
        for start in range(0, len(latents), PIECE):
            stop = min(start + PIECE, len(latents))
            chosen = None if labels is None or self.classes is None else _filled(labels[start:stop].astype(np.int64))
            images = self.images(_filled(latents[start:stop].astype(np.float32)), chosen)
            out[start:stop] = as_pixels(images)[: stop - start]
            if progress is not None:
                progress(stop, len(latents))
        return out

    @torch.inference_mode()
    def images(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        """float (n, c, height, width), about -1…1."""
        device = self.machine.device
        with self.machine.precision():
            images = self.generator(latents.to(device), None if labels is None else labels.to(device))
        return self.config.setting.canvas.crop(images)


def as_pixels(images: torch.Tensor) -> np.ndarray:
    """float (n, c, h, w) in -1…1 → uint8 (n, h, w, c)."""
    whole = (images.float() * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
    return np.asarray(whole.permute(0, 2, 3, 1).contiguous().cpu().numpy())


def load(design: MakeDesign, folder: Path, device: str) -> ImageSampler:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        generator = design(config.setting).generator
        generator.load_state_dict(load_file(str(folder / "weights.safetensors")))
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no generator: {error}.", hint="Train one first.") from error
    return ImageSampler(generator, config, Machine.of(device))


def _filled(rows: np.ndarray) -> torch.Tensor:
    """Up to PIECE rows by repeating the last one."""
    return torch.from_numpy(np.concatenate([rows, np.repeat(rows[-1:], PIECE - len(rows), axis=0)]))
