"""`run.json`: what came of a run, for people's eyes through `noglue show` and for programs as it is."""

from typing import TYPE_CHECKING, Any

from noglue.agent import fail_under, run_ledgers
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder
from noglue.agent.settle import accounts
from noglue.agent.settle.evidence import targets_of
from noglue.agent.task import Task
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.short_time import ShortTime

if TYPE_CHECKING:
    from noglue.agent.context import RunContext


def compose(
    folder: RunFolder,
    task: Task,
    history: list[Attempt],
    ctx: "RunContext",
    status: str,
    error: dict[str, Any] | None,
    elapsed: float,
) -> dict[str, Any]:
    """The content of run.json as DESIGN has it. Parts that no step has given yet are null."""
    found, final = newest(history), settled(_accounted(task, history, status, error), newest(history))
    files, rows = run_ledgers.files(history), run_ledgers.rows(history)
    scores = found.get("evaluate", {}).get("metrics")
    content = {
        "run": folder.name,
        "status": status,
        "task": final.model_dump(),
        "wishes": [wish.model_dump() for wish in final.wishes],
        "files": None if files is None else files.model_dump(),
        "rows": None if rows is None else rows.model_dump(),
        "data": _data(found, files, rows),
        "candidates": found.get("train", {}).get("candidates") or [],
        "model": _model(found, folder, task.constraints.budget_seconds),
        "metrics": scores,
        "fail_under": [one.model_dump() for one in fail_under.judged(task.constraints.fail_under, scores)],
        "verdict": found.get("evaluate", {}).get("verdict"),
        "guarantee": found.get("evaluate", {}).get("guarantee"),
        "generation": _generation(found),
        "seconds": _seconds(history, elapsed),
        "phases": {attempt.id: attempt.phases for attempt in history if attempt.phases},
        "device": ctx.device,
        "planner": ctx.planner.name,
        "sandbox": ctx.sandbox_name,
        "seed": task.constraints.seed or 0,
        "path": str(folder.path),
        "error": error,
    }
    cleaned: dict[str, Any] = ctx.redact(content)
    return cleaned


def _accounted(task: Task, history: list[Attempt], status: str, error: dict[str, Any] | None) -> Task:
    """With the state of every wish once the run has ended; till then they are open."""
    return task if status in ("running", "interrupted") else accounts.final(task, history, error)


def newest(history: list[Attempt]) -> dict[str, dict[str, Any]]:
    """Tool → the result of its last success."""
    return {attempt.tool: attempt.result for attempt in history if attempt.result is not None}


def settled(task: Task, found: dict[str, dict[str, Any]]) -> Task:
    """The task with what the data answered in the place of what the words left open."""
    schema = found.get("prepare", {}).get("schema")
    if schema is None:
        return task
    metric = found.get("evaluate", {}).get("metric") or task.metric
    columns = targets_of(schema)
    target = columns[0] if len(columns) == 1 else columns
    return task.model_copy(
        update={"goal": schema["goal"], "modality": schema["modality"], "target": target, "metric": metric}
    )


def failure(error: ToolError) -> dict[str, Any]:
    """The `error` object: one short paragraph, the step, and what to do; `seen` where files are of no known kind."""
    seen = {"seen": error.data["seen"]} if "seen" in error.data else {}
    return {
        "code": error.code,
        "kind": error.kind,
        "message": error.message,
        "step": error.data.get("step"),
        "hint": error.hint,
        **seen,
    }


def interruption(folder: RunFolder) -> dict[str, Any]:
    return {
        "code": 130,
        "kind": "interrupted",
        "message": "The run was interrupted; what its steps had finished is kept.",
        "step": None,
        "hint": f"`noglue resume {folder.name}` goes on with it.",
    }


def _data(found: dict[str, dict[str, Any]], files: FileLedger | None, rows: RowLedger | None) -> dict[str, Any] | None:
    """`rows`: split → count. The ledgers stand here and, for whoever looks for them first, on top."""
    schema = found.get("prepare", {}).get("schema")
    origins = found.get("download", {}).get("origins", [])
    counted = {"files": None if files is None else files.model_dump()}
    if schema is None:
        return {"sources": origins, **counted} if origins or files is not None else None
    return {
        "rows": schema["rows"],
        "ledger": None if rows is None else rows.model_dump(),
        **counted,
        "features": [column["name"] for column in schema["features"]],
        "classes": schema["classes"],
        "target_range": schema["target_range"],
        **_targets(schema),
        "split": schema["split"],
        "sources": origins,
        "warnings": [*_mismatched(found), *schema["warnings"], *_doubts(found)],
    }


def _targets(schema: dict[str, Any]) -> dict[str, Any]:
    """`targets`: where there are several, each with its goal, its classes or range, and the rows that have it."""
    told = ("goal", "classes", "counts", "target_range", "rows")
    each = {one["label"] or one["column"]: {name: one[name] for name in told} for one in schema.get("targets") or []}
    return {"targets": each, "labels": schema["labels"]} if each else {}


def _mismatched(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the score itself says of the data: test labels that are not train's."""
    said = found.get("evaluate", {}).get("warnings") or []
    return [warning for warning in said if warning["kind"] == run_ledgers.MISMATCHED]


def _doubts(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Code that a language model wrote is held to a form, but may read other rows than those that are there."""
    written = found.get("read_with")
    if written is None:
        return []
    message = (
        f"All {written['rows']:,} rows come from code that a language model wrote, and nothing here can tell whether "
        "they are those of the files. Look at the code and at some rows, in the report."
    )
    return [DataWarning(kind=run_ledgers.WRITTEN, message=message, count=written["rows"]).model_dump()]


def _model(found: dict[str, dict[str, Any]], folder: RunFolder, budget: float | None) -> dict[str, Any] | None:
    """`short`: where the training had too little time to be of use, with the budget that would do."""
    trained = found.get("train")
    if trained is None:
        return None
    short = None if trained.get("short") is None else ShortTime.model_validate(trained["short"])
    size = sum(file.stat().st_size for file in (folder.path / "model").rglob("*") if file.is_file())
    told = {"family": trained["family"], "parameters": trained["parameters"], "bytes": size, "path": "model"}
    if short is None or budget is None:
        return told
    return told | {"short": short.model_dump() | {"budget": short.budget(budget)}}


def _generation(found: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Of a generator: on how many samples it was judged, what real images would get, and whether it copies."""
    judged = found.get("evaluate", {}).get("generation")
    if judged is None:
        return None
    memorized = judged["memorization"] or {}
    return {
        "samples": judged["samples"],
        "real": judged["reference"],
        "judge_accuracy": judged["judge_accuracy"],
        "memorized": memorized.get("flagged"),
        "near_copies": memorized.get("near_copies"),
        "alarms": len(found.get("train", {}).get("alarms", [])),
    }


def _seconds(history: list[Attempt], elapsed: float) -> dict[str, float]:
    """`total` is by the clock; a step that was tried more than once counts all its tries."""
    seconds: dict[str, float] = {"total": round(elapsed, 3)}
    for attempt in history:
        seconds[attempt.id] = round(seconds.get(attempt.id, 0.0) + attempt.seconds, 3)
    return seconds
