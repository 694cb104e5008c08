"""Two layers of convolutions whose filters were drawn and never trained, averaged on a grid of 4 × 4.

Jarrett et al. 2009 (https://doi.org/10.1109/ICCV.2009.5459469) and Saxe et al. 2011 found such features not far behind
learned ones; unlike those of a classifier, they keep where things are.

>>> describe(pixels, seed=0).shape          # uint8 (1000, 105, 105, 1)
(1000, 1024)
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

NAME = "random convolutions"
SIDE = 32  # pixels of the longer side that is looked at
FIRST, SECOND, GRID = 32, 64, 4
PIECE = 256  # pictures at a time


def describe(pixels: np.ndarray, seed: int) -> np.ndarray:
    """uint8 (n, h, w, c) → float32 (n, 1024)."""
    import torch
    from torch.nn import functional

    from noglue.tools.training.pixels import Size, fitted

    height, width, channels = pixels.shape[1:]
    shrink = min(1.0, SIDE / max(height, width))
    seen = 3 if channels >= 3 else 1
    size = Size(height=max(8, round(height * shrink)), width=max(8, round(width * shrink)), channels=seen)
    first, second = _drawn(seen, FIRST, 5, seed), _drawn(FIRST, SECOND, 3, seed + 1)
    parts = []
    with torch.inference_mode():
        for start in range(0, len(pixels), PIECE):
            some = torch.from_numpy(fitted(pixels[start : start + PIECE], size).astype(np.float32))
            x = some.permute(0, 3, 1, 2) / 127.5 - 1
            x = functional.relu(functional.conv2d(x, *first, padding=2))
            x = functional.avg_pool2d(x, 2)
            x = functional.relu(functional.conv2d(x, *second, padding=1))
            parts.append(functional.adaptive_avg_pool2d(x, GRID).flatten(1).numpy())
    return np.concatenate(parts) if parts else np.zeros((0, SECOND * GRID**2), np.float32)


def _drawn(inputs: int, outputs: int, side: int, seed: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """Filters of length 1, three quarters of them blind to brightness, and their biases."""
    import torch

    random = torch.Generator().manual_seed(seed % (1 << 62))
    filters = torch.randn(outputs, inputs, side, side, generator=random)
    filters[outputs // 4 :] -= filters[outputs // 4 :].mean((1, 2, 3), keepdim=True)
    filters /= filters.flatten(1).norm(dim=1)[:, None, None, None]
    return filters, 0.3 * torch.randn(outputs, generator=random)
