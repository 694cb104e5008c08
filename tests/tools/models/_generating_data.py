"""Small prepared data sets to generate from: train rows alone, as `prepare` leaves them for a generator."""

from pathlib import Path

import numpy as np

from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from tests.tools.models._image_data import array_rows, digits

DIGITS = [str(digit) for digit in range(10)]


def prepared(run: Path, rows, names: list[str] | None = None, image: ImageShape | None = None) -> Schema:  # type: ignore[no-untyped-def]
    """Write RUN/data. image: what `inspect` would say; None: the shape of the rows, if they have one."""
    rows.save_to_disk(str(run / "data" / "train"))
    shape = getattr(rows.features["image"], "shape", None)
    if image is None and shape is not None:
        image = ImageShape(height=shape[0], width=shape[1], channels=shape[2])
    schema = Schema(
        goal="generate",
        modality="image",
        target="label" if names else None,
        features=[Column(name="image", kind="image", dtype="uint8")],
        classes=names,
        image=image,
        rows={"train": len(rows)},
        split="random",
    )
    schema.save(run / "data")
    return schema


def some_digits(run: Path, count: int, labelled: bool = True) -> Schema:
    pixels, labels = digits(count)
    return prepared(run, array_rows(pixels, labels, DIGITS) if labelled else array_rows(pixels),
                    DIGITS if labelled else None)  # fmt: skip


def crops(count: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, 12, 20, 1) and labels: digits three times as large, the middle of them."""
    pixels, labels = digits(count)
    return np.ascontiguousarray(pixels.repeat(3, axis=1).repeat(3, axis=2)[:, 6:18, 2:22]), labels


def main() -> None:
    """RUN EPOCHS: trains r3gan on RUN/data on one thread, a checkpoint after every step; prints the notes."""
    import sys

    import torch

    from noglue.tools.models import r3gan
    from noglue.tools.spec.protocols import Settings
    from noglue.tools.spec.step import Step

    torch.set_num_threads(1)
    run, epochs = Path(sys.argv[1]), int(sys.argv[2])
    step = Step(folder=run, run=run, emit=lambda event: print(getattr(event, "message", "")))
    settings = Settings(epochs=epochs, batch_size=16, options={"width": 16, "checkpoint_seconds": 0})
    r3gan.train(run / "data", run / "model", Schema.load(run / "data"), settings, step)


if __name__ == "__main__":
    main()
