"""The made data sets that the paragraphs speak of: `SETS[name](folder, seed)` fills an empty folder.

>>> SETS["customers"](Path("/tmp/customers"), 0)  # /tmp/customers/customers.csv, 400 rows

The tuning half may be looked at while noglue is built; the held-back half only judges.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.wishes import (
    held_back_sets,
    tuning_fifth_sets,
    tuning_fourth_sets,
    tuning_second_sets,
    tuning_sets,
    tuning_third_sets,
)

TUNING: dict[str, Callable[[Path, int], None]] = {
    **tuning_sets.SETS,
    **tuning_second_sets.SETS,
    **tuning_third_sets.SETS,
    **tuning_fourth_sets.SETS,
    **tuning_fifth_sets.SETS,
}
HELD_BACK: dict[str, Callable[[Path, int], None]] = dict(held_back_sets.SETS)
SETS: dict[str, Callable[[Path, int], None]] = {**TUNING, **HELD_BACK}


def paragraphs(half: str) -> list[dict[str, Any]]:
    """The paragraphs of `tuning` or `held_back`, in the order of their files: `tuning.toml`, `tuning_second.toml`, …"""
    files = sorted(Path(__file__).parent.glob(f"{half}*.toml"))
    return [one for file in files for one in tomllib.loads(file.read_text(encoding="utf-8"))["paragraph"]]
