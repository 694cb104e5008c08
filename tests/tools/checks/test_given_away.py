"""A target that was reckoned from columns, planted in real data; and real data where none was."""

import numpy as np
import pytest
from sklearn import datasets

from noglue.tools.checks.given_away import find

WINE = datasets.load_wine(as_frame=True)
NAMES, COLUMNS = list(WINE.data.columns), WINE.data.to_numpy()
ASH, ALCOHOL, HUE = (COLUMNS[:, NAMES.index(name)] for name in ("ash", "alcohol", "hue"))


@pytest.mark.parametrize(
    ("target", "columns", "words"),
    [
        (ASH + HUE, {"ash", "hue"}, "it is ash + hue"),
        (2.5 * ASH - HUE + ALCOHOL, {"ash", "hue", "alcohol"}, "2.5 × ash"),
        (ASH + HUE + 7, {"ash", "hue"}, "+ 7"),
        (ALCOHOL * HUE, {"alcohol", "hue"}, "×"),
        (100 * ALCOHOL / HUE, {"alcohol", "hue"}, "it is alcohol / hue × 100"),
    ],
    ids=["sum", "weights", "offset", "product", "quotient"],
)
def test_values(target: np.ndarray, columns: set[str], words: str) -> None:
    found = find(NAMES, COLUMNS, target, classes=False)
    assert found is not None
    assert set(found[0]) == columns
    assert words in found[1]


def test_which_of_two_is_larger() -> None:
    found = find(NAMES, COLUMNS, (COLUMNS[:, NAMES.index("alcalinity_of_ash")] / 1.4 < ALCOHOL).astype(np.int64), True)
    assert found is None
    columns = np.column_stack([COLUMNS, COLUMNS[:, NAMES.index("alcalinity_of_ash")] / 1.4])
    found = find([*NAMES, "limit"], columns, (columns[:, -1] < ALCOHOL).astype(np.int64), True)
    assert found is not None
    assert set(found[0]) == {"alcohol", "limit"}


def test_nearly_is_not_exactly() -> None:
    noise = np.random.default_rng(0).normal(0, 0.001, len(ASH))
    assert find(NAMES, COLUMNS, ASH + HUE + noise, classes=False) is None


@pytest.mark.parametrize("name", ["diabetes", "iris", "wine", "breast_cancer", "digits"])
def test_honest_data(name: str) -> None:
    table = getattr(datasets, f"load_{name}")(as_frame=True)
    classes = name != "diabetes"
    assert find(list(table.data.columns), table.data.to_numpy(float), table.target.to_numpy(), classes) is None


def test_as_many_columns_as_rows_make_anything() -> None:
    random = np.random.default_rng(0)
    columns, target = random.normal(size=(60, 80)), random.normal(size=60)
    assert find([f"x{place}" for place in range(80)], columns, target, classes=False) is None
