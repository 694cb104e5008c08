"""What `prepare` was asked for, as the rooms that do it take it."""

from dataclasses import dataclass, field
from typing import Literal

from noglue.tools.spec.forecasting import Horizon
from noglue.tools.spec.profiles import GoalName
from noglue.tools.spec.requested import AskedTarget, Condition, Derived, Labels, MissingWords

TEST_SHARE = 0.2  # of the labelled rows, unless another is asked for


@dataclass(frozen=True)
class Wishes:
    """What `prepare` was asked for; see `tools/prepare.py`."""

    goal: GoalName | None = None
    target: str | None = None
    targets: list[AskedTarget] = field(default_factory=list)
    labels_in: Labels | None = None
    test_fraction: float | None = None
    validation_fraction: float | None = None
    max_rows: int | None = None
    labels: int | None = None
    keep_unlabelled: bool = False
    group: str | None = None
    time: str | None = None
    ahead: str | None = None
    horizon: Horizon | None = None
    series: list[str] = field(default_factory=list)
    aggregate: Literal["sum", "mean"] | None = None
    level: float | None = None
    drop: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    where: list[Condition] = field(default_factory=list)
    sample: float | None = None
    missing: list[MissingWords] = field(default_factory=list)
    derive: Derived | None = None
    positive: str | None = None
    classes: list[str] | None = None
    test_rows: int | None = None
    test_place: Literal["any", "first", "last"] = "any"
    test_where: list[Condition] = field(default_factory=list)
    train_where: list[Condition] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the labelled rows, for the test."""
        return TEST_SHARE if self.test_fraction is None else self.test_fraction

    @property
    def sized(self) -> bool:
        """Whether the number of test rows was asked for."""
        return self.test_fraction is not None or self.test_rows is not None

    @property
    def divides(self) -> bool:
        """Whether the request says which rows are for the test, whatever the files say."""
        return self.sized or self.test_place != "any" or bool(self.test_where)
