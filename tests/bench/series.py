"""Time series: noglue's model beside MiniRocket, on sets that aeon ships, each with its own test split.

    python -m tests.bench.series --peer /path/to/aeon/bin/python
    python -m tests.bench.series --peer … --sets GunPoint ArrowHead --seeds 3 --seconds 60

The peer's interpreter has aeon; it says where its sets lie, and learns from the whole training split with
`MiniRocketClassifier` (10,000 kernels and a ridge classifier). noglue gets the same two files, inspects and prepares
them, and trains within the seconds. Prints accuracy on the test split, higher is better, and the seconds of training.
"""

import argparse
import json
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import datasets
import numpy as np

from noglue.tools import inspect, prepare, train
from noglue.tools.data.arrays import label_array
from noglue.tools.modelstore import load_model
from noglue.tools.spec.schema import load_split
from noglue.tools.spec.step import Step

SETS = ("ACSF1", "ArrowHead", "BasicMotions", "GunPoint", "ItalyPowerDemand", "JapaneseVowels", "OSULeaf",
        "PickupGestureWiimoteZ")  # fmt: skip
WHERE = "import aeon.datasets, os; print(os.path.join(os.path.dirname(aeon.datasets.__file__), 'data'))"
PEER = """
import json, sys, time
import numpy as np
from aeon.classification.convolution_based import MiniRocketClassifier
from aeon.datasets import load_from_ts_file
train, truth = load_from_ts_file(sys.argv[1])
test, wanted = load_from_ts_file(sys.argv[2])
if not isinstance(train, np.ndarray):  # unequal lengths, which it does not take: drawn through as many points
    steps = max(max(one.shape[1] for one in train), 9)
    def drawn(series):
        at = [np.linspace(0, one.shape[1] - 1, steps) for one in series]
        return np.stack([np.stack([np.interp(p, np.arange(len(c)), c) for c in one]) for p, one in zip(at, series)])
    train, test = drawn(train), drawn(test)
scores = []
begun = time.monotonic()
for seed in range(int(sys.argv[3])):
    model = MiniRocketClassifier(random_state=seed, n_jobs=int(sys.argv[4])).fit(train, truth)
    scores.append(float((model.predict(test) == wanted).mean()))
print(json.dumps({"scores": scores, "seconds": (time.monotonic() - begun) / len(scores)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="an interpreter that has aeon")
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60, help="for one training")
    parser.add_argument("--family")
    parser.add_argument("--cores", type=int, default=2, help="of the peer")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    place = Path(_output([arguments.peer, "-c", WHERE]))
    print(f"{platform.machine()}, {arguments.seconds:g} s each, {arguments.seeds} seeds")
    print("| set | train | test | noglue | validation | seconds | MiniRocket | seconds |\n|" + "---|" * 8)
    ours, theirs = [], []
    for name in arguments.sets:
        files = [place / name / f"{name}_{split}.ts" for split in ("TRAIN", "TEST")]
        found = [_noglue(files, seed, arguments) for seed in range(arguments.seeds)]
        peer = json.loads(_output([arguments.peer, "-W", "ignore", "-c", PEER, *map(str, files), str(arguments.seeds),
                                   str(arguments.cores)]))  # fmt: skip
        own = [one[0] for one in found]
        ours.append(float(np.mean(own)))
        theirs.append(float(np.mean(peer["scores"])))
        valid, seconds = (float(np.mean([one[place] for one in found])) for place in (1, 2))
        print(
            f"| {name} | {found[0][3]} | {found[0][4]} | {np.mean(own):.4f} ± {np.std(own):.4f} | {valid:.4f} | "
            f"{seconds:.1f} | {np.mean(peer['scores']):.4f} ± {np.std(peer['scores']):.4f} | {peer['seconds']:.1f} |",
            flush=True,
        )
    print(f"| mean | | | {np.mean(ours):.4f} | | | {np.mean(theirs):.4f} | |")


def _noglue(files: list[Path], seed: int, arguments: argparse.Namespace) -> tuple[float, float, float, int, int]:
    """Test accuracy, validation, seconds of training, rows of train with validation, and of test."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        for name in ("data", "sealed", "model", "steps/one"):
            (run / name).mkdir(parents=True)
        step = Step(folder=run / "steps/one", run=run, seed=seed)
        looked = inspect.run(inspect.Args(roots=[str(file) for file in files]), step)
        prepared = prepare.run(prepare.Args(profile=looked.profile), step)
        begun = time.monotonic()
        step = Step(folder=run / "steps/one", run=run, seed=seed, deadline=begun + arguments.seconds)
        trained = train.run(train.Args(family=arguments.family), step)
        seconds = time.monotonic() - begun
        schema, model = load_model.predictor(run / "model", "cpu")
        test = load_split(run / "sealed", "test")
        told = model.predict(test)
        right = float((told.argmax(axis=1) == label_array(test, str(schema.target))).mean())
        rows = prepared.rows
        return right, trained.validation["accuracy"], seconds, len(told) and sum(rows.values()) - len(told), len(told)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
