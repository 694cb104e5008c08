"""Is this plan one that may run? Whoever proposed it: a model, or a person who edited `plan.json`.

    check(plan, Bounds.of(task, draft))  →  ["train: there is no argument 'famly'", …]

Only known tools with arguments of their own types; what a step needs is a field of an earlier step's result; a model is
evaluated; and nothing is fetched or read but what the user named, the rules chose, or a search returned. A plan that
the user gives (`--plan`) is the user's word: the places in it count as named, as those of `--data` do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from noglue.agent.plan import Plan, PlannedStep, may_fill
from noglue.agent.settle import origins
from noglue.agent.task import Task
from noglue.tools.files import named_files
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import ToolError

ORDER = ("search", "download", "extract", "read_with", "inspect", "prepare", "train", "evaluate", "report")
NEEDED = ("inspect", "prepare", "train", "evaluate", "report")
NAMES = {"metric": "noglue.tools.metrics", "family": "noglue.tools.models"}  # arguments that name a module
FILLED_IN = ("prepare", "train", "evaluate", "report")  # revisions know these by their ids
MOST_STEPS = 100
GIVEN_ON = {"extract": "files", "read_with": "roots", "inspect": "roots"}  # what one step hands to the next
PLACES = {"sources", "mirrors", "files", "roots", "only", "judge", "inception", "hub", "urls"}
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)


@dataclass(frozen=True)
class Bounds:
    """places: URLs, paths and built-in sets that may be fetched or read. offline: nothing may be fetched at all."""

    places: frozenset[str]
    offline: bool = False

    @classmethod
    def of(cls, task: Task, draft: Plan | None, found: list[dict[str, Any]] | None = None) -> "Bounds":
        """draft: what the rules propose, or the user gave. found: candidates that a search has returned."""
        named = {*task.sources, *(text for source in task.sources for text in _absolute(source))}
        named |= set(_urls(task.paragraph))
        for step in draft.steps if draft is not None else []:
            named |= set(_places(step.args)) | set(_urls(step.args))
        for candidate in found or []:
            named |= {*candidate["urls"], *(place for many in candidate["mirrors"].values() for place in many)}
        return cls(frozenset(named), bool(task.constraints.offline))


def check(plan: Plan, bounds: Bounds) -> list[str]:
    """What is wrong, in words; nothing for a plan that may run."""
    if len(plan.steps) > MOST_STEPS:
        return [f"it has {len(plan.steps):,} steps, more than {MOST_STEPS}"]
    ids = [step.id for step in plan.steps]
    wrong = [f"two steps are called {id!r}" for id in sorted({id for id in ids if ids.count(id) > 1})]
    wrong += [f"a step {tool!r} is missing" for tool in NEEDED if tool not in {step.tool for step in plan.steps}]
    wrong += [f"the step for {tool} is called {tool!r}" for tool in FILLED_IN if tool not in ids]
    known = [step for step in plan.steps if step.tool in ORDER]
    wrong += [f"{step.id}: there is no tool {step.tool!r} for a plan" for step in plan.steps if step.tool not in ORDER]
    wrong += _order(known)
    for place, step in enumerate(plan.steps):
        if step.tool in ORDER:
            wrong += [f"{step.id}: {what}" for what in _step(step, plan.steps[:place], bounds)]
    return wrong


def _order(steps: list[PlannedStep]) -> list[str]:
    """A step may not stand before what it builds on; `evaluate` follows the last training."""
    wrong = []
    first = {tool: place for place, tool in reversed(list(enumerate(step.tool for step in steps)))}
    for before, after in pairwise(NEEDED):
        if before in first and after in first and first[after] < first[before]:
            wrong.append(f"{after} stands before {before}")
    trainings = [place for place, step in enumerate(steps) if step.tool == "train"]
    scores = [place for place, step in enumerate(steps) if step.tool == "evaluate"]
    if trainings and scores and max(scores) < max(trainings):
        wrong.append("no evaluate step follows the last train step")
    return wrong


def _step(step: PlannedStep, before: list[PlannedStep], bounds: Bounds) -> Iterator[str]:
    """One step's arguments, needs, and what it reaches for."""
    tool = catalogue.load("noglue.tools", step.tool)
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", step.id):
        yield f"{step.id!r} is no id: lower-case letters, digits, - and _"
    yield from _needs(step, before, set(tool.Args.model_fields))
    arguments = None
    # what to download is filled in by what a search finds
    searched = not step.args.get("sources") and any(earlier.tool == "search" for earlier in before)
    try:
        arguments = tool.Args.model_validate(step.args)
    except ValidationError as error:
        for one in error.errors():
            field = str(one["loc"][0]) if one["loc"] else ""
            if not (one["type"] == "missing" and field in step.needs) and not (searched and field == "sources"):
                yield f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    except ToolError as error:
        yield error.message
    for field, package in NAMES.items():
        name = step.args.get(field)
        if field in tool.Args.model_fields and isinstance(name, str) and name not in catalogue.names(package):
            yield f"there is no {field} {name!r}, only {', '.join(catalogue.names(package))}"
    for place in dict.fromkeys([*_places(step.args), *_urls(step.args), *_reads(arguments)]):
        if place not in bounds.places:
            yield f"{place[:200]} was named neither by the user nor by a search"
    yield from _own_places(step, before)
    if bounds.offline and step.args.get("offline") is False:
        yield "the request says offline"


def _own_places(step: PlannedStep, before: list[PlannedStep]) -> Iterator[str]:
    """A place that nothing downloads would be read under the name of what was."""
    name = GIVEN_ON.get(step.tool, "")
    fetched = {text for earlier in before for place in _texts(earlier.args.get("sources")) for text in _absolute(place)}
    if any(place not in fetched and not place.startswith("builtin:") for place in _texts(step.args.get(name))):
        yield f"{name!r} comes from an earlier step (needs), and is no place of its own"


def _needs(step: PlannedStep, before: list[PlannedStep], takes: set[str]) -> Iterator[str]:
    results = {earlier.id: earlier.tool for earlier in before}
    for argument, source in step.needs.items():
        id, _, field = source.partition(".")
        if argument not in takes:
            yield f"needs: {step.tool} has no argument {argument!r}"
        if id not in results:
            yield f"needs: {source!r} names no earlier step"
        elif results[id] in ORDER and field and field.partition(".")[0] not in _fields(results[id]):
            yield f"needs: the result of {id} has no field {field!r}, only {', '.join(sorted(_fields(results[id])))}"
        elif not may_fill(step.tool, argument, source, results[id]):
            yield f"needs: {argument!r} of {step.tool} can't be taken from {source!r}"


def _fields(tool: str) -> set[str]:
    fields = catalogue.load("noglue.tools", tool).Result.model_fields
    return {field.alias or name for name, field in fields.items()}


def _reads(arguments: Any) -> list[str]:
    """What the step's own sandbox would show it."""
    try:
        return [] if arguments is None else list(arguments.reads())
    except ToolError:  # a path that is not there is told when the step runs
        return []


def _places(args: dict[str, Any]) -> Iterator[str]:
    """Every text in an argument that names places."""
    for name, value in args.items():
        if name in PLACES:
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _urls(value: Any) -> list[str]:
    """Every URL in any text of a value, without the punctuation that ends a sentence."""
    return [url.rstrip(".,;:!?)]}") for text in _texts(value) for url in _URL.findall(text)]


def _absolute(source: str) -> list[str]:
    """A user's source as the rules write it in a step; nothing where it is not there."""
    try:
        return [origins._absolute(source)]
    except (ToolError, OSError):
        return [str(named_files.located(source))]
