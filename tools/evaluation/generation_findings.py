"""What `evaluate` says of a generator, beside its scores: its judge, its classes, near-copies, pages of samples."""

from pydantic import BaseModel

from noglue.tools.evaluation.scores import Score
from noglue.tools.spec.step_paths import StepPath


class Picture(BaseModel):
    """A page of samples. path: of a PNG.

    kind: `sheet` (so many as were asked for), `grid`, `classes`, `interpolation`, `arithmetic`, `neighbours`.
    """

    kind: str
    path: StepPath
    caption: str


class ClassShare(BaseModel):
    """One class of a generator: asked for `asked` times, recognised by the judge `recognised` times among those.

    data, generated: its share of the test rows, and of samples drawn as in training, in 0…1.
    """

    name: str
    asked: int
    recognised: int
    data: float
    generated: float


class Memorization(BaseModel):
    """How near the samples lie to training images, beside how near the test images do (see tools/generation/).

    ct: Meehan et al. 2020; well below 0 means that samples lie nearer to the training images than test images do.
    authentic: Alaa et al. 2022, the share of samples that are no near-copy of a training image. near_copies: samples of
    `samples` nearer to a training image in pixels than all but a hundredth of the test images are.
    """

    ct: float
    authentic: float
    near_copies: int
    expected_copies: float
    samples: int
    flagged: bool
    message: str


class JudgeProof(BaseModel):
    """What a judge of generators showed on `rows` real pictures that it did not learn from.

    right, chance: how often it knew the answer, and how often the likeliest one is; None where nothing was asked. near,
    far: Fréchet distances of other real pictures and of noise. directions: in how many its features vary. failed:
    `chance`, `constant`, `noise` (not told from data), `too-few` (pictures to prove it on), `time` (none to learn in).
    """

    rows: int
    right: float | None = None
    chance: float | None = None
    near: float = 0.0
    far: float = 0.0
    directions: float = 0.0
    failed: list[str] = []

    @property
    def passed(self) -> bool:
        return not self.failed


class Generation(BaseModel):
    """What `evaluate` says of a generator beside its scores.

    samples: how many were drawn. features: what the distances are measured in, in words; judge_accuracy: how often the
    judging classifier is right on the test rows, or None where the images have no labels. proofs: what each part of the
    judge showed before it was asked, by name; those that failed are not asked. blind: measures left out as they can't
    tell noise (or copies) from data here.
    reference: the train split's scores against the test split: what real images would get. rows: some samples in words.
    """

    samples: int
    features: str
    judge_accuracy: float | None = None
    proofs: dict[str, JudgeProof] = {}
    blind: list[str] = []
    reference: dict[str, Score] = {}
    classes: list[ClassShare] = []
    memorization: Memorization | None = None
    pictures: list[Picture] = []
    rows: list[dict[str, str]] = []
