"""The pixels themselves, of a small copy; their principal components are what is kept of them."""

import numpy as np

NAME = "principal components of the pixels"
SIDE = 16  # pixels of the small copy's longer side


def describe(pixels: np.ndarray, seed: int) -> np.ndarray:
    """uint8 (n, h, w, c) → float32 (n, d), in 0…1; nothing is drawn."""
    from noglue.tools.training.pixels import Size, fitted

    height, width, channels = pixels.shape[1:]
    shrink = min(1.0, SIDE / max(height, width))
    size = Size(
        height=max(1, round(height * shrink)),
        width=max(1, round(width * shrink)),
        channels=3 if channels >= 3 else 1,
    )
    return fitted(pixels, size).reshape(len(pixels), -1).astype(np.float32) / 255
