"""What `prepare` sees of the train rows: of real tables and pictures, with gaps, and of wide or long tables."""

import shutil
import time
from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from noglue.tools.overview.findings import Overview
from noglue.tools.overview.looking import MOST_COLUMNS, MOST_ROWS, look
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from tests.tools.evaluation.generators import prepared as prepared_digits
from tests.tools.preparing import Run

ROWS = 600


def shop() -> pd.DataFrame:
    random = np.random.default_rng(0)
    visits = random.integers(0, 9, ROWS)
    price = np.round(np.exp(random.normal(3, 1, ROWS)), 2)
    day = pd.Timestamp("2023-03-01") + pd.to_timedelta(random.integers(0, 300, ROWS), "D")
    return pd.DataFrame(
        {
            "visits": visits,
            "price paid": np.where(random.random(ROWS) < 0.25, np.nan, price),
            "first seen": day.strftime("%Y-%m-%d"),
            "colour": random.choice(["red", "green", "blue"], ROWS, p=[0.6, 0.3, 0.1]),
            "came again": np.where(visits + random.normal(0, 1.5, ROWS) > 4, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("shop")
    shop().to_csv(folder / "shop.csv", index=False)
    made = Run(folder / "run")
    made.prepare(folder / "shop.csv", target="came again")
    return made


@pytest.fixture(scope="module")
def overview(run: Run) -> Overview:
    return Overview.load(run.folder / "data" / "overview")


def view(overview: Overview, name: str):
    return next(one for one in overview.columns if one.name == name)


def test_prepare_leaves_an_overview_of_every_column_most_telling_first(overview: Overview, run: Run) -> None:
    assert {one.name for one in overview.columns} == {column.name for column in run.schema.features}
    assert overview.columns[0].name == "visits"
    assert overview.columns[0].relation is not None
    assert overview.columns[0].relation > 0.4
    assert view(overview, "colour").relation == 0.0
    assert (overview.more, overview.unseen) == (0, 0)


def test_it_counts_the_train_rows_and_no_others(overview: Overview, run: Run) -> None:
    train = run.split("train")
    assert overview.rows == overview.looked_at == len(train) < ROWS
    visits = view(overview, "visits")
    assert sum(visits.counts) == len(train)
    assert visits.distinct == 9
    assert len(visits.counts) == 9  # a bar a value
    gaps = sum(value is None for value in train["price paid"])
    assert view(overview, "price paid").missing == pytest.approx(gaps / len(train))
    colours = {bar.value: bar.rows for bar in view(overview, "colour").bars}
    assert colours == {name: train["colour"].count(name) for name in ("red", "green", "blue")}
    (target,) = overview.targets
    assert {bar.value: bar.rows for bar in target.bars} == run.schema.counts


def test_the_sealed_rows_are_not_needed_for_it(overview: Overview, run: Run) -> None:
    shutil.rmtree(run.folder / "sealed")
    assert look(run.folder / "data", run.schema) == overview


def test_dates_are_dates(overview: Overview) -> None:
    seen = view(overview, "first seen")
    assert (seen.kind, seen.low) == ("date", pd.Timestamp("2023-03-01").timestamp())


def of_numbers(folder: Path, values: np.ndarray, target: np.ndarray) -> Schema:
    """A prepared table of numbers, with a number for its target."""
    names = [f"c{place}" for place in range(values.shape[1])]
    rows = dict(zip(names, np.ascontiguousarray(values.T), strict=True)) | {"target": target}
    datasets.Dataset(pa.table(rows)).save_to_disk(folder / "train")
    columns = [Column(name=name, kind="number", dtype="double") for name in names]
    return Schema(
        goal="regress", modality="table", target="target", features=columns, rows={"train": len(target)}, split="random"
    )


def test_a_long_and_wide_table_is_looked_at_in_seconds_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(100_000, 100)).astype(np.float64)
    schema = of_numbers(tmp_path, values, values[:, 70] + 0.3 * random.normal(size=100_000))
    begun = time.process_time()
    found = look(tmp_path, schema, seconds=60)
    assert time.process_time() - begun < 6  # about one on an idle core
    assert (found.rows, found.looked_at) == (100_000, MOST_ROWS)
    assert len(found.columns) == MOST_COLUMNS
    assert (found.more, found.unseen) == (100 - MOST_COLUMNS, 0)
    assert found.columns[0].name == "c70"
    assert found.columns[0].relation == pytest.approx(1 / np.hypot(1, 0.3), abs=0.06)
    hurried = look(tmp_path, schema, seconds=0)
    assert (hurried.columns, hurried.more, hurried.unseen) == ([], 100, 100)


def test_far_values_leave_the_shape_of_the_others_to_be_seen(tmp_path: Path) -> None:
    values = np.random.default_rng(2).normal(size=(2_000, 1))
    values[:3] = 1e6
    (seen,) = look(tmp_path, of_numbers(tmp_path, values, values[:, 0])).columns
    assert seen.high == 1e6
    assert seen.edges[-1] < 10
    assert sum(seen.counts) + seen.beyond == 2_000
    assert seen.beyond >= 3


def test_cells_that_are_all_missing_or_alike_are_shown_as_that(tmp_path: Path) -> None:
    values = np.stack([np.full(50, np.nan), np.full(50, 2.5), np.r_[np.inf, np.arange(49.0)]], axis=1)
    found = {one.name: one for one in look(tmp_path, of_numbers(tmp_path, values, np.arange(50.0))).columns}
    assert found["c0"].missing == 1.0
    assert (found["c1"].distinct, sum(found["c1"].counts)) == (1, 50)
    assert found["c2"].high == 48


def test_pictures_are_measured_and_some_of_each_class_shown(tmp_path: Path) -> None:
    run = prepared_digits(tmp_path)
    found = look(run / "data", Schema.load(run / "data"))
    assert {"brightness", "contrast", "sharpness"} <= {one.name for one in found.columns}
    assert "colourfulness" not in {one.name for one in found.columns}  # grey, all of them
    assert [one.name for one in found.pictured] == list("0123456789")
    files = [file for one in found.pictured for file in one.files]
    assert len(files) == 60
    assert all((run / "data/overview" / file).read_bytes().startswith(b"\x89PNG") for file in files)


def test_pictures_that_take_long_to_open_are_fewer(tmp_path: Path) -> None:
    run = prepared_digits(tmp_path)
    found = look(run / "data", Schema.load(run / "data"), seconds=0)
    assert found.looked_at == 10
    assert found.columns
    assert [one.name for one in found.pictured] == ["0"]


def test_a_picture_is_one_of_the_overviews_own_files() -> None:
    for name in ("../../secret.png", "/etc/x.png", "a/b.png", "x.svg"):
        with pytest.raises(ValueError, match="pattern"):
            Overview.model_validate({"rows": 1, "looked_at": 1, "pictured": [{"name": "a", "files": [name]}]})
