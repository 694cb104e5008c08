"""What was seen of the training rows: `data/overview/overview.json`. Pydantic alone, quick to import."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from noglue.tools.spec.profiles import ColumnKind

NAME = "overview.json"
PlainName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+\.png$")]


class Bar(BaseModel):
    """A value and how many of the rows that were looked at have it."""

    value: str
    rows: int


class ColumnView(BaseModel):
    """One column. missing: share of the rows. distinct: how many different values; None where they were not counted.

    edges, counts: a histogram, of numbers; of dates in seconds since 1970 (UTC); of texts by their characters.
    beyond: rows with values outside of it. low, middle, high: least, median and largest value, in the same unit.
    bars, others: of categories the most frequent values, and the rows with another one.
    relation: how much its value says of the target's, alone, in 0…1 (`relation.py`); None where it can't be told.
    to: of several targets the one that it says most of. unit: of a content's measure, as `seconds`.
    """

    name: str
    kind: ColumnKind
    missing: float = 0.0
    distinct: int | None = None
    edges: list[float] = []
    counts: list[int] = []
    beyond: int = 0
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    bars: list[Bar] = []
    others: int = 0
    relation: float | None = None
    to: str = ""
    unit: str = ""


class Pictured(BaseModel):
    """Some training rows of a class (or of all, where there are no classes), as PNG files beside `overview.json`."""

    name: str
    files: list[PlainName]


class Overview(BaseModel):
    """rows: of the train split; looked_at: evenly spaced ones of these.

    columns: what is learned from, those first that say most of the target, at most `looking.MOST_COLUMNS`; of images,
    sounds and series what can be measured of each. more: columns that are not among them. unseen: of these, the ones
    that there was no time for.
    """

    rows: int
    looked_at: int
    columns: list[ColumnView] = []
    more: int = 0
    unseen: int = 0
    targets: list[ColumnView] = []
    pictured: list[Pictured] = []

    def save(self, folder: Path) -> None:
        (folder / NAME).write_text(self.model_dump_json(indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Overview":
        return cls.model_validate_json((folder / NAME).read_text(encoding="utf-8"))
