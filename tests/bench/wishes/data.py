"""The made data sets that the paragraphs speak of: `SETS[name](folder, seed)` fills an empty folder.

>>> SETS["customers"](Path("/tmp/customers"), 0)  # /tmp/customers/customers.csv, 400 rows

The tuning half may be looked at while noglue is built; the held-back half only judges.
"""

from collections.abc import Callable
from pathlib import Path

from tests.bench.wishes import held_back_sets, tuning_second_sets, tuning_sets, tuning_third_sets

TUNING: dict[str, Callable[[Path, int], None]] = {
    **tuning_sets.SETS,
    **tuning_second_sets.SETS,
    **tuning_third_sets.SETS,
}
HELD_BACK: dict[str, Callable[[Path, int], None]] = dict(held_back_sets.SETS)
SETS: dict[str, Callable[[Path, int], None]] = {**TUNING, **HELD_BACK}
