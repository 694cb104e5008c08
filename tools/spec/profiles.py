"""What `inspect` says of a data set before anything is prepared, and the warnings that follow it to the report."""

from typing import Literal

from pydantic import BaseModel

from noglue.tools.spec.goals import GoalName as GoalName
from noglue.tools.spec.ledgers import FileLedger
from noglue.tools.spec.modalities import ModalityName as ModalityName
from noglue.tools.spec.step_paths import StepPath

MOST_VALUES = 60
ColumnKind = Literal["number", "boolean", "category", "text", "date", "identifier", "constant", "image", "content"]
ClassKind = Literal["text", "integer", "float", "boolean"]  # what the values were whose names the classes bear
Split = Literal["train", "validation", "test", "unlabelled"]


class DataWarning(BaseModel):
    """Something about the data that a reader of the score should know.

    kind: `duplicates-across-splits`, `leak`, `imbalance`, `identifier`, `constant`, `missing`, `unreadable`, …
    """

    kind: str
    message: str
    columns: list[str] = []
    count: int | None = None


class Column(BaseModel):
    """One column of a table. `distinct` and `missing` are counts over the rows looked at; `examples` at most five.

    values: all of them, as text, where they are at most `MOST_VALUES`; words of a request are looked for among them.
    separator: what stands between the labels of a cell, where each holds any number of them (`red;round`).
    """

    name: str
    kind: ColumnKind
    dtype: str
    missing: int = 0
    distinct: int = 0
    minimum: float | None = None
    maximum: float | None = None
    examples: list[str] = []
    values: list[str] = []
    separator: str | None = None


class ImageShape(BaseModel):
    """Pixels. `varied`: the images differ in size, and height and width are medians."""

    height: int
    width: int
    channels: int
    varied: bool = False


class Profile(BaseModel):
    """What lies in the files.

    reader: the module of `tools/readers/` that reads them; others: the next best, in order.
    files: split → paths, as step paths; the split `all` where the files know no splits.
    rows: split → number of rows. target: the label column if the format itself says so.
    classes: label names where the format gives them or they could be counted; counts beside them.
    columns: of a table; of pictures the columns of the table that labels them, each of which may be the target.
    reading: what the reader needs to read them so again, of the several ways there may be (`Match.reading`).
    labels_from: where the labels come from, in words: `the folders`, `labels.csv`. coverage: share of rows with one.
    ledger: the files that were found, and what became of each.
    """

    modality: ModalityName
    reader: str
    others: list[str] = []
    why: str = ""
    files: dict[str, list[StepPath]]
    rows: dict[str, int]
    bytes: int = 0
    target: str | None = None
    columns: list[Column] = []
    classes: list[str] | None = None
    counts: dict[str, int] | None = None
    image: ImageShape | None = None
    warnings: list[DataWarning] = []
    reading: dict[str, str] = {}
    labels_from: str = ""
    coverage: float = 1.0
    ledger: FileLedger | None = None
