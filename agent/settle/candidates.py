"""The candidates of a search, one after the other: the best first, the next when one turns out to be something else.

What was tried can be read off the history: the sources of its download steps. So a resumed run goes on with the same.
"""

from typing import Any

from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.settle import origins
from noglue.agent.task import Task
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.sources import Candidate

FETCHING = ("download", "extract", "read_with", "inspect")
MOST_TRIED = 4


def candidates(history: list[Attempt]) -> list[Candidate]:
    """Of the newest search, best first; empty where nothing was searched for."""
    for attempt in reversed(history):
        if attempt.tool == "search" and attempt.result is not None:
            return [Candidate.model_validate(found) for found in attempt.result["candidates"]]
    return []


def current(plan: Plan, history: list[Attempt]) -> Candidate | None:
    """The candidate that the plan's last download fetches."""
    fetched = [tuple(step.args.get("sources", [])) for step in plan.steps if step.tool == "download"]
    places = {_places(found): found for found in candidates(history)}
    return places.get(fetched[-1]) if fetched else None


def fill_in(task: Task, plan: Plan, history: list[Attempt]) -> Plan:
    """After `search`: the download of its best candidate that was not tried. A plan with a source stays as it is."""
    download = next((step for step in plan.steps if step.tool == "download" and not step.args.get("sources")), None)
    found = candidates(history)
    left = [one for one in found if _places(one) not in _tried(history)]
    if download is None or not left:
        return plan
    best = left[0]
    beside = f": the best of {len(found)}" if len(found) > 1 else ""
    filled = download.model_copy(
        update={
            "args": download.args | origins.fetch_args(best, task),
            "title": best.title,
            "why": f"{best.title}{beside} ({best.score:.2f}); {best.why}"[:400],
        }
    )
    return Plan(steps=[filled if step.id == download.id else step for step in plan.steps])


def next_one(task: Task, plan: Plan, history: list[Attempt], reason: str) -> Plan | None:
    """The plan with the next candidate's own steps in the place of those that led nowhere; None when all were tried.

    reason: why the last one is left, for the plan and the report.
    """
    left = [found for found in candidates(history) if _places(found) not in _tried(history)]
    if not left or len(_tried(history)) >= MOST_TRIED:
        return None
    fresh = origins.fetching(left[0], task, free_number(history))
    fresh[0] = fresh[0].model_copy(update={"why": f"{left[0].title}, since {reason}"[:400], "since": reason[:400]})
    return _instead(plan, history, fresh)


def looked_for(task: Task, plan: Plan, history: list[Attempt], reason: str) -> Plan | None:
    """The plan with a search, where a data set that was called by its name is not to be had at the places known."""
    try:
        search = origins.search_step(task)
    except TaskUnclear:
        return None
    search = search.model_copy(update={"why": f"{search.why}, since {reason}"[:400]})
    nobody = Candidate(name="", title="", urls=[])
    return _instead(plan, history, [search, *origins.fetching(nobody, task, free_number(history))])


def _instead(plan: Plan, history: list[Attempt], fresh: list[PlannedStep]) -> Plan:
    """The plan with these steps in the place of those that led nowhere."""
    done = {attempt.id for attempt in history if attempt.error is None}
    steps = [step for step in plan.steps if step.tool not in FETCHING or step.id in done]
    place = next((at for at, step in enumerate(steps) if step.id not in done), len(steps))
    return Plan(steps=_needing(steps[:place] + fresh + steps[place:], fresh[-1].id))


def free_number(history: list[Attempt]) -> int:
    """For the next `download-2`, `inspect-2`, …: one that no step has had."""
    used = [int(ending) for attempt in history if (ending := attempt.id.rpartition("-")[2]).isdigit()]
    return max(used, default=1) + 1


def _tried(history: list[Attempt]) -> list[tuple[str, ...]]:
    """The sources of every download so far, each once."""
    return list(dict.fromkeys(tuple(one.args.get("sources", [])) for one in history if one.tool == "download"))


def _needing(steps: list[PlannedStep], inspected: str) -> list[PlannedStep]:
    """Later steps take the profile from the new look at the files."""
    return [
        step.model_copy(update={"needs": step.needs | {"profile": f"{inspected}.profile"}})
        if step.tool in ("prepare", "report") and "profile" in step.needs
        else step
        for step in steps
    ]


def described(plan: Plan, history: list[Attempt]) -> list[str]:
    """For the report: what was looked for, what was taken and why, what was tried before it, what was not."""
    found = candidates(history)
    if not found:
        return []
    search = next(attempt for attempt in reversed(history) if attempt.tool == "search" and attempt.result)
    asked = [one["source"] for one in (search.result or {}).get("asked", []) if one["found"]]
    lines = [f"Looked for: {'; '.join(search.args['queries'])}. Found by {', '.join(asked) or 'no one'}."]
    taken = current(plan, history)
    for candidate in found:
        if taken is not None and _places(candidate) == _places(taken):
            doubts = f" Doubts: {'; '.join(taken.doubts)}." if taken.doubts else ""
            at = f" ({taken.page})" if taken.page else ""
            lines.append(f"Taken: {taken.title}{at}, score {taken.score:.2f}: {taken.why}.{doubts}")
    lines += [f"Tried and rejected: {title}: {why}" for title, why in _failures(plan, history, found, taken)]
    rest = [f"{one.title} ({one.score:.2f})" for one in found if _places(one) not in _tried(history)]
    if rest:
        lines.append(f"Not needed: {', '.join(rest[:5])}.")
    return [line[:600] for line in lines]


def _failures(
    plan: Plan, history: list[Attempt], found: list[Candidate], taken: Candidate | None
) -> list[tuple[str, str]]:
    """Title → why it was left: its own error, or what the plan's next download says of it."""
    why = {step.id: step.since for step in plan.steps if step.tool == "download"}
    order = list(dict.fromkeys(attempt.id for attempt in history if attempt.tool == "download"))
    left = []
    for place, id in enumerate(order[:-1]):
        sources = next(tuple(one.args.get("sources", [])) for one in history if one.id == id)
        candidate = next((one for one in found if _places(one) == sources), None)
        if candidate is not None and (taken is None or _places(candidate) != _places(taken)):
            left.append((candidate.title, why.get(order[place + 1]) or "it could not be used"))
    return left


def _places(candidate: Candidate) -> tuple[str, ...]:
    return (f"builtin:{candidate.builtin}",) if candidate.builtin else tuple(candidate.urls)


def unfit(task: Task, profile: dict[str, Any]) -> str | None:
    """Why what `inspect` saw can't be what was asked for; None when it may be."""
    asked, has = task.modality, profile["modality"]
    tables = {"table", "text", "series"}
    if asked is not None and has != asked and not {asked, has} <= tables:
        return f"it holds {has} data, and {asked} data was asked for"
    rows = sum(profile["rows"].values())
    return f"it has only {rows} rows" if rows < 10 else None
