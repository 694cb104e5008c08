"""`python -m tests.bench.wishes --half tuning`: how the paragraphs are heard, wish by wish.

The held-back half prints counts alone unless `--show` is given.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.wishes.data import SETS, paragraphs
from tests.bench.wishes.score import report, score


def main() -> None:
    """Make the data sets, settle each paragraph on its own, print the table."""
    from tests.bench.wishes.settling import settle

    parser = argparse.ArgumentParser(prog="python -m tests.bench.wishes")
    parser.add_argument("--half", choices=["tuning", "held_back"], default="tuning")
    parser.add_argument("--set", help="only the paragraphs on these data sets, with commas between")
    parser.add_argument("--show", action="store_true", help="also of the held-back half, which wishes went wrong")
    args = parser.parse_args()
    chosen = [one for one in paragraphs(args.half) if args.set is None or one["set"] in args.set.split(",")]
    with tempfile.TemporaryDirectory() as place:
        folders = {name: Path(place) / name for name in {one["set"] for one in chosen}}
        for name, folder in folders.items():
            folder.mkdir()
            SETS[name](folder, 0)
        founds = score(chosen, settle, folders)
    print(report(founds, args.half, show=args.show or args.half == "tuning"))


if __name__ == "__main__":
    main()
