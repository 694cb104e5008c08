"""A pretrained network with a head of its own in a folder, and what predicts with it; neither the package that brought
the weights nor the training data is needed.

model/config.json           `Config`: sizes, classes, temperature
model/weights.safetensors   the network with batch norm folded in (float16), the head (float32)
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file
from torch.nn import functional

from noglue.tools.pretrained.efficientnet_lite import FEATURES, EfficientNetLite0, normalised
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.training.checkpoint import prefixed, under
from noglue.tools.training.confidence import softmax
from noglue.tools.training.linear_probe import Probe
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size, batches

if TYPE_CHECKING:
    import datasets

ROWS = 512  # pictures read at a time
MOST_PIXELS = 1 << 18  # in one forward pass on a CPU; on other devices 32 times as many


class Resolution(BaseModel):
    """What the network is shown: pictures of this size, and their mirror images as well where `mirrored`."""

    height: int
    width: int
    mirrored: bool = False

    @property
    def views(self) -> int:
        return 2 if self.mirrored else 1

    @property
    def pixels(self) -> int:
        """Of one picture, all views together."""
        return self.height * self.width * self.views


class Config(BaseModel):
    """size: what pictures are brought to when they are read; the network may be shown them larger.

    classes: their names, or None where the target is a value, which is `offset + scale · output`. tuned: whether the
    network itself was trained further. flip: whether left and right may be swapped, and why or why not.
    """

    family: str
    size: Size
    resolution: Resolution
    classes: list[str] | None
    tuned: bool = False
    flip: bool = False
    flip_why: str = ""
    temperature: float = 1.0
    offset: float = 0.0
    scale: float = 1.0


class Backbone:
    """The network that sees features, in the device's quick number format."""

    def __init__(self, network: EfficientNetLite0, machine: Machine) -> None:
        self.machine = machine
        self.network = network.eval().requires_grad_(False).to(machine.device, machine.dtype)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, pixels: np.ndarray, resolution: Resolution) -> np.ndarray:
        """uint8 (n, h, w, 1 or 3) → float32 (n, views, 1280)."""
        parts = [np.zeros((0, resolution.views, FEATURES), np.float32)]
        with torch.inference_mode():
            for images in self._pieces(pixels, resolution):
                views = [images, images.flip(-1)] if resolution.mirrored else [images]
                seen = [self.network(view.to(self.machine.dtype)).float() for view in views]
                parts.append(torch.stack(seen, dim=1).cpu().numpy())
        return np.concatenate(parts)

    def _pieces(self, pixels: np.ndarray, resolution: Resolution) -> Iterator[torch.Tensor]:
        most = MOST_PIXELS if self.machine.device.type == "cpu" else 32 * MOST_PIXELS
        piece = max(1, most // (resolution.height * resolution.width))
        for start in range(0, len(pixels), piece):
            yield shown(torch.from_numpy(np.array(pixels[start : start + piece])).to(self.machine.device), resolution)


def shown(pixels: torch.Tensor, resolution: Resolution) -> torch.Tensor:
    """uint8 (n, h, w, 1 or 3) → what the network takes, float32 (n, 3, height, width)."""
    return sized(normalised(pixels), resolution).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)


def sized(images: torch.Tensor, resolution: Resolution) -> torch.Tensor:
    """float32 (n, c, h, w) → (n, c, height, width), antialiased where it gets smaller."""
    height, width = images.shape[2:]
    if (height, width) == (resolution.height, resolution.width):
        return images
    smaller = resolution.height < height or resolution.width < width
    return functional.interpolate(
        images, (resolution.height, resolution.width), mode="bilinear", align_corners=False, antialias=smaller
    )


def save(folder: Path, network: EfficientNetLite0, probe: Probe, config: Config) -> None:
    """network: folded, its weights rounded to float16."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: value.detach().cpu().half() for name, value in network.state_dict().items()}
    head = {"weight": torch.from_numpy(probe.weights.T), "bias": torch.from_numpy(probe.intercept)}
    tensors = prefixed("network", own) | prefixed("head", {name: value.float() for name, value in head.items()})
    save_file({name: value.contiguous() for name, value in tensors.items()}, str(folder / "weights.safetensors"))
    (folder / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")


def rounded(network: EfficientNetLite0) -> EfficientNetLite0:
    """With weights as they are kept, so that what is judged is what predicts; in place."""
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.copy_(tensor.half())
    return network


class PretrainedPredictor:
    """Images in either column form, of any size and mode; see `Predictor`."""

    def __init__(self, backbone: Backbone, probe: Probe, config: Config) -> None:
        self.backbone, self.probe, self.config = backbone, probe, config

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Class probabilities float32 (n, k), or values float64 (n,). Raises DataError for what is no image."""
        if "image" not in rows.column_names:
            raise DataError(Kind.MISSING_COLUMNS, "The rows have no image column.", hint="Give image files.")
        parts, done = [np.zeros((0, self.probe.weights.shape[1]), np.float32)], 0
        for pixels in batches(rows, self.config.size, ROWS):
            parts.append(self.outputs(pixels))
            done += len(pixels)
            if progress is not None:
                progress(done, len(rows))
        return answers(np.concatenate(parts), self.config)

    def outputs(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) of the config's size → float32 (n, outputs)."""
        return self.probe.outputs(self.backbone.features(pixels, self.config.resolution))


def answers(outputs: np.ndarray, config: Config) -> np.ndarray:
    """The head's outputs → probabilities (n, k) or values (n,)."""
    if config.classes is None:
        values: np.ndarray = outputs[:, 0].astype(np.float64) * config.scale + config.offset
        return values
    return softmax(outputs, config.temperature)


def load(folder: Path, device: str) -> PretrainedPredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    network = EfficientNetLite0().headless()
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
        network.folded().load_state_dict(under("network", weights))
        head = {name: value.numpy() for name, value in under("head", weights).items()}
        probe = Probe(head["weight"].T.astype(np.float64), head["bias"].astype(np.float64), 0.0)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no pretrained image model: {error}.") from error
    return PretrainedPredictor(Backbone(network, Machine.of(device)), probe, config)
