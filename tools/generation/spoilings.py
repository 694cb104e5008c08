"""Real pictures spoilt in a known way: what a judge, and each measure, must be able to tell from real ones.

>>> noise(pixels, random).shape == mirrored(pixels).shape == pixels.shape          # uint8 (n, h, w, c)
True
"""

import numpy as np

SHIFT = 0.125  # of the sides
BRIGHTER = 0.2  # of the range


def noise(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Nothing of the pictures but their shape: every value as likely, anywhere."""
    return random.integers(0, 256, pixels.shape).astype(np.uint8)


def scrambled(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The pixels of each picture in an order drawn for it: its colours without its form."""
    count, height, width, channels = pixels.shape
    flat = pixels.reshape(count, height * width, channels)
    order = random.random((count, height * width)).argsort(1)
    return np.take_along_axis(flat, order[..., None], 1).reshape(pixels.shape)


def mirrored(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def shifted(pixels: np.ndarray, share: float = SHIFT) -> np.ndarray:
    """All of them moved to the lower right by `share` of the sides; what comes in repeats the edge."""
    height, width = pixels.shape[1:3]
    rows = (np.arange(height) - max(1, round(height * share))).clip(0)
    columns = (np.arange(width) - max(1, round(width * share))).clip(0)
    return pixels[:, rows[:, None], columns[None]]


def recoloured(pixels: np.ndarray, share: float = BRIGHTER) -> np.ndarray:
    """Half way to the middle grey plus `share` of the range, so that neither black nor white stays as it was."""
    changed = 127.5 + (pixels.astype(np.float32) - 127.5) * (1 - 2 * share) + 255 * share / 2
    return changed.round().clip(0, 255).astype(np.uint8)
