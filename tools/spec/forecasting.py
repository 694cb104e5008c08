"""What is known of series that go on: how far to look ahead, and the grid of times on which their values stand.

>>> Horizon(count=2, unit="week").model_dump()
{'count': 2.0, 'unit': 'week'}

Pydantic alone, light to import.
"""

from typing import Literal

from pydantic import BaseModel, Field

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year", "step"]
Form = Literal[
    "date", "date and clock", "date and hour", "year and month", "year and quarter", "year", "year-month number",
    "decimal year", "epoch", "number", "rows",
]  # fmt: skip
Grid = Literal["clock", "months", "workdays", "number", "order"]


class Horizon(BaseModel):
    """So many of a unit of time, as asked; `step`: of the data's own steps."""

    count: float = Field(gt=0, le=100_000)
    unit: Unit = "step"


class Timeline(BaseModel):
    """The grid of times, and what is forecast on it.

    columns: those that tell the time, as their `form` says; none where the rows' own order does. grid: how places on
    it are counted: `clock` in `step` seconds from `origin` (seconds since 1970), `months` in `step` months from
    the year 0, `workdays` from 1970, `number` in `step` of the column's own unit from `origin`, `order`: one
    row is one step. day: of the month, on which values of a grid of months stand; 31: on its last.
    series: the columns that tell several series apart. covariates: numbers that are known up to the last observation.
    horizon: steps ahead. seasons: lengths in steps, that which decides first; none where no season was found.
    origins: how many times validation forecasts `horizon` steps, each from that many steps later than the one before.
    level: the share of values that the intervals are to hold. nonnegative: no value was ever below nought.
    """

    columns: list[str] = []
    form: Form = "rows"
    grid: Grid = "order"
    step: float = 1.0
    origin: float = 0.0
    day: int = 1
    series: list[str] = []
    covariates: list[str] = []
    horizon: int = Field(ge=1)
    seasons: list[int] = []
    origins: int = 1
    level: float = Field(0.9, gt=0, lt=1)
    nonnegative: bool = False

    @property
    def season(self) -> int:
        """The length of the season that decides; 1 where there is none."""
        return self.seasons[0] if self.seasons else 1
