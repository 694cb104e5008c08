"""Plans that are fixed beforehand: one that a person gave (`Given`), or a list of them (`Scripted`).

A plan that a person saved, edited and gave back; another planner revises it as the run goes on:

    noglue plan "Predict Survived from titanic.csv" --json > plan.json
    noglue run --plan plan.json

The file holds `task` and `plan` as `noglue plan --json` prints them, and it is the user's word: it may name places, as
`--data` does. What it states stays: what was edited in `prepare` outlives the revision that fills it in, a place that
can't be had is an error and never swapped for another, and a target that is no column ends the run. A copy stays in the
run folder, so that `noglue resume` is bound by it too.

A list of plans, one for the start and one for each revision, of which the last serves for every revision after it:

    Scripted(task, [Plan(steps=[first]), Plan(steps=[first, second]), None])
"""

import json
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noglue.agent import plan_check
from noglue.agent.plan import Plan
from noglue.agent.protocols import Attempt, Keeper, Planner
from noglue.agent.redact import HIDDEN
from noglue.agent.run_folder import RunFolder
from noglue.agent.settle import candidates, origins
from noglue.agent.task import Constraints, Task
from noglue.tools.files.bounded_json import parsed
from noglue.tools.sources import catalogue
from noglue.tools.spec import catalogue as catalogues
from noglue.tools.spec.errors import BadUsage, DataError, Kind, TaskUnclear, ToolError
from noglue.tools.spec.profiles import Profile

LARGEST = 4 << 20
FORM = "It takes what `noglue plan PARAGRAPH --json` prints."
BUILTIN = "builtin:"
KEPT = "given.json"  # in the run folder

Form = TypeVar("Form", bound=BaseModel)


class Bounded(Constraints):
    """Those of a plan that a person wrote, in the bounds that flags and words keep to."""

    model_config = ConfigDict(allow_inf_nan=False)

    budget_seconds: float | None = Field(None, gt=0)
    seed: int | None = Field(None, ge=0, lt=2**32)


class Scripted:
    """Plans from a list. A None in it means: give up, the step's error stands."""

    name = "scripted"

    def __init__(self, task: Task, plans: Sequence[Plan | None]) -> None:
        if not plans or plans[0] is None:
            raise ValueError("a scripted planner needs a first plan")
        self._task, self._first, self._plans = task, plans[0], list(plans)

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        return self._task

    def plan(self, task: Task) -> Plan:
        return self._first

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """The plan whose place is the number of attempts so far; after an error, the same again gives up."""
        revised = self._plans[min(len(history), len(self._plans) - 1)]
        return None if history[-1].error is not None and revised == plan else revised


class Given:
    """See the module."""

    def __init__(self, given: Path | tuple[Task, Plan], planner: Planner) -> None:
        """planner: who revises. Raises BadUsage `plan` for a file that is missing, is no plan, or may not run."""
        self._planner, self.name = planner, planner.name
        source = str(given) if isinstance(given, Path) else "the plan"
        self._task, self._plan = _read(given) if isinstance(given, Path) else given
        wrong = [*_wrong(self._task), *plan_check.check(self._plan, plan_check.Bounds.of(self._task, self._plan))]
        if wrong:
            where = f"The plan in {source}" if isinstance(given, Path) else "The plan"
            raise BadUsage(Kind.PLAN, f"{where} can't run: {'; '.join(wrong[:5])}.", hint="Correct it there.")
        if any(HIDDEN in place for place in [*self._task.sources, *self._places()]):
            raise BadUsage(
                Kind.PLAN, f"A secret was taken out of an address in {source} when it was printed.", hint="Put it back."
            )
        self._stated = bool(list(self._places()))
        args = self._plan.step("prepare").args
        said = {"goal": self._task.goal, "target": self._task.target}
        self._edited = {name: value for name, value in args.items() if value is not None and value != said.get(name)}

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        """The file's task with what was edited in the plan; flags win."""
        edited: dict[str, Any] = {name: self._edited[name] for name in ("goal", "target") if name in self._edited}
        return self._task.model_copy(
            update={
                **edited,
                "sources": self._sources(),
                "constraints": self._task.constraints | constraints,
                "confidence": self._task.confidence | dict.fromkeys(edited, 1.0),
                "evidence": self._task.evidence | dict.fromkeys(edited, "the plan that was given says so"),
            }
        )

    def plan(self, task: Task) -> Plan:
        return self._plan

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """Raises as the planner that revises does, TaskUnclear `missing-target` for a target that is no column, and
        DataError `unfit` where only another place than the stated one would do.
        """
        last = history[-1]
        if last.tool == "inspect" and last.result is not None and (missing := self._missing(last)) is not None:
            other = None if self._stated else candidates.next_one(task, plan, history, missing.message)
            if other is None:
                raise missing
            return other
        revised = self._planner.revise(task, plan, history)
        self.name = self._planner.name
        if revised is not None and self._swapped(revised):
            if last.error is None:
                raise DataError(Kind.UNFIT, "The data at the place that the plan states is not what it asks for.")
            return None
        return revised if revised is None else self._kept(revised)

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        if not (folder / KEPT).exists():
            RunFolder(folder).write_json(KEPT, {"task": self._task.model_dump(), "plan": self._plan.model_dump()})
        if isinstance(self._planner, Keeper):
            self._planner.attach(folder, tell)

    def _places(self) -> Iterator[str]:
        """The places that the plan's steps state."""
        for step in self._plan.steps:
            if step.tool in ("download", "inspect"):
                yield from step.args.get("sources") or step.args.get("roots") or []

    def _sources(self) -> list[str]:
        """The task's sources, but those that the plan no longer has, and with those that were edited in."""
        if not self._stated:
            return self._task.sources
        stated = list(self._places())
        urls = {place for entry in catalogue.entries() for file in entry.files for place in (file.url, *file.mirrors)}
        here = {source: _absolute(source) for source in self._task.sources}
        kept = [source for source, place in here.items() if not origins._is_place(source) or place in stated]
        known = {*kept, *here.values(), *urls}
        return kept + [place for place in stated if place not in known and not place.startswith(BUILTIN)]

    def _swapped(self, revised: Plan) -> bool:
        """Whether it looks elsewhere than the plan states."""
        stated = {step.id: step.args.get("sources") for step in self._plan.steps}
        return self._stated and any(
            step.tool in ("search", "download")
            and (step.id not in stated or stated[step.id] != step.args.get("sources"))
            for step in revised.steps
        )

    def _missing(self, inspected: Attempt) -> TaskUnclear | None:
        """The error, where the plan's own target is no column of the data."""
        target = self._edited.get("target")
        profile = Profile.model_validate((inspected.result or {})["profile"])
        names = [column.name for column in profile.columns]
        if target is None or target in names or target == profile.target:
            return None
        listed = ", ".join(names[:30] or [profile.target or "(no labels)"]) + (
            f" and {len(names) - 30} more" if len(names) > 30 else ""
        )
        return TaskUnclear(
            Kind.MISSING_TARGET,
            f"The plan's target {target!r} (prepare) is none of the columns: {listed}.",
            hint="Name one of them in the plan.",
        )

    def _kept(self, revised: Plan) -> Plan:
        """The file's own arguments for `prepare`, where it says more than the task."""
        steps = [
            step.model_copy(update={"args": step.args | self._edited}) if step.id == "prepare" else step
            for step in revised.steps
        ]
        return Plan(steps=steps)


def _absolute(source: str) -> str:
    try:
        return origins._absolute(source)
    except (ToolError, OSError):
        return source


def _wrong(task: Task) -> list[str]:
    """What no run could work with."""
    wrong = []
    for name, known in (
        ("metric", catalogues.names("noglue.tools.metrics")),
        ("family", catalogues.names("noglue.tools.models")),
    ):
        value = task.metric if name == "metric" else task.constraints.family
        if value is not None and value not in known:
            wrong.append(f"task: there is no {name} {value!r}, only {', '.join(known)}")
    return wrong


def _read(file: Path) -> tuple[Task, Plan]:
    """Raises BadUsage `plan`, naming the line, the key or the step that is wrong."""
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            what = "too large for a plan" if stat.S_ISREG(found.st_mode) else "no plain file"
            raise BadUsage(Kind.PLAN, f"{file} is {what}.", hint="Check that it is the right file.")
        content = parsed(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadUsage(
            Kind.PLAN, f"The plan {file} can't be read: {error.strerror}.", hint="Check the path."
        ) from error
    except json.JSONDecodeError as error:
        raise _no_plan(file, f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _no_plan(file, "it holds no JSON") from error
    if not isinstance(content, dict):
        raise _no_plan(file, "it holds no JSON object with `task` and `plan`")
    for key in ("task", "plan"):
        if key not in content:
            raise _no_plan(file, f"`{key}` is missing, it has {', '.join(map(str, content)) or 'nothing'}")
    task = _part(file, Task, "task", content["task"])
    _part(file, Bounded, "task.constraints", task.constraints.stated())
    return task, _part(file, Plan, "plan", content["plan"])


def _part(file: Path, form: type[Form], name: str, content: Any) -> Form:
    try:
        return form.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([name, *map(str, first["loc"])])
        if first["loc"][:1] == ("steps",) and len(first["loc"]) > 1:
            step = content["steps"][first["loc"][1]]
            where += f" (step {step['id']!r})" if isinstance(step, dict) and "id" in step else ""
        raise _no_plan(file, f"{where}: {first['msg']}") from error


def _no_plan(file: Path, why: str) -> BadUsage:
    return BadUsage(Kind.PLAN, f"{file} is not a plan: {why}.", hint=FORM)
