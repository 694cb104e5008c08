"""`python -m tests.bench.wishes --half tuning`: how the paragraphs are heard, wish by wish.

The held-back half prints counts alone unless `--show` is given.
"""

import argparse
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from tests.bench.wishes.data import SETS
from tests.bench.wishes.score import report, score


def paragraphs(half: str) -> list[dict[str, Any]]:
    """The paragraphs of `tuning` or `held_back`, in the order of their files: `tuning.toml`, `tuning_second.toml`, …"""
    files = sorted(Path(__file__).parent.glob(f"{half}*.toml"))
    return [one for file in files for one in tomllib.loads(file.read_text(encoding="utf-8"))["paragraph"]]


def main() -> None:
    """Make the data sets, settle each paragraph on its own, print the table."""
    from tests.bench.wishes.settling import settle

    parser = argparse.ArgumentParser(prog="python -m tests.bench.wishes")
    parser.add_argument("--half", choices=["tuning", "held_back"], default="tuning")
    parser.add_argument("--set", help="only the paragraphs on this data set")
    parser.add_argument("--show", action="store_true", help="also of the held-back half, which wishes went wrong")
    args = parser.parse_args()
    chosen = [one for one in paragraphs(args.half) if args.set in (None, one["set"])]
    with tempfile.TemporaryDirectory() as place:
        folders = {name: Path(place) / name for name in {one["set"] for one in chosen}}
        for name, folder in folders.items():
            folder.mkdir()
            SETS[name](folder, 0)
        founds = score(chosen, settle, folders)
    print(report(founds, args.half, show=args.show or args.half == "tuning"))


if __name__ == "__main__":
    main()
