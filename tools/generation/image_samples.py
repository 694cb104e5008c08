"""Generated images: judged by `scoring`, and left by the step `generate` as plain arrays.

    pixels.raw   uint8 (count, height, width, channels), row by row, nothing else
    labels.raw   little-endian int64 (count,): numbers of classes; only where the model has classes

Plain arrays, since PNG files are made where the key is that signs them, which no step may see (`image_batch.py`).
"""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from noglue.tools.modelstore.model_folder import alarms, seconds
from noglue.tools.spec.errors import Kind, StepFailed

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.evaluation.findings import Evaluation
    from noglue.tools.spec.protocols import Sampler
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step


def evaluate(
    schema: "Schema", sampler: "Sampler", simple: "tuple[str, Sampler] | None", args: Any, step: "Step"
) -> "Evaluation":
    """Raises as `scoring.evaluation` does."""
    from noglue.tools.generation.scoring import Wishes, evaluation

    wishes = Wishes(
        metric=args.metric,
        samples=args.samples,
        judge=None if args.judge is None else step.path(args.judge),
        inception=None if args.inception is None else step.path(args.inception),
        sheet=args.sheet,
        alarms=alarms(step.run / "model"),
        trained=seconds(step.run / "model"),
    )
    return evaluation(schema, sampler, simple, wishes, step)


def write(
    batches: "Iterator[tuple[np.ndarray, np.ndarray | None]]", count: int, schema: "Schema", step: "Step"
) -> dict[str, Any]:
    """Raises OSError when the disk is full, StepFailed `output` before the first image where that can be foreseen."""
    done, labelled = 0, False
    shape: tuple[int, ...] = ()
    with (step.folder / "pixels.raw").open("wb") as images, (step.folder / "labels.raw").open("wb") as numbers:
        for pixels, labels in batches:
            if not shape:
                shape, labelled = pixels.shape[1:], labels is not None
                _must_fit(count * pixels[0].size, step)
            images.write(pixels.tobytes())
            numbers.write(b"" if labels is None else labels.astype("<i8").tobytes())
            done += len(pixels)
            step.progress("generate", done, count, unit="images")
    height, width, channels = shape
    return {
        "pixels": step.name(step.folder / "pixels.raw"),
        "labels": step.name(step.folder / "labels.raw") if labelled else None,
        "height": height,
        "width": width,
        "channels": channels,
    }


def _must_fit(needed: int, step: "Step") -> None:
    free = shutil.disk_usage(step.folder).free
    if needed > free:
        raise StepFailed(
            Kind.OUTPUT,
            f"The images take {needed / 1e9:.1f} GB, and {step.folder} has {free / 1e9:.1f} GB left.",
            hint="Make room there, or ask for fewer with --count.",
        )
