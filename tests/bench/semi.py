"""MNIST with 100 labels: the semi-supervised GAN beside a plain classifier of the same labels, as a user starts it.

    python -m tests.bench.semi --seeds 3 --budget 20m

The four files of MNIST lie in NOGLUE_BENCH_DATA/mnist. A seed draws other labelled images and other weights. Prints the
machine, then one line a run: both test errors, seconds, the largest process's peak memory.
"""

import argparse
from pathlib import Path
from typing import Any

from tests.bench.whole import SHARED, machine, noglue, spread

PARAGRAPH = "Recognise the handwritten digits in these images with only {labels} labels, use a semi-supervised GAN"


def told(content: dict[str, Any]) -> str:
    if content.get("error"):
        return f"failed: {content['error']['message']}"
    test, beside = (content["metrics"][name]["accuracy"] for name in ("test", "baseline_model"))
    steps = " ".join(f"{name} {seconds:.1f}" for name, seconds in content["seconds"].items())
    return (
        f"{content['model']['family']}: test error {1 - test['value']:.2%} ({1 - test['high']:.2%} to "
        f"{1 - test['low']:.2%}, n {test['n']:,}); plain classifier {1 - beside['value']:.2%}; "
        f"wall {content['wall']:.1f} s, peak {content['peak'] / 1e9:.2f} GB; seconds: {steps}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with seeds 0, 1, …")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--budget", default="20m")
    parser.add_argument("--data", type=Path, default=SHARED / "mnist")
    parser.add_argument("--runs", default="bench-out/runs")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    errors, plain = [], []
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        content = noglue(
            "run", PARAGRAPH.format(labels=arguments.labels), "--data", str(arguments.data), "--yes",
            "--runs", arguments.runs, "--budget", arguments.budget, "--seed", str(seed),
        )  # fmt: skip
        print(f"seed {seed}: {told(content)}", flush=True)
        if not content.get("error"):
            errors.append(1 - content["metrics"]["test"]["accuracy"]["value"])
            plain.append(1 - content["metrics"]["baseline_model"]["accuracy"]["value"])
    if errors:
        print(f"test error: semi_gan {spread(errors)}, plain classifier {spread(plain)}")


if __name__ == "__main__":
    main()
