"""When no reader knows the files: one is written by the model, run by `tools/read_with.py` in a sandbox of its own.

    download ► extract ► inspect (failed)      becomes      … ► read_with ► inspect ► prepare ► …

Its code stands in the plan (`read_with`'s arguments), so that the run can be repeated without a model.
"""

import ast
from pathlib import Path
from typing import Any

from noglue.agent.llm.answer_forms import WrittenReader
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt

READER_TRIES = 3
MAY_IMPORT = {
    "PIL", "array", "ast", "base64", "binascii", "bisect", "bz2", "codecs", "collections", "configparser", "csv",
    "datetime", "email", "functools", "gzip", "html", "io", "itertools", "json", "lzma", "math", "numpy", "os",
    "pandas", "pathlib", "pyarrow", "re", "scipy", "sqlite3", "string", "struct", "textwrap", "tomllib", "typing",
    "wave", "xml", "zipfile", "zlib",
}  # fmt: skip


def check_reader(answer: WrittenReader) -> list[str]:
    """Python that defines `read` with one argument, and imports what a reader needs. The sandbox does the rest."""
    try:
        tree = ast.parse(answer.code)
    except (SyntaxError, ValueError) as error:
        return [f"code: {error}"]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "read"]
    if not functions or len(functions[-1].args.posonlyargs + functions[-1].args.args) != 1:
        return ["code: it must define a function read(folder)"]
    used = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    used |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return [f"code: it may not import {name}" for name in sorted(used - MAY_IMPORT)]


def with_reader(plan: Plan, failed: Attempt, roots: list[str], answer: WrittenReader, number: int) -> Plan:
    """The plan that reads with the written reader, then looks at what it gave, then goes on as before."""
    why = f"no reader knows these files, so the model wrote one: {answer.why}"
    args: dict[str, Any] = {"roots": roots, "code": answer.code, "target": answer.target}
    earlier = next((step for step in plan.steps if step.tool == "read_with"), None)
    if earlier is not None:
        again = earlier.model_copy(update={"args": earlier.args | args, "why": why})
        return Plan(steps=[again if step.id == earlier.id else step for step in plan.steps])
    reader = PlannedStep(id="read_with", tool="read_with", args=args, why=why)
    looks = next(step for step in reversed(plan.steps) if step.tool == "inspect")
    look = looks.model_copy(
        update={
            "id": looks.id if failed.tool == "inspect" and failed.error is not None else f"inspect-{number}",
            "args": {name: value for name, value in looks.args.items() if name not in ("roots", "reader")},
            "needs": {"roots": "read_with.roots"},
            "why": "what did the written reader give?",
        }
    )
    steps = [step for step in plan.steps if step.id != look.id]
    place = next(at for at, step in enumerate(steps) if step.tool == "prepare")
    steps[place:place] = [reader, look]
    return Plan(steps=[_described(step) for step in steps])


def _described(step: PlannedStep) -> PlannedStep:
    """The report shows the code; the model's folder keeps it, so that it predicts from such files too."""
    more = {"report": {"reader": "read_with"}, "train": {"reads_with": "read_with.code"}}.get(step.tool)
    return step if more is None else step.model_copy(update={"needs": step.needs | more})


def last_roots(history: list[Attempt]) -> list[str]:
    """What was looked at last."""
    looks = [attempt for attempt in history if attempt.tool == "inspect" and attempt.args.get("roots")]
    return [str(root) for root in looks[-1].args["roots"]] if looks else []


def readable(roots: list[str]) -> bool:
    """Built-in sets have no files."""
    return bool(roots) and not any(root.startswith("builtin:") for root in roots)


def paths(roots: list[str], run: Path | None) -> list[Path]:
    """Where they lie; run-relative ones only once there is a run folder."""
    return [Path(root) if Path(root).is_absolute() or run is None else run / root for root in roots]
