"""The forms that answers have. Every string has a longest length, so that a model that rambles is cut short."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agent.task import Goal, Modality

WHY, NAME, PLACE, CODE = 300, 120, 500, 8_000


def _cut(value: Any) -> Any:
    """A reason may be too long; it is no reason to refuse an answer."""
    return value[:WHY] if isinstance(value, str) else value


Why = Annotated[str, BeforeValidator(_cut), Field(max_length=WHY)]
Name = Annotated[str, Field(max_length=NAME)]
Place = Annotated[str, Field(max_length=PLACE)]


class Form(BaseModel):
    """What it does not know is passed over: models like to add a remark."""

    model_config = ConfigDict(extra="ignore")


Answer = TypeVar("Answer", bound=Form)


class TaskReading(Form):
    """What the request asks for. null: it does not say."""

    goal: Goal | None = None
    sources: list[Place] = Field(default=[], max_length=8)
    target: Name | None = None
    modality: Modality | None = None
    metric: Name | None = None
    family: Name | None = None
    labels: int | None = Field(default=None, ge=2)
    max_rows: int | None = Field(default=None, ge=10)
    why: Why = ""


class ProposedStep(Form):
    """One call of a tool. needs: argument → `step.field` of an earlier step's result."""

    id: Name
    tool: Name
    args: dict[str, Any] = {}
    needs: dict[Name, Name] = {}
    why: Why = ""


class ProposedPlan(Form):
    """The steps, in order."""

    steps: list[ProposedStep] = Field(min_length=1, max_length=14)


class ChosenData(Form):
    """order: names of candidates, the best first, those that do not fit left out."""

    order: list[Name] = Field(max_length=12)
    why: Why = ""


class Settled(Form):
    """What is learned from a table. target: a column's name, exactly. drop: columns that must not be learned from.

    group: the column whose rows belong together and must not be split; time: the column that the split goes by.
    """

    target: Name | None = None
    goal: Goal | None = None
    drop: list[Name] = Field(default=[], max_length=30)
    group: Name | None = None
    time: Name | None = None
    why: Why = ""


class WrittenReader(Form):
    """Python that defines `read(folder)`, and the column that is to be told."""

    code: Annotated[str, Field(max_length=CODE)]
    target: Name | None = None
    why: Why = ""


class NextTraining(Form):
    """family: one of those offered, or null to leave things as they are. settings: as the tool's schema has them."""

    family: Name | None = None
    settings: dict[str, Any] = {}
    drop: list[Name] = Field(default=[], max_length=30)
    why: Why = ""
