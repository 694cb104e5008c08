"""`noglue bench --web`: each paragraph as a user would type it, with nothing but the mini internet to find data in.

    wine     tuning     right data   accuracy 0.972 (floor 0.90)   41 s   wine.csv
    bakery   tuning     refused, exit 4                             3 s

A paragraph succeeds when the data set that is meant was found and the test score reaches its floor, or, where nothing
fits, when the run ends with the exit code that says so. What the private server was asked must be nothing.

`--model PROVIDER:NAME` lets a language model help; `--model recorded` is one whose answers lie in `transcripts/`, a
file a paragraph (see `agent/llm/recorded.py`).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from noglue.tasks.web.mini import MiniInternet
from noglue.tasks.web.paragraphs import WebParagraph, load_all
from noglue.tools.reporting.quantities import clock
from noglue.tools.spec.errors import BadUsage, Failure, Kind

BUDGET = "2m"
SOURCES = "catalogue searxng huggingface"
RECORDED = "recorded"
TRANSCRIPTS = Path(__file__).parent / "transcripts"


def main(
    names: list[str],
    listing: bool,
    runs: Path,
    budget: str | None,
    device: str | None,
    model: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Exit 0 when every paragraph succeeded, else 1. Raises BadUsage for what makes no sense, such as a model."""
    known = load_all()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadUsage(Kind.TASK, f"There is no paragraph {unknown[0]!r}.", hint=f"There are: {', '.join(known)}.")
    chosen = {name: known[name] for name in names or known}
    if listing:
        _list(chosen, as_json)
        return 0
    if model:
        _check_model(model, list(chosen))
    rows = []
    with MiniInternet() as web:
        for name, paragraph in chosen.items():
            rows.append(run(name, paragraph, web, runs, budget, device, model))
            if rows[-1]["exit"] == BadUsage.code and rows[-1]["error"] and BadUsage.code not in paragraph.exit:
                raise Failure.model_validate(rows[-1]["error"]).error()
            if not as_json:
                print(line(rows[-1]), flush=True)
        report = {"totals": totals(rows), "private": web.private, "results": rows}
    if not as_json:
        print(_summary(report))
    if out:
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if as_json:
        json.dump(report, sys.stdout, indent=2)
        print()
    return 0 if all(row["right"] for row in rows) and not report["private"] else 1


def run(
    name: str,
    paragraph: WebParagraph,
    web: MiniInternet,
    runs: Path,
    budget: str | None = None,
    device: str | None = None,
    model: str | None = None,
    planner: str = "llm",
) -> dict[str, Any]:
    """One paragraph, in a process of its own, with an empty cache. model: None is the rules alone.

    planner: with a model. `llm` ends in an error where none of its answers counts.
    """
    command = [sys.executable, "-P", "-m", "noglue.agent.cli", "run", paragraph.text, "--yes", "--json", "--seed", "0"]
    command += ["--budget", budget or BUDGET, "--runs", str(runs)]
    command += ["--device", device] if device else []
    command += ["--model", spelled(model, name), "--planner", planner] if model else ["--planner", "rules"]
    began, before = time.monotonic(), len(web.private)
    with tempfile.TemporaryDirectory() as cache:
        surroundings = os.environ | web.environment() | {"NOGLUE_SOURCES": SOURCES, "NOGLUE_CACHE": cache}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=surroundings)
    answer = json.loads(done.stdout) if done.stdout.strip() else {}
    return judged(name, paragraph, web, answer | {"exit": done.returncode}, runs) | {
        "seconds": round(time.monotonic() - began, 1),
        "private": web.private[before:],
    }


def spelled(model: str, name: str) -> str:
    """`recorded` alone means the paragraph's own transcript."""
    return f"{RECORDED}:{TRANSCRIPTS / name}.jsonl" if model == RECORDED else model


def _check_model(model: str, names: list[str]) -> None:
    """Raises BadUsage for a name that means no model, and for a recording that is not there."""
    from noglue.agent.llm import choice

    for name in names:
        chosen = choice.choose(spelled(model, name), os.environ)
        if chosen.provider == RECORDED:
            from noglue.agent.llm.recorded import Recorded

            Recorded.load(chosen.name)


def judged(name: str, paragraph: WebParagraph, web: MiniInternet, answer: dict[str, Any], runs: Path) -> dict[str, Any]:
    """`run.json`'s content, with `exit`, beside what was meant."""
    code = answer["exit"]
    found = [str(origin.get("url") or origin["source"]) for origin in (answer.get("data") or {}).get("sources", [])]
    places = found or _built_in(answer, runs)
    data = paragraph.set is not None and bool(places) and all(web.holds(paragraph.set, place) for place in places)
    tested = ((answer.get("metrics") or {}).get("test") or {}).get(paragraph.metric)
    score = tested and tested["value"]
    reached = score is not None and paragraph.floor is not None and score >= paragraph.floor
    right = (
        code in paragraph.exit if paragraph.set is None else code == 0 and data and reached and _told(paragraph, answer)
    )
    return {
        "paragraph": name,
        "half": paragraph.half,
        "set": paragraph.set,
        "right": right,
        "right_data": data,
        "places": places,
        "metric": paragraph.metric,
        "score": score,
        "floor": paragraph.floor,
        "exit": code,
        "run": answer.get("run"),
        "error": answer.get("error"),
    }


def _told(paragraph: WebParagraph, answer: dict[str, Any]) -> bool:
    """Was the column learned that is meant? Images have one label only, however it is called."""
    task = answer.get("task") or {}
    return task.get("modality") == "image" or task.get("target") == paragraph.target


def _built_in(answer: dict[str, Any], runs: Path) -> list[str]:
    """Places of the set that the model was made of, where that is bundled: it was never downloaded."""
    file = runs / str(answer.get("run")) / "plan.json"
    if not file.is_file():
        return []
    steps = json.loads(file.read_text(encoding="utf-8"))["steps"]
    last = {step["tool"]: step["args"] for step in steps}
    named = [*last.get("inspect", {}).get("roots", []), *last.get("download", {}).get("sources", [])]
    return [place for place in named if place.startswith("builtin:")]


def totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the paragraphs that have a data set, by half: how many there are, found it, reached their floor."""
    told: dict[str, Any] = {}
    for half in ("tuning", "held_back"):
        of = [row for row in rows if row["half"] == half and row["set"]]
        told[half] = {
            "paragraphs": len(of),
            "right_data": sum(row["right_data"] for row in of),
            "right": sum(row["right"] for row in of),
        }
    refused = [row for row in rows if not row["set"]]
    return told | {"refused": {"paragraphs": len(refused), "right": sum(row["right"] for row in refused)}}


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    begins = f"{row['paragraph']:14} {row['half']:10} {'ok ' if row['right'] else 'BAD'} "
    ends = f"{clock(row['seconds']):>8}  {row['places'][0].rpartition('/')[2] if row['places'] else ''}"
    if row["score"] is not None:
        data = "right data" if row["right_data"] else "other data"
        told = f"{data}, {row['metric']} {row['score']:.3f}"
        told += f" (floor {row['floor']:.2f})" if row["floor"] is not None else ""
    else:
        told = f"exit {row['exit']}, {(row['error'] or {}).get('kind', '')}"
    return f"{begins}{told:44}{ends}"


def _summary(report: dict[str, Any]) -> str:
    lines = []
    for half in ("tuning", "held_back"):
        of = report["totals"][half]
        lines.append(f"{half}: {of['right']} of {of['paragraphs']} right, {of['right_data']} with the right data")
    refused = report["totals"]["refused"]
    lines.append(f"rightly refused: {refused['right']} of {refused['paragraphs']}")
    lines.append(f"requests to the private server: {len(report['private'])}")
    return "\n".join(lines)


def _list(chosen: dict[str, WebParagraph], as_json: bool) -> None:
    if as_json:
        json.dump({name: paragraph.model_dump() for name, paragraph in chosen.items()}, sys.stdout, indent=2)
        print()
        return
    for name, paragraph in chosen.items():
        print(f"{name:14} {paragraph.half:10} {paragraph.set or 'nothing fits':14} {paragraph.text}")
