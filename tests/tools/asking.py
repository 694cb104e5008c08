"""Small tables, prepared in memory as a request asks; what comes of it."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from noglue.tools.preparation.pipeline import Prepared, prepare
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.protocols import Raw


def flats(count: int = 300, seed: int = 5) -> pd.DataFrame:
    """What flats cost; `row` numbers them in the file's order, and `built` has gaps."""
    random = np.random.default_rng(seed)
    rooms = random.integers(1, 7, count)
    return pd.DataFrame(
        {
            "row": np.arange(count) + 0.5,
            "Rooms": rooms,
            "floor area": (rooms * 21 + random.normal(0, 6, count)).round(1),
            "district": random.choice(["North", "south", "West", "East"], count),
            "built": np.where(random.random(count) < 0.1, np.nan, random.integers(1950, 2024, count)),
            "sold": pd.to_datetime("2020-01-01") + pd.to_timedelta(random.integers(0, 1500, count), "D"),
            "price": (rooms * 70_000 + random.normal(0, 20_000, count)).round(),
            "balcony": random.choice(["yes", "no"], count),
        }
    )


def prepared(splits: dict[str, pd.DataFrame] | pd.DataFrame, seed: int = 0, **wishes: Any) -> Prepared:
    tables = splits if isinstance(splits, dict) else {"all": splits}
    raw = Raw("table", {name: pa.Table.from_pandas(table, preserve_index=False) for name, table in tables.items()})
    rows = {name: len(table) for name, table in tables.items()}
    profile = Profile(modality="table", reader="delimited", files={}, rows=rows)
    return prepare(raw, profile, Wishes(**wishes), seed)


def numbers(found: Prepared, split: str) -> set[int]:
    """The rows of a split by their number in all tables, one after another."""
    return set(found.parted.rows.get(split, np.zeros(0, int)).tolist())


def used(found: Prepared) -> set[int]:
    return numbers(found, "train") | numbers(found, "validation") | numbers(found, "test")


def features(found: Prepared) -> list[str]:
    return [column.name for column in found.schema.features]
