"""`noglue generate`: seconds for 10,000 colour images of 32×32, from the command to signed PNGs, and to check them.

    python -m tests.bench.generate --seeds 3            the generator is a Gaussian of pixels: all but the network
    python -m tests.bench.generate --run runs/…         a generator of yours

Prints the machine, then one line a seed: seconds, images a second, megabytes, seconds to verify.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.whole import machine, noglue, spread
from tests.tools.generators import learned

COUNT = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--run", type=Path)
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as place:
        run = arguments.run or learned(Path(place) / "run", side=32, colour=True)
        walls = []
        for seed in range(arguments.seeds):
            out = Path(place) / f"samples-{seed}"
            made = noglue("generate", str(run), "--count", str(COUNT), "--seed", str(seed), "--out", str(out))
            assert made.get("error") is None, made
            size = sum(file.stat().st_size for file in out.iterdir())
            checked = noglue("generate", str(run), "--verify", str(out))
            assert checked["ok"], checked
            walls.append(made["wall"])
            print(
                f"seed {seed}: {made['wall']:.1f} s, {COUNT / made['wall']:,.0f} images a second, {size / 1e6:.1f} MB, "
                f"verified in {checked['wall']:.1f} s",
                flush=True,
            )
        print(f"{COUNT:,} images: {spread(walls)} s")


if __name__ == "__main__":
    main()
