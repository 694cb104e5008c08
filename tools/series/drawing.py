"""A small picture of a series: each channel a line, all on one scale from its least value to its largest."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

WIDTH, HEIGHT, MARGIN = 192, 72, 4
MOST_CHANNELS = 6
INKS = ("#1f5fa8", "#c4552d", "#2f8a57", "#8a4fa3", "#a0872a", "#4a4a4a")


def draw(series: "np.ndarray", file: Path) -> None:
    """series: (channels, steps), the first six channels of it. A missing value is a gap."""
    import numpy as np
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(sheet)
    shown = series[:MOST_CHANNELS]
    there = shown[np.isfinite(shown)]
    low, high = (float(there.min()), float(there.max())) if there.size else (0.0, 1.0)
    across = np.linspace(MARGIN, WIDTH - MARGIN, max(2, shown.shape[1]))
    for channel, ink in zip(shown, INKS, strict=False):
        up = HEIGHT - MARGIN - (channel.astype(np.float64) - low) / ((high - low) or 1.0) * (HEIGHT - 2 * MARGIN)
        known = np.isfinite(up)
        for piece in np.split(np.arange(len(up)), np.flatnonzero(np.diff(known.astype(int))) + 1):
            if len(piece) > 1 and known[piece[0]]:
                pen.line([(float(across[step]), float(up[step])) for step in piece], fill=ink, width=1)
    sheet.save(file)
