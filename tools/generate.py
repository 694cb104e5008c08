"""New rows from a finished generator: images, rows of a table, whatever its modality makes.

    count=100, label="sneaker"  →  steps/09-generate/pixels.raw, labels.raw    images, see `image_samples.py`
    count=100                   →  steps/09-generate/samples.csv               rows of a table, see `table_samples.py`

`model/` alone is needed. The step's seed decides every row; see `tools/generation/sampling.py`.
"""

from typing import Literal

from pydantic import BaseModel, Field

from noglue.tools.generation.sampling import find_label, pieces
from noglue.tools.modelstore import load_model
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(reads=("model",), device=True)
MOST = 1_000_000


class Args(Arguments):
    """label: the only class to make rows of; None draws the classes as often as in training."""

    count: int = Field(ge=1, le=MOST)
    label: str | None = None


class Result(BaseModel):
    """classes: what labels' numbers mean; None without. file: the rows, where they are a file as they stand.

    pixels, labels: the arrays of images, of this height, width and channels (labels: None without classes).
    """

    count: int = Field(ge=1, le=MOST)
    classes: list[str] | None = None
    file: StepPath | None = None
    pixels: StepPath | None = None
    labels: StepPath | None = None
    height: int | None = Field(default=None, ge=1, le=4096)
    width: int | None = Field(default=None, ge=1, le=4096)
    channels: Literal[1, 3] | None = None


def run(args: Args, step: Step) -> Result:
    """Raises DataError `no-model`, BadUsage `not-a-generator`, `no-classes`, `unknown-class`, StepFailed
    `unknown-family`, `output`.
    """
    schema, sampler = load_model.sampler(step.run / "model", step.device)
    label = None if args.label is None else find_label(args.label, sampler.classes)
    modality = modalities.load(schema.modality)
    assert modality.samples is not None, "a generator of what nothing can write"
    try:
        left = modality.samples().write(pieces(sampler, args.count, step.seed, label), args.count, schema, step)
    except OSError as error:
        raise StepFailed(
            Kind.OUTPUT,
            f"The {modality.plural} can't be written to {step.folder}: {error.strerror}.",
            hint="Make room there, or ask for fewer with --count.",
        ) from error
    return Result(count=args.count, classes=sampler.classes, **left)
