"""Laws that hold whatever the data: what noglue answers does not depend on how the same things are written down."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools import evaluate, predict, train
from noglue.tools.data.hashing import table_hashes
from noglue.tools.models import pixels_gaussian
from noglue.tools.modelstore import inputs
from noglue.tools.spec.schema import Schema
from tests.tools.laws.worlds import World, arrays, comma, worlds
from tests.tools.preparing import Run

WORLDS = {world.name: world for world in worlds()}
PLACE = {"bare": "column_1"}  # what the target is called where no header names it


class Learned:
    """A world's files, prepared, learned from, scored."""

    def __init__(self, world: World, folder: Path, table=None) -> None:  # type: ignore[no-untyped-def]
        folder.mkdir(parents=True, exist_ok=True)
        self.world, self.folder = world, folder
        self.table = world.table if table is None else table
        self.file = world.write(self.table, folder / "data")
        self.run = Run(folder / "run")
        target = PLACE.get(world.name, world.target) if world.modality == "table" else None
        self.prepared = self.run.prepare(self.file, target=target, goal=world.goal)
        train.run(train.Args(family=world.family, baseline=False), self.run.step("train"))
        self.scored = evaluate.run(evaluate.Args(), self.run.step("evaluate"))

    @property
    def score(self):  # type: ignore[no-untyped-def]
        return self.scored.metrics["test"][self.world.metric]

    def answers(self, table, name: str) -> list[str]:  # type: ignore[no-untyped-def]
        """predict's, for new rows written as the world writes them, without the target."""
        file = self.world.write(table.drop(columns=self.world.target), self.folder / name)
        given = [predict.Given(as_given=name, path=str(file))]
        step = self.run.step("predict")
        predict.run(predict.Args(inputs=given), step)
        with (step.folder / "predictions.csv").open(newline="") as out:
            return [row["prediction"] for row in csv.DictReader(out)]


@pytest.fixture(scope="module", params=list(WORLDS), ids=list(WORLDS))
def learned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    return Learned(WORLDS[request.param], tmp_path_factory.mktemp("world") / "first")


def test_it_is_learned_at_all(learned: Learned) -> None:
    assert learned.prepared.split == {"people": "grouped", "series": "time"}.get(learned.world.name, "stratified")
    assert sum(learned.prepared.rows.values()) == len(learned.table)
    assert learned.scored.outcome == "better"


def test_shuffled_rows_give_the_same_score_within_noise(learned: Learned, tmp_path: Path) -> None:
    again = Learned(learned.world, tmp_path, learned.table.sample(frac=1, random_state=1))
    assert again.score.low <= learned.score.high, "other rows are tested, as a row's lot goes by its place"
    assert learned.score.low <= again.score.high
    assert again.prepared.split == learned.prepared.split
    assert again.prepared.rows == learned.prepared.rows
    if learned.prepared.split == "time":
        assert again.score.value == pytest.approx(learned.score.value, rel=0.02)


def test_columns_in_another_order_give_the_same_model(learned: Learned, tmp_path: Path) -> None:
    if not learned.world.columns_may_move:
        pytest.skip("the place of a column is all that tells it")
    again = Learned(learned.world, tmp_path, learned.table[learned.table.columns[::-1]])
    assert again.score.value == pytest.approx(learned.score.value, rel=0.02)
    assert {c.name: c.kind for c in again.run.schema.features} == {c.name: c.kind for c in learned.run.schema.features}


def test_any_subset_of_new_rows_gets_the_same_answers_row_by_row(learned: Learned, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    whole = learned.answers(learned.table, "whole")
    assert len(whole) == len(learned.table)
    for number, size in enumerate((1, 2, 7, 40)):
        rows = np.sort(random.choice(len(learned.table), size, replace=False))
        some = learned.answers(learned.table.iloc[rows], f"some-{number}")
        assert [_rounded(one) for one in some] == [_rounded(whole[row]) for row in rows]


def test_predict_sees_of_the_training_file_what_training_saw(learned: Learned) -> None:
    schema = Schema.load(learned.run.folder / "model")
    found = inputs.find([("data", learned.file)], schema)
    seen = np.concatenate([_features(batch.rows, schema) for batch in inputs.batches(found, schema)])
    splits = [learned.run.split(split) for split in learned.prepared.rows]
    assert np.array_equal(np.sort(seen), np.sort(np.concatenate([_features(rows, schema) for rows in splits])))


def _features(rows, schema: Schema) -> np.ndarray:  # type: ignore[no-untyped-def]
    """A hash a row, of the features alone."""
    if schema.modality == "image":
        from noglue.tools.data.arrays import image_array
        from noglue.tools.data.hashing import pixel_hashes

        return pixel_hashes(image_array(rows))
    return table_hashes(rows.data.table.select([column.name for column in schema.features]))


def _rounded(text: str) -> str:
    """Sums of floats differ in the last digits with the number of rows."""
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text


@pytest.mark.parametrize("family", ["linear", "boosted_trees"])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_beats_the_last_value_of_a_random_walk(tmp_path: Path, family: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"day": pd.date_range("2021-01-01", periods=500), "heat": random.normal(20, 3, 500).round(1)})
    table["sold"] = (800 + np.cumsum(random.normal(0, 5, 500))).round(2)
    walk = Learned(World("walk", table, "sold", comma, family), tmp_path)
    assert walk.prepared.split == "time"
    assert walk.scored.outcome in ("no-better", "worse")
    assert "repeating the last value" in walk.scored.verdict


def test_a_generator_learns_the_same_from_shuffled_pictures(tmp_path: Path) -> None:
    table = WORLDS["arrays"].table.drop(columns="kind")
    means = []
    for name, part in (("a", table), ("b", table.sample(frac=1, random_state=2))):
        (tmp_path / name).mkdir()
        run = Run(tmp_path / name / "run")
        prepared = run.prepare(arrays(part, tmp_path / name / "data"), goal="generate")
        assert prepared.rows == {"train": 108, "test": 12}
        train.run(train.Args(family="pixels_gaussian", baseline=False), run.step("train"))
        sampler = pixels_gaussian.load(run.folder / "model", "cpu")
        means.append(sampler.decode(sampler.latents(400, 0)).mean(axis=0))
    assert means[0] == pytest.approx(means[1], abs=12)
