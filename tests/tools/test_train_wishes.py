"""What is asked of a training is done: families compared or ruled out, folds, seeds, thresholds, rare classes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import evaluate, models, train
from noglue.tools.evaluation import decision_threshold
from noglue.tools.models._tables import learned
from noglue.tools.selection import contenders, cross_validation
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from tests.tools.models._table_data import builtin, prepared
from tests.tools.test_train import step_in

TABLES = ["boosted_trees", "catboost", "decision_tree", "extra_trees", "forest", "linear", "naive_bayes", "neighbours"]


def unequal(run: Path, rows: int = 600, positive: str | None = None, seed: int = 0) -> Schema:
    """One row in eight is ill; two numbers and a category tell a little of it."""
    draw = np.random.default_rng(seed)
    ill = (draw.random(rows) < 0.125).astype(np.int64)
    columns = {
        "a": draw.normal(size=rows) + 1.3 * ill,
        "b": draw.normal(size=rows) - 1.0 * ill,
        "place": np.where(draw.random(rows) < 0.3 + 0.4 * ill, "north", "south").astype(object),
    }
    schema = prepared(run, columns, ill, ["healthy", "ill"], seed=seed)
    schema = schema.model_copy(update={"positive": positive})
    schema.save(run / "data")
    return schema


def scored(run: Path, **args: object) -> evaluate.Result:
    folder = run / "steps" / "06-evaluate"
    folder.mkdir(parents=True, exist_ok=True)
    return evaluate.run(evaluate.Args(**args), Step(folder=folder, run=run))


def read(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def test_families_are_compared_by_the_measure_asked_for_and_the_best_is_kept(tmp_path: Path) -> None:
    unequal(tmp_path)
    args = train.Args(metric="average_precision", families=["decision_tree", "linear", "naive_bayes"])
    result = train.run(args, step_in(tmp_path)[0])
    scores = {one.family: one.validation["average_precision"] for one in result.candidates}
    assert set(scores) == {"decision_tree", "linear", "naive_bayes"}
    assert result.family == max(scores, key=lambda name: scores[name])
    assert [one.family for one in result.candidates if one.chosen] == [result.family]
    assert result.baseline is None, "the simple model is one of those compared"
    assert json.loads((tmp_path / "model" / "model.json").read_text())["family"] == result.family
    found = scored(tmp_path, metric="average_precision", measures=["mcc"])
    assert found.metric == "average_precision"
    assert {"average_precision", "mcc", "accuracy"} <= found.metrics["test"].keys()


def test_members_of_a_blend_are_told_with_their_scores_and_shares(tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=120)
    args = train.Args(settings=Settings(options={"candidates": ["logistic", "neighbours"]}))
    result = train.run(args, step_in(tmp_path)[0])
    assert {one.title for one in result.candidates} >= {"logistic 3", "neighbours 10", "linear"}
    assert sum(one.share for one in result.candidates if one.family == "table_blend") == pytest.approx(1, abs=0.01)
    assert all(one.validation for one in result.candidates)
    assert result.bytes == sum(file.stat().st_size for file in (tmp_path / "model").rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("avoid", "gone"),
    [
        (["boosting"], {"lightgbm", "catboost"}),
        (["trees"], {"lightgbm", "catboost", "extra trees"}),
        (["catboost"], {"catboost"}),
        (["linear"], {"logistic", "ridge", "discriminant"}),
        (["svm", "neighbours"], {"kernel", "neighbours"}),
    ],
)
def test_what_is_ruled_out_is_tried_nowhere(avoid: list[str], gone: set[str], tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    result = train.run(train.Args(avoid=avoid, settings=Settings(epochs=5)), step_in(tmp_path)[0])
    titles = [one.title for one in result.candidates]
    assert not [title for title in titles if title.startswith(tuple(gone))]
    assert result.family == "table_blend"
    assert not set(models.ruled_out(avoid)[0]) & {result.family, result.baseline, *result.others}


def test_a_blend_of_nothing_gives_way_to_what_is_left(tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    avoid = ["boosting", "trees", "linear models", "kernels", "neighbours"]
    result = train.run(train.Args(avoid=avoid), step_in(tmp_path)[0])
    assert result.family in ("naive_bayes", "neural_net")
    assert result.baseline is None


def test_nothing_left_says_what_was_ruled_out(tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    for args in (train.Args(avoid=list(models.kinds())), train.Args(family="forest", avoid=["trees"])):
        with pytest.raises(StepFailed) as found:
            train.run(args, step_in(tmp_path)[0])
        assert found.value.kind == "no-family"
        assert "trees" in found.value.message
    with pytest.raises(StepFailed) as unknown:
        train.run(train.Args(avoid=["perceptron of 1958"]), step_in(tmp_path)[0])
    assert unknown.value.kind == "unknown-family"


def test_folds_and_other_seeds_are_scored_by_the_measure_asked_for(tmp_path: Path) -> None:
    unequal(tmp_path)
    args = train.Args(family="linear", metric="roc_auc", folds=4, repeats=3)
    result = train.run(args, step_in(tmp_path)[0])
    assert result.folds is not None
    assert result.repeats is not None
    assert (result.folds.asked, result.folds.count, result.folds.measure) == (4, 4, "roc_auc")
    assert result.folds.mean == pytest.approx(np.mean(result.folds.scores))
    assert result.folds.std == pytest.approx(np.std(result.folds.scores, ddof=1))
    assert 0.6 < result.folds.mean < 1
    assert result.repeats.seeds == [0, 1, 2]
    assert not (tmp_path / "steps" / "05-train" / "fold").exists()


@pytest.mark.parametrize(("people", "count"), [(1, None), (2, 2)])
def test_folds_by_fewer_groups_are_fewer_and_the_run_says_so(people: int, count: int | None, tmp_path: Path) -> None:
    rows = 90
    person = np.array([f"p{number % people}" for number in range(rows)], object)
    answer = np.arange(rows) // people % 2
    schema = prepared(tmp_path, {"x": np.arange(rows, dtype=float), "person": person}, answer, ["a", "b"])
    schema.model_copy(update={"group": "person"}).save(tmp_path / "data")
    result = train.run(train.Args(family="linear", folds=10), step_in(tmp_path)[0])
    assert (result.folds.count if result.folds else None) == count
    assert [note for note in result.notes if "group" in note and "person" in note] != []


def people_in_time(run: Path, person: np.ndarray) -> Schema:
    """x counts up; each row is of a person."""
    columns = {"x": np.arange(len(person), dtype=float), "person": person.astype(str).astype(object)}
    return prepared(run, columns, np.arange(len(person)) % 2, ["a", "b"])


def test_groups_stay_together_and_time_goes_forward_in_folds(tmp_path: Path) -> None:
    schema = people_in_time(tmp_path, np.arange(90) % 9)
    step = step_in(tmp_path)[0]
    data = cross_validation._rows(schema, step)
    dealt = cross_validation._dealt(data, schema.model_copy(update={"group": "person"}), 3, 0)
    assert dealt.how == "by group"
    people = np.array(data["person"])
    assert all(len(set(dealt.fold[people == person])) == 1 for person in set(people))
    dealt = cross_validation._dealt(data, schema.model_copy(update={"time": "x", "split": "time"}), 3, 0)
    assert dealt.how == "by time"
    times = np.array(data["x"])
    for one in range(3):
        learned, held = dealt.sides(one)
        assert times[held].min() > times[learned].max()
    assert (dealt.fold == -1).any(), "the first stretch is learned from alone"


def test_folds_in_time_learn_nothing_of_the_groups_that_they_predict(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    schema = people_in_time(tmp_path, np.sort(draw.integers(0, 40, 300)) + draw.integers(0, 6, 300))
    both = schema.model_copy(update={"time": "x", "split": "time", "group": "person"})
    data = cross_validation._rows(schema, step_in(tmp_path)[0])
    dealt = cross_validation._dealt(data, both, 4, 0)
    people, times = np.array(data["person"]), np.array(data["x"])
    for one in range(4):
        learned, held = dealt.sides(one)
        assert not set(people[learned]) & set(people[held])
        assert times[held].min() > times[learned].max()
        assert len(learned) >= dealt.fewest(one)


def test_folds_in_time_of_people_who_all_come_back_are_refused_in_words(tmp_path: Path) -> None:
    schema = people_in_time(tmp_path, np.arange(90) % 3)
    schema.model_copy(update={"time": "x", "split": "time", "group": "person"}).save(tmp_path / "data")
    result = train.run(train.Args(family="linear", folds=3), step_in(tmp_path)[0])
    assert result.folds is None
    assert [note for note in result.notes if "3 of 3 folds" in note and "person" in note] != []


def test_folds_from_which_nothing_can_be_learned_are_told_and_the_others_count(tmp_path: Path) -> None:
    """The first rows in time are of one class."""
    rows = 240
    target = np.arange(rows) % 2
    target[:110] = 0
    columns = {"x": np.arange(rows, dtype=float), "y": np.random.default_rng(0).normal(size=rows) + target}
    schema = prepared(tmp_path, columns, target, ["a", "b"])
    schema.model_copy(update={"time": "x", "split": "time"}).save(tmp_path / "data")
    result = train.run(train.Args(family="linear", folds=5), step_in(tmp_path)[0])
    assert result.folds is not None
    assert 0 < result.folds.count < 5
    assert [note for note in result.notes if "nothing can be learned" in note] != []


def test_fewer_folds_when_the_time_is_up_are_told(tmp_path: Path) -> None:
    unequal(tmp_path)
    result = train.run(train.Args(family="linear", folds=50), step_in(tmp_path, seconds=0.6)[0])
    count = 0 if result.folds is None else result.folds.count
    assert count < 50
    assert any("of 50 folds" in note for note in result.notes)


@pytest.mark.parametrize("family", ["linear", "table_blend", "naive_bayes"])
def test_a_demanded_recall_moves_the_threshold_and_holds_on_test(family: str, tmp_path: Path) -> None:
    unequal(tmp_path, rows=1500)
    asked = Decision(measure="recall", least=0.8)
    options = {"candidates": ["logistic", "neighbours"]} if family == "table_blend" else {}
    args = train.Args(family=family, decision=asked, settings=Settings(options=options))
    result = train.run(args, step_in(tmp_path)[0])
    assert result.decision is not None
    assert result.decision.reached
    assert result.decision.threshold < 0.5
    found = scored(tmp_path)
    assert found.decision is not None
    assert found.decision.recall is not None
    assert found.decision.recall > 0.7
    ill = found.classes[1]
    assert ill.recall == pytest.approx(found.decision.recall), "the confusion matrix is of the answers"
    rows = read(tmp_path / "steps" / "06-evaluate" / "predictions.csv")
    assert sum(row["prediction"] == "ill" for row in rows) == ill.predicted
    assert "recall is" in found.decision.text


@pytest.mark.parametrize("positive", [None, "healthy"])
def test_costs_move_the_threshold_towards_the_dearer_mistake(positive: str | None, tmp_path: Path) -> None:
    unequal(tmp_path, rows=1000, positive=positive)
    thresholds = []
    for miss in (1.0, 20.0):
        result = train.run(train.Args(family="linear", decision=Decision(miss=miss, alarm=1)), step_in(tmp_path)[0])
        assert result.decision is not None
        assert result.decision.positive == (positive or "ill")
        assert result.decision.cost is not None
        assert result.decision.cost_at_half is not None
        assert result.decision.cost <= result.decision.cost_at_half
        thresholds.append(result.decision.threshold)
    assert thresholds[1] < thresholds[0]
    found = scored(tmp_path)
    assert found.decision is not None
    assert found.decision.cost is not None


def test_a_measure_of_answers_gets_its_best_threshold(tmp_path: Path) -> None:
    unequal(tmp_path, rows=1000)
    plain = train.run(train.Args(family="linear"), step_in(tmp_path)[0])
    assert plain.decision is None
    assert not (tmp_path / "model" / "decision.json").exists()
    tuned = train.run(train.Args(family="linear", metric="f2"), step_in(tmp_path)[0])
    assert tuned.decision is not None
    assert tuned.decision.threshold < 0.5
    assert tuned.validation["f2"] > 0
    found = scored(tmp_path, metric="f2")
    assert found.metric == "f2"
    assert found.metrics["test"]["f2"].value > 0.3


@pytest.mark.parametrize(
    ("family", "balance"),
    [
        *((family, "weights") for family in TABLES),
        *((family, how) for family in ("linear", "boosted_trees", "forest") for how in ("oversample", "undersample")),
    ],
)
def test_making_up_for_rare_classes_finds_more_of_them(family: str, balance: str, tmp_path: Path) -> None:
    unequal(tmp_path, rows=300)
    found = []
    for asked in (None, balance):
        quick = Settings(epochs=20, options={"trees": 40} if family == "forest" else {})
        args = train.Args(family=family, balance=asked, baseline=False, settings=quick)
        result = train.run(args, step_in(tmp_path)[0])
        assert result.balance == asked
        model = catalogue.load("noglue.tools.models", result.family).load(tmp_path / "model", "cpu")
        found.append((model.predict(load_split(tmp_path / "sealed", "test")).argmax(axis=1) == 1).mean())
    assert found[1] > found[0]


def test_the_rows_at_the_top_are_those_most_likely_positive(tmp_path: Path) -> None:
    unequal(tmp_path)
    train.run(train.Args(family="linear"), step_in(tmp_path)[0])
    found = scored(tmp_path, top=7)
    assert found.top is not None
    assert (found.top.count, found.top.of, found.top.rows) == (7, "test rows", 120)
    scores = [row.score for row in found.top.shown]
    assert scores == sorted(scores, reverse=True)
    rows = read(tmp_path / "steps" / "06-evaluate" / "top.csv")
    assert [int(row["row"]) for row in rows] == [row.row for row in found.top.shown]
    assert {"rank", "probability", "prediction", "truth", "place"} <= rows[0].keys()


def test_a_measure_without_a_value_here_is_told(tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    result = train.run(train.Args(family="linear", metric="rmse"), step_in(tmp_path)[0])
    assert result.metric == "accuracy"
    assert any("rmse does not apply" in note for note in result.notes)
    found = scored(tmp_path, metric="rmse", measures=["quadratic_kappa", "top_5_accuracy"])
    assert found.not_measured.keys() == {"rmse", "quadratic_kappa", "top_5_accuracy"} - found.metrics["test"].keys()
    assert "rmse" in found.not_measured


def test_a_threshold_keeps_probabilities_and_turns_answers_alone() -> None:
    schema = Schema(
        goal="classify", modality="table", target="y", features=[], classes=["a", "b", "c"], rows={}, split="random"
    )
    predicted = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.6, 0.1, 0.3]])
    chosen = decision_threshold.Threshold(positive="b", threshold=0.3, why="", rows=3)
    assert decision_threshold.answers(predicted, schema, chosen).tolist() == [1, 1, 0]
    assert decision_threshold.answers(predicted, schema, None).tolist() == [0, 2, 0]
    assert decision_threshold.positive_of(schema) is None


def test_a_model_that_always_gives_the_same_answer_is_not_the_best_by_recall() -> None:
    schema = Schema(
        goal="classify", modality="table", target="y", features=[], classes=["a", "b"], rows={}, split="random"
    )
    always = Trained(family="x", seconds=1, stopped="", validation={"recall": 1.0, "balanced_accuracy": 0.5})
    real = Trained(family="y", seconds=1, stopped="", validation={"recall": 0.8, "balanced_accuracy": 0.75})
    assert contenders.better(schema, "recall", real, always)
    assert not contenders.better(schema, "recall", always, real)
    assert contenders.better(schema, "f1", always, real) is False, "unknown scores beat nothing"


@pytest.mark.parametrize(
    ("family", "options", "told"),
    [
        ("neural_net", {"layers": 3}, {"neural net 0.001", "neural net 0.3"}),
        ("decision_tree", {"depth": 3}, {"decision tree 3"}),
        ("neighbours", {"neighbours": 5}, {"neighbours 5"}),
        ("forest", {"trees": 20}, {"random forest 1", "random forest 3"}),
    ],
)
def test_options_of_a_kind_of_model_are_heard(family: str, options: dict, told: set[str], tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    args = train.Args(family=family, settings=Settings(options=options), baseline=False)
    result = train.run(args, step_in(tmp_path)[0])
    assert {one.title for one in result.candidates} == told
    form = learned.load(tmp_path / "model" / "0")
    if family == "neural_net":
        assert len(form.sizes) == 5  # inputs, three hidden layers, outputs
    if family == "forest":
        assert len(form.roots) == 20


def test_a_blend_that_is_not_kept_has_members_without_a_share(tmp_path: Path) -> None:
    builtin(tmp_path, "wine", most=100)
    options = {"candidates": ["logistic"]}
    args = train.Args(families=["table_blend", "decision_tree"], settings=Settings(options=options), metric="log_loss")
    result = train.run(args, step_in(tmp_path)[0])
    members = [one for one in result.candidates if one.title.startswith("logistic")]
    assert members
    assert (sum(one.share for one in members) > 0) == (result.family == "table_blend")


@pytest.mark.parametrize("metric", ["rmsle", "mape", "medae", "spearman", "explained_variance", "max_error", "pinball"])
@pytest.mark.parametrize("family", ["table_blend", "linear"])
def test_measures_of_values_choose(metric: str, family: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(220, 2))
    value = np.exp(1 + x[:, 0] + 0.3 * draw.normal(size=220))
    prepared(tmp_path, {"a": x[:, 0], "b": x[:, 1]}, value)
    options = {"candidates": ["ridge", "neighbours"]} if family == "table_blend" else {}
    args = train.Args(family=family, metric=metric, baseline=False, settings=Settings(epochs=40, options=options))
    result = train.run(args, step_in(tmp_path)[0])
    assert np.isfinite(result.validation[metric])
    if metric in ("rmsle", "mape") and family == "table_blend":
        assert any("of the logarithm" in one.title for one in result.candidates)
    found = scored(tmp_path, metric=metric, top=3)
    assert found.metric == metric
    assert found.top is not None
    assert found.top.by.startswith("predicted target")


@pytest.mark.parametrize(
    ("family", "asked"),
    [
        ("neural_net", {"epochs": 7, "batch_size": 16, "learning_rate": 0.01}),
        ("boosted_trees", {"learning_rate": 0.2}),
        ("catboost", {"learning_rate": 0.2}),
    ],
)
def test_epochs_batches_and_rates_that_were_asked_for_are_kept_to(
    family: str, asked: dict[str, float], tmp_path: Path
) -> None:
    unequal(tmp_path)
    result = train.run(train.Args(family=family, asked=asked), step_in(tmp_path, seconds=20)[0])
    assert {name: result.settings[name] for name in asked} == asked


@pytest.mark.parametrize("name", ["epochs", "learning_rate"])
def test_a_network_that_may_hardly_learn_has_learned_less(name: str, tmp_path: Path) -> None:
    found = []
    for value in ({"epochs": 1, "learning_rate": 1e-6}[name], {"epochs": 60, "learning_rate": 1e-3}[name]):
        run = tmp_path / f"{value:g}"
        unequal(run)
        result = train.run(train.Args(family="neural_net", metric="log_loss", asked={name: value}), step_in(run)[0])
        found.append(result.validation["log_loss"])
    assert found[1] < found[0] - 0.02
