"""What `prepare` is to do, as the model would have it, where the words of the request leave that open.

>>> settled(task, revised, profile, Settled(target="Survived", drop=["Ticket"])).step("prepare").args["target"]
'Survived'
"""

from typing import Any

from noglue.agent.llm import steering
from noglue.agent.llm.answer_forms import Settled
from noglue.agent.plan import Plan
from noglue.agent.settle import column_matching as meanings
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Profile


def settled(task: Task, revised: Plan, profile: Profile, answer: Settled) -> Plan:
    """The answer in the step's arguments; not against a column that the request itself names."""
    step = revised.step("prepare")
    args = dict(step.args)
    several = bool(args.get("targets"))  # each of which the request names
    if (
        not several
        and answer.target
        and answer.target != args.get("target")
        and not _certain(task, profile, args.get("target"))
    ):
        args |= {"target": answer.target, "goal": answer.goal}
    chosen = {"drop": [name for name in answer.drop if name != args.get("target")]}
    splits = {name: getattr(answer, name) for name in ("group", "time") if getattr(answer, name) != args["target"]}
    args |= {name: value for name, value in (chosen | splits).items() if value}
    why = f"{step.why}; the model: {answer.why}" if args != step.args and answer.why else step.why
    changed = step.model_copy(update={"args": args, "why": why})
    return Plan(steps=[changed if one.id == step.id else one for one in revised.steps])


def elsewhere(before: Plan, after: Plan) -> bool:
    """Whether the plan turns from what was fetched to another place."""
    known = {step.id for step in before.steps}
    return any(step.tool in ("search", "download") and step.id not in known for step in after.steps)


def kept(before: Plan, after: Plan) -> Plan:
    """What was planned for `prepare` beyond goal and target outlives the rules' own filling in."""
    planned = {step.id: step.args for step in before.steps if step.tool == "prepare"}
    steps = []
    for step in after.steps:
        extra = {
            name: value
            for name, value in planned.get(step.id, {}).items()
            if value is not None and name not in step.args and name not in ("goal", "target")
        }
        steps.append(step.model_copy(update={"args": step.args | extra}) if extra else step)
    return Plan(steps=steps)


def _certain(task: Task, profile: Profile, target: Any) -> bool:
    """Whether the request names the column that the rules took, so that no opinion counts against it."""
    if target is None or not task.first_target:
        return False
    ranked = meanings.match_target(task.first_target, profile.columns, task.goal)
    return bool(ranked) and ranked[0].name == target and ranked[0].confidence >= steering.SURE
