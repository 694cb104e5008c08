"""The score of a full run on a layout beside that on the same data in its plainest form, with the same seed.

A person's command, run to its end; the plain form is run once for all layouts that are set beside it.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Layout

BUDGET = "60s"


def beside(chosen: Sequence[Layout], known: Mapping[str, Layout], runs: Path, near: float) -> Iterator[dict[str, Any]]:
    """A row for each; its fault is a score that differs by more than `near` of the plain one."""
    plain: dict[str, tuple[str, float] | str] = {}
    for one in chosen:
        began = time.monotonic()
        if one.plain not in plain:
            plain[one.plain] = score(known[one.plain], runs)
        found, wanted = score(one, runs), plain[one.plain]
        row: dict[str, Any] = {"name": f"{one.name} score", "kind": one.kind, "skipped": "", "seen": found}
        yield row | {"faults": _faults(found, wanted, near), "seconds": round(time.monotonic() - began, 1)}


def _faults(found: "tuple[str, float] | str", wanted: "tuple[str, float] | str", near: float) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(wanted, str):
        return [f"its plain form: {wanted}"]
    if found[0] != wanted[0]:
        return [f"{found[0]} decides, not {wanted[0]}"]
    if abs(found[1] - wanted[1]) > near * max(abs(wanted[1]), 1e-9):
        return [f"{found[0]} {found[1]:.4f}, not {wanted[1]:.4f}"]
    return []


def score(one: Layout, runs: Path) -> tuple[str, float] | str:
    """The measure that decides and its value on the test rows; a text where the run failed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "given"
        place.mkdir()
        expected = one.build(place)
        data = [str(place / part) for part in expected.data] or [str(place)]
        command = [sys.executable, "-P", "-m", "noglue.agent.cli", "run", one.request, "--yes", "--json", "--seed", "0"]
        command += ["--planner", "rules", "--budget", BUDGET, "--runs", str(runs), "--device", "cpu"]
        command += [part for source in data for part in ("--data", source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout) if done.stdout.strip() else {}
    if done.returncode or not answer.get("metrics"):
        return f"exit {done.returncode}: {(answer.get('error') or {}).get('message', done.stderr[-200:])}"
    name = answer["task"]["metric"]
    return name, float(answer["metrics"]["test"][name]["value"])
