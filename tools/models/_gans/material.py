"""A prepared data set's train images for two players: pixels in -1…1 on the canvas, with the labels to ask for.

>>> material = Material.read(run / "data", schema, limit=64, step=step)
>>> material.size, len(material.pixels), material.classes
(Size(height=28, width=28, channels=1), 60000, ['0', '1', …])
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training.flips import flip_safe
from noglue.tools.training.pixels import Size, read, working_size

LEAST = 16  # images: with fewer a generator can only copy
LABELLED = 0.5  # share of the rows that must carry a label for classes to be asked for


@dataclass
class Material:
    """pixels: uint8 (n, h, w, c). labels: int64 (n,), zeros without classes. flip: left and right may be swapped."""

    size: Size
    pixels: np.ndarray
    labels: np.ndarray
    classes: list[str] | None
    flip: bool
    notes: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: Path, schema: Schema, limit: int, step: Step, flips: bool | None = None) -> "Material":
        """flips: whether images may be mirrored, None: as the classes' names allow.

        Raises DataError `too-few-rows`, `unreadable` (naming the image).
        """
        rows, notes = load_split(data, "train"), list[str]()
        classes = schema.classes if schema.target is not None else None
        labels = np.zeros(len(rows), np.int64)
        if classes is not None:
            labels = label_array(rows, str(schema.target))
            there = labels >= 0
            if there.mean() < LABELLED:
                notes.append(f"only {there.mean():.0%} of the images have a label: learning without labels")
                classes, labels = None, np.zeros(len(rows), np.int64)
            elif not there.all():
                notes.append(f"{int((~there).sum())} images without a label are left out")
                rows, labels = rows.select(np.flatnonzero(there)), labels[there]
        if len(rows) < LEAST:
            raise DataError(
                Kind.TOO_FEW_ROWS,
                f"There are {len(rows)} images to learn from; a generator could only copy them.",
                hint=f"Give at least {LEAST}, better a thousand or more.",
                rows=len(rows),
            )
        size = working_size(rows, limit)
        if schema.image is not None and max(schema.image.height, schema.image.width) > max(size.height, size.width):
            notes.append(f"images are brought to {size.height}×{size.width} pixels")
        elif schema.image is not None and schema.image.varied:
            notes.append(f"images of different sizes are brought to {size.height}×{size.width} pixels")
        flip, why = flip_safe(schema) if classes else (False, "there are no labels")
        if flips is not None:
            flip, why = flips, "as asked"
        notes.append(f"images are {'' if flip else 'not '}mirrored in training: {why}")
        return cls(size, read(rows, size, step.folder / "train.pixels"), labels, classes, flip, notes)

    def frequencies(self) -> list[float] | None:
        if self.classes is None:
            return None
        counts = np.bincount(self.labels, minlength=len(self.classes))
        return [float(share) for share in counts / counts.sum()]
