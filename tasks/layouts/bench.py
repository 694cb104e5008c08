"""`noglue bench --layouts`: each set of real data in another format or layout, and whether noglue sees what it is.

    tables       iris_avro            ok     1.1 s
    dialects     wine_decimal_comma   BAD    0.9 s  ash sums to 42100, not 421.24
    pictures     digits_heic          skipped: pillow_heif is not installed

Each is made at run time and judged by the prepared data, without a training; `--scores` also runs those that have a
plainer sibling to the end, beside it, and the scores may differ by 1 %. Exit 1 below 98 % right.
"""

import importlib.util
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from noglue.tasks.layouts import layout as catalogue
from noglue.tasks.layouts.layout import Layout
from noglue.tools.spec.errors import BadUsage, Kind

ENOUGH = 0.98
LONGEST = 300.0  # seconds for one of them, on a machine that is busy with more than this
AT_ONCE = 2
_NEAR = 0.01  # of the plain sibling's score


def main(only: str | None, listing: bool, scores: bool, runs: Path, out: Path | None, as_json: bool) -> int:
    """Exit 0 when at least 98 % are right. only: those whose name or kind holds this word."""
    known = catalogue.load_all()
    word = (only or "").lower()
    chosen = [one for one in known.values() if word in one.name or word in one.kind]
    if not chosen:
        kinds = ", ".join(dict.fromkeys(one.kind for one in known.values()))
        raise BadUsage(Kind.TASK, f"There is no layout of {only!r}.", hint=f"Kinds are: {kinds}.")
    if listing:
        return _list(chosen, as_json)
    rows: list[dict[str, Any]] = []
    for row in judged(chosen, lambda row: None if as_json else print(line(row), flush=True)):
        rows.append(row)
    if scores:
        from noglue.tasks.layouts.scores import beside

        for row in beside([one for one in chosen if one.plain], known, runs, _NEAR):
            rows.append(row)
            if not as_json:
                print(line(row), flush=True)
    report: dict[str, Any] = {"totals": totals(rows), "results": rows}
    if out:
        out.write_text(json.dumps(report, indent=2, default=str) + "\n", encoding="utf-8")
    if as_json:
        json.dump(report, sys.stdout, indent=2, default=str)
        print()
    else:
        print(summary(report))
    return 0 if report["totals"]["share"] >= ENOUGH else 1


def judged(chosen: list[Layout], tell: Callable[[dict[str, Any]], None]) -> Iterator[dict[str, Any]]:
    """A row for each, in order, two at a time, each in a process of its own that is forked from a warm one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["noglue.tasks.layouts.warm"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row in pool.map(lambda one: _one(context, one), chosen):
            tell(row)
            yield row


def _one(context: Any, one: Layout) -> dict[str, Any]:
    began = time.monotonic()
    told: dict[str, Any] = {"name": one.name, "kind": one.kind, "skipped": "", "faults": [], "seen": None}
    missing = [name for name in one.needs if importlib.util.find_spec(name) is None]
    if missing:
        return told | {"skipped": f"{', '.join(missing)} is not installed", "seconds": 0.0}
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=judge_one, args=(one.name, folder, theirs), daemon=True)
        process.start()
        theirs.close()
        try:
            told |= ours.recv() if ours.poll(LONGEST) else {"faults": [f"not done in {LONGEST:.0f} s"]}
        except EOFError:
            process.join()
            told["faults"] = [f"its process ended with {process.exitcode}"]
        if process.is_alive():
            process.kill()
        process.join()
        process.close()
        ours.close()
    return told | {"seconds": round(time.monotonic() - began, 2)}


def judge_one(name: str, folder: str, answer: Any) -> None:
    """In the forked process: build, look, compare."""
    import traceback

    from noglue.tasks.layouts import judge

    one = catalogue.load_all()[name]
    place, run = Path(folder) / "given", Path(folder) / "run"
    place.mkdir()
    try:
        expected = one.build(place)
        data = [str(place / part) for part in expected.data] or [str(place)]
        there = sum(path.is_file() for path in place.rglob("*"))
        seen = judge.look(one.request, data, run)
        answer.send({"faults": judge.faults(expected, seen, there), "seen": seen})
    except Exception as error:
        traceback.print_exc()
        answer.send({"faults": [f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"]})


def totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many there are, were tried, are right, by kind too; the share of those that were tried."""
    tried = [row for row in rows if not row["skipped"]]
    right = [row for row in tried if not row["faults"]]
    kinds = {
        kind: [sum(row["kind"] == kind for row in right), sum(row["kind"] == kind for row in tried)]
        for kind in dict.fromkeys(row["kind"] for row in rows)
    }
    return {
        "layouts": len(rows),
        "tried": len(tried),
        "right": len(right),
        "skipped": len(rows) - len(tried),
        "share": len(right) / len(tried) if tried else 0.0,
        "seconds": round(sum(row["seconds"] for row in rows), 1),
        "kinds": kinds,
    }


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    if row["skipped"]:
        return f"{row['kind']:13} {row['name']:34} skipped: {row['skipped']}"
    told = (
        f"BAD {row['seconds']:5.1f} s  {'; '.join(row['faults'])}" if row["faults"] else f"ok  {row['seconds']:5.1f} s"
    )
    return f"{row['kind']:13} {row['name']:34} {told}"


def summary(report: dict[str, Any]) -> str:
    """The last lines: by kind, and in all."""
    found = report["totals"]
    lines = [f"{kind:13} {right} of {tried}" for kind, (right, tried) in found["kinds"].items()]
    skipped = f", {found['skipped']} skipped" if found["skipped"] else ""
    return "\n".join([*lines, f"{found['right']} of {found['tried']} right ({found['share']:.1%}){skipped}"])


def _list(chosen: list[Layout], as_json: bool) -> int:
    if as_json:
        told = [{"name": one.name, "kind": one.kind, "request": one.request, "plain": one.plain} for one in chosen]
        json.dump(told, sys.stdout, indent=2)
        print()
    else:
        for one in chosen:
            print(f"{one.kind:13} {one.name:34} {one.request}")
    return 0
