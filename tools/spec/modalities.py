"""What a kind of data says of itself. A file in `tools/modalities/` holds `MODALITY = ModalityPlugin(…)`.

>>> load("image").plural
'images'

A modality either comes as a table, whose columns are what is learned from, or each of its rows is a content of its own:
an image, a sound. The latter stands in one column, named in `own`, and what else a reader hands over are labels.
The rooms that a modality uses (data, pictures, modelstore, …) reach it through here, by name.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import AfterValidator, BaseModel

from noglue.tools.spec import catalogue

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.spec.profiles import Column, DataWarning, ImageShape
    from noglue.tools.spec.protocols import Predictor, Raw, Sampler
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step

PACKAGE = "noglue.tools.modalities"


Held = Literal["files", "pixels", "samples", "steps", "words"]


class Shown(NamedTuple):
    """One example for the report: the file name of a picture of it, or its values in words."""

    image: str | None
    values: dict[str, str]


class Inputs(Protocol):
    """How `predict` takes new data of a modality: a module of `tools/modelstore/`, or an object like one.

    given: what `find` and `batches` exchange, a `noglue.tools.modelstore.inputs.Found`; a batch is its `Batch`.
    """

    def kind_taken(self, schema: "Schema") -> str:
        """In words, for a message."""

    def find(self, files: list[tuple[str, Path]], given: Path, schema: "Schema", found: Any, several: bool) -> None:
        """Add what these files hold to `found`. Raises DataError `unreadable`, `wrong-kind`."""

    def file_batches(self, files: Sequence[tuple[str, Path]], schema: "Schema") -> Iterator[Any]:
        """Of files that are one input each."""

    def table_batches(
        self, raw: "Raw", table: "pa.Table", problems: dict[int, str], first: int, schema: "Schema"
    ) -> Iterator[Any]:
        """Of a table that a reader made of a file. problems: rows that could not be read; they keep their place."""


class Explaining(Protocol):
    """Why a model says what it says of a row, and what rows are like: a module of `tools/explanation/`, or an object
    like one.

    BACKGROUND: whether a row is explained beside training rows, some of which are kept with the model for it.
    """

    BACKGROUND: bool

    def because(
        self,
        model: "Predictor",
        rows: "datasets.Dataset",
        schema: "Schema",
        background: "pa.Table | None",
        answered: "np.ndarray | None",
        progress: Callable[[int], None],
        folder: Path | None,
    ) -> list[Any]:
        """Of each row a `noglue.tools.evaluation.explained.Because`, its `row` the place among these.

        answered: the class of each row, int64 (n,), None of values. folder: for a PNG of each row that shows what
        mattered, where that can be shown; None: none are wanted.
        """

    def traits(self, rows: "datasets.Dataset", schema: "Schema") -> "dict[str, np.ndarray]":
        """What a row is like, in a few numbers: a name that a person understands → float64 (n,), NaN where missing."""


class Samples(Protocol):
    """How generated rows of a modality are judged, and what the step `generate` leaves of them: a module of
    `tools/generation/`, or an object like one.
    """

    def evaluate(
        self, schema: "Schema", sampler: "Sampler", simple: "tuple[str, Sampler] | None", args: Any, step: "Step"
    ) -> BaseModel:
        """Fresh samples beside the sealed rows, as an `Evaluation`.

        simple: the baseline's family and its sampler. args: of the step `evaluate`.
        """

    def write(self, batches: "Iterator[tuple[Any, np.ndarray | None]]", count: int, schema: "Schema",
              step: "Step") -> dict[str, Any]:  # fmt: skip
        """Leave `count` rows with their labels in the step's folder. → fields of `tools/generate.py`'s result.

        Raises OSError where they can't be written.
        """


@dataclass(frozen=True)
class ModalityPlugin:
    """One modality.

    plural: `Classify images`. noun: `the file holds a table`. piece: one row's content, as in "takes nothing but the
    picture". endings: of file names, without the dot. example: what is given to `predict` in the report's command.
    search: what to type into a search box beside the subject.
    comes_as: other modalities that such data may be read as: time series are mostly rows of a table.
    tabular: it comes as rows and columns, which a family for tables can take. own: the columns in which a reader hands
    over the content and where it lies. rank: where words speak as much for two, the lower one is meant.
    held_as: how programs hold its contents in memory (`agent/model/contents.py`); `files`: as paths and bytes alone.
    toy: the fields of a schema of usual shape, its features among them (`tools/spec/usual.py`).
    describe(raw, table) → what the profile says of the contents of some rows, and warnings.
    column(raw), contents(raw, tables) → the feature that the content becomes, and all of it, to be hashed and written
    (`noglue.tools.data.row_content.Content`). feature(schema, column) → how it is stored (a `datasets` feature).
    lengths(rows, schema) → a unit, and how long each row is in it, float64 (n,); None: they have no length.
    show(rows, schema, names, folder) → an example for each prepared row, a picture of it in `folder` by its name;
    without it the values of the features are shown.
    extra: of pyproject.toml, with the packages that it needs beside the core.
    near_copies(contents, parts, random) → the rows of parts[0] that are nearly the same as another of them, and those
    of the other parts that are nearly the same as one of parts[0] (`noglue.tools.checks.near_copies.Copies`).
    explaining() → why a model says what it says of a row, and what rows are like; None: nothing tells.
    samples() → how generated rows are judged and written; None: none of them can be generated.
    What a reader of such a modality can't open stands in `Raw.unusable` alone, each file a row that is lost.
    """

    name: str
    plural: str
    noun: str
    example: str
    search: str
    endings: str = ""
    extra: str = ""
    held_as: Held = "files"
    comes_as: tuple[str, ...] = ()
    piece: str = ""
    tabular: bool = False
    own: tuple[str, ...] = ()
    rank: int = 9
    toy: Mapping[str, Any] = field(default_factory=dict)
    describe: "Callable[[Raw, pa.Table], tuple[ImageShape | None, list[DataWarning]]] | None" = None
    column: "Callable[[Raw], Column] | None" = None
    contents: "Callable[[Raw, list[pa.Table]], Any] | None" = None
    feature: "Callable[[Schema, Column], Any] | None" = None
    lengths: "Callable[[datasets.Dataset, Schema], tuple[str, np.ndarray]] | None" = None
    show: "Callable[[datasets.Dataset, Schema, Sequence[str], Path], list[Shown]] | None" = None
    near_copies: "Callable[[Any, list[np.ndarray], np.random.Generator], Any] | None" = None
    inputs: Callable[[], Inputs] | None = None
    explaining: Callable[[], Explaining] | None = None
    samples: Callable[[], Samples] | None = None

    @property
    def content(self) -> str:
        """The one column that is learned from, of a modality that is no table; else nothing."""
        return "" if self.tabular or not self.own else self.own[0]

    @property
    def undecoded(self) -> str:
        """A reason for which rows are lost."""
        return f"{self.plural} that can't be decoded"

    @property
    def cells(self) -> bool:
        """Whether the columns of a table are what is learned from, each read by its form."""
        return self.tabular and not self.own


@cache
def names() -> list[str]:
    """All modalities, by rank."""
    return sorted(catalogue.names(PACKAGE), key=lambda name: (load(name).rank, name))


def load(name: str) -> ModalityPlugin:
    """The modality in `tools/modalities/<name>.py`. Raises KeyError listing what there is."""
    plugin: ModalityPlugin = catalogue.load(PACKAGE, name).MODALITY
    return plugin


def words(name: str) -> dict[str, list[str]]:
    """What speaks for it in a request, in the form of `agent/request/words.toml`: weight → words."""
    package = catalogue.load(PACKAGE, name).__file__
    assert package is not None, "a module without a file"
    file = Path(package).with_suffix(".toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _known(name: str) -> str:
    if name not in catalogue.names(PACKAGE):
        raise ValueError(f"there is no modality {name!r}; there are: {', '.join(names())}")
    return name


class _Enumerated:
    """In a JSON schema the names are listed; asked for late, as the plugins themselves import `spec`."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), "enum": names()}


ModalityName = Annotated[str, AfterValidator(_known), _Enumerated()]
