"""What becomes of a budget: trials, their folder, an interrupted search, a second layer, folds drawn again."""

import re
import shutil
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import models
from noglue.tools.models import table_blend
from noglue.tools.models._tables import (
    boosting,
    candidates,
    contest,
    learned,
    network_try,
    networks,
    spaces,
    stacking,
    table_cross_validation,
    target_codes,
)
from noglue.tools.models._tables.candidates import Asked, Task
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.table_cross_validation import Problem, Pruned
from noglue.tools.models._tables.target import Target
from noglue.tools.models._tables.trials import Trials
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._table_data import builtin, prepared
from tests.tools.models._threads import one_thread  # noqa: F401

AVOID = ["kernel", "extra trees", "random forest", "network", "catboost", "xgboost", "neighbours"]
QUICK = Settings(metric="log_loss", epochs=20, options={"trials": 6, "avoid": AVOID})


def moons(run: Path, rows: int = 400, seed: int = 0) -> Schema:
    """Two classes that no line parts, noise columns beside."""
    draw = np.random.default_rng(seed)
    kind = np.arange(rows) % 2
    turn = np.pi * draw.random(rows)
    x = np.where(kind == 0, np.cos(turn), 1 - np.cos(turn)) + draw.normal(0, 0.25, rows)
    y = np.where(kind == 0, np.sin(turn), 0.5 - np.sin(turn)) + draw.normal(0, 0.25, rows)
    return prepared(run, {"x": x, "y": y, "noise": draw.normal(size=rows)}, kind, ["up", "down"], seed=seed)


def problem_of(rows: int = 300, classes: int = 2, seed: int = 0, metric: str = "log_loss") -> tuple[Problem, Target]:
    draw = np.random.default_rng(seed)
    cells = Encoded(draw.normal(size=(rows, 4)), draw.integers(-1, 3, (rows, 1)).astype(np.int32))
    value = cells.numbers[:, 0] * cells.numbers[:, 1] + 0.3 * draw.normal(size=rows) + (cells.codes[:, 0] == 2)
    truth = np.digitize(value, np.quantile(value, np.arange(1, classes) / classes)) if classes else value
    schema = Schema(goal="classify" if classes else "regress", modality="table", target="t", features=[],
                    classes=[str(i) for i in range(classes)] or None, rows={}, split="random")  # fmt: skip
    return Problem(cells, truth, draw.permutation(np.arange(rows) % 5), metric, seed), Target.fit(truth, schema)


def train(run: Path, seconds: float | None, settings: Settings = QUICK) -> tuple[Trained, list[Progress | Note]]:
    events: list[Progress | Note] = []
    deadline = None if seconds is None else time.monotonic() + seconds
    step = Step(folder=run, run=run, deadline=deadline, emit=events.append)
    trained = table_blend.train(run / "data", run / "model", Schema.load(run / "data"), settings, step)
    return trained, events


def test_every_trial_is_told_and_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    moons(tmp_path)
    first, events = train(tmp_path, None)
    told = [event.facts for event in events if isinstance(event, Progress) and event.stage == "trial"]
    assert len(told) == 6
    done = {facts["name"] for facts in told if "left_out" not in facts}
    assert done <= {one.title for one in first.candidates}
    assert all(facts["params"] for facts in told if "left_out" not in facts)
    assert not (tmp_path / "trials").exists(), "finished trials are of no use beside a model"
    again, _ = train(tmp_path, None)
    assert again.validation == first.validation
    assert [one.title for one in again.candidates] == [one.title for one in first.candidates]


def test_an_interrupted_search_goes_on_with_its_finished_trials(tmp_path: Path) -> None:
    """The second run has all trials in its folder, and a learner that was tried is not fitted again."""
    moons(tmp_path)
    shutil.copytree(tmp_path, tmp_path / "other")
    whole, _ = train(tmp_path, None)

    class Cut(Exception):
        pass

    count = 0

    def interrupt(event: Progress | Note) -> None:
        nonlocal count
        count += isinstance(event, Progress) and event.stage == "trial"
        if count == 3:
            raise Cut

    run = tmp_path / "other"
    schema, step = Schema.load(run / "data"), Step(folder=run, run=run, emit=interrupt)
    with pytest.raises(Cut):
        table_blend.train(run / "data", run / "model", schema, QUICK, step)
    kept = sorted(file.parent.name for file in run.glob("trials/*/trial.json"))
    assert len(kept) > 5
    stamps = {file: file.stat().st_mtime_ns for file in run.glob("trials/*/trial.json")}
    ages: list[int] = []

    def look(event: Progress | Note) -> None:
        if isinstance(event, Progress) and event.stage == "fit" and not ages:
            ages.extend(file.stat().st_mtime_ns - stamp for file, stamp in stamps.items())

    resumed = table_blend.train(run / "data", run / "model", schema, QUICK, Step(folder=run, run=run, emit=look))
    assert ages
    assert not any(ages), "a finished trial was done again"
    assert resumed.validation == pytest.approx(whole.validation, rel=1e-6)


def test_a_trial_of_other_rows_is_not_taken_for_one_of_these(tmp_path: Path) -> None:
    problem, target = problem_of()
    one = spaces.made("logistic", {"strength": 0.1}, "logistic", problem, target, Task(240, 8, 2, 0))
    Trials(tmp_path, problem).run(one)
    assert Trials(tmp_path, problem).has(one)
    other, _ = problem_of(seed=1)
    assert not Trials(tmp_path, other).has(one)


def test_what_is_kept_of_a_trial_says_the_same_again(tmp_path: Path) -> None:
    problem, target = problem_of(classes=3)
    for learner in ("lightgbm", "catboost", "network"):
        one = spaces.made(learner, {}, learner, problem, target, Task(240, 8, 3, 0, asked=Asked(10)))
        first = Trials(tmp_path, problem).run(one)
        again = Trials(tmp_path, problem).run(one)
        assert np.array_equal(first.predicted, again.predicted)
        said = [np.mean([member.predict(problem.rows) for member in found.kept()], axis=0) for found in (first, again)]
        assert np.allclose(*said)
        assert np.allclose(said[0].sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_networks_of_all_folds_learn_in_one_pass_and_see_nothing_of_their_fold(classes: int, tmp_path: Path) -> None:
    problem, target = problem_of(rows=500, classes=classes, metric="log_loss" if classes else "rmse")
    one = network_try.network({"width": 16, "epochs": 20, "rate": 0.01}, target)
    found = one.cross(problem)
    truth = target.encode(problem.truth)
    if classes:
        loss = -np.log(found.predicted[np.arange(500), truth]).mean()
        assert loss < 0.9 * np.log(classes)
    else:
        assert ((found.predicted - problem.truth) ** 2).mean() < 0.7 * problem.truth.var()
    place = int(np.flatnonzero(problem.folds == 2)[0])
    changed = problem.truth.copy()
    changed[place] = (changed[place] + 1) % classes if classes else changed[place] + 100
    own = np.repeat(np.arange(5), 2)
    weights = np.stack([(problem.folds != fold).astype(float) for fold in own])
    plan = networks.Plan(classes=classes, width=16, epochs=3, stop=3)
    said = [networks.fit(problem.rows, target.encode(labels), weights, plan, 0).held[own == 2]
            for labels in (problem.truth, changed)]  # fmt: skip
    assert np.array_equal(*said), "the networks of a fold saw the label of one of its rows"


def test_a_second_layer_learns_what_the_first_one_says(tmp_path: Path) -> None:
    problem, target = problem_of(rows=200)
    said = [np.full((200, 2), 0.5), np.stack([1 - problem.truth, problem.truth], axis=1) * 0.8 + 0.1]
    columns = stacking.columns_of(said, target)
    assert columns.shape == (200, 2)
    assert np.allclose(columns[:, 0], 0)
    above = spaces.second_round(problem, target, Task(160, 8, 2, 0))
    over = stacking.extended(problem.rows, columns)
    wide = Problem(over, problem.truth, problem.folds, problem.metric, 0)
    fitted = above[0].again(wide, {})
    first = table_cross_validation.boosted("lightgbm", {}, target, asked=Asked(5))
    below = first.again(problem, {"rounds": 5, "rate": 0.1})
    members = (learned.Member("lightgbm", 0.0, below, target, below=True),
               learned.Member("lightgbm", 0.0, below, target, below=True),
               learned.Member("two", 0.0, below, target, below=True),
               learned.Member("stacked", 1.0, fitted, target, above=True))  # fmt: skip
    blend = learned.Blend(members, target)
    learned.save(blend, tmp_path)
    asked = below.predict(problem.rows)
    wanted = fitted.predict(stacking.extended(problem.rows, stacking.columns_of([asked, asked], target)))
    assert np.allclose(learned.load(tmp_path).predict(problem.rows), wanted)


def test_categories_of_many_levels_become_numbers_without_the_row_s_own_target(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    level = draw.integers(0, 60, 1500).astype(np.int32)
    noise = draw.normal(size=1500)
    cells = Encoded(draw.normal(size=(1500, 1)), np.stack([level, level % 3], axis=1))
    codes = target_codes.TargetCodes.fit(cells, noise, 0)
    seen, asked = codes.of_training(cells, noise, 0, seed=1), codes.encode(cells)
    assert seen.numbers.shape == asked.numbers.shape == (1500, 2)
    assert seen.codes.shape == (1500, 1), "what is a number now is no code any more"
    assert abs(np.corrcoef(seen.numbers[:, 1], noise)[0, 1]) < 0.12, "a row found its own target among its columns"
    value = np.random.default_rng(7).normal(size=60)[level] + 0.3 * noise
    target = Target.fit_values(value)
    problem = Problem(cells, value, draw.permutation(np.arange(1500) % 5), "rmse", 0)
    for one in (
        table_cross_validation.boosted("lightgbm", {"coded": True, "num_leaves": 7}, target, asked=Asked(60)),
        table_cross_validation.simple(
            table_cross_validation.coded(candidates.candidates(Task(1200, 64, 0, 0))[0], 0), problem, target
        ),
    ):
        found = Trials(tmp_path, problem).run(one)
        assert ((found.predicted - value) ** 2).mean() < 0.3 * value.var()
        fitted = one.again(problem, found.facts)
        (tmp_path / one.name).mkdir()
        learned.save(fitted, tmp_path / one.name)
        assert np.allclose(learned.load(tmp_path / one.name).predict(cells), fitted.predict(cells))


def test_trials_that_fall_behind_are_given_up() -> None:
    problem, target = problem_of()
    one = table_cross_validation.boosted("lightgbm", {}, target, asked=Asked(5))
    seen: list[int] = []

    def watch(folds: int, predicted: np.ndarray) -> None:
        seen.append(folds)
        assert (predicted[problem.folds < folds] > 0).all()
        if folds == 2:
            raise Pruned

    with pytest.raises(Pruned):
        one.cross(problem, watch=watch)
    assert seen == [1, 2]


def test_a_budget_is_used_and_kept(tmp_path: Path) -> None:
    moons(tmp_path, rows=900)
    begun = time.monotonic()
    trained, events = train(tmp_path, 8.0, Settings(metric="log_loss", options={"avoid": AVOID}))
    took = time.monotonic() - begun
    assert took < 9.5 * max(1.0, slowness() / 2), "half of what other programs take may be lost"
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert stages >= {"candidate", "fit"}
    assert "trial" in stages or slowness() > 2
    assert took > 4.5
    assert trained.validation["log_loss"] < 0.45


def test_a_named_family_is_tried_and_nothing_else(tmp_path: Path) -> None:
    moons(tmp_path, rows=200)
    entry = contest.Entry("catboost", ("catboost",), lambda options: lambda task: [])
    step = Step(folder=tmp_path, run=tmp_path, deadline=time.monotonic() + 20)
    schema = Schema.load(tmp_path / "data")
    trained = contest.train(entry, tmp_path / "data", tmp_path / "model", schema, Settings(epochs=10), step)
    assert {one.title for one in trained.candidates} == {"catboost"}
    assert len(list((tmp_path / "model").glob("[0-9]"))) == 5, "the learners of the folds are kept"


@pytest.mark.parametrize(("name", "measure", "least"), [("wine", "accuracy", 0.9), ("diabetes", "r2", 0.35)])
def test_time_that_goes_by_while_the_libraries_load_leaves_what_takes_a_moment(
    name: str, measure: str, least: float, tmp_path: Path
) -> None:
    builtin(tmp_path, name)
    trained, _ = train(tmp_path, 0.01, Settings())
    assert trained.validation[measure] > least
    assert {one.title.split()[0] for one in trained.candidates} == {"logistic" if measure == "accuracy" else "ridge"}
    assert trained.by_clock
    assert trained.short is not None
    assert trained.short.needs > trained.short.had


@pytest.mark.parametrize("family", ["forest", "boosted_trees", "catboost", "svm"])
def test_a_family_that_was_named_is_of_use_however_short_the_time(family: str, tmp_path: Path) -> None:
    if models.lack(family) is not None or (family == "catboost" and find_spec("catboost") is None):
        pytest.skip("it is not installed")
    schema = builtin(tmp_path, "wine")
    step = Step(folder=tmp_path, run=tmp_path, deadline=time.monotonic() + 0.01)
    named = catalogue.load("noglue.tools.models", family)
    trained = named.train(tmp_path / "data", tmp_path / "model", schema, Settings(), step)
    assert trained.family == family
    assert trained.validation["accuracy"] > 0.85


def test_no_time_at_all_is_a_budget_error(tmp_path: Path) -> None:
    moons(tmp_path)
    step = Step(folder=tmp_path, run=tmp_path, deadline=time.monotonic() - 1)
    settings = Settings(options={"candidates": ["extra trees"]})
    with pytest.raises(BudgetSpent):
        table_blend.train(tmp_path / "data", tmp_path / "model", Schema.load(tmp_path / "data"), settings, step)


@pytest.mark.skipif(find_spec("xgboost") is None, reason="xgboost is not installed")
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_xgboost_where_it_is_installed(classes: int, tmp_path: Path) -> None:
    problem, target = problem_of(classes=classes, metric="log_loss" if classes else "rmse")
    one = spaces.made(
        "xgboost", {"max_depth": 4}, "xgboost", problem, target, Task(240, 8, classes, 0, asked=Asked(40))
    )
    found = Trials(tmp_path, problem).run(one)
    again = Trials(tmp_path, problem).run(one)
    assert np.allclose(found.kept()[0].predict(problem.rows), again.kept()[0].predict(problem.rows))
    assert found.kept()[0].parameters > 0
    fitted = one.again(problem, found.facts).predict(problem.rows)
    assert fitted.shape == ((300, classes) if classes else (300,))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moons", "diabetes"])
def test_more_time_never_gives_a_worse_model_beyond_noise(name: str, tmp_path: Path) -> None:
    """Five budgets, four seeds: the test loss in the mean over the seeds, each budget beside the smallest before it."""
    from noglue.tools import metrics
    from tests.tools.models._table_data import builtin

    losses = np.zeros((4, 5))
    measure = metrics.load("log_loss" if name == "moons" else "rmse")
    for seed in range(4):
        for place, seconds in enumerate((2, 5, 10, 20, 40)):
            run = tmp_path / f"{seed}-{seconds}"
            run.mkdir()
            moons(run, seed=seed) if name == "moons" else builtin(run, name, seed=seed)
            train(run, seconds, Settings(metric=measure.name))
            test = load_split(run / "sealed", "test")
            found = table_blend.load(run / "model", "cpu").predict(test)
            losses[seed, place] = measure.compute(np.array(test["target"]), found)
    means = losses.mean(axis=0)
    print(name, losses.round(4).tolist(), file=sys.stderr)
    noise = 2 * (losses - losses[:, :1]).std(axis=0, ddof=1).max() / 2
    assert (means[1:] <= np.minimum.accumulate(means)[:-1] + max(noise, 0.02 * means[0])).all()


@pytest.mark.parametrize("fixed", [True, False])
def test_a_rate_that_was_asked_for_stays_where_there_is_no_time_for_enough_rounds(fixed: bool) -> None:
    problem, target = problem_of(classes=2)
    own = problem.folds != 0
    rows, wanted = problem.rows.take(np.flatnonzero(own)), target.encode(problem.truth)
    held = (problem.rows.take(np.flatnonzero(~own)), wanted[~own])
    seconds = iter(range(40, 0, -1))  # one is gone with each round
    rounds = boosting.Rounds(30, 30, 0.05, left=lambda: float(next(seconds, 1)), spare=0.0, fixed=fixed)
    found = boosting.fit(rows, wanted[own], held, boosting.objective(2, "log_loss"), 0, rounds)
    rates = set(re.findall(r"^shrinkage=(.*)", found.booster.model_to_string(), re.MULTILINE))
    assert (rates - {"1"} == {"0.05"}) is fixed, "the first tree has the mean in it, and counts whole"


def far_values(rows: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What the values follow, and the values: a few of either sign lie very far from the others."""
    draw = np.random.default_rng(seed)
    follows = draw.normal(size=rows)
    return follows, np.sinh(3 * follows + 0.3 * draw.normal(size=rows))


def test_quantiles_of_a_target_are_its_values_again_and_no_far_value_pulls() -> None:
    _, truth = far_values()
    learned_as = Target.fit_quantiles(truth)
    score = learned_as.encode(truth)
    assert abs(score.mean()) < 0.02
    assert 0.9 < score.std() < 1.05
    assert np.allclose(learned_as.decode(score), truth, rtol=1e-6, atol=1e-9)
    assert truth.min() <= learned_as.decode(np.array([-9.0, 9.0])).min()
    assert learned_as.decode(np.array([-9.0, 9.0])).max() <= truth.max()
    kept = Target.model_validate_json(learned_as.model_dump_json())
    assert np.allclose(kept.decode(score), truth, rtol=1e-6, atol=1e-9)


def test_far_values_are_learned_as_quantiles_where_that_errs_less() -> None:
    follows, truth = far_values()
    cells = Encoded(follows[:, None], np.zeros((len(truth), 0), np.int64))
    problem = Problem(cells, truth, np.random.default_rng(1).permutation(np.arange(len(truth)) % 5), "mae", 0)
    target = Target.fit_values(truth)
    seen = dict(spaces.targets(problem, target))
    assert set(seen) == {"", " of the quantile"}
    ridge = candidates.candidates(Task(320, 1, 0, 0))[0]
    errors = {
        suffix: np.abs(
            table_cross_validation.simple(ridge, problem, one, suffix).cross(problem).predicted - truth
        ).mean()
        for suffix, one in seen.items()
    }
    assert errors[" of the quantile"] < 0.7 * errors[""]


def test_a_trial_of_a_quantile_is_none_of_the_plain_value(tmp_path: Path) -> None:
    follows, truth = far_values()
    cells = Encoded(follows[:, None], np.zeros((len(truth), 0), np.int64))
    problem = Problem(cells, truth, np.arange(len(truth)) % 5, "mae", 0)
    plain, quantile = (
        table_cross_validation.boosted("lightgbm", {}, one, suffix, Asked(20))
        for suffix, one in spaces.targets(problem, Target.fit_values(truth))
    )
    trials = Trials(tmp_path, problem)
    first = trials.run(plain)
    assert not trials.has(quantile)
    assert not np.allclose(trials.run(quantile).predicted, first.predicted)
