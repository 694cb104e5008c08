"""What `fit` takes over from a model's run: all that was settled about columns, rows and classes, and how it trained.

    >>> planned(preview, folder, schema, frame)            # the plan of the new run, with the old one's arguments

What the request said is settled in the old run's plan: `prepare` has the columns left out, kept, grouped and ordered
by, the rows kept and the classes, `train` and `evaluate` their settings. What the new rows lack is warned of.
"""

import warnings
from collections.abc import Collection
from typing import Any

from noglue.agent import resume
from noglue.agent.plan import Plan
from noglue.agent.run_folder import RunFolder
from noglue.tools.spec import goals
from noglue.tools.spec.schema import Schema

_COLUMNS = ("exclude", "only", "drop")
_COLUMN = ("group", "time")
_CONDITIONS = ("where", "test_where", "train_where")
_LEFT = frozenset(  # of the old files, or of several targets
    ("goal", "target", "targets", "labels_in", "misspelt", "tables", "train_files", "test_files", "ahead", "horizon",
     "series", "aggregate", "level", "profile")
)  # fmt: skip


class FitWarning(UserWarning):
    """Something that the model's run was asked for can't be done with the rows that `fit` was given."""


def planned(plan: Plan, folder: RunFolder, schema: Schema, columns: Collection[str], answers: Any) -> Plan:
    """The plan of a fit, trained and tested as the run in this folder was.

    columns: those of the new rows, the target among them. answers: the target's, by which is told whether it is made
    from them as it was. Warns with FitWarning; raises DataError `damaged-run` for a run whose plan can't be read.
    """
    before = resume.task_and_plan(folder)[1]
    prepare = _prepared(before.step("prepare").args, schema, columns, answers)
    train, now = before.step("train").args, plan.step("train").args
    same = train.get("family") == now.get("family")
    own = {name: value for name, value in train.items() if same or name != "settings"}
    scored = before.step("evaluate").args
    args = {"prepare": prepare, "train": own, "evaluate": scored}
    chosen = {name: now.get(name) for name in ("metric", "family")}
    changed = []
    for step in plan.steps:
        known = {name: value for name, value in chosen.items() if name in step.args}
        changed.append(step.model_copy(update={"args": step.args | args.get(step.id, {}) | known}))
    return Plan(steps=changed)


def _prepared(before: dict[str, Any], schema: Schema, columns: Collection[str], answers: Any) -> dict[str, Any]:
    """The arguments of `prepare` that hold for the new rows too."""
    found = {name: value for name, value in before.items() if name not in _LEFT and value not in (None, [])}
    lost: list[str] = []
    for name in _COLUMNS:
        if name in found:
            found[name] = [one for one in found[name] if one in columns]
    if "only" in found and not found["only"]:
        del found["only"]
    for name in _COLUMN:
        if name in found and found[name] not in columns:
            lost.append(f"{name} {found.pop(name)}")
    for name in _CONDITIONS:
        for one in [one for one in found.get(name, []) if one["column"] not in columns]:
            lost.append(f"rows by {one['column']}")
            found[name] = [other for other in found[name] if other is not one]
    if "missing" in found:
        found["missing"] = _missing(found["missing"], columns)
    if not _is_made_from(found.get("derive"), answers):
        found.pop("derive", None)
    if lost:
        named = ", ".join(dict.fromkeys(lost))
        warnings.warn(f"The rows have no column for what the run was asked: {named}.", FitWarning, stacklevel=5)
    goal = {} if goals.continues(schema.goal) else {"goal": schema.goal}
    return {name: value for name, value in found.items() if value not in (None, [])} | goal


def _missing(words: list[dict[str, Any]], columns: Collection[str]) -> list[dict[str, Any]]:
    """Signs of missing values, of the columns that are there."""
    kept = [one | {"columns": [name for name in one["columns"] if name in columns]} if one.get("columns") else one
            for one in words]  # fmt: skip
    return [one for one in kept if one.get("columns") != []]


def _is_made_from(derived: dict[str, Any] | None, answers: Any) -> bool:
    """Whether answers are what a target is made from, and not already that: two classes are."""
    if derived is None or derived["op"] == "log":
        return True
    return answers.dtype.kind in "iuf" and len(set(answers.tolist())) > 2
