"""The prepared data set: what `prepare` writes, and every later step reads.

    data/train/, data/validation/[, data/unlabelled/]   `datasets.Dataset.save_to_disk`, one folder a split
    data/schema.json                                    this file's `Schema`
    sealed/test/                                        the test split, same columns; only `evaluate` sees it

Features: the target is `ClassLabel` (classify) or `float64` (regress). Images of one small size are an
`Array3D(uint8, (height, width, channels))` column called `image`; files of other images stay encoded in an
`Image` column called `image`. Table columns keep their names; numbers are float64 or int64, booleans bool,
categories and text string, dates timestamp; missing is null everywhere. Of several targets each is a column. Test rows
and rows to predict have a column `__input__` besides, where each came from (`tools/preparation/row_origin.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from noglue.tools.spec import goals
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.profiles import ClassKind, Column, DataWarning, GoalName, ImageShape, ModalityName
from noglue.tools.spec.requested import Derived, Labels

if TYPE_CHECKING:
    import datasets


ORIGIN = "__input__"


class OneTarget(BaseModel):
    """One of several targets: what `Schema` has of the only one. column: what it is called in the splits.

    label: of one label among those of a column of labels, `red` of `tags`; None of a column of its own.
    rows: split → rows in which it is known; the others of a split are there for the other targets.
    """

    column: str
    label: str | None = None
    goal: GoalName
    classes: list[str] | None = None
    class_kind: ClassKind = "text"
    derived: Derived | None = None
    counts: dict[str, int] | None = None
    positive: str | None = None
    target_range: tuple[float, float] | None = None
    rows: dict[str, int] = {}

    @property
    def name(self) -> str:
        """What it is called where it is told of."""
        return self.label if self.label is not None else self.column


class Schema(BaseModel):
    """What a model family needs to know of the data.

    features: the columns a model may use, in order (identifiers, constants and leaks are left out).
    split: how the test rows were chosen, and `split_why` in words; `ordered`: the first or last of the files' order,
    `condition`: by what holds for them.
    group, time, series: the columns that say which rows depend on one another: those of a group, those that follow one
    another in time, each series for itself. They stand in every split, whether or not they are features.
    class_kind: what the values were that classes are named after, for answers of that type: `1`, not `"1"`.
    derived: how the target was made of its column, in new files as well (see `tools/values/derived_targets.py`).
    target_range: regression target's minimum and maximum over the train split.
    positive: of two classes the one that measures of one class are about, the second where none is named.
    form: how cells and pixels are read, in new files too; None in a schema from before this was kept.
    unlabelled_train: rows of train whose target is null, kept to learn from without it; `counts` has the others.
    targets: all of them where there are several, the first of which is `target`; each is learned by itself, from what
    `of` gives for it. labels: where they are the labels that may fit one row.
    timeline: the grid of times of series that go on, where what comes after them is told.
    """

    goal: GoalName
    modality: ModalityName
    target: str | None
    features: list[Column]
    classes: list[str] | None = None
    class_kind: ClassKind = "text"
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
    targets: list[OneTarget] = []
    labels: Labels | None = None

    def of(self, one: OneTarget) -> "Schema":
        """The same data with this one of several targets for the only one."""
        own = one.model_dump(include={"goal", "classes", "class_kind", "counts", "positive"})
        own |= {"target": one.column, "derived": one.derived, "target_range": one.target_range, "rows": one.rows}
        form = None if self.form is None else self.form.model_copy(update={"target": one.column})
        return self.model_copy(update=own | {"form": form, "targets": [], "labels": None})

    @property
    def target_names(self) -> list[str]:
        """Every column to predict, as the splits call it."""
        return [one.column for one in self.targets] or ([] if self.target is None else [self.target])

    @property
    def rows_depend(self) -> bool:
        """Whether rows belong together or follow one another: dealt out at random, they would know each other."""
        return self.split in ("grouped", "time") or self.group is not None or self.time is not None

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


def inputs_of(rows: "datasets.Dataset") -> list[str | int]:
    """Where each row came from, as predictions name it; its place among these where that was not kept."""
    return list(rows[ORIGIN]) if ORIGIN in rows.column_names else list(range(len(rows)))
