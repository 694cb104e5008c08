"""The families for texts on small real ones: passages of Python's documentation about three subjects."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from noglue.tasks.layouts.real_data import passages
from noglue.tools.models._texts import counted, embedded, judged, text_contest, text_rows
from noglue.tools.models._texts.linear_texts import Kind
from noglue.tools.selection.compete import costs_of, next_turn
from noglue.tools.spec import catalogue
from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step
from tests.tools.models._in_memory import must_say_the_same
from tests.tools.models._table_data import prepared

SUBJECTS = ("numbers", "network", "files")


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 passages, a class for each subject."""
    run = tmp_path_factory.mktemp("subjects")
    kinds, texts = zip(*passages(), strict=True)
    labels = np.array([SUBJECTS.index(kind) for kind in kinds])
    prepared(run, {"passage": np.array(texts, object)}, labels, SUBJECTS, {"passage": "text"})
    return run


def train(family: str, run: Path, folder: Path, **options: object) -> tuple[Trained, Predictor]:
    (folder / "model").mkdir(parents=True)
    step = Step(folder=folder, run=run, seed=1)
    plugin = catalogue.load("noglue.tools.models", family)
    trained = plugin.train(
        run / "data", folder / "model", Schema.load(run / "data"), Settings(options=dict(options)), step
    )
    json.dumps(trained.model_dump(mode="json"), allow_nan=False)
    loaded: Predictor = plugin.load(folder / "model", "cpu")
    return trained, loaded


def right(model: Predictor, run: Path) -> float:
    test = load_split(run / "sealed", "test")
    return float(np.mean(model.predict(test.remove_columns(["target"])).argmax(axis=1) == np.array(test["target"])))


def test_words_and_meaning_together(subjects: Path, tmp_path: Path) -> None:
    trained, model = train("text_blend", subjects, tmp_path)
    assert right(model, subjects) > 0.8
    assert {one.title.rsplit(" ", 1)[0] for one in trained.candidates} == {str(kind) for kind in Kind}
    assert sum(one.share for one in trained.candidates) == pytest.approx(1.0, abs=1e-3)
    assert (tmp_path / "model" / "texts" / "embedder" / "model.safetensors").stat().st_size < 50e6
    test = load_split(subjects / "sealed", "test")
    together = model.predict(test)
    assert together.dtype == np.float32
    assert np.allclose(model.predict(test.select([5, 2])), together[[5, 2]], atol=1e-6), "neighbours changed an answer"
    assert len(model.predict(test.select([]))) == 0
    must_say_the_same(tmp_path, "text_blend", test.remove_columns(["target"]), Schema.load(subjects / "data"),
                      tmp_path / "asked")  # fmt: skip


def test_thousands_of_texts_are_not_left_to_a_family_for_tables_within_two_minutes(subjects: Path) -> None:
    schema = Schema.load(subjects / "data").model_copy(update={"rows": {"train": 5_000, "validation": 900}})
    costs = costs_of(("text_blend",), schema, "cpu")
    assert next_turn(("text_blend",), costs, 20 * slowness() + 55, False) is not None


def test_what_is_ruled_out_is_not_there(subjects: Path, tmp_path: Path) -> None:
    trained, model = train("text_blend", subjects, tmp_path, avoid=["sentence embeddings"], balance="weights")
    assert all(one.title.startswith("tf-idf 0") or one.title == "tf-idf 2" for one in trained.candidates)
    assert not (tmp_path / "model" / "texts" / "embedder").exists()
    assert right(model, subjects) > 0.6


@pytest.mark.parametrize("family", ["text_linear", "text_embedding"])
def test_one_kind_alone(family: str, subjects: Path, tmp_path: Path) -> None:
    trained, model = train(family, subjects, tmp_path)
    assert [one.share for one in trained.candidates if one.chosen] == [1.0]
    assert right(model, subjects) > 0.6


def test_a_network_learns_words_and_is_kept(subjects: Path, tmp_path: Path) -> None:
    trained, model = train("text_convolutions", subjects, tmp_path)
    assert [one.title for one in trained.candidates] == ["convolutional network"]
    assert right(model, subjects) > 0.4
    kept = catalogue.load("noglue.tools.models", "text_convolutions").load(tmp_path / "model", "cpu")
    test = load_split(subjects / "sealed", "test")
    assert np.array_equal(kept.predict(test), model.predict(test))


def test_texts_without_a_label_are_learned_from_as_their_neighbours_name_them(subjects: Path, tmp_path: Path) -> None:
    if embedded.missing():
        pytest.skip("the sentence encoder is not installed")
    whole = load_split(subjects / "data", "train")
    few = np.concatenate([np.flatnonzero(np.array(whole["target"]) == kind)[:10] for kind in range(len(SUBJECTS))])
    others = whole.select(np.setdiff1d(np.arange(len(whole)), few)).remove_columns(["target"])
    run = tmp_path / "run"
    kept = whole.select(np.sort(few))
    prepared(run, {"passage": np.array(kept["passage"], object)}, np.array(kept["target"]), SUBJECTS,
             {"passage": "text"})  # fmt: skip
    others.save_to_disk(str(run / "data" / "unlabelled"))
    trained, _ = train("text_blend", run, tmp_path / "out")
    named = [one for one in trained.candidates if one.title.endswith(judged.NAMED)]
    assert len(named) == 3
    assert all(0 <= one.validation["accuracy"] <= 1 for one in named)


def test_a_network_makes_as_many_passes_as_were_asked_for(subjects: Path, tmp_path: Path) -> None:
    entry = text_contest.Entry("text_convolutions", (), network=True, always=True)
    settings = Settings(epochs=3, batch_size=16, learning_rate=0.001)
    run = subjects / "data"
    fitted = text_contest.fit(entry, run, Schema.load(run), settings, Step(folder=tmp_path, run=subjects, seed=0))
    used = {"epochs": 3, "batch_size": 16, "learning_rate": 0.001}
    assert {name: fitted.trained.settings[name] for name in used} == used


def test_other_columns_are_learned_from_too(tmp_path: Path) -> None:
    """The word says one half of the answer, the number the other."""
    random = np.random.default_rng(0)
    number, word = random.normal(size=240), random.integers(0, 2, 240)
    texts = [f"a {('dull', 'fine')[w]} film, {'the plot is long and thin ' * int(random.integers(1, 3))}" for w in word]
    columns = {"review": np.array(texts, object), "stars": number}
    prepared(tmp_path, columns, ((number > 0) ^ (word > 0)).astype(int), ["no", "yes"], {"review": "text"})
    trained, model = train("text_blend", tmp_path, tmp_path / "out", avoid=["sentence embeddings", "catboost"])
    assert json.loads((tmp_path / "out" / "model" / "stacked.json").read_text(encoding="utf-8"))["family"]
    assert trained.family == "text_blend"
    assert right(model, tmp_path) > 0.9, "neither column alone tells more than half"


def test_the_only_row_of_a_class_beside_other_columns(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 100)
    texts = [f"a {('dull', 'fine')[label]} film of {random.integers(9)} parts" for label in labels]
    labels[np.random.default_rng(0).permutation(100)[-1]] = 2  # a training row, see `prepared`
    columns = {"review": np.array(texts, object), "stars": random.normal(size=100)}
    prepared(tmp_path, columns, labels, ["no", "yes", "odd"], {"review": "text"})
    slow = [
        "sentence embeddings",
        "catboost",
        "lightgbm",
        "xgboost",
        "network",
        "extra",
        "random",
        "kernel",
        "neighbours",
    ]
    _, model = train("text_blend", tmp_path, tmp_path / "out", avoid=slow)
    assert right(model, tmp_path) > 0.9


def test_values_of_texts(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, 5, (150, 3))
    texts = [" ".join(["gold"] * a + ["silver"] * b + ["tin"] * c) for a, b, c in counts.tolist()]
    truth = counts @ np.array([10.0, 3.0, -2.0]) / np.maximum(1, counts.sum(axis=1))
    prepared(tmp_path, {"text": np.array(texts, object)}, truth, None, {"text": "text"})
    _, model = train("text_linear", tmp_path, tmp_path / "out")
    test = load_split(tmp_path / "sealed", "test")
    predicted = model.predict(test)
    assert predicted.dtype == np.float64
    assert np.corrcoef(predicted, np.array(test["target"]))[0, 1] > 0.8


@pytest.mark.parametrize(
    ("texts", "units"),
    [
        (["the film is long and thin", "a fine one"], ("words", "parts of words")),
        (["Anna", "Otto Meyer"], ("words", "letters")),
        (["今日はいい天気です", "この映画は長い"], ("characters",)),
    ],
)
def test_what_is_counted(texts: Sequence[str], units: tuple[str, ...]) -> None:
    assert counted.units_of(texts) == units
    fitted = counted.Counted.fit(texts, 1000)
    matrix = fitted.matrix([*texts, ""])
    assert matrix.shape == (len(texts) + 1, fitted.width)
    assert matrix[-1].nnz == 0
    assert np.allclose(matrix[:-1].multiply(matrix[:-1]).sum(axis=1), len(fitted.parts))


def test_few_texts_are_counted_where_time_is_short(subjects: Path) -> None:
    rows = text_rows.read(subjects / "data", Schema.load(subjects / "data"), seed=0, seconds=1e-6)
    assert rows.units == [("words",)], "parts of words cost most"
    assert len(rows) > 90, "so few are read in any case"


WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in ("tokenizers", "torch") else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
from pathlib import Path
from noglue.tools.models import text_blend
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
run, folder = Path(sys.argv[1]), Path(sys.argv[2])
step = Step(folder=folder, run=run)
trained = text_blend.train(run / "data", folder / "model", Schema.load(run / "data"), Settings(), step)
print(trained.model_dump_json())
"""


def test_without_the_encoder_it_works_and_says_what_that_would_give(subjects: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT, str(subjects), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["validation"]["accuracy"] > 0.6
    note = next(line for line in said["notes"] if line.startswith("without sentence embeddings"))
    assert "pip install 'noglue[text]'" in note


def test_texts_of_one_author_are_not_dealt_into_folds(subjects: Path, tmp_path: Path) -> None:
    """Where the test came with the data as well: the validation rows, which are of other authors, judge."""
    schema = Schema.load(subjects / "data").model_copy(update={"split": "official", "group": "author"})
    (tmp_path / "model").mkdir()
    step = Step(folder=tmp_path, run=subjects, seed=1)
    plugin = catalogue.load("noglue.tools.models", "text_linear")
    trained = plugin.train(subjects / "data", tmp_path / "model", schema, Settings(), step)
    assert trained.settings["folds"] == 1
    assert trained.held is not None
    assert len(trained.held[0]) == schema.rows["validation"]
