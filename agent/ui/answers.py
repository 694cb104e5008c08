"""What the commands print: the answer on standard output, errors on standard error, or one JSON object.

Each function returns the exit code.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from noglue.agent import fail_under, run_ledgers, run_status
from noglue.agent.outcome import failure
from noglue.agent.plan import Plan
from noglue.agent.protocols import Planner
from noglue.agent.request import understand
from noglue.agent.run_folder import RunFolder
from noglue.agent.settle import short_budget, slips
from noglue.agent.task import Task
from noglue.agent.ui import leaderboard, plan_table
from noglue.agent.ui.printing import complain, paragraph, print_json, say, short, tell
from noglue.agent.ui.wording import direction, family_name, score, title_of
from noglue.agent.ui.wrapping import Whole
from noglue.tools import metrics
from noglue.tools.reporting.quantities import duration
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.slowness import slowness

MOST_TARGETS = 12  # that are told one by one


def outcome(content: dict[str, Any], as_json: bool, verbose: bool = False) -> int:
    """The end of `run` and `resume`: what was reached and what to do with it, or the error's paragraph.

    What was not done or left out is told of even where a program reads the JSON: on standard error.
    """
    already = content.pop("already", False)
    if as_json:
        print_json(content)
        if content["error"] is None and not already:
            tell(sys.stderr, *run_ledgers.lines(content, verbose))
    elif content["error"] is None:
        say(*(_nothing_left(content) if already else _reached(content, verbose)))
    if content["error"] is not None:
        complain(content["error"])
        if (page := Path(content["path"]) / "report.html").is_file():
            tell(sys.stderr, f"How far it got: {short(page)}")
        return int(content["error"]["code"])
    if fail_under.missed(content):
        too_low = fail_under.too_low(content)
        complain(failure(too_low))
        return too_low.code
    return 0


def _nothing_left(content: dict[str, Any]) -> list[str]:
    """Of a run that was to be gone on with and has ended well before."""
    name, place = Path(content["path"]).name, short(Path(content["path"]))
    generator = goals.makes_new(content["task"]["goal"])
    use = f"noglue generate {place} --count 64" if generator else _predict(place)
    return [
        f"{name} has succeeded already: there is nothing left to do.",
        f"show     noglue show {name}",
        f"{'generate' if generator else 'predict '} {use}",
        "again    noglue run with more time (--budget 30m), other data or another --seed makes a new run",
    ]


def _reached(content: dict[str, Any], verbose: bool = False) -> list[str]:
    """The few lines that a person wants: score beside baseline, verdict, what was not done or left out, where the
    model is, how to use it."""
    place = short(Path(content["path"]))
    generator = goals.makes_new(content["task"]["goal"])
    lines = _judged(content) if generator else _scored(content)
    if content.get("verdict"):
        lines.append(str(content["verdict"]))
    lines += _in_haste(content)
    lines += run_ledgers.lines(content, verbose)
    lines += [
        f"model    {place / 'model'} ({family_name(content['model']['family'])})" if content["model"] else "",
        f"report   {place / 'report.html'}",
        *_checked(content),
        *_left(content, place),
        *(_using_generator(content, place) if generator else [_predict(place)]),
        f"took     {duration(content['seconds']['total'])} on {content['device']}",
    ]
    return [line for line in lines if line]


def _in_haste(content: dict[str, Any]) -> list[str]:
    """With which budget the training would have had the time that it takes."""
    short = (content["model"] or {}).get("short")
    return [f"time     --budget {short['budget']} gives the training the time that it takes"] if short else []


def _checked(content: dict[str, Any]) -> list[str]:
    """`checked  accuracy 97.8 % is at least 90.0 %`, for each threshold of `--fail-under` that was met."""
    found = [fail_under.Threshold.model_validate(one) for one in content.get("fail_under") or []]
    return [f"checked  {fail_under.in_words(one)}" for one in found if one.met]


def _scored(content: dict[str, Any]) -> list[str]:
    """`accuracy on 359 test rows: 97.8 % (96.4–98.9 %)`, and what guessing gets."""
    metric, measured = content["task"]["metric"] or "", content["metrics"] or {}
    lines = []
    if main := measured.get("test", {}).get(metric):
        lines.append(f"{title_of(metric)} on {main['n']:,} test rows: {score(metric, main)}")
    beside = {"chance": "baseline", "the last value": "last_value", "the last season": "last_season"}
    listed = [f"{name}: {score(metric, rows[metric])}" for name, place in beside.items()
            if metric in (rows := measured.get(place, {}))]  # fmt: skip
    return [*lines, *([f"  compared with {'; '.join(listed)}"] if listed else []), *_of_each(content)]


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
    lines += [f"  compared with {'; '.join(listed)}"] if listed else []
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
    content = run_status.read(found)
    if as_json:
        print_json(content)
        return 0
    planned = None
    with suppress(DataError, ValueError):  # of a run that ended before its plan was written
        planned = Plan.model_validate(found.read_json("plan.json"))
    try:
        lines = _lines(content, planned, verbose)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # a stranger's may have any shape
        raise run_status.not_of_a_run(found) from error
    say(*lines)
    return 0


def _lines(content: dict[str, Any], planned: Plan | None, verbose: bool) -> list[str]:
    task = Task.model_validate(content["task"])
    asked, read = " ".join(task.paragraph.split()), understand.in_words(task, planned)
    name = Path(content["path"]).name
    lines = [f"{name}: {run_status.in_words(content)}", f"asked    {asked}", f"read as  {read}", *_under_way(content)]
    if content["status"] == "interrupted" and content["error"] is None:  # killed, with no time for a last word
        lines.append(f"It was killed. `noglue resume {name}` goes on with it.")
    if content["error"] is not None:
        lines.append(paragraph(content["error"]))
    lines += list(_reached(content, verbose) if content["metrics"] else run_ledgers.lines(content, verbose))
    return [*lines, *leaderboard.lines(content), *_promised(content)]


def _under_way(content: dict[str, Any]) -> list[str]:
    """`so far   1 min 35 s; 30 s to go in train (epoch)` of a run that runs at this moment."""
    if not content.get("progress"):
        return []
    at = run_status.Standing.model_validate(content["progress"])
    stage = f" ({at.stage})" if at.stage else ""
    left = "" if at.seconds_left is None else f"; {duration(round(at.seconds_left, 1))} to go in {at.step}{stage}"
    return [f"so far   {duration(at.seconds)}{left}"]


def _promised(content: dict[str, Any]) -> list[str]:
    """How often sets of labels, or intervals, hold the truth."""
    text = (content.get("guarantee") or {}).get("text")
    return [f"trust    {text}"] if text else []


def plan(task: Task, planned: Plan, planner: Planner, as_json: bool, verbose: bool) -> int:
    """`noglue plan`: the task and the steps; with -v why it was read so, and what a model was sent."""
    said = list(getattr(planner, "said", []))
    if as_json:
        content = {"task": task.model_dump(), "plan": planned.model_dump(), "planner": planner.name}
        print_json(content | ({"notes": said} if said else {}))
        return 0
    say(f"understood  {understand.in_words(task, planned)}")
    for line in run_ledgers.read_as(task):
        say(line)
    for slip in slips.known(task.wishes):
        say(f"in doubt    {slip}")
    if hopeless := short_budget.doubt(task, planned, task.constraints.device or "cpu", slowness()):
        say(f"in doubt    {hopeless}")
    say(f"planner     {planner.name}")
    for message in said:
        say(f"            {message}")
    for line in plan_table.lines(planned):
        say(line)
    if verbose:
        for field, why in task.evidence.items():
            say(f"  {field:11} {task.confidence.get(field, 0):.2f}  {why}")
        _sent(planner)
    return 0


def _sent(planner: Planner) -> None:
    """Every message that went to a model, as it went."""
    transcript = getattr(getattr(planner, "asker", None), "transcript", None)
    for number, messages in enumerate(transcript.sent if transcript is not None else [], 1):
        for role, content in messages:
            say(f"--- sent, question {number}, {role}", *(f"  {line}" for line in content.splitlines()))


def cache(content: dict[str, Any], lines: list[str], as_json: bool) -> int:
    """`noglue cache`: one line an item, then all of them together."""
    if as_json:
        print_json(content)
    else:
        say(*lines)
    return 0


def error(failure: dict[str, Any], as_json: bool) -> int:
    """A failure before there was a run."""
    if as_json:
        print_json({"run": None, "status": "interrupted" if failure["code"] == 130 else "failed", "error": failure})
    complain(failure)
    return int(failure["code"])
