"""Generators as a user asks for them, family by family: same data, same budget, the same judge for all.

    python -m tests.bench.gans digits                                    2 minutes
    python -m tests.bench.gans mnist --families r3gan dcgan              15 minutes each
    python -m tests.bench.gans fashion                                   15 minutes; a classifier of samples alone
    python -m tests.bench.gans cifar --families r3gan dcgan sngan        10 minutes each, on a GPU
    python -m tests.bench.gans stacked                                   three digits in each: 1,000 modes; on a GPU

The judges are three classifiers trained here on 20,000 train rows each (seeds 77 to 79), which no training and no run
has seen; they set 10,000 fresh samples beside the test rows, and each measure is the mean of three, since small
distances hang on who looks. --judge judges finished runs again, nothing else. --pinned K runs on core K alone, so that
two families can be trained side by side. Prints the machine, then one line a run; the grid of each lands in --grids.
"""

import argparse
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.data.arrays import image_array, label_array
from noglue.tools.generation.judge import Judge
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc
from noglue.tools.modelstore import load_model
from noglue.tools.pictures import contact_sheet
from noglue.tools.spec.protocols import Sampler
from noglue.tools.spec.schema import Schema, load_split
from tests.bench import stacked
from tests.bench.judges import judge
from tests.bench.whole import FASHION, SHARED, machine, noglue, spread

SAMPLES, SEED = 10_000, 999
JUDGES = (77, 78, 79)
ALL = ["r3gan", "dcgan", "sngan", "wgan_gp", "mlp_gan"]
CLASS = ", and let me ask for a class"
NAMES = {"r3gan": "R3GAN", "dcgan": "DCGAN", "sngan": "SNGAN", "wgan_gp": "WGAN-GP", "mlp_gan": "MLP GAN"}


@dataclass(frozen=True)
class Bench:
    """make: the paragraph's beginning. data: made or found, when it is needed. after: what else is measured."""

    make: str
    budget: str
    data: Callable[[Path], Path | None]
    after: Callable[[dict[str, Any], argparse.Namespace], str] = lambda content, arguments: ""


def fashion_samples(content: dict[str, Any], arguments: argparse.Namespace) -> str:
    """A classifier that learns from 10,000 generated images alone, on the real test images."""
    samples = Path(content["path"]) / "bench-samples"
    shutil.rmtree(samples, ignore_errors=True)
    made = noglue("generate", content["path"], "--count", str(SAMPLES), "--seed", str(SEED), "--out", str(samples))
    assert not made.get("error"), made
    learned = noglue("run", "Tell the classes of these images apart", "--data", str(samples), "--yes", "--budget", "4m",
                     "--seed", str(SEED), "--runs", arguments.runs)  # fmt: skip
    if learned.get("error"):
        return f"; classifier of samples failed: {learned['error']['message']}"
    schema, predictor = load_model.predictor(Path(learned["path"]) / "model", "cpu")
    test = load_split(Path(content["path"]) / "sealed", "test")
    generated = Schema.load(Path(content["path"]) / "data").classes or []
    told = np.array(schema.classes)[predictor.predict(test.select_columns(["image"])).argmax(1)]
    right = float((told == np.array(generated)[label_array(test, "label")]).mean())
    return f"; a {learned['model']['family']} trained on {SAMPLES:,} samples: {right:.4f} of the real test images"


BENCHES = {
    "digits": Bench(f"Make new handwritten digits like these{CLASS}", "2m", lambda place: None),
    "mnist": Bench(f"Make new handwritten digits like these{CLASS}", "15m", lambda place: SHARED / "mnist"),
    "fashion": Bench(f"Make new pictures of clothes like these{CLASS}", "15m", lambda place: FASHION, fashion_samples),
    "cifar": Bench(f"Make new pictures like these{CLASS}", "10m", lambda place: SHARED / "cifar10-jpeg"),
    "stacked": Bench("Make new images like these", "30m", stacked.write, stacked.modes),
}


def asked(bench: Bench, family: str) -> str:
    return f"{bench.make}. Use {NAMES.get(family, family)}."


def judged(name: str, sampler: Sampler, run: Path, device: str) -> dict[str, float]:
    """Each measure as the mean of all judges; of FD-own the lowest and the highest as well."""
    test = load_split(run / "sealed", "test")
    labels = sampler.labels(SAMPLES, SEED)
    pixels, real = sampler.decode(sampler.latents(SAMPLES, SEED), labels), image_array(test)[:SAMPLES]
    judges = [judge(name, run, device, rows=20_000, epochs=6, seed=seed) for seed in JUDGES]
    found = [by_one(one, real, pixels, labels) for one in judges]
    means = {measure: float(np.mean([each[measure] for each in found])) for measure in found[0]}
    distances = [each["FD-own"] for each in found]
    return means | {"lowest FD-own": min(distances), "highest FD-own": max(distances)}


def by_one(judge: Judge, real: np.ndarray, pixels: np.ndarray, labels: np.ndarray | None) -> dict[str, float]:
    """What one judge makes of these samples beside real images, both uint8 (n, h, w, c)."""
    seen, made = judge.features(real), judge.features(pixels)
    found = {"FD-own": frechet(seen, made), **prdc(seen, made)}
    told = judge.probabilities(pixels)
    if labels is not None and told is not None:
        found["asked"] = float((told.argmax(1) == labels).mean())
    return found


def grid(sampler: Sampler, file: Path) -> None:
    """100 samples; with classes, one a column."""
    file.parent.mkdir(parents=True, exist_ok=True)
    labels = None if sampler.classes is None else np.arange(100) % min(10, len(sampler.classes))
    contact_sheet.save(file, sampler.decode(sampler.latents(100, SEED), labels), columns=10)


def one(name: str, family: str, seed: int, arguments: argparse.Namespace) -> dict[str, float]:
    bench = BENCHES[name]
    place = bench.data(Path("bench-out") / name)
    data = () if place is None else ("--data", str(place))
    pinned = () if arguments.pinned is None else ("taskset", "--cpu-list", str(arguments.pinned))
    limits = ("--budget", arguments.budget or bench.budget, "--device", arguments.device, "--seed", str(seed))
    content = noglue("run", asked(bench, family), *data, "--yes", "--runs", arguments.runs, *limits, prefix=pinned)
    if content.get("error"):
        print(f"{name} {family} seed {seed}: failed: {content['error']['message']}", flush=True)
        return {}
    run = Path(content["path"])
    _, sampler = load_model.sampler(run / "model", arguments.device)
    found = judged(name, sampler, run, arguments.device)
    grid(sampler, Path(arguments.grids) / f"{name}-{family}-{seed}.png")
    own = " ".join(f"{measure} {score['value']:.4g}" for measure, score in content["metrics"]["test"].items())
    after = bench.after(content, arguments)
    print(
        f"{name} {content['model']['family']} seed {seed}: {_told(found)}{after}; in its own report {own}; "
        f"{content['model']['parameters']:,} parameters, wall {content['wall']:.0f} s, "
        f"training {content['seconds']['train']:.0f} s, peak {content['peak'] / 1e9:.2f} GB",
        flush=True,
    )
    return found


def _told(found: dict[str, float]) -> str:
    return ", ".join(f"{measure} {value:.4g}" for measure, value in found.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--families", nargs="+", default=["r3gan"], help=f"of {', '.join(ALL)}; or `all`")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with seeds 0, 1, …")
    parser.add_argument("--budget", help="instead of the benchmark's own")
    parser.add_argument("--pinned", type=int, help="the only core to run on")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--judge", nargs="+", type=Path, default=[], help="finished runs to judge, instead of new ones")
    parser.add_argument("--runs", default="bench-out/runs")
    parser.add_argument("--grids", default="bench-out/grids")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for run in arguments.judge:
        _, sampler = load_model.sampler(run / "model", arguments.device)
        print(f"{run}: {_told(judged(arguments.name, sampler, run, arguments.device))}", flush=True)
    if arguments.judge:
        return
    for family in ALL if arguments.families == ["all"] else arguments.families:
        runs = [one(arguments.name, family, seed, arguments) for seed in range(arguments.seeds)]
        for measure in runs[0] if all(runs) else ():
            print(f"  {family} {measure}: {spread([run[measure] for run in runs])}", flush=True)


if __name__ == "__main__":
    main()
