"""A CSV of 1,000,000 rows × 30 columns through inspect and prepare, each in its own process as in a run.

    python tests/bench/table.py [--rows 1000000] [--folder DIR]

Claim: under 60 s together and under 3 GB each, on 2 cores. The table is 216 MB: 20 real columns of four decimals, four
of whole numbers, three of names, a date, an identifier, and a target of two classes. Prints one line a step.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv


def write(file: Path, rows: int) -> None:
    """The table, from a fixed seed."""
    random = np.random.default_rng(0)
    reals = random.normal(size=(rows, 20)).round(4)
    columns: dict[str, Any] = {f"real {i}": reals[:, i] for i in range(20)}
    columns |= {f"whole {i}": random.integers(0, 10 ** (i + 1), rows) for i in range(4)}
    for i in range(3):
        names = pa.array([f"level {k}" for k in range(12 * (i + 1))])
        columns[f"name {i}"] = names.take(pa.array(random.integers(0, len(names), rows)))
    days = np.datetime64("2020-01-01") + random.integers(0, 1500, rows)
    columns["when"] = pa.array(days.astype("datetime64[D]"))
    columns["id"] = np.arange(rows)
    bought = reals[:, 0] + reals[:, 1] * reals[:, 2] + random.normal(size=rows) > 0.3
    columns["bought"] = pa.array(["no", "yes"]).take(pa.array(bought.astype(int)))
    pa.csv.write_csv(pa.table(columns), file)


def step(run: Path, number: int, tool: str, args: dict[str, Any]) -> dict[str, Any]:
    """One step in a process of its own; its result. Prints seconds and the peak of its memory."""
    folder = run / "steps" / f"{number:02}-{tool}"
    folder.mkdir(parents=True)
    (folder / "args.json").write_text(json.dumps({"tool": tool, "args": args}))
    command = [
        sys.executable,
        "-P",
        "-m",
        "noglue.tools.process.step_process",
        str(folder),
        json.dumps({"run": str(run)}),
    ]
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds, cpu = time.monotonic() - begun, used.ru_utime + used.ru_stime
    print(f"{tool:8} {seconds:6.1f} s, {cpu:6.1f} s of CPU, peak {used.ru_maxrss / 2**20:.2f} GB", flush=True)
    content: dict[str, Any] = json.loads((folder / "result.json").read_text())
    assert content["ok"], content
    result: dict[str, Any] = content["result"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where to work; default: a temporary folder")
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        run = Path(place)
        for name in ("data", "sealed"):
            (run / name).mkdir()
        write(run / "table.csv", options.rows)
        found = step(run, 1, "inspect", {"roots": ["table.csv"]})
        prepared = step(run, 2, "prepare", {"profile": found["profile"], "target": "bought"})
        print(prepared["rows"], "dropped:", ", ".join(prepared["dropped"]))


if __name__ == "__main__":
    main()
