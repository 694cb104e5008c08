"""What is peculiar to the blend; what every family for tables does is in `test_odd_tables` and `test_contract`."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.data import folds
from noglue.tools.models import boosted_trees, table_blend
from noglue.tools.models._tables import blending, candidates
from noglue.tools.models._tables.encoding import Encoding
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._table_data import builtin, prepared, rows


def test_a_blend_is_no_worse_than_what_it_is_made_from_and_says_who_counts(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "diabetes")
    events: list[Progress | Note] = []
    step = Step(folder=tmp_path, run=tmp_path, emit=events.append)
    settings = Settings(options={"candidates": ["ridge", "kernel", "neighbours"]})
    trained = table_blend.train(tmp_path / "data", tmp_path / "model", schema, settings, step)
    alone = [row["validation"] for row in trained.history]
    assert len(alone) == 6
    assert trained.validation["rmse"] < min(alone) + 0.3
    members = trained.settings["members"]
    assert sum(members.values()) == pytest.approx(1, abs=0.01)
    assert len(members) > 1
    test = load_split(tmp_path / "sealed", "test")
    error = np.array(test["target"]) - table_blend.load(tmp_path / "model", "cpu").predict(test)
    assert np.sqrt((error**2).mean()) < 62
    assert {event.facts["name"] for event in events if isinstance(event, Progress) and event.stage == "candidate"} >= {
        "ridge 1",
        "kernel 3",
    }


def test_rows_that_belong_together_are_judged_by_the_validation_rows(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "iris").model_copy(update={"split": "time"})
    step = Step(folder=tmp_path, run=tmp_path)
    settings = Settings(options={"candidates": ["discriminant"]})
    trained = table_blend.train(tmp_path / "data", tmp_path / "model", schema, settings, step)
    assert trained.settings["folds"] == 1


def test_a_year_that_has_just_begun_does_not_throw_later_rows_off() -> None:
    draw = np.random.default_rng(0)
    dates = np.datetime64("2020-01-01", "us") + np.arange(460) * np.timedelta64(1, "D")
    heat, known = draw.normal(10.0, 8.0, 460), 368  # two of them in 2021
    demand = (500 - 10 * heat + draw.normal(0.0, 5.0, 460) - 400) / 80
    table = rows({"date": dates, "heat": heat}, demand, None)
    kinds = (("date", "date"), ("heat", "number"))
    features = [Column.model_validate({"name": name, "kind": kind, "dtype": kind}) for name, kind in kinds]
    schema = Schema(
        goal="regress", modality="table", target="target", split="time", features=features, rows={"train": known}
    )
    encoding, encoded = Encoding.fit(table.select(range(known)), schema, 0)
    assert encoding.sources[0].parts == ["elapsed", "month", "day", "weekday"]
    found = candidates._gaussian_process(encoded, demand[:known], None, 0)
    later = np.ravel(found.predict(encoding.encode(table.select(range(known, 460)))))
    assert np.sqrt(np.mean((later - demand[known:]) ** 2)) < 0.3


@pytest.mark.parametrize("known", [{"group": "person"}, {"time": "day"}], ids=str)
def test_a_test_of_its_own_does_not_hide_that_rows_depend(known: dict[str, str], tmp_path: Path) -> None:
    """Folds dealt at random would have a person's rows on both sides, and a promise about new ones from them."""
    schema = builtin(tmp_path, "iris").model_copy(update={"split": "official", **known})
    step = Step(folder=tmp_path / "steps", run=tmp_path, seed=0)
    settings = Settings(options={"candidates": ["logistic"]})
    trained = table_blend.train(tmp_path / "data", tmp_path / "model", schema, settings, step)
    assert trained.settings["folds"] == 1
    assert trained.held is not None
    assert len(trained.held[0]) == schema.rows["validation"]


def test_no_class_twice_is_a_data_error(tmp_path: Path) -> None:
    prepared(tmp_path, {"x": np.arange(25.0)}, np.arange(25), [str(i) for i in range(25)], validation=0.1)
    step = Step(folder=tmp_path, run=tmp_path)
    schema = Schema.load(tmp_path / "data")
    with pytest.raises(DataError) as found:
        table_blend.train(tmp_path / "data", tmp_path / "model", schema, Settings(), step)
    assert found.value.kind == "no-repeats"


def test_large_tables_are_left_to_boosted_trees(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "iris", most=30)
    assert table_blend.suits(schema) > boosted_trees.suits(schema)
    large = schema.model_copy(update={"rows": {"train": 1_000_000}})
    assert table_blend.suits(large) < boosted_trees.suits(large)


def test_weights_go_to_whoever_is_right_and_an_honest_score_to_noise() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=500)
    noisy = np.stack([truth + draw.normal(size=500), truth + draw.normal(size=500), 3 * draw.normal(size=500)])
    dealt = np.arange(500) % 5
    judge = blending.Judge(truth, np.ones(500, bool), dealt, blending.squared)
    shares = judge.weights(noisy, ["a", "b", "c"])
    assert shares[2] < 0.1
    assert shares[0] == pytest.approx(shares[1], abs=0.15)
    noise = draw.normal(size=(20, 60))
    few = blending.Judge(truth[:60], np.ones(60, bool), dealt[:60], blending.squared)
    kinds = [f"kind {place}" for place in range(20)]
    chosen = few.weights(noise, kinds)
    flattered = few.of(blending.mix(noise, chosen))
    assert flattered < 0.95 * truth[:60].var(), "weights fitted to noise flatter themselves"
    assert few.of(few.mixed(noise, kinds, chosen)) > truth[:60].var(), "and those of other folds don't"


def test_folds_hold_every_class_and_keep_a_lone_row() -> None:
    wanted = np.array([0] * 11 + [1] * 2 + [2])
    dealt = folds.stratified(wanted, 5, seed=1)
    assert dealt[-1] == -1
    assert len(set(dealt[11:13])) == 2
    assert sorted(np.bincount(dealt[:11])) == [2, 2, 2, 2, 3]
    assert np.array_equal(dealt, folds.stratified(wanted, 5, seed=1))
