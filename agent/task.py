"""What the user asked, as the paragraph says it; what it leaves open stays None until the data answers."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_serializer

from noglue.agent.request.wish import Wish
from noglue.tools.spec.profiles import GoalName as GoalName
from noglue.tools.spec.profiles import ModalityName as ModalityName


class Constraints(BaseModel):
    """What the words or the flags state; files hold that alone.

    exclude, only, group, time, positive, target, metric, test_fraction, test_file: as flags name them, wishes too.
    fail_under: measure → the test score below which `run` and `resume` end with exit code 8.
    attack: by its name, `pgd`; private, epsilon: differential privacy. Further fields are kept as they are, since a new
    kind of wish, or a plan that another version has made, may limit a run in its own way.
    """

    model_config = ConfigDict(extra="allow")

    target: list[str] | str | None = None
    exclude: list[str] | None = None
    only: list[str] | None = None
    metric: str | None = None
    group: str | None = None
    time: str | None = None
    positive: str | None = None
    family: str | None = None
    test_fraction: float | None = None
    test_file: str | None = None
    folds: int | None = None
    labels: int | None = None
    labels_per_class: int | None = None
    max_rows: int | None = None
    pixels: int | float | None = None
    attack: str | None = None
    private: bool | None = None
    epsilon: float | None = None
    budget_seconds: float | None = None
    fail_under: dict[str, float] | None = None
    device: str | None = None
    seed: int | None = None
    offline: bool | None = None

    @model_serializer
    def stated(self) -> dict[str, Any]:
        return {name: value for name, value in self if value is not None}

    def __contains__(self, name: object) -> bool:
        return name in self.stated()

    def __or__(self, other: "Constraints") -> "Constraints":
        """Both; where both state one, the other's."""
        return Constraints(**self.stated() | other.stated())

    def without(self, names: Iterable[str]) -> "Constraints":
        left = set(names)
        return Constraints(**{name: value for name, value in self.stated().items() if name not in left})


class Task(BaseModel):
    """The `task` object of `task.json`, `run.json` and `noglue plan --json`.

    sources: URLs, paths or data-set names exactly as the user wrote them; never invented.
    target: a column's name, or what is to be told in the user's words ("who survived"), or None; a list where several
        columns are asked for.
    metric: a module of `tools/metrics/`, or None.
    wishes: everything that was asked for, one after the other. unread: words that no wish and no background explain.
    confidence: field → 0…1. evidence: field → the words or the reason that decided it. by_likeness: the fields that no
        word of the request says, only its likeness to others; known while the request is read, and written nowhere.
    """

    paragraph: str
    goal: GoalName | None = None
    sources: list[str] = []
    target: list[str] | str | None = None
    modality: ModalityName | None = None
    metric: str | None = None
    constraints: Constraints = Field(default_factory=Constraints)
    wishes: list[Wish] = []
    unread: list[str] = []
    confidence: dict[str, float] = {}
    evidence: dict[str, str] = {}
    by_likeness: set[str] = Field(default_factory=set, exclude=True)

    @property
    def first_target(self) -> str | None:
        """The target, or of several the first."""
        return self.target[0] if isinstance(self.target, list) else self.target
