"""What noglue makes of a layout, up to the prepared data, and what is wrong with it.

seen = look("Predict the species.", [folder], run)   # the steps of the rules' own plan, before the training
faults(expected, seen, count_of_files)               # ["target 'sepal_width', not 'species'", …]
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.agent import run_ledgers
from noglue.agent.plan import needed
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.request import understand
from noglue.agent.runner import MAX_TRIES, next_step, results
from noglue.agent.task import Constraints
from noglue.tasks.layouts.layout import TOLERANCE, Expected
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

LAST = "prepare"
_SPLITS = ("train", "validation", "unlabelled")


def look(request: str, data: Sequence[str], run: Path, stated: Constraints | None = None) -> dict[str, Any]:
    """The steps of the plan up to the prepared data, in this process: what `run.json` would say of them.

    An error of a step goes to the planner as in a run; one that it has no answer to is in `error`.
    """
    for name in ("data", "sealed", "model", "steps"):
        (run / name).mkdir(parents=True, exist_ok=True)
    planner, history = Rules(), list[Attempt]()
    try:
        task, plan = understand.understand(planner, request, list(data), stated or Constraints())
        while (step := next_step(plan, history)) is not None:
            args = step.args | {name: needed(source, results(history)) for name, source in step.needs.items()}
            history.append(_taken(step.id, step.tool, args, run, len(history)))
            last = history[-1]
            if step.tool == LAST and last.error is None:
                break
            tries = sum(one.id == last.id for one in history)
            revised = planner.revise(task, plan, history) if last.error is None or tries < MAX_TRIES else None
            if revised is None:
                raise last.error.error() if last.error is not None else RuntimeError(f"no plan after {last.id}")
            plan = revised
    except ToolError as error:
        return {"exit": error.code, "error": {"kind": error.kind.value, "message": error.message, "hint": error.hint}}
    return _seen(history, run)


def _taken(id: str, tool: str, args: dict[str, Any], run: Path, number: int) -> Attempt:
    folder = run / "steps" / f"{number + 1:02}-{id}"
    folder.mkdir()
    attempt = Attempt(id=id, tool=tool, args=args)
    try:
        module = catalogue.load("noglue.tools", tool)
        result = module.run(module.Args.model_validate(args), Step(folder, run))
        attempt.result = json.loads(result.model_dump_json())
    except ToolError as error:
        attempt.error = error.failure(folder.name)
    return attempt


def _seen(history: list[Attempt], run: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    schema = Schema.load(run / "data")
    files, rows = run_ledgers.files(history), run_ledgers.rows(history)
    present = [name for name in _SPLITS if (run / "data" / name).is_dir()]
    splits = [load_split(run / "data", name) for name in present] + [load_split(run / "sealed", "test")]
    tables = [one.data.table for one in splits if len(one)]
    sums: dict[str, float] = {}
    for name in tables[0].column_names if tables else []:
        kind = tables[0].schema.field(name).type
        if name != schema.target and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            sums[name] = math.fsum(pc.sum(table[name]).as_py() or 0 for table in tables if name in table.column_names)
    shape = schema.image
    return {
        "exit": 0,
        "modality": schema.modality,
        "goal": schema.goal,
        "target": schema.target,
        "classes": schema.classes,
        "rows": schema.rows,
        "split": schema.split,
        "sums": sums,
        "shape": None if shape is None else [shape.height, shape.width, shape.channels],
        "files": None if files is None else files.model_dump() | {"balances": files.balances},
        "ledger": None if rows is None else rows.model_dump() | {"balances": rows.balances},
        "features": [column.name for column in schema.features],
        "reader": next(one.args["profile"]["reader"] for one in reversed(history) if one.tool == LAST),
        "error": None,
    }


def faults(expected: Expected, seen: dict[str, Any], there: int) -> list[str]:
    """What is not as it should be, each as a short clause with what was seen. there: how many files lie there."""
    if seen["exit"] != expected.exit:
        told = f": {seen['error']['kind']}, {seen['error']['message']}" if seen["error"] else ""
        return [f"exit {seen['exit']}, not {expected.exit}{told}"]
    if expected.exit:
        return []
    return [*_meaning(expected, seen), *_ledgers(expected, seen, there), *_cells(expected, seen)]


def _meaning(expected: Expected, seen: dict[str, Any]) -> list[str]:
    found = []
    if seen["modality"] not in expected.modality:
        found.append(f"modality {seen['modality']}, not {' or '.join(expected.modality)}")
    if expected.target and seen["target"] not in expected.target:
        found.append(f"target {seen['target']!r}, not {' or '.join(map(repr, expected.target))}")
    classes = None if seen["classes"] is None else sorted(seen["classes"])
    wanted = None if expected.classes is None else sorted(expected.classes)
    if classes != wanted:
        found.append(f"classes {_short(classes)}, not {_short(wanted)}")
    rows = seen["rows"]
    counted = {"train": rows.get("train", 0) + rows.get("validation", 0), "test": rows.get("test", 0),
               "unlabelled": rows.get("unlabelled", 0)}  # fmt: skip
    wrong = {name: counted[name] for name, count in expected.splits.items() if counted[name] != count}
    if wrong:
        found.append(f"splits {counted}, not {dict(expected.splits)}")
    return found


def _ledgers(expected: Expected, seen: dict[str, Any], there: int) -> list[str]:
    found = []
    rows, files = seen["ledger"], seen["files"]
    left = sum(one["count"] for one in rows["left_out"].values())
    if not rows["balances"] or rows["found"] != expected.rows or left != expected.left_out:
        reasons = {why: one["count"] for why, one in rows["left_out"].items()}
        found.append(f"rows {rows['found']}, left out {reasons or 0}, not {expected.rows} and {expected.left_out}")
    unusable = sum(one["count"] for one in files["unusable"].values())
    count = there if expected.files is None else expected.files
    if not files["balances"] or files["found"] != count or unusable != expected.unusable or not files["used"]:
        aside = {why: one["count"] for why, one in (files["passed_over"] | files["unusable"]).items()}
        found.append(
            f"files {files['found']} found, {files['used']} used, {aside or 'none'} aside, not {count} with "
            f"{expected.unusable} unusable"
        )
    return found


def _cells(expected: Expected, seen: dict[str, Any]) -> list[str]:
    found = []
    for name, wanted in expected.sums.items():
        if name == seen["target"]:
            continue
        if name not in seen["sums"]:
            found.append(f"no numbers in {name}")
        elif abs(seen["sums"][name] - wanted) > TOLERANCE * max(1.0, abs(wanted)):
            found.append(f"{name} sums to {seen['sums'][name]:g}, not {wanted:g}")
    if expected.shape is not None and tuple(seen["shape"] or ()) != expected.shape:
        found.append(f"shape {seen['shape']}, not {list(expected.shape)}")
    return found[:4]


def _short(values: Any, most: int = 6) -> str:
    if values is None:
        return "none"
    return f"{', '.join(map(repr, values[:most]))}{f' … ({len(values)})' if len(values) > most else ''}"
