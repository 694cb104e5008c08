"""`noglue bench`: the scripted evaluation. Each task is run as a user would, and set beside the published scores.

A task is a file `tasks/<name>.toml`:

    paragraph = "Classify the handwritten digits of MNIST."
    metric = "accuracy"
    split = "official 60,000 + 10,000"
    budget = "5m"              # left out: no limit
    data = ["https://…"]       # left out where the paragraph names the data set: its official URLs and checksums
                               # are those of tools/sources/entries/
    network = true             # false: built in
    [[anchors]]                                            # published scores
    name = "LeNet-5 (LeCun et al. 1998)"
    value = 0.9905
    url = "http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf"
    metric = "fid"             # where it is another measure than the task's: it is told, and never compared

FD-own, by which generators are judged here, depends on a judge trained on the same data; no published score is one.
"""

import json
import platform
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from pydantic import BaseModel, ConfigDict

from noglue.agent.ui.wording import direction, score, title_of
from noglue.tools.reporting.quantities import clock
from noglue.tools.spec.errors import BadUsage, Kind

FOLDER = Path(__file__).parent
ALSO = ("coverage", "class_conditional_accuracy")


class Anchor(BaseModel):
    """A published score on the same split, and where it was published. metric: None is the task's own."""

    model_config = ConfigDict(extra="forbid")
    name: str
    value: float
    url: str
    metric: str | None = None


class BenchTask(BaseModel):
    """One file of this folder."""

    model_config = ConfigDict(extra="forbid")
    paragraph: str
    metric: str
    split: str
    data: list[str] = []
    budget: str | None = None
    network: bool = True
    anchors: list[Anchor] = []


def load_all() -> dict[str, BenchTask]:
    """Name → task, by file name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: BenchTask.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def main(
    names: list[str],
    listing: bool,
    data: list[str],
    runs: Path,
    budget: str | None,
    device: str | None,
    seeds: int,
    out: Path | None,
    as_json: bool,
    web: bool = False,
    model: str | None = None,
) -> int:
    """Exit 0 when every run succeeded, else the first failure's code. `data` overrides one task's source.

    web: the paragraphs of `tasks/web/` in the tasks' place. model: a language model that helps there.
    """
    if web:
        return _on_the_web(names, listing, data, runs, budget, device, seeds, out, as_json, model)
    if model is not None:
        raise BadUsage(Kind.MODEL, "--model is of --web; the tasks leave nothing to a model.", hint="Leave it out.")
    known = load_all()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadUsage(Kind.TASK, f"There is no task {unknown[0]!r}.", hint=f"There are: {', '.join(known)}.")
    if data and len(names) != 1:
        raise BadUsage(Kind.DATA, "--data replaces the source of one task.", hint="Name that one task.")
    chosen = {name: known[name] for name in names or known}
    if listing:
        _list(chosen, as_json)
        return 0
    rows = []
    for name, task in chosen.items():
        for seed in range(seeds):
            rows.append(_run(name, task, data, runs, budget or task.budget, device, seed))
            if not as_json:
                print(_line(rows[-1], task), flush=True)
    report = {"machine": _machine(), "results": rows}
    if not as_json:
        _spread(rows, seeds)
    if out:
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if as_json:
        json.dump(report, sys.stdout, indent=2)
        print()
    return next((row["error"]["code"] for row in rows if row["error"]), 0)


def _on_the_web(
    names: list[str],
    listing: bool,
    data: list[str],
    runs: Path,
    budget: str | None,
    device: str | None,
    seeds: int,
    out: Path | None,
    as_json: bool,
    model: str | None,
) -> int:
    from noglue.tasks.web import bench

    if data or seeds != 1:
        raise BadUsage(Kind.WEB, "--data and --seeds are no part of --web.", hint="Leave them out.")
    return bench.main(names, listing, runs, budget, device, model, out, as_json)


def _run(
    name: str, task: BenchTask, data: list[str], runs: Path, budget: str | None, device: str | None, seed: int
) -> dict[str, Any]:
    """The command a user would type, in a process of its own."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "noglue.agent.cli",
        "run",
        task.paragraph,
        "--yes",
        "--json",
        "--seed",
        str(seed),
        "--runs",
        str(runs),
    ]
    command += [part for source in data or task.data for part in ("--data", source)]
    command += ["--budget", budget] if budget else []
    command += ["--device", device] if device else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    content = json.loads(done.stdout)
    metrics = content.get("metrics") or {}
    return {
        "task": name,
        "seed": seed,
        "metric": task.metric,
        "test": metrics.get("test", {}).get(task.metric),
        "baseline": metrics.get("baseline", {}).get(task.metric),
        "also": {name: metrics.get("test", {}).get(name) for name in ALSO if name in metrics.get("test", {})},
        "generation": content.get("generation"),
        "anchors": [anchor.model_dump() for anchor in task.anchors],
        "split": (content.get("data") or {}).get("split"),
        "seconds": content.get("seconds"),
        "device": content.get("device"),
        "run": content.get("run"),
        "error": content["error"],
    }


def _line(row: dict[str, Any], task: BenchTask) -> str:
    if row["error"]:
        told = f"failed: {row['error']['message']}"
    else:
        beside = "; ".join([*_generated(row), *(_published(anchor, task) for anchor in task.anchors)])
        told = f"{_measured(row['metric'], row['test']):24} {clock(row['seconds']['total']):>9} {row['device']:6} "
        told += beside
    return f"{row['task']:22} {title_of(row['metric']):10} {told}"


def _measured(metric: str, found: dict[str, Any] | None) -> str:
    return "not measured" if found is None else score(metric, found)


def _generated(row: dict[str, Any]) -> list[str]:
    """What says of a generator what its distance alone does not: real images' score, coverage, classes asked for."""
    if row["generation"] is None:
        return []
    metric, real = row["metric"], row["generation"]["real"].get(row["metric"])
    told = [f"{row['generation']['samples']:,} samples, {direction(metric)}"]
    told += [f"real images {score(metric, real)}"] if real else []
    return told + [f"{title_of(name)} {score(name, found)}" for name, found in row["also"].items()]


def _published(anchor: Anchor, task: BenchTask) -> str:
    if anchor.metric in (None, task.metric):
        return f"{anchor.value:g} {anchor.name}"
    return f"{title_of(str(anchor.metric))} {anchor.value:g} {anchor.name}, not comparable with {title_of(task.metric)}"


def _spread(rows: list[dict[str, Any]], seeds: int) -> None:
    """Mean and standard deviation over the seeds, where there is more than one."""
    for name in dict.fromkeys(row["task"] for row in rows):
        values = [row["test"]["value"] for row in rows if row["task"] == name and row["test"]]
        if seeds > 1 and len(values) > 1:
            print(f"{name:22} mean {mean(values):.4f} ± {stdev(values):.4f} over {len(values)} seeds")


def _list(chosen: dict[str, BenchTask], as_json: bool) -> None:
    if as_json:
        json.dump({name: task.model_dump() for name, task in chosen.items()}, sys.stdout, indent=2)
        print()
        return
    for name, task in chosen.items():
        print(f"{name:22} {task.metric:10} {'network' if task.network else 'built in':9} {task.paragraph}")


def _machine() -> dict[str, Any]:
    """What the figures were measured on."""
    import os

    cpu = "unknown"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    return {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
