"""Whole runs, as a user starts them: the figures of docs/benchmarks.md.

    python -m tests.bench.whole digits     the demo, with the network of the process cut off
    python -m tests.bench.whole overhead   a digits run's seconds beyond those of the bare training as a script
    python -m tests.bench.whole mnist      MNIST from a loopback page that lists the four files, 3 minutes
    python -m tests.bench.whole fashion    Fashion-MNIST from a loopback page that lists the four files, 5 minutes
    python -m tests.bench.whole cifar      CIFAR-10 (JPEG copy) from a landing page with three versions, 10 minutes
    python -m tests.bench.whole predict    10,000 images of 32 × 32 in a folder, by the newest CIFAR-10 run
    python -m tests.bench.whole table      a CSV of 1,000,000 rows × 30 columns through download, inspect, prepare
    python -m tests.bench.whole help       `noglue --help`

Each prints the machine, then one line a run: score, seconds, the largest process's peak memory.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from tests.web import Web

SHARED = Path(os.environ.get("NOGLUE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
FASHION = Path("/usr/share/datasets/fashion-mnist")
NOGLUE = [sys.executable, "-P", "-m", "noglue.agent.cli"]


def noglue(*arguments: str, prefix: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a command with --json; its answer with `wall` seconds and `peak` bytes added."""
    started = time.monotonic()
    done = subprocess.run([*prefix, *NOGLUE, *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    content: dict[str, Any] = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return content | {"wall": time.monotonic() - started, "peak": peak}


def told(content: dict[str, Any]) -> str:
    if content.get("error"):
        return f"failed: {content['error']['message']}"
    metric = content["task"]["metric"]
    test = content["metrics"]["test"][metric]
    steps = " ".join(f"{name} {seconds:.1f}" for name, seconds in content["seconds"].items())
    return (
        f"test {metric} {test['value']:.4f} ({test['low']:.4f} to {test['high']:.4f}), wall {content['wall']:.1f} s, "
        f"peak {content['peak'] / 1e9:.2f} GB, {content['model']['family']}; seconds: {steps}"
    )


def digits(arguments: argparse.Namespace, runs: str) -> None:
    cut = ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--net")
    scores, walls = [], []
    for seed in range(arguments.seeds):
        content = noglue(
            "run", "Recognise handwritten digits.", "--yes", "--runs", runs, "--seed", str(seed), prefix=cut
        )
        print(f"seed {seed}: {told(content)}", flush=True)
        scores.append(content["metrics"]["test"]["accuracy"]["value"])
        walls.append(content["wall"])
    print(f"accuracy {spread(scores)}; wall {spread(walls)} s")


def overhead(arguments: argparse.Namespace, runs: str) -> None:
    outside = []
    for seed in range(arguments.seeds):
        content = noglue("run", "Recognise handwritten digits.", "--yes", "--runs", runs, "--seed", str(seed))
        bare = bare_seconds(Path(content["path"]), content["model"]["family"], seed)
        outside.append(content["wall"] - bare)
        print(f"seed {seed}: bare training {bare:.1f} s, {outside[-1]:.2f} s more; {told(content)}", flush=True)
    print(f"overhead {spread(outside)} s, median {median(outside):.2f} s")


BARE = """
import sys
from pathlib import Path
from noglue.tools.spec import catalogue
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
run, family, seed, out = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
step = Step(folder=out, run=run, seed=seed)
settings = Settings(metric="accuracy")
schema = Schema.load(run / "data")
catalogue.load("noglue.tools.models", family).train(run / "data", out / "model", schema, settings, step)
"""


def bare_seconds(run: Path, family: str, seed: int) -> float:
    """The same training as a script of its own: no sandbox, no plan, no baseline, no test, no report."""
    with tempfile.TemporaryDirectory() as out:
        (Path(out) / "model").mkdir()
        started = time.monotonic()
        subprocess.run([sys.executable, "-P", "-c", BARE, str(run), family, str(seed), out], check=True)
        return time.monotonic() - started


def mnist(arguments: argparse.Namespace, runs: str) -> None:
    """With the 60,000 pictures and the official test of 10,000."""
    served(arguments, runs, SHARED / "mnist", "Recognise the handwritten digits in the images at {}", "3m")


def fashion(arguments: argparse.Namespace, runs: str) -> None:
    if not FASHION.is_dir():
        raise SystemExit(f"{FASHION} is not here: apt-get install dataset-fashion-mnist")
    served(arguments, runs, FASHION, "Classify the pieces of clothing in the images at {}", "5m")


def served(arguments: argparse.Namespace, runs: str, folder: Path, paragraph: str, budget: str) -> None:
    """A run a seed on a folder that a loopback page lists; `paragraph` has a place for the address."""
    with Web() as web:
        url = web.mount("/", folder)
        for seed in range(arguments.seeds):
            content = noglue(
                "run", paragraph.format(url), "--yes", "--runs", runs, "--budget", arguments.budget or budget,
                "--seed", str(seed),
            )  # fmt: skip
            print(f"seed {seed}: {told(content)}", flush=True)
            candidates(content)


LANDING = """<html><head><title>The CIFAR-10 dataset</title></head><body><h1>The CIFAR-10 dataset</h1>
<p>60,000 32x32 colour images in 10 classes.</p><h2>Download</h2><table>
<tr><td><b>Version</b></td><td><b>Size</b></td><td><b>md5sum</b></td></tr>
{rows}</table></body></html>"""


def cifar(arguments: argparse.Namespace, runs: str) -> None:
    with tempfile.TemporaryDirectory() as place, Web() as web:
        url = web.mount("/", Path(place))
        subprocess.run([sys.executable, str(SHARED / "make_archives.py"), place], check=True)
        (Path(place) / "cifar.html").write_text(landing_page(Path(place)), encoding="utf-8")
        for seed in range(arguments.seeds):
            paragraph = f"Solve the CIFAR-10 problem at {url}cifar.html"
            content = noglue(
                "run", paragraph, "--yes", "--runs", runs, "--budget", arguments.budget or "10m", "--seed", str(seed),
                *(["--family", arguments.family] if arguments.family else []),
            )  # fmt: skip
            print(f"seed {seed}: {told(content)}", flush=True)
            candidates(content)


def candidates(content: dict[str, Any]) -> None:
    for one in content["candidates"]:
        print(f"  {one['title']} {one['validation']} {one['seconds']:.0f} s {one['why']}", flush=True)


def landing_page(folder: Path) -> str:
    """The three versions with their md5 sums, as the official page has them."""
    import hashlib

    rows = ""
    for version in ("python", "matlab", "binary"):
        name = f"cifar-10-{version}.tar.gz"
        sum_ = hashlib.md5((folder / name).read_bytes()).hexdigest()
        rows += f'<tr><td><a href="{name}">CIFAR-10 {version} version</a></td><td>163 MB</td><td>{sum_}</td></tr>\n'
    return LANDING.format(rows=rows)


def predict(arguments: argparse.Namespace, runs: str) -> None:
    import io

    import pyarrow.parquet as pq
    from PIL import Image

    with tempfile.TemporaryDirectory() as place:
        for number, row in enumerate(pq.read_table(SHARED / "cifar10-jpeg" / "test.parquet").to_pylist()):
            Image.open(io.BytesIO(row["image"]["bytes"])).save(Path(place) / f"{number:05d}.png")
        walls = []
        for _ in range(arguments.seeds):
            out = Path(place).with_suffix(".csv")
            content = noglue("predict", arguments.run, place, "--out", str(out), "--runs", runs)
            walls.append(content["wall"])
            print(f"{content['rows']} rows in {content['wall']:.1f} s, peak {content['peak'] / 1e9:.2f} GB", flush=True)
            out.unlink()
        print(f"wall {spread(walls)} s")


def table(arguments: argparse.Namespace, runs: str) -> None:
    """30 columns of several kinds; numbers are drawn, so no model could learn much: training gets a short budget."""
    from tests.bench.table import write

    with tempfile.TemporaryDirectory() as place, Web() as web:
        url = web.mount("/", Path(place))
        write(Path(place) / "million.csv", 1_000_000)
        content = noglue(
            "run",
            f"Classify the rows of {url}million.csv by bought",
            "--yes",
            "--runs",
            runs,
            "--budget",
            arguments.budget or "3m",
        )
        seconds = content["seconds"]
        prepared = sum(seconds.get(step, 0.0) for step in ("download", "extract", "inspect", "prepare"))
        print(f"download + extract + inspect + prepare {prepared:.1f} s; {told(content)}")


def help_(arguments: argparse.Namespace, runs: str) -> None:
    walls = []
    for _ in range(max(10, arguments.seeds)):
        started = time.monotonic()
        subprocess.run([str(Path(sys.executable).with_name("noglue")), "--help"], stdout=subprocess.DEVNULL, check=True)
        walls.append(time.monotonic() - started)
    print(f"noglue --help: {spread(walls)} s, median {median(walls):.3f} s")


def spread(values: list[float]) -> str:
    deviation = stdev(values) if len(values) > 1 else 0
    return f"{mean(values):.4f} ± {deviation:.4f} (min {min(values):.4f}, max {max(values):.4f})"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{cpu}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"


def main() -> None:
    kinds: dict[str, Callable[[argparse.Namespace, str], None]] = {
        "digits": digits, "overhead": overhead, "mnist": mnist, "fashion": fashion, "cifar": cifar,
        "predict": predict, "table": table, "help": help_,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with seeds 0, 1, …")
    parser.add_argument("--budget", help="instead of the benchmark's own")
    parser.add_argument("--family", help="for cifar: only this one; resnet learns from nothing")
    parser.add_argument("--runs", default="bench-out/runs")
    parser.add_argument("--run", default="latest", help="for predict")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    kinds[arguments.kind](arguments, arguments.runs)


if __name__ == "__main__":
    main()
