"""Ordinary rows are not called unlike the others; strange ones are, and by what."""

from pathlib import Path

import datasets
import numpy as np
import pytest

from noglue.tools.data.arrays import image_column
from noglue.tools.explanation.likeness import Likeness
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform
from tests.tools.explanation.formulas import Columns, rows, schema

RANDOM = np.random.default_rng(3)


def drawn(count: int) -> Columns:
    """Two columns that go together, one with long tails, one of words."""
    x = RANDOM.normal(size=count)
    return {
        "x": x,
        "twice": 2 * x + 0.05 * RANDOM.normal(size=count),
        "income": RANDOM.lognormal(10, 1, count),
        "town": RANDOM.choice(["York", "Bath"], count),
    }


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Likeness, Schema]:
    place = tmp_path_factory.mktemp("likeness")
    columns = drawn(2000)
    facts = schema(columns)
    whole = rows(columns, facts)
    whole.select(range(1600)).save_to_disk(str(place / "train"))
    whole.select(range(1600, 2000)).save_to_disk(str(place / "validation"))
    Likeness.learn(place, facts, place, seed=0)
    found = Likeness.load(place)
    assert found is not None
    return found, facts


def test_of_ordinary_rows_hardly_one_in_hundred_is_called_unlike(learned: tuple[Likeness, Schema]) -> None:
    likeness, facts = learned
    said = likeness.unlike(rows(drawn(3000), facts), facts)
    assert sum(map(bool, said)) <= 15


def test_strange_rows_are_told_by_what_is_strange(learned: tuple[Likeness, Schema]) -> None:
    likeness, facts = learned
    columns = drawn(4)
    columns["x"][0] = 40.0
    columns["twice"][1] = -2 * columns["x"][1] - 9
    columns["town"] = np.array(["York", "York", "Atlantis", "Bath"])
    columns["income"][3] = np.nan
    said = likeness.unlike(rows(columns, facts), facts)
    assert said[0].startswith("x 40 lies far from the training rows'")
    assert said[1]
    assert said[2] == "town “Atlantis” was in no training row"
    assert said[3] == ""


def test_the_order_of_rows_changes_nothing(learned: tuple[Likeness, Schema]) -> None:
    likeness, facts = learned
    columns = drawn(200)
    columns["x"][7] = 99
    turned = {name: values[::-1] for name, values in columns.items()}
    assert likeness.unlike(rows(columns, facts), facts) == likeness.unlike(rows(turned, facts), facts)[::-1]


def test_pictures_are_told_by_their_brightness(tmp_path: Path) -> None:
    columns = [Column(name="image", kind="image", dtype="uint8")]
    shape = ImageShape(height=8, width=8, channels=1)
    facts = Schema(
        goal="classify", modality="image", target=None, features=columns, image=shape, rows={}, split="random"
    )
    features = conform.features_of(facts, target=False)

    def pictures(low: int, high: int, count: int) -> datasets.Dataset:
        import pyarrow as pa

        pixels = RANDOM.integers(low, high, (count, 8, 8, 1)).astype(np.uint8)
        return conform.dataset(pa.table({"image": image_column(pixels)}), features)

    pictures(60, 120, 200).save_to_disk(str(tmp_path / "train"))
    Likeness.learn(tmp_path, facts, tmp_path, seed=0)
    found = Likeness.load(tmp_path)
    assert found is not None
    assert found.unlike(pictures(60, 120, 50), facts).count("") >= 48
    assert found.unlike(pictures(240, 255, 3), facts) == ["its brightness is far above the training rows'"] * 3
