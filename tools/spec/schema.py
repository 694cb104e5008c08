"""The prepared data set: what `prepare` writes, and every later step reads.

    data/train/, data/validation/[, data/unlabelled/]   `datasets.Dataset.save_to_disk`, one folder a split
    data/schema.json                                    this file's `Schema`
    sealed/test/                                        the test split, same columns; only `evaluate` sees it

Features: the target is `ClassLabel` (classify) or `float64` (regress). Images of one small size are an
`Array3D(uint8, (height, width, channels))` column called `image`; files of other images stay encoded in an
`Image` column called `image`. Table columns keep their names; numbers are float64 or int64, booleans bool,
categories and text string, dates timestamp; missing is null everywhere.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from noglue.tools.spec import goals
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.profiles import Column, DataWarning, GoalName, ImageShape, ModalityName
from noglue.tools.spec.requested import Derived

if TYPE_CHECKING:
    import datasets


class Schema(BaseModel):
    """What a model family needs to know of the data.

    features: the columns a model may use, in order (identifiers, constants and leaks are left out).
    split: how the test rows were chosen, and `split_why` in words; `ordered`: the first or last of the files' order,
    `condition`: by what holds for them.
    group, time, series: the columns that say which rows depend on one another: those of a group, those that follow one
    another in time, each series for itself. They stand in every split, whether or not they are features.
    derived: how the target was made of its column, in new files as well (see `tools/values/derived_targets.py`).
    target_range: regression target's minimum and maximum over the train split.
    positive: of two classes the one that measures of one class are about, the second where none is named.
    form: how cells and pixels are read, in new files too; None in a schema from before this was kept.
    unlabelled_train: rows of train whose target is null, kept to learn from without it; `counts` has the others.
    timeline: the grid of times of series that go on, where what comes after them is told.
    """

    goal: GoalName
    modality: ModalityName
    target: str | None
    features: list[Column]
    classes: list[str] | None = None
    derived: Derived | None = None
    counts: dict[str, int] | None = None
    positive: str | None = None
    target_range: tuple[float, float] | None = None
    image: ImageShape | None = None
    rows: dict[str, int]
    unlabelled_train: int = 0
    split: Literal["official", "stratified", "random", "grouped", "time", "ordered", "condition"]
    split_why: str = ""
    group: str | None = None
    time: str | None = None
    series: str | None = None
    warnings: list[DataWarning] = []
    form: DataForm | None = None
    timeline: Timeline | None = None

    @property
    def predicts(self) -> Literal["classes", "values"] | None:
        """What is told of the target; None where no column is to be told."""
        return goals.predicts(self.goal)

    def save(self, folder: Path) -> None:
        (folder / "schema.json").write_text(self.model_dump_json(indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Schema":
        return cls.model_validate_json((folder / "schema.json").read_text(encoding="utf-8"))


def load_split(folder: Path, split: str) -> "datasets.Dataset":
    """One split, memory-mapped: `load_split(run / "data", "train")`, `load_split(run / "sealed", "test")`."""
    import datasets

    return datasets.load_from_disk(str(folder / split))
