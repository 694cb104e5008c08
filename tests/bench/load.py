"""Whether a budget is kept, on a machine that does nothing else and on one that is busy: `make bench-load`.

    python -m tests.bench.load --kinds photos text --budgets 60 180 --busy 0 12 --nice 0 19

Six kinds of runs on data that are made here (seeded, with something to find): photos of 96 × 96 to tell apart, a table,
long texts, a GAN, small images of which few are labelled, a million rows. Each must end with a model (or samples),
scored on its test rows, with its report and predictions, within the budget and a tenth and 15 s. Prints the machine,
then one line a run, and whether it kept to all of that; the exit status is 1 where one did not.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from PIL import Image

from tests.bench.whole import machine, noglue

SLACK_SHARE, SLACK_SECONDS = 0.1, 15.0  # beyond the budget
SHAPES = ("discs", "squares", "crosses", "stripes")
WORDS = 4_000  # of the made-up language


@dataclass(frozen=True)
class Kind:
    """paragraph: the request. make: writes the data into a folder, and says what to name in --data."""

    paragraph: str
    make: Callable[[Path], Path]
    generates: bool = False


# ---- data --------------------------------------------------------------------------------------------------------


def drawn(shape: str, side: int, random: np.random.Generator) -> np.ndarray:
    """One picture of a shape somewhere on a noisy ground, uint8 (side, side, 3)."""
    y, x = np.mgrid[:side, :side] / side
    at, size = random.uniform(0.3, 0.7, 2), random.uniform(0.12, 0.28)
    dy, dx = y - at[0], x - at[1]
    inside = {
        "discs": dy**2 + dx**2 < size**2,
        "squares": np.maximum(abs(dy), abs(dx)) < size,
        "crosses": (np.minimum(abs(dy), abs(dx)) < size / 3) & (np.maximum(abs(dy), abs(dx)) < size),
        "stripes": (np.maximum(abs(dy), abs(dx)) < size) & (np.sin(60 * (dx + dy)) > 0),
    }[shape]
    ground, paint = random.uniform(0, 120, 3), random.uniform(130, 255, 3)
    picture = np.where(inside[..., None], paint, ground) + random.normal(0, 18, (side, side, 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


def pictures(folder: Path, side: int, count: int, ending: str = "jpg") -> Path:
    """count pictures of each shape, in one folder each."""
    random, top = np.random.default_rng(1), folder / f"pictures-{side}"
    for shape in SHAPES:
        (top / shape).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(drawn(shape, side, random)).save(top / shape / f"{number:05}.{ending}")
    return top


def table(folder: Path, rows: int, reals: int) -> Path:
    """Numbers, names, a date; two classes by a product, a sum and a name, with noise."""
    random = np.random.default_rng(2)
    values = random.normal(size=(rows, reals)).round(4)
    name = random.integers(0, 12, rows)
    columns: dict[str, Any] = {f"real {i}": values[:, i] for i in range(reals)}
    columns["name"] = pa.array([f"level {k}" for k in range(12)]).take(pa.array(name))
    days = np.datetime64("2020-01-01") + random.integers(0, 1500, rows)
    columns["when"] = pa.array(days.astype("datetime64[D]"))
    bought = values[:, 0] + values[:, 1] * values[:, 2] + (name % 3) / 2 + random.normal(size=rows) > 0.5
    columns["bought"] = pa.array(["no", "yes"]).take(pa.array(bought.astype(int)))
    file = folder / f"table-{rows}.csv"
    pa.csv.write_csv(pa.table(columns), file)
    return file


def texts(folder: Path, rows: int, length: int) -> Path:
    """Letters of several hundred words on four subjects, each of which uses some words more often."""
    random = np.random.default_rng(3)
    letters = list("abcdefghijklmnoprstuvw")
    words = np.array(["".join(random.choice(letters, random.integers(3, 10))) for _ in range(WORDS)])
    usual = 1 / np.arange(1, WORDS + 1)
    subjects = [usual * np.where(np.random.default_rng(s).random(WORDS) < 0.1, 4.0, 1.0) for s in range(4)]
    which = random.integers(0, 4, rows)
    lines = [
        " ".join(random.choice(words, random.integers(length // 2, 2 * length), p=subjects[s] / subjects[s].sum()))
        for s in which
    ]
    file = folder / "letters.csv"
    pa.csv.write_csv(pa.table({"letter": lines, "subject": [SHAPES[s] for s in which]}), file)
    return file


KINDS = {
    "photos": Kind("Tell what these photos show.", lambda folder: pictures(folder, 96, 500)),
    "table": Kind("Predict bought from the other columns.", lambda folder: table(folder, 8_000, 12)),
    "text": Kind("Classify the letters by subject.", lambda folder: texts(folder, 6_000, 400)),
    "gan": Kind("Train a GAN that makes new pictures like these.", lambda folder: pictures(folder, 32, 800), True),
    "few": Kind(
        "Tell what these pictures show with only 100 labels, use a semi-supervised GAN.",
        lambda folder: pictures(folder, 28, 1_000, "png"),
    ),
    "million": Kind("Predict bought from the other columns.", lambda folder: table(folder, 1_000_000, 8)),
}

# ---- load --------------------------------------------------------------------------------------------------------


def _spin(nice: int, parent: int) -> None:
    os.nice(nice)
    while os.getppid() == parent:  # so that none outlives a bench that was killed
        for _ in range(1_000_000):
            pass


@contextmanager
def busy(count: int, nice: int) -> Iterator[None]:
    """So many processes that do nothing but compute, ended whatever happens."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_spin, args=(nice, os.getpid()), daemon=True) for _ in range(count)]
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


# ---- runs --------------------------------------------------------------------------------------------------------


def faults(content: dict[str, Any], kind: Kind, budget: float) -> list[str]:
    """What a run that was to end within its budget lacks, or took too long for."""
    if content.get("error"):
        return [f"exit {content['error']['code']}: {content['error']['message']}"]
    path, found = Path(content["path"]), []
    if content["wall"] > budget * (1 + SLACK_SHARE) + SLACK_SECONDS:
        found.append(f"{content['wall']:.0f} s")
    if not content["metrics"].get("test"):
        found.append("no score")
    left = ["model/model.json", "report.html", "samples" if kind.generates else "predictions.csv"]
    return found + [f"no {name}" for name in left if not (path / name).exists()]


def told(content: dict[str, Any]) -> str:
    steps = " ".join(f"{name} {seconds:.1f}" for name, seconds in (content.get("seconds") or {}).items())
    scores = (content.get("metrics") or {}).get("test") or {}
    first = next((f"{name} {score['value']:.3f}" for name, score in scores.items()), "no score")
    return f"{first:20} {content['wall']:6.1f} s; {steps}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--budgets", nargs="+", type=float, default=[60.0, 180.0], help="seconds")
    parser.add_argument("--busy", nargs="+", type=int, default=[0, 12], help="how many busy processes")
    parser.add_argument("--nice", nargs="+", type=int, default=[0, 19], help="of the busy processes")
    parser.add_argument("--runs", default=None, help="where the runs are kept; default: a temporary folder")
    arguments = parser.parse_args()
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        runs = arguments.runs or str(Path(place) / "runs")
        for name in arguments.kinds:
            kind, folder = KINDS[name], Path(place) / name
            folder.mkdir()
            data = kind.make(folder)
            for budget in arguments.budgets:
                for count, nice in ((c, n) for c in arguments.busy for n in (arguments.nice if c else [0])):
                    with busy(count, nice):
                        content = noglue(
                            "run", kind.paragraph, "--data", str(data), "--yes", "--device", "cpu", "--seed", "0",
                            "--budget", f"{budget:g}s", "--runs", runs,
                        )  # fmt: skip
                    wrong = faults(content, kind, budget)
                    failed += bool(wrong)
                    where = f"{name:8} {budget:4.0f} s  {count:2} busy (nice {nice:2})"
                    print(f"{where}  {told(content)}  {'; '.join(wrong) or 'kept'}", flush=True)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
