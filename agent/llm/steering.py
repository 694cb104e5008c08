"""What an answer may change in a task or a plan, and what is wrong with one that may not.

Where the rules are sure (a word of the request itself decided), they stand; the model answers what they leave open.
"""

import re
from collections.abc import Iterable
from typing import Any

from noglue.agent.llm import question_evidence
from noglue.agent.llm.answer_forms import ChosenData, ProposedPlan, Settled, TaskReading
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.request import families
from noglue.agent.request import sources as request_sources
from noglue.agent.request.names import key, known
from noglue.agent.task import Constraints, Task
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.profiles import Column, Profile

SURE, CERTAIN, FAIRLY = 0.8, 0.95, 0.7


# ---- the task ----------------------------------------------------------------------------------------------------


def check_reading(answer: TaskReading, paragraph: str, data: list[str]) -> list[str]:
    """A source must stand in the request, and so must the words for the target."""
    wrong = [
        f"the request does not hold the source {source!r}; name only what it says, letter by letter, or nothing"
        for source in answer.sources
        if source not in data and not _is_named(source, paragraph)
    ]
    written = answer.target is not None and _is_written(answer.target, paragraph)
    if answer.target and not written and not _words(answer.target) & _words(paragraph):
        wrong.append(f"target {answer.target!r} is not in the request's own words; null if it does not say")
    for name, package in (("metric", "noglue.tools.metrics"), ("family", "noglue.tools.models")):
        value = getattr(answer, name)
        if value is not None and value not in catalogue.names(package):
            wrong.append(f"{name} {value!r} does not exist; null if the request names none")
    return wrong


def read(rules: Task, answer: TaskReading) -> Task:
    """The rules' task with the model's answers where the rules were not sure."""
    changes: dict[str, Any] = {}
    confidence, evidence = dict(rules.confidence), dict(rules.evidence)
    for field in ("goal", "modality", "target", "metric"):
        value, stands = getattr(answer, field), getattr(rules, field)
        sure = stands is not None and rules.confidence.get(field, 0.0) >= SURE and field not in rules.by_likeness
        if value is None or value == stands or sure or (field == "metric" and not said(value, rules.paragraph)):
            continue
        changes[field], confidence[field] = value, FAIRLY
        evidence[field] = f"the model read it so: {answer.why}"
    kinds = {answer.modality, rules.modality} - {None}
    if len(kinds) == 2 and "modality" not in changes and confidence["modality"] < CERTAIN:
        changes["modality"], confidence["modality"] = None, 0.0  # two readings of the words: the files will tell
        evidence["modality"] = f"left to the data: {rules.modality} by the words, {answer.modality} by the model"
    new = (source for source in answer.sources if not is_known(source, rules.sources))
    named = [*rules.sources, *(source for source in new if request_sources.is_named(source, rules.paragraph, known()))]
    limits = {field: getattr(answer, field) for field in ("family", "labels", "max_rows")}
    limits = {name: value for name, value in limits.items() if value is not None and said(str(value), rules.paragraph)}
    evidence |= dict.fromkeys(limits.keys() - rules.constraints.stated().keys(), f"the model read it so: {answer.why}")
    constraints = Constraints(**limits) | rules.constraints
    changes |= {"sources": named, "constraints": constraints, "confidence": confidence, "evidence": evidence}
    return rules.model_copy(update=changes)


def is_known(source: str, others: Iterable[str]) -> bool:
    """The same place: `example.org/x.csv` and `x.csv` where the rules have `http://example.org/x.csv`, `MNIST digits`
    where they have `mnist`; or the other way round."""
    return any(_is_same(source, other) or _is_same(other, source) for other in others)


def _is_same(less: str, more: str) -> bool:
    """Whether a place says the end of another, or a name is part of another, word by word."""
    short, long = (re.sub(r"^\w+://(?:www\.)?", "", place).rstrip("/") for place in (less, more))
    if short == long or (short and long.endswith(f"/{short}")):
        return True
    bare = not {"/", "\\", "."} & {*less, *more}
    return bare and bool(key(less)) and f" {key(less)} " in f" {key(more)} "


def _is_named(source: str, paragraph: str) -> bool:
    """A place that the request has, or the end of one."""
    there = [mark.value for mark in request_sources.find(paragraph, known())]
    return request_sources.is_named(source, paragraph, known()) or is_known(source, there)


def _is_written(words: str, paragraph: str) -> bool:
    """As whole words; where a script has no spaces between them, anywhere."""
    if not re.search(r"\w", words):
        return False
    return said(words, paragraph) or (not words.isascii() and words.casefold() in paragraph.casefold())


def said(value: str, paragraph: str) -> bool:
    """As it is written, thousands marked or not: `1000` in `1,000 rows`, `table_blend` in `a table blend`."""
    plain = re.sub(r"(?<=\d)[,.  ](?=\d{3})", "", paragraph.casefold())
    return re.search(rf"(?<!\w){re.escape(value.casefold()).replace('_', '[ _-]?')}(?!\w)", plain) is not None


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 or not word.isascii()}


# ---- the plan ----------------------------------------------------------------------------------------------------


def overlaid(draft: Plan, answer: ProposedPlan) -> Plan:
    """The draft's steps with what the answer says differently, as far as it is a planner's to say; a step that the
    draft lacks stays as it was proposed."""
    left = list(draft.steps)
    steps = []
    for proposed in answer.steps:
        base = next((step for step in left if step.tool == proposed.tool), None)
        if base is None:
            steps.append(PlannedStep(**proposed.model_dump()))
            continue
        left.remove(base)
        args = {
            name: value
            for name, value in proposed.args.items()
            if value is not None and not _is_the_requests(base.tool, name)
        }
        needs = {name: source for name, source in proposed.needs.items() if base.needs.get(name) != source}
        steps.append(
            base.model_copy(
                update={"args": base.args | args, "needs": base.needs | needs, "why": proposed.why or base.why}
            )
        )
    return Plan(steps=steps)


def _is_the_requests(tool: str, argument: str) -> bool:
    """An argument that no plan may set. One that does not exist is refused later, by its name."""
    known = catalogue.load("noglue.tools", tool).Args.model_fields
    return argument in known and argument not in question_evidence.OPEN.get(tool, ())


def check_same_steps(draft: Plan, plan: Plan, task: Task) -> list[str]:
    """The draft's steps, no more and no less, since the revisions that follow build on them; a family that can."""
    more = [step.tool for step in plan.steps if step.id not in {known.id for known in draft.steps}]
    less = [step.id for step in draft.steps if step.id not in {known.id for known in plan.steps}]
    wrong = [f"the draft has no step for {tool}; leave it out" for tool in more]
    wrong += [f"the draft's step {id!r} is missing" for id in less]
    for step in plan.steps:
        family = step.args.get("family") if step.tool == "train" else None
        if family is not None and family != task.constraints.family:
            wrong += unable(str(family), task)
    return wrong


def unable(family: str, task: Task) -> list[str]:
    """Why a family can't be what learns."""
    if family not in catalogue.names("noglue.tools.models"):
        return [f"train: there is no family {family!r}; leave it out"]
    able = families.abilities(family)
    if bool(catalogue.load("noglue.tools.models", family).BASELINE):
        return [f"train: {family} is what results are set beside; leave it out"]
    if not any(task.goal in (None, goal) and task.modality in (None, kind) for goal, kind in able):
        return [f"train: {family} can't {task.goal} {task.modality or ''}".rstrip() + "; leave it out"]
    return []


# ---- the data ----------------------------------------------------------------------------------------------------


def check_choice(answer: ChosenData, found: list[dict[str, Any]]) -> list[str]:
    """Only what the search returned, and nothing whose page speaks to machines."""
    named = dict(zip(question_evidence.labels(found), found, strict=True))
    wrong = [f"{name!r} is none of the candidates" for name in answer.order if name not in named]
    suspect = {
        name for name, one in named.items() if question_evidence.instructs(f"{one.get('title')} {one.get('text')}")
    }
    return wrong + [f"{name}: its page gives instructions, leave it out" for name in answer.order if name in suspect]


def reordered(search: Attempt, answer: ChosenData) -> Attempt:
    """The search as if it had ranked its candidates so; those left out come last."""
    assert search.result is not None
    found = search.result["candidates"]
    named = dict(zip(question_evidence.labels(found), found, strict=True))
    first = [named[name] for name in dict.fromkeys(answer.order)]
    rest = [one for name, one in named.items() if name not in answer.order]
    if first and answer.why:
        first[0] = first[0] | {"why": f"{first[0].get('why', '')}; {answer.why}".strip("; ")}
    return search.model_copy(update={"result": search.result | {"candidates": [*first, *rest]}})


def check_settled(answer: Settled, profile: Profile) -> list[str]:
    """Only columns that are there, and splits that they can carry."""
    columns = {column.name: column for column in profile.columns}
    used = {"target": answer.target, "group": answer.group, "time": answer.time}
    wrong = [f"{what}: there is no column {name!r}" for what, name in used.items() if name and name not in columns]
    wrong += [f"drop: there is no column {name!r}" for name in answer.drop if name not in columns]
    if wrong:
        return wrong
    rows = sum(profile.rows.values())
    target = columns.get(answer.target or "")
    if target is not None and target.kind in ("identifier", "constant"):
        wrong.append(f"target: {target.name} is {target.kind}, nothing can be learned of it")
    if target is not None and goals.predicts(answer.goal) == "values" and target.kind != "number":
        wrong.append(f"goal: {target.name} holds no numbers")
    if not goals.needs_target(answer.goal):
        wrong.append(f"goal: it is {' or '.join(name for name in goals.names() if goals.needs_target(name))} here")
    if len(answer.drop) > max(1, len(columns) // 4):
        wrong.append("drop: at most a quarter of the columns")
    if answer.target and answer.target in (*answer.drop, answer.group, answer.time):
        wrong.append("the target can't be dropped, nor be what the split goes by")
    if answer.group and not _repeats(columns[answer.group], rows):
        wrong.append(f"group: {answer.group} does not name things that several rows belong to; null if none does")
    if answer.time and columns[answer.time].kind != "date":
        wrong.append(f"time: {answer.time} is no date; null if there is none")
    return wrong


def _repeats(column: Column, rows: int) -> bool:
    return column.kind in ("category", "identifier", "text", "number") and 5 <= column.distinct <= rows // 2
