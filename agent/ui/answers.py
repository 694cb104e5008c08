"""What the commands print: the answer on standard output, errors on standard error, or one JSON object.

Each function returns the exit code.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from noglue.agent import authorship, journal, redact, run_ledgers, user_key
from noglue.agent import run_folder as folders
from noglue.agent.authorship import Verdict
from noglue.agent.plan import Plan
from noglue.agent.protocols import Planner
from noglue.agent.request import understand
from noglue.agent.run_folder import RunFolder
from noglue.agent.task import Task
from noglue.agent.ui import leaderboard, plan_table, verdict_words, wrapping
from noglue.agent.ui.wording import clean, direction, family_name, score, title_of
from noglue.agent.ui.wrapping import Whole
from noglue.tools import metrics
from noglue.tools.reporting.quantities import duration
from noglue.tools.showing import visible
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind

MOST_TARGETS = 12  # that are told one by one


def outcome(content: dict[str, Any], as_json: bool, verbose: bool = False) -> int:
    """The end of `run` and `resume`: what was reached and what to do with it, or the error's paragraph.

    What was not done or left out is told of even where a program reads the JSON: on standard error.
    """
    if as_json:
        _json(content)
        if content["error"] is None:
            _tell(sys.stderr, *run_ledgers.lines(content, verbose))
    elif content["error"] is None:
        _say(*_reached(content, verbose))
    if content["error"] is not None:
        _complain(content["error"])
        return int(content["error"]["code"])
    return 0


def _reached(content: dict[str, Any], verbose: bool = False) -> list[str]:
    """The few lines that a person wants: score beside baseline, verdict, what was not done or left out, where the
    model is, how to use it."""
    place = _short(Path(content["path"]))
    generator = goals.makes_new(content["task"]["goal"])
    lines = _judged(content) if generator else _scored(content)
    if content.get("verdict"):
        lines.append(str(content["verdict"]))
    lines += run_ledgers.lines(content, verbose)
    lines += [
        f"model    {place / 'model'} ({family_name(content['model']['family'])})" if content["model"] else "",
        f"report   {place / 'report.html'}",
        *_left(content, place),
        *(_using_generator(content, place) if generator else [_predict(place)]),
        f"took     {duration(content['seconds']['total'])} on {content['device']}",
    ]
    return [line for line in lines if line]


def _scored(content: dict[str, Any]) -> list[str]:
    """`accuracy on 359 test rows: 97.8 % (96.4–98.9 %)`, and what guessing gets."""
    metric, measured = content["task"]["metric"] or "", content["metrics"] or {}
    lines = []
    if main := measured.get("test", {}).get(metric):
        lines.append(f"{title_of(metric)} on {main['n']:,} test rows: {score(metric, main)}")
    beside = {"chance": "baseline", "the last value": "last_value", "the last season": "last_season"}
    listed = [f"{name}: {score(metric, rows[metric])}" for name, place in beside.items()
            if metric in (rows := measured.get(place, {}))]  # fmt: skip
    return [*lines, *([f"  beside it, {'; '.join(listed)}"] if listed else []), *_of_each(content)]


def _of_each(content: dict[str, Any]) -> list[str]:
    """Of several targets a line each: `  yield: RMSE 0.377 (0.329 to 0.428), chance 3.10`."""
    test = (content["metrics"] or {}).get("test", {})
    metric, lines = content["task"]["metric"] or "", []
    for name, one in list(((content["data"] or {}).get("targets") or {}).items())[:MOST_TARGETS]:
        usual = goals.load(one["goal"]).measure
        shown = next((key for key in ("f1", metric, usual) if metrics.of_target(key, name) in test), None)
        if shown is not None:
            lines.append(f"  {name}: {title_of(shown)} {score(shown, test[metrics.of_target(shown, name)])}")
    return lines


def _judged(content: dict[str, Any]) -> list[str]:
    """`FD-own 4.1 (3.9 to 4.4) on 10,000 samples`, beside it real images and the simple model; then other scores."""
    metric, measured = content["task"]["metric"] or "", content["metrics"] or {}
    generation = content.get("generation") or {}
    test = measured.get("test", {})
    if metric not in test:
        return []
    samples = f" on {generation['samples']:,} samples" if "samples" in generation else ""
    kind = content["task"].get("modality")
    things = modalities.load(kind).plural if kind else "images"
    beside = {f"real {things}": generation.get("real"), "the simple model": measured.get("baseline")}
    listed = [f"{title} {score(metric, rows[metric])}" for title, rows in beside.items() if rows and metric in rows]
    lines = [f"{title_of(metric)} {score(metric, test[metric])}{samples} ({direction(metric)})"]
    lines += [f"  beside it, {'; '.join(listed)}"] if listed else []
    others = [name for name in ("coverage", "class_conditional_accuracy") if name in test]
    also = [f"{title_of(name)} {score(name, test[name])}" for name in others]
    return lines + ([f"  {'; '.join(also)}"] if also else [])


def _using_generator(content: dict[str, Any], place: Path) -> list[str]:
    label = " [--label NAME]" if (content["data"] or {}).get("classes") else ""
    made = [f"samples  {place / 'samples'}"] if (Path(content["path"]) / "samples").is_dir() else []
    return [*made, Whole(f"generate noglue generate {place} --count 64{label}")]


def _left(content: dict[str, Any], place: Path) -> list[str]:
    """What a goal leaves beside predictions.csv, by name: `forecast runs/…/forecast.csv`."""
    there = [name for name in goals.left_files() if "/" not in name and (Path(content["path"]) / name).is_file()]
    return [f"{Path(name).stem:<8} {place / name}" for name in there]


def _predict(place: Path) -> str:
    return Whole(f"predict  noglue predict {place} INPUT... --out predictions.csv")


def run(found: RunFolder, as_json: bool, verbose: bool = False) -> int:
    """`noglue show`: exit 0 even for a failed run, since showing it succeeded.

    Raises DataError `damaged-run` for a run.json that no run has written.
    """
    content = _whole(found)
    if as_json:
        _json(content)
        return 0
    planned = None
    with suppress(DataError, ValueError):  # of a run that ended before its plan was written
        planned = Plan.model_validate(found.read_json("plan.json"))
    try:
        lines = _lines(content | {"path": str(found.path)}, planned, verbose)  # where it lies now, whatever it says
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # a stranger's may have any shape
        raise _not_of_a_run(found) from error
    _say(*lines)
    return 0


def _lines(content: dict[str, Any], planned: Plan | None, verbose: bool) -> list[str]:
    task = Task.model_validate(content["task"])
    asked, read = " ".join(task.paragraph.split()), understand.in_words(task, planned)
    lines = [f"{Path(content['path']).name}: {content['status']}", f"asked    {asked}", f"read as  {read}"]
    if content["error"] is not None:
        lines.append(_paragraph(content["error"]))
    lines += list(_reached(content, verbose) if content["metrics"] else run_ledgers.lines(content, verbose))
    return [*lines, *leaderboard.lines(content), *_promised(content)]


def _promised(content: dict[str, Any]) -> list[str]:
    """How often sets of labels, or intervals, hold the truth."""
    text = (content.get("guarantee") or {}).get("text")
    return [f"trust    {text}"] if text else []


def plan(task: Task, planned: Plan, planner: Planner, as_json: bool, verbose: bool) -> int:
    """`noglue plan`: the task and the steps; with -v why it was read so, and what a model was sent."""
    said = list(getattr(planner, "said", []))
    if as_json:
        content = {"task": task.model_dump(), "plan": planned.model_dump(), "planner": planner.name}
        _json(content | ({"notes": said} if said else {}))
        return 0
    _say(f"understood  {understand.in_words(task, planned)}")
    for line in run_ledgers.read_as(task):
        _say(line)
    _say(f"planner     {planner.name}")
    for message in said:
        _say(f"            {message}")
    for line in plan_table.lines(planned):
        _say(line)
    if verbose:
        for field, why in task.evidence.items():
            _say(f"  {field:11} {task.confidence.get(field, 0):.2f}  {why}")
        _sent(planner)
    return 0


def _sent(planner: Planner) -> None:
    """Every message that went to a model, as it went."""
    transcript = getattr(getattr(planner, "asker", None), "transcript", None)
    for number, messages in enumerate(transcript.sent if transcript is not None else [], 1):
        for role, content in messages:
            _say(f"--- sent, question {number}, {role}", *(f"  {line}" for line in content.splitlines()))


def predictions(content: dict[str, Any], as_json: bool) -> int:
    if as_json:
        _json(content)
    else:
        _say(f"{content['rows']} predictions in {content['path']} ({duration(content['seconds'])})")
        _say(*content.get("said", []))
    return 0


def generated(content: dict[str, Any], as_json: bool) -> int:
    """`noglue generate`: where the new rows are, how to make the same again, how to check them."""
    if as_json:
        _json(content)
        return 0
    place = _short(Path(content["path"]))
    kind = f" of {content['label']}" if content["label"] else ""
    shown = ("page", "grid") if "grid" in content else ("rows", "rows")
    by = f"{content['key']}; noglue generate {content['run']} --verify {place}"
    if not content["key_kept"]:  # a model's folder alone: there is no run to keep a key in
        by = f"{content['key']}, a key made for this batch alone; noglue generate --verify {place}"
    _say(
        f"{content['count']} {content['things']}{kind} in {place}/ ({duration(content['seconds'])})",
        f"{shown[0]:8} {place / Path(content[shown[1]]).name}",
        f"seed     {content['seed']} (--seed {content['seed']} makes the same {content['things']} again)",
        f"signed   by {by}",
    )
    return 0


def verified(content: dict[str, Any], as_json: bool) -> int:
    """`noglue generate --verify`: exit 5 when anything is not as it was signed."""
    if as_json:
        _json(content)
        return 0 if content["ok"] else 5
    for wrong in content["wrong"]:
        _say(f"{_short(Path(wrong['file']))}: {wrong['why']}")
    for signed in content["signed"]:
        spoilt = any(Path(wrong["file"]).parent == Path(signed["file"]).parent for wrong in content["wrong"])
        many = f"{signed['files']} files" if signed["file"].endswith(".json") else "image"
        state = "" if spoilt and signed["files"] > 1 else f", {many} unchanged"
        _say(f"{_short(Path(signed['file']))}: signed by {signed['key']} of the run {signed['run']}{state}")
    if content["repacked"]:
        _say(f"{len(content['repacked'])} of them were packed anew, with the same pixels and words.")
    if content["signed"] and not content["key_known"]:
        _say(
            "Whose key that is, only the run can tell: `noglue generate RUN --verify FILE` compares it with the run's."
        )
    return 0 if content["ok"] else 5


def cache(content: dict[str, Any], lines: list[str], as_json: bool) -> int:
    """`noglue cache`: one line an item, then all of them together."""
    if as_json:
        _json(content)
    else:
        _say(*lines)
    return 0


def all_runs(runs: Path, as_json: bool) -> int:
    """`noglue runs`: one line a run."""
    found = folders.all_runs(runs)
    contents = [_content(one) for one in found]
    if as_json:
        _json({"runs": contents})
        return 0
    for one, content in zip(found, contents, strict=True):
        try:
            _say(_in_a_line(content | {"run": one.name}))  # the folder's name: run.json may claim any
        except (AttributeError, KeyError, TypeError, ValueError):  # a stranger's may have any shape
            _say(_in_a_line(_damaged(one)))
    if not contents:
        _say(f"No runs in {runs}.")
    return 0


def _in_a_line(content: dict[str, Any]) -> str:
    metric = (content.get("task") or {}).get("metric")
    main = ((content.get("metrics") or {}).get("test") or {}).get(metric or "")
    what = (
        f"{title_of(metric)} {score(metric, main)}" if metric and main else (content.get("error") or {}).get("kind", "")
    )
    return f"{content['run']:50} {content['status']:12} {what}"


def _content(found: RunFolder) -> dict[str, Any]:
    try:
        return _whole(found)
    except (DataError, OSError):
        return _damaged(found)


def _damaged(found: RunFolder) -> dict[str, Any]:
    return {"run": found.name, "status": "damaged", "error": {"kind": "run.json is missing or damaged"}}


def _whole(found: RunFolder) -> dict[str, Any]:
    """run.json's content. Raises DataError `damaged-run` when it was not written by a run."""
    content = found.read_json("run.json")
    parts = {"run": str, "status": str, "task": dict, "seconds": dict, "path": str}
    if not isinstance(content, dict) or not all(isinstance(content.get(name), kind) for name, kind in parts.items()):
        raise _not_of_a_run(found)
    return content


def _not_of_a_run(found: RunFolder) -> DataError:
    return DataError(Kind.DAMAGED_RUN, f"{found.path / 'run.json'} was not written by a run.")


def log(found: RunFolder, verify: bool, as_json: bool, verbose: bool) -> int:
    """`noglue log`: the events, or with --verify whether all is as it was written (exit 5 when not)."""
    if verify:
        return _verified(found, authorship.check(found.path, user_key.existing().key), as_json)
    events = list(journal.read(found.path))
    if as_json:
        _json({"run": found.name, "events": events})
        return 0
    for event in events:
        hidden = {"n", "time", "event", "step", "previous", "hash", "files"}
        hidden |= set() if verbose else {"task", "steps", "error"}
        rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in hidden)
        problem = event.get("error")
        trouble = problem.get("message", "") if isinstance(problem, dict) else ""
        time, kind, step = (str(event.get(name, "")) for name in ("time", "event", "step"))
        _say(f"{time[11:19]}  {kind:9} {step:10} {trouble or rest}")
    return 0


def _verified(found: RunFolder, verdict: Verdict, as_json: bool) -> int:
    if as_json:
        facts = {"author": verdict.author, "files": verdict.files, "changed": verdict.changed}
        message = {"message": verdict_words.found(verdict), "extent": verdict_words.extent(verdict)}
        _json({"run": found.name, "ok": verdict.ok, **message, **facts})
    else:
        _say(f"{found.name}: {verdict_words.found(verdict)}\n{verdict_words.extent(verdict)}")
    return 0 if verdict.ok else 5


def error(failure: dict[str, Any], as_json: bool) -> int:
    """A failure before there was a run."""
    if as_json:
        _json({"run": None, "status": "interrupted" if failure["code"] == 130 else "failed", "error": failure})
    _complain(failure)
    return int(failure["code"])


def _complain(failure: dict[str, Any]) -> None:
    _tell(sys.stderr, _paragraph(failure))


def _paragraph(failure: dict[str, Any]) -> str:
    where = f"In the step {failure['step']}: " if failure.get("step") else ""
    return " ".join(f"{where}{failure['message']} {failure['hint']}".split())


def _say(*lines: str) -> None:
    """Each on a line of its own, whatever stands in it."""
    _tell(sys.stdout, *lines)


def _tell(stream: TextIO, *lines: str) -> None:
    """Broken at words where the stream is a terminal."""
    for line in lines:
        plain = clean(line)
        for part in wrapping.fitted(Whole(plain) if isinstance(line, Whole) else plain, stream):
            print(part, file=stream)


def _json(content: Any) -> None:
    text = json.dumps(redact.shown(content), ensure_ascii=False, indent=2)
    sys.stdout.write(f"{visible.json_text(text)}\n")


def _short(path: Path) -> Path:
    """Relative to where the user stands, when that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
