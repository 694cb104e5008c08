"""The forms that answers have. Every string has a longest length, so that a model that rambles is cut short.

Of a list of wishes each is held to its form by itself, so that one that is malformed does not cost the others.
"""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema

from noglue.agent.llm import wish_shapes
from noglue.agent.request import kinds
from noglue.agent.task import GoalName, ModalityName

WHY, NAME, PLACE, CODE = 300, 120, 500, 8_000
WISHES = 20  # of one request


def _cut(value: Any) -> Any:
    """A reason may be too long, or none; it is no reason to refuse an answer."""
    return "" if value is None else value[:WHY] if isinstance(value, str) else value


Why = Annotated[str, BeforeValidator(_cut), Field(max_length=WHY)]
Name = Annotated[str, Field(max_length=NAME)]
Place = Annotated[str, Field(max_length=PLACE)]


class Form(BaseModel):
    """What it does not know is passed over: models like to add a remark."""

    model_config = ConfigDict(extra="ignore")


Answer = TypeVar("Answer", bound=Form)


class ReadWish(Form):
    """One thing that the request asks for. text: its words there, copied. value: as the kind has it."""

    text: Annotated[str, Field(min_length=1, max_length=PLACE)]
    kind: Annotated[str, Field(json_schema_extra={"enum": list(kinds.shapes())})]
    value: bool | int | float | str | list[Any] | dict[str, Any] = True

    @model_validator(mode="after")
    def _in_shape(self) -> "ReadWish":
        if self.kind not in kinds.shapes():
            raise ValueError(f"there is no kind {self.kind[:NAME]!r}")
        self.value = wish_shapes.fitted(self.kind, self.value)
        return self


class TaskReading(Form):
    """What the request asks for. null: it does not say. background: words of it that ask for nothing."""

    goal: GoalName | None = None
    sources: list[Place] = Field(default=[], max_length=8)
    target: Name | None = None
    modality: ModalityName | None = None
    metric: Name | None = None
    family: Name | None = None
    labels: int | None = Field(default=None, ge=2)
    max_rows: int | None = Field(default=None, ge=10)
    wishes: list[ReadWish] = Field(default=[], max_length=WISHES)
    background: list[Place] = Field(default=[], max_length=WISHES)
    why: Why = ""
    dropped: SkipJsonSchema[list[str]] = []  # what is wrong with wishes that can't be used; no part of an answer

    @model_validator(mode="before")
    @classmethod
    def _one_by_one(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        wishes, dropped = _each(given.get("wishes"))
        aside = given.get("background")
        background = (
            [one for one in aside if isinstance(one, str) and len(one) <= PLACE] if isinstance(aside, list) else []
        )
        return given | {"wishes": wishes, "dropped": dropped, "background": background[:WISHES]}


def _each(given: Any) -> tuple[list[ReadWish], list[str]]:
    """The wishes that have their form, as many as are read, and what is wrong with the others."""
    found: list[ReadWish] = []
    dropped: list[str] = []
    listed = given if isinstance(given, list) else [] if given is None else [given]
    for one in listed[:WISHES]:
        try:
            found.append(ReadWish.model_validate(one))
        except ValidationError as error:
            wrong = error.errors()[0]
            kind = str(one.get("kind"))[:NAME] if isinstance(one, dict) else "no object"
            dropped.append(f"{kind}: {wrong['msg'].removeprefix('Value error, ')[:WHY]}")
    more = len(listed) - WISHES
    return found, [*dropped, f"{more} more than {WISHES} are not read"] if more > 0 else dropped


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
    goal: GoalName | None = None
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
