"""MNIST with 100 labels: what is chosen there beside a plain classifier of the same labels, as a user starts it.

    python -m tests.bench.semi --seeds 5 --budget 20m
    python -m tests.bench.semi --seeds 5 --budget 20m --ask "use a semi-supervised GAN"

The four files of MNIST lie in NOGLUE_BENCH_DATA/mnist. A seed draws other labelled images and other weights. Prints the
machine, then one line a run: both test errors, seconds, the largest process's peak memory.
"""

import argparse
from pathlib import Path
from typing import Any

from tests.bench.whole import SHARED, machine, noglue, spread

PARAGRAPH = "Recognise the handwritten digits in these images with only {labels} labels"


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
    parser.add_argument("--ask", default="", help="more of the request, such as a family")
    parser.add_argument("--data", type=Path, default=SHARED / "mnist")
    parser.add_argument("--runs", default="bench-out/runs")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    errors, plain, families = [], [], set()
    request = ", ".join(filter(None, [PARAGRAPH.format(labels=arguments.labels), arguments.ask]))
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        content = noglue(
            "run", request, "--data", str(arguments.data), "--yes",
            "--runs", arguments.runs, "--budget", arguments.budget, "--seed", str(seed),
        )  # fmt: skip
        print(f"seed {seed}: {told(content)}", flush=True)
        if not content.get("error"):
            families.add(content["model"]["family"])
            errors.append(1 - content["metrics"]["test"]["accuracy"]["value"])
            plain.append(1 - content["metrics"]["baseline_model"]["accuracy"]["value"])
    if errors:
        print(f"test error: {', '.join(sorted(families))} {spread(errors)}, plain classifier {spread(plain)}")


if __name__ == "__main__":
    main()
