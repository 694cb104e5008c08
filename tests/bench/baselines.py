"""The simple models alone: test score and seconds, with as much time as they want and with little.

python -m tests.bench.baselines                                   the digits and tables that scikit-learn carries
python -m tests.bench.baselines /data/mnist /data/cifar10-jpeg --seconds 60 10 2
"""

import argparse
import tempfile
import time
from pathlib import Path

import datasets
import numpy as np

from noglue.tools import metrics, train
from noglue.tools.data.arrays import label_array
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import load_split
from noglue.tools.spec.step import Step
from tests.tools.preparing import Run

BUILT_IN = [f"builtin:{name}" for name in ("digits", "iris", "wine", "breast_cancer", "diabetes")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", default=BUILT_IN)
    parser.add_argument("--seconds", type=float, nargs="*", default=[60.0, 2.0], help="that the model may take")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    for source in arguments.data:
        with tempfile.TemporaryDirectory() as folder:
            run = Run(Path(folder))
            run.prepare(source)
            simple = next(n for n in train.ranked(run.schema) if catalogue.load(train.FAMILIES, n).BASELINE)
            for seconds in arguments.seconds:
                print(f"{Path(source).name} {simple}, {seconds:g} s: {one(run, simple, seconds)}", flush=True)


def one(run: Run, name: str, seconds: float) -> str:
    family, folder, schema = catalogue.load(train.FAMILIES, name), run.step("train").folder, run.schema
    began = time.monotonic()
    step = Step(folder=folder, run=run.folder, deadline=began + seconds)
    try:
        trained: Trained = family.train(run.folder / "data", folder / "model", schema, Settings(), step)
    except ToolError as error:
        return error.message
    took = time.monotonic() - began
    test = load_split(run.folder / "sealed", "test")
    predicted: np.ndarray = family.load(folder / "model", "cpu").predict(test)
    measure = metrics.load(goals.load(schema.goal).measure)
    score = measure.compute(label_array(test, str(schema.target)), predicted)
    return f"test {measure.name} {score:.4g}, {trained.stopped} after {took:.1f} s; {trained.settings}"


if __name__ == "__main__":
    main()
