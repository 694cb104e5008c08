"""Generators on five small sets that none was tuned on, at equal time, judged from outside.

    python -m tests.bench.gans_small                                   5 minutes each, noglue's own choice and DCGAN
    python -m tests.bench.gans_small --sets letters digits --budget 2m --seeds 3

The sets: tests/bench/small_images.py. Each family is asked for by name and gets the same budget for the whole run.
Judged by three eyes that no run has: the looks of tools/generation/looks/ drawn from another seed and fitted on all
train pictures (`looks`); another residual network, which learned from the train rows longer than a run's judge may
(`network`); and EfficientNet-Lite0 with ImageNet's weights, at 64 pixels, of whose features the first 64 principal
components of the train rows count (`imagenet`). Ahead is who is nearer to the test rows by most eyes. 1,000 fresh
samples beside the test rows, all at 32 pixels. Prints the machine, one line a run and who is ahead; the grid of each
lands in --grids. `faces` is the share of samples that a classifier of mirror images takes for ones that face as the
data do: real test pictures get about as much.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from noglue.tools.data.arrays import image_array
from noglue.tools.generation.judge import Judge, looking
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc
from noglue.tools.modelstore import load_model
from noglue.tools.pretrained import efficientnet_lite
from noglue.tools.spec.schema import load_split
from noglue.tools.training.pixels import Size, encoded, fitted, read, working_size
from tests.bench import small_images
from tests.bench.gans import NAMES, grid
from tests.bench.judges import judge
from tests.bench.whole import machine, noglue, spread

SAMPLES, SEED, SIDE = 1_000, 999, 32
EYE = 4_711  # the seed of its looks
EYES = ("looks", "network", "imagenet")


def pictures(run: Path, split: str) -> np.ndarray:
    """uint8 (n, h, w, c), the longer side at most 32 pixels."""
    rows = load_split(run / ("sealed" if split == "test" else "data"), split)
    size = working_size(rows, SIDE)
    return read(rows, size) if encoded(rows) else fitted(image_array(rows), size)


def judged(name: str, run: Path) -> dict[str, float]:
    _, sampler = load_model.sampler(run / "model", "cpu")
    train, test = pictures(run, "train"), pictures(run, "test")
    some = train[np.sort(np.random.default_rng(SEED).permutation(len(train))[:SAMPLES])]
    labels = sampler.labels(SAMPLES, SEED)
    height, width, channels = test.shape[1:]
    made = fitted(sampler.decode(sampler.latents(SAMPLES, SEED), labels), Size(height=height, width=width,
                                                                               channels=channels))  # fmt: skip
    network = judge(f"small-{name}", run, "cpu", rows=20_000, epochs=6)
    found: dict[str, float] = {}
    eyes = {"looks": looking(train, EYE).features, "network": network.features, "imagenet": imagenet(train)}
    for title, eye in eyes.items():
        seen, real, own = eye(test), eye(some), eye(made)
        found |= {f"FD {title}": frechet(seen, own), f"real FD {title}": frechet(seen, real)}
        found |= {f"coverage {title}": prdc(seen, own)["coverage"]}
    told = network.probabilities(made)
    if labels is not None and told is not None:
        found["asked"] = float((told.argmax(1) == labels).mean())
    found["faces"] = faces(looking(train, EYE), train, made)
    return found


def imagenet(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """uint8 (n, h, w, c) → float64 (n, 64), in units of the train pictures' spread along their first component."""
    network = efficientnet_lite.pretrained().folded().eval()

    def features(pixels: np.ndarray) -> np.ndarray:
        parts = []
        for start in range(0, len(pixels), 100):
            some = np.broadcast_to(pixels[start : start + 100], (*pixels[start : start + 100].shape[:3], 3))
            inputs = efficientnet_lite.normalised(torch.from_numpy(some.copy()))
            with torch.inference_mode():
                parts.append(network(functional.interpolate(inputs, size=(2 * SIDE, 2 * SIDE), mode="bicubic")).numpy())
        return np.concatenate(parts).astype(np.float64)

    own = features(train)
    middle = own.mean(0)
    _, _, axes = np.linalg.svd(own - middle, full_matrices=False)
    axes = axes[:64].T
    unit = ((own - middle) @ axes[:, 0]).std()
    return lambda pixels: np.asarray((features(pixels) - middle) @ axes / unit)


def faces(eye: Judge, train: np.ndarray, made: np.ndarray) -> float:
    """The share of samples on the train pictures' side of a linear classifier of these and their mirror images."""
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([eye.features(train), eye.features(train[:, :, ::-1])])
    sides = np.repeat([1, 0], len(train))
    return float(LogisticRegression(max_iter=2_000).fit(rows, sides).predict(eye.features(made)).mean())


def one(name: str, family: str, seed: int, arguments: argparse.Namespace) -> dict[str, float]:
    place = small_images.write(name, Path("bench-out") / "small" / name)
    words = "Make new pictures like these, and let me ask for a class."
    words += "" if family == "own" else f" Use {NAMES.get(family, family)}."
    limits = ("--budget", arguments.budget, "--device", "cpu", "--seed", str(seed))
    content = noglue("run", words, "--data", str(place), "--yes", "--runs", arguments.runs, *limits)
    if content.get("error"):
        print(f"{name} {family} seed {seed}: failed: {content['error']['message']}", flush=True)
        return {}
    run = Path(content["path"])
    found = judged(name, run)
    _, sampler = load_model.sampler(run / "model", "cpu")
    grid(sampler, Path(arguments.grids) / f"small-{name}-{family}-{seed}.png")
    told = ", ".join(f"{measure} {value:.3g}" for measure, value in found.items())
    own = content["metrics"]["test"]["fd_own"]["value"]
    print(
        f"{name} {family} ({content['model']['family']}) seed {seed}: {told}; FD-own {own:.3g} in its own report; wall "
        f"{content['wall']:.0f} s, train {content['seconds']['train']:.0f} s, "
        f"evaluate {content['seconds']['evaluate']:.0f} s",
        flush=True,
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=list(small_images.SETS), choices=small_images.SETS)
    parser.add_argument("--families", nargs="+", default=["own", "dcgan"], help="`own`: noglue's own choice")
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--runs", default="bench-out/runs")
    parser.add_argument("--grids", default="bench-out/grids")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for name in arguments.sets:
        found: dict[str, list[dict[str, float]]] = {}
        for family in arguments.families:
            runs = [run for seed in range(arguments.seeds) if (run := one(name, family, seed, arguments))]
            for measure in runs[0] if runs else ():
                if measure.startswith(("FD", "coverage")):
                    print(f"  {name} {family} {measure}: {spread([run[measure] for run in runs])}", flush=True)
            found[family] = runs
        print(f"{name}: {ahead(found)}", flush=True)


def ahead(found: dict[str, list[dict[str, float]]]) -> str:
    """By which eyes which family is nearest to the test rows, on average over its seeds."""
    of_eye: dict[str, list[str]] = {}
    for eye in EYES:
        means = {family: np.mean([run[f"FD {eye}"] for run in runs]) for family, runs in found.items() if runs}
        of_eye.setdefault(min(means, key=lambda family: float(means[family])), []).append(eye)
    best = max(of_eye, key=lambda family: len(of_eye[family]))
    return f"{best} is ahead; " + "; ".join(f"{family} by {', '.join(eyes)}" for family, eyes in of_eye.items())


if __name__ == "__main__":
    main()
