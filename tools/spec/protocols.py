"""What readers and model families are, and hand over. A plugin is a module with these attributes; nothing inherits
from anything. Every seam of `tools/`:

reader         tools/readers/x.py     `Reader`
model family   tools/models/x.py      `Family`, whose `load` gives a `Predictor`, or a `Sampler` where it generates
goal           tools/goals/x.py       `GOAL`, see `tools/spec/goals.py`
modality       tools/modalities/x.py  `MODALITY`, see `tools/spec/modalities.py`
measure        tools/metrics/x.py     `METRIC`, see `tools/metrics/__init__.py`
source         tools/sources/x.py     `Source`, see `tools/spec/sources.py`
sandbox        tools/sandbox/x.py     `Sandbox`, see `tools/spec/sandboxes.py`
step tool      tools/x.py             see `tools/spec/step.py`
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, Field

from noglue.tools.spec.data_form import DataForm, Strays
from noglue.tools.spec.profiles import ImageShape, ModalityName
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa


# ---- readers ---------------------------------------------------------------------------------------------------


DRAWN = ("larger than memory", "draw rows")  # in `Match.reading`: of a table to learn from, not one to be predicted


@dataclass(frozen=True)
class Match:
    """A reader's claim on a set of files. `confidence` in 0…1; `files`: split → paths (`all` where none are known).

    A path may be a folder that the reader walks itself (100,000 images are one path). The key `about` is no split:
    it holds files that describe the others (label names, column names), so that they travel with them.
    reading: which of the ways to read these files it is, where there are several (label source, split source, sheet);
    only the reader knows what it means. labels_from, coverage: as in `Profile`.
    ignored: files of those sniffed that this reading leaves aside, each with a reason, for the ledger.
    """

    confidence: float
    files: Mapping[str, Sequence[Path]]
    why: str
    reading: Mapping[str, str] = field(default_factory=dict)
    labels_from: str = ""
    coverage: float = 1.0
    ignored: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Raw:
    """What a reader hands over: Arrow tables, as the files have them.

    splits: `train`, `test`, `validation`, `unlabelled`, or `all`.
    target: the label column if the format says which it is; `classes`: names for integer labels 0…k-1.
    Images of one size: a column `image` of FixedSizeList<uint8>[height·width·channels], with `image` set
    (row-major height, width, channels). Other images: a column `image` of binary (encoded bytes) or of
    string (absolute paths), and `image` None.
    skipped: files or rows that could not be read, each with its reason (at most a few dozen are kept).
    form: how the cells and pixels were read. strays: column → cells that did not fit its form and became missing.
    notes: what was decided where the files leave a choice. lost: of what was skipped the rows of data,
    reason → how many. cut: pictures with values beyond the scale of a form known before.
    unusable: whole files that could not be read, path → reason, for the ledger. problems: split → row → why it could
    not be read; with a form given such a row keeps its place among the others, and all its cells are missing.
    """

    modality: ModalityName
    splits: dict[str, "pa.Table"]
    target: str | None = None
    classes: list[str] | None = None
    image: ImageShape | None = None
    skipped: list[str] = field(default_factory=list)
    form: DataForm = field(default_factory=DataForm)
    strays: dict[str, Strays] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    cut: int = 0
    unusable: dict[str, str] = field(default_factory=dict)
    problems: dict[str, dict[int, str]] = field(default_factory=dict)


class Reader(Protocol):
    READS: str  # what it reads, in a few words, for those whose files nothing reads
    BESIDE: bool  # True where it reads tables otherwise, and the table stays a reading; may be left out

    def takes(self, path: Path) -> bool:
        """Whether it uses a file in a folder of its match; may be left out by readers that name each file."""

    def sniff(self, files: Sequence[Path]) -> Match | None:
        """Do these files look like this format? By names and first bytes; never reads whole files. None: no."""

    def readings(self, files: Sequence[Path]) -> list[Match]:
        """Every way in which these files may be meant, the likeliest first; may be left out where `sniff` tells all."""

    def count(self, match: Match) -> dict[str, int]:
        """Rows a split, without reading the data where the format allows. Raises as `read` does."""

    def read(self, match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
        """Read them (at most about `rows` rows a split when given). Raises DataError `unreadable`, naming the file.

        form: what was learned of such data before, to be applied unchanged; None: learn it from these files.
        """

    def outline(self, match: Match, rows: int | None = None) -> Raw:
        """`read`, without opening what is costly to open (pixels); may be left out."""


# ---- model families --------------------------------------------------------------------------------------------


class Settings(BaseModel):
    """What the planner may choose for a family. None: the family's recipe decides.

    metric: a module of `tools/metrics/`; the validation state that is best by it is kept.
    options: anything else a family documents, like `width`.
    """

    metric: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    options: dict[str, Any] = {}


class Tried(BaseModel):
    """A model that was tried: a family, or a member of a blend.

    validation: measure → score, of rows that it did not learn from. share: its weight in what is kept, 0…1. target:
    which of several targets it was tried for, else empty.
    begun: False where it was not: too little time was left for it to be of use; `why` says so in words.
    """

    family: str
    title: str
    target: str = ""
    validation: dict[str, float] = {}
    seconds: float = 0.0
    share: float = 0.0
    chosen: bool = False
    begun: bool = True
    why: str = ""


class Trained(BaseModel):
    """What a family says of a training. `history`: one row an epoch or a round, for the learning curve.

    stopped: why the training ended; by_clock: whether more time would have been used.
    finished: False where the time ended what must go to its end, as a linear model's fit; such a model is no rival.
    learned_from: the splits that the model left in place was fitted to. Where `validation` is among them, scoring
    that model on the validation rows would flatter it; `validation` then holds its cross-validated scores.
    alarms: what went wrong on the way to a generator, and what was done about it. sample_history: step paths of PNG
    grids of the same latents over the training, oldest first. candidates: what was tried within the family. short: the
    time was too short for a training of use. held: the true and the predicted targets of rows that the model did not
    learn from, as `Predictor.predict` gives them; written nowhere.
    """

    family: str
    parameters: int | None = None
    seconds: float
    stopped: str
    by_clock: bool = False
    finished: bool = True
    validation: dict[str, float] = {}
    learned_from: list[str] = ["train"]
    history: list[dict[str, float]] = []
    settings: dict[str, Any] = {}
    notes: list[str] = []
    alarms: list[str] = []
    sample_history: list[str] = []
    candidates: list[Tried] = []
    short: ShortTime | None = None
    held: Any = Field(default=None, exclude=True, repr=False)


class Predictor(Protocol):
    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> "np.ndarray":
        """Class probabilities (n, k) float32, or values (n,) float64. `rows`: the schema's features, and any others."""


@dataclass(frozen=True)
class Forecast:
    """What comes after the end of each series: float64 (series, steps) each; low and high bound the interval."""

    mean: "np.ndarray"
    low: "np.ndarray"
    high: "np.ndarray"


class Forecaster(Protocol):
    """Tells the next steps of series that go on (`noglue.tools.forecasting.panel`)."""

    def forecast(self, panel: Any, ahead: int, level: float) -> Forecast:
        """`ahead` steps after the end of each series of any histories; the intervals are to hold `level` of them."""


class Sampler(Protocol):
    """A generator of rows. classes: the names that can be asked for, or None where it learned without labels.

    latent: the length of a latent vector. A sample depends on its latent and its label alone, and both on the seed.
    """

    classes: list[str] | None
    latent: int

    def latents(self, count: int, seed: int) -> "np.ndarray":
        """float32 (count, latent), drawn as in training."""

    def labels(self, count: int, seed: int) -> "np.ndarray | None":
        """int64 (count,), drawn as often as in training; None without classes."""

    def decode(
        self,
        latents: "np.ndarray",
        labels: "np.ndarray | None" = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Any:
        """Rows as their modality has them: of images uint8 (n, height, width, channels); of a table a mapping, each
        feature's name → values (n,), None or NaN where missing. labels: int64 (n,), needed where there are classes.
        """


class Family(Protocol):
    BASELINE: bool  # True for the simple model that the result is set beside
    ALIASES: tuple[str, ...]  # how people write it, lower case; may be left out
    KINDS: tuple[str, ...]  # the kinds of model that it is one of, as people rule them out; may be left out
    UNLABELLED: bool  # True where rows without a label teach it too; may be left out
    BALANCES: bool  # False where it can't make up for rare classes; may be left out
    BLENDS: tuple[str, ...]  # how the members of a family that is a blend are called; may be left out
    MEMBERS: tuple[str, ...]  # how the members of a blend that are of this family are called; may be left out
    BESIDE: str  # the family that a result is set beside, if not the best suited BASELINE; may be left out
    DEVICES: tuple[str, ...]  # `cuda`, …: where it is tried without being asked for; may be left out: everywhere

    def suits(self, schema: Schema) -> float:
        """0: can't; else a preference: those with 0.5 or more compete, see `tools/selection/compete.py`. Light: no
        heavy import.
        """

    def seconds(self, schema: Schema) -> float:
        """What a training of use takes on this machine's processors (`tools/spec/slowness.py` counts them), less than
        what the best one takes. Light; may be left out: hardly any time.
        """

    def lacks(self) -> str | None:
        """What must be installed for it and what that would give, a whole sentence; None where nothing is missing.
        Light; may be left out.
        """

    def train(self, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
        """Learn from `data/train`, choose by `data/validation`, leave everything `load` needs in `model`."""

    def load(self, model: Path, device: str) -> Predictor | Forecaster | Sampler:
        """The model that `train` left: a `Sampler` of a family that generates, a `Forecaster` of one that tells what
        comes next, else a `Predictor`.
        """
