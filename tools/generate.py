"""New images from a finished generator.

    count=100, label="sneaker"  →  steps/09-generate/pixels.raw, labels.raw

    pixels.raw   uint8 (count, height, width, channels), row by row, nothing else
    labels.raw   little-endian int64 (count,): numbers of classes; only where the model has classes

Plain arrays, since PNG files are made where the key is that signs them, which no step may see (`image_batch.py`).
`model/` alone is needed. The step's seed decides every image; see `tools/generation/sampling.py`.
"""

import shutil
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from noglue.tools.generation.sampling import find_label, pieces
from noglue.tools.modelstore import load_model
from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.step import Access, Arguments, Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Sampler

ACCESS = Access(reads=("model",), device=True)
MOST = 1_000_000


class Args(Arguments):
    """label: the only class to make images of; None draws the classes as often as in training."""

    count: int = Field(ge=1, le=MOST)
    label: str | None = None


class Result(BaseModel):
    """pixels, labels: the files (labels: None without classes). classes: what the labels' numbers mean."""

    pixels: str
    labels: str | None = None
    count: int = Field(ge=1, le=MOST)
    height: int = Field(ge=1, le=4096)
    width: int = Field(ge=1, le=4096)
    channels: Literal[1, 3]
    classes: list[str] | None = None


def run(args: Args, step: Step) -> Result:
    """Raises DataError `no-model`, BadUsage `not-a-generator`, `no-classes`, `unknown-class`, StepFailed
    `unknown-family`, `output`.
    """
    _, sampler = load_model.sampler(step.run / "model", step.device)
    label = None if args.label is None else find_label(args.label, sampler.classes)
    try:
        height, width, channels = _write(sampler, args.count, label, step)
    except OSError as error:
        raise StepFailed(
            Kind.OUTPUT,
            f"The images can't be written to {step.folder}: {error.strerror}.",
            hint="Make room there, or ask for fewer with --count.",
        ) from error
    return Result(
        pixels=step.name(step.folder / "pixels.raw"),
        labels=None if sampler.classes is None else step.name(step.folder / "labels.raw"),
        count=args.count,
        height=height,
        width=width,
        channels=3 if channels == 3 else 1,
        classes=sampler.classes,
    )


def _write(sampler: "Sampler", count: int, label: int | None, step: Step) -> tuple[int, ...]:
    """→ an image's shape. Raises OSError when the disk is full, before the first image where that can be foreseen."""
    done, shape = 0, ()
    with (step.folder / "pixels.raw").open("wb") as images, (step.folder / "labels.raw").open("wb") as numbers:
        for pixels, labels in pieces(sampler, count, step.seed, label):
            if not shape:
                shape = pixels.shape[1:]
                _must_fit(count * pixels[0].size, step)
            images.write(pixels.tobytes())
            numbers.write(b"" if labels is None else labels.astype("<i8").tobytes())
            done += len(pixels)
            step.progress("generate", done, count, unit="images")
    return shape


def _must_fit(needed: int, step: Step) -> None:
    free = shutil.disk_usage(step.folder).free
    if needed > free:
        raise StepFailed(
            Kind.OUTPUT,
            f"The images take {needed / 1e9:.1f} GB, and {step.folder} has {free / 1e9:.1f} GB left.",
            hint="Make room there, or ask for fewer with --count.",
        )
