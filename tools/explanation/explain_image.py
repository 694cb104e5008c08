"""Where in a picture a model looks: parts of it are covered in turn (the `Explaining` of pictures; see `occlusion.py`).

Covered with the picture's own median colour. Drawn over the grey picture: red speaks for the answer, blue against it.
"""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.explanation import occlusion
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets

BACKGROUND = False
PARTS, FEWER = 8, 6  # of either side; a window is two of them wide. Fewer where nothing is drawn
LARGEST = 256  # pixels of the longer side of what is covered; models see less
SHOWN = 96  # pixels of the drawing's longer side at least
THIRDS = (("upper left", "top", "upper right"), ("left", "middle", "right"), ("lower left", "bottom", "lower right"))
MOST_REASONS = 3


def because(
    model: Predictor,
    rows: "datasets.Dataset",
    schema: Schema,
    background: pa.Table | None,
    answered: np.ndarray | None,
    progress: Callable[[int], None],
    folder: Path | None,
) -> list[Because]:
    told = []
    for row, pixels in enumerate(_pixels(rows, LARGEST)):
        kind = None if answered is None else int(answered[row])
        height, width = pixels.shape[:2]
        number = FEWER if folder is None else PARTS
        parts = [
            (slice(*down), slice(*across))
            for down in occlusion.windows(height, number)
            for across in occlusion.windows(width, number)
        ]
        variants = [pixels, *(_covered(pixels, part) for part in parts)]
        values = occlusion.asked(model, lambda some: _rows(some, schema), variants, kind)
        counts = occlusion.spread((height, width), parts, values[0] - values[1:])
        one = Because(row=row, reasons=_places(counts), said=float(values[0]))
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            one.picture = f"{row:04d}.png"
            _draw(pixels, counts, folder / one.picture)
        told.append(one)
        progress(row + 1)
    return told


def traits(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """Brightness, contrast, colour and sharpness."""
    found: dict[str, list[float]] = {name: [] for name in ("brightness", "contrast", "colourfulness", "sharpness")}
    for pixels in _pixels(rows, 64):
        values = pixels.astype(np.float64) / 255
        grey = values.mean(axis=2)
        found["brightness"].append(float(grey.mean()))
        found["contrast"].append(float(grey.std()))
        found["colourfulness"].append(float(values.std(axis=2).mean()))
        steps = [np.abs(np.diff(grey, axis=axis)).mean() if grey.shape[axis] > 1 else 0.0 for axis in (0, 1)]
        found["sharpness"].append(float(np.mean(steps)))
    return {name: np.array(values) for name, values in found.items()}


def _pixels(rows: "datasets.Dataset", largest: int) -> Any:
    """uint8 (height, width, channels) of each, encoded ones brought down to so many pixels."""
    if hasattr(rows.features["image"], "shape"):
        from noglue.tools.data.arrays import image_batches

        for batch in image_batches(rows, 256):
            yield from batch
        return
    for row in range(len(rows)):
        picture = rows[row]["image"]
        picture.draft("RGB", (largest, largest))
        picture = picture.convert("RGB")
        picture.thumbnail((largest, largest))
        yield np.asarray(picture)


def _rows(variants: Sequence[np.ndarray], schema: Schema) -> "datasets.Dataset":
    features = conform.features_of(schema, target=False)
    if schema.features[0].dtype != conform.ENCODED:
        from noglue.tools.data.arrays import image_column

        return conform.dataset(pa.table({"image": image_column(np.stack(variants))}), features)
    from PIL import Image

    encoded = []
    for pixels in variants:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        encoded.append({"bytes": file.getvalue(), "path": None})
    kind = features.arrow_schema.field("image").type
    return conform.dataset(pa.table({"image": pa.array(encoded, kind)}), features)


def _covered(pixels: np.ndarray, part: tuple[slice, ...]) -> np.ndarray:
    changed = pixels.copy()
    changed[part] = np.median(pixels.reshape(-1, pixels.shape[2]), axis=0).astype(np.uint8)
    return changed


def _places(counts: np.ndarray) -> list[Reason]:
    """The thirds of the picture that count most: the mean of what their places count."""
    found = [
        Reason(name=name, amount=float(part.mean()))
        for band, names in zip(np.array_split(counts, 3, axis=0), THIRDS, strict=True)
        for part, name in zip(np.array_split(band, 3, axis=1), names, strict=True)
        if part.size
    ]
    found.sort(key=lambda reason: -abs(reason.amount))
    return [reason for reason in found if reason.amount][:MOST_REASONS]


def _draw(pixels: np.ndarray, counts: np.ndarray, file: Path) -> None:
    """Red and blue over grey, the strongest place opaque to two thirds."""
    from PIL import Image

    grey = pixels.mean(axis=2) if pixels.shape[2] in (1, 3) else pixels[:, :, :3].mean(axis=2)
    strength = counts / max(float(np.abs(counts).max()), 1e-12)
    tint = np.where(strength[:, :, None] > 0, (214.0, 39.0, 40.0), (31.0, 95.0, 168.0))
    share = (0.66 * np.abs(strength))[:, :, None]
    mixed = np.rint((1 - share) * grey[:, :, None] + share * tint).astype(np.uint8)
    picture = Image.fromarray(mixed)
    factor = SHOWN / max(picture.size)
    if factor > 1:
        times = int(np.ceil(factor))
        picture = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    picture.thumbnail((2 * SHOWN, 2 * SHOWN))
    picture.save(file)
