"""Several looks at the images that the first look leaves uncertain (test-time augmentation where it pays).

    >>> looks = TestTimeAugmentation(flip=True, shift=1, below=0.8)
    >>> logits(network, images, looks, machine).shape
    torch.Size([500, 10])

An image whose largest first-look probability reaches `below` keeps its first look; the others also get the mirror
image (where labels allow it) and two one-pixel shifts. That is most of the gain at a fraction of the time, and a
row's answer depends on the row alone.
"""

from collections.abc import Callable, Iterator

import torch
from pydantic import BaseModel
from torch import nn
from torch.nn import functional

from noglue.tools.training.machine import Machine

MOST_PIXELS = 1 << 18  # in one forward pass on a CPU: buffers of about 32 MB; on other devices eight times as many


class TestTimeAugmentation(BaseModel):
    """shift: pixels of the shifted looks, 0 for none. below: confidence under which they are taken; 0: never."""

    flip: bool = False
    shift: int = 0
    below: float = 0.0

    def of(self, images: torch.Tensor) -> Iterator[tuple[torch.Tensor, float]]:
        """Every look but the first, with its weight; the first one's and its mirror's together weigh as much as all
        shifts, as in arXiv:2404.00498.
        """
        if self.flip:
            yield images.flip(-1), 1.0
        if self.shift:
            height, width, far = images.shape[2], images.shape[3], 2 * self.shift
            padded = functional.pad(images, (self.shift,) * 4, mode="reflect")
            for start in (0, far):
                moved = padded[:, :, start : start + height, start : start + width]
                yield moved, 0.5
                if self.flip:
                    yield moved.flip(-1), 0.5


def logits(network: nn.Module, images: torch.Tensor, looks: TestTimeAugmentation, machine: Machine) -> torch.Tensor:
    """float32 (n, outputs) on the CPU. images: float32 (n, c, h, w), normalised, on the device."""
    first = forward(network, images, machine)
    if looks.below <= 0 or not (looks.flip or looks.shift):
        return first
    unsure = (first.softmax(1).amax(1) < looks.below).nonzero()[:, 0]
    if len(unsure) == 0:
        return first
    chosen = images[unsure.to(images.device)]
    total, weight = first[unsure].clone(), 1.0
    for look, share in looks.of(chosen):
        total += share * forward(network, look, machine)
        weight += share
    first[unsure] = total / weight
    return first


def forward(network: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor, machine: Machine) -> torch.Tensor:
    """In pieces of bounded memory."""
    most = MOST_PIXELS if machine.device.type == "cpu" else 8 * MOST_PIXELS
    piece = max(1, most // (images.shape[2] * images.shape[3]))
    parts = []
    with torch.inference_mode(), machine.precision():
        for start in range(0, len(images), piece):
            chosen = images[start : start + piece].contiguous(memory_format=torch.channels_last)
            parts.append(network(chosen).float().cpu())
    return torch.cat(parts)
