"""When training goes wrong: the evidence for the model, and the plan with what it chose.

Whether a training is no better than chance is told from the validation rows; the test rows are not looked at to choose.
"""

import math
from typing import Any

from noglue.agent.llm.answer_forms import NextTraining
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.tools.spec import catalogue
from noglue.tools.spec.protocols import Settings

MARGIN = 0.01
SECOND = "train-2"


def trouble(attempt: Attempt, history: list[Attempt]) -> str | None:
    """What is wrong with a training that ended, in words, or None."""
    if attempt.tool != "train" or attempt.result is None:
        return None
    scores = attempt.result.get("validation") or {}
    if any(not math.isfinite(score) for score in scores.values()):
        return "a validation score is not a number"
    counts = _schema(history).get("counts")
    if "accuracy" in scores and counts:
        chance = max(counts.values()) / max(1, sum(counts.values()))
        if scores["accuracy"] <= chance + MARGIN:
            return f"its validation accuracy is no better than the most frequent class ({chance:.3f})"
    if scores.get("r2", 1.0) <= MARGIN:
        return "it predicts no better than the mean"
    return None


def evidence(attempt: Attempt, history: list[Attempt], what: str) -> dict[str, Any]:
    """Scores, curve and data in a few lines. No value of the data is in it, but for the number of its classes."""
    schema = _schema(history)
    tried = [one.args | (one.result or {}) for one in history if one.tool == "train"]
    described: dict[str, Any] = {
        "trouble": what,
        "tried": [{"family": one.get("family"), "settings": one.get("settings")} for one in tried],
        "data": {name: schema.get(name) for name in ("goal", "modality", "rows", "target", "image")},
        "columns": [{"name": one["name"], "kind": one["kind"]} for one in schema.get("features", [])[:40]],
        "classes": len(schema.get("classes") or []),
    }
    if attempt.result is not None:
        described |= {name: attempt.result.get(name) for name in ("validation", "baseline_validation", "stopped")}
        described["history"] = (attempt.result.get("history") or [])[-5:]
    return described


def others(attempt: Attempt) -> list[str]:
    """Families that can learn from these data and were not tried by this attempt."""
    found = (attempt.result or {}).get("others") or (attempt.error.data if attempt.error else {}).get("others") or []
    return [str(name) for name in found]


def check_training(answer: NextTraining, offered: list[str], history: list[Attempt]) -> list[str]:
    """A family that was offered, settings of the tool's own form, columns that are there."""
    wrong = [] if answer.family in (None, *offered) else [f"family {answer.family!r} was not offered"]
    unknown = set(answer.settings) - set(Settings.model_fields)
    wrong += [f"settings: there is no {name!r}" for name in sorted(unknown)]
    try:
        Settings.model_validate(answer.settings)
    except ValueError as error:
        wrong.append(f"settings: {str(error).splitlines()[-1]}")
    features = [one["name"] for one in _schema(history).get("features", [])]
    wrong += [f"drop: there is no column {name!r}" for name in answer.drop if name not in features]
    if answer.drop and len(answer.drop) > max(1, len(features) // 4):
        wrong.append("drop: at most a quarter of the columns")
    return wrong


def changes(answer: NextTraining) -> bool:
    return bool(answer.family or answer.settings or answer.drop)


def again(plan: Plan, failed: Attempt, answer: NextTraining) -> Plan:
    """The plan with a changed training: the failed step anew, or a second one after it where it had ended."""
    train = next(step for step in reversed(plan.steps) if step.tool == "train")
    args = train.args | {"settings": (train.args.get("settings") or {}) | answer.settings}
    args |= {"family": answer.family} if answer.family else {}
    why = f"the model proposes {answer.family or 'other settings'}: {answer.why}"
    if failed.tool == "train" and failed.error is not None:
        changed = train.model_copy(update={"args": args, "why": why})
        return _prepared_anew(
            Plan(steps=[changed if one.id == train.id else one for one in plan.steps]), changed, answer
        )
    second = train.model_copy(update={"id": SECOND, "args": args, "why": why})
    steps: list[PlannedStep] = []
    for step in plan.steps:
        steps.append(_reporting(step, trained=SECOND))
        if step.id == train.id:
            steps.append(second)
    return _prepared_anew(Plan(steps=steps), second, answer)


def _prepared_anew(plan: Plan, train: PlannedStep, answer: NextTraining) -> Plan:
    """Columns left out are left out by `prepare`, with the same seed and so the same test rows."""
    if not answer.drop:
        return plan
    before = plan.step("prepare")
    dropped = [*before.args.get("drop", []), *answer.drop]
    anew = before.model_copy(
        update={"id": "prepare-2", "args": before.args | {"drop": dropped}, "why": f"without {', '.join(answer.drop)}"}
    )
    steps = [_reporting(step, prepared="prepare-2") for step in plan.steps if step.id != "prepare-2"]
    place = next(at for at, step in enumerate(steps) if step.id == train.id)
    steps.insert(place, anew)
    return Plan(steps=steps)


def _reporting(step: PlannedStep, **needs: str) -> PlannedStep:
    return step if step.tool != "report" else step.model_copy(update={"needs": step.needs | needs})


def settings_described() -> str:
    """The settings' names and types, from the tool's own schema."""
    fields = catalogue.load("noglue.tools", "train").Args.model_json_schema()["$defs"]["Settings"]["properties"]
    kinds = {name: [one.get("type") for one in about.get("anyOf", [about])] for name, about in fields.items()}
    return ", ".join(f"{name} ({' | '.join(map(str, found))})" for name, found in kinds.items())


def _schema(history: list[Attempt]) -> dict[str, Any]:
    found = [attempt.result["schema"] for attempt in history if attempt.tool == "prepare" and attempt.result]
    return found[-1] if found else {}
