"""Every goal in the folder, held to the same contract."""

import subprocess
import sys

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from noglue.tools import metrics
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema

NAMES = catalogue.names(goals.PACKAGE)


@pytest.fixture(params=NAMES)
def goal(request):
    return goals.load(request.param)


def schema(goal):
    classes = ["cat", "dog", "owl"] if goal.target_kind == "classes" and goal.target != "none" else None
    return Schema(
        goal=goal.name,
        modality="table",
        target=None if goal.target == "none" else "y",
        features=[Column(name="x", kind="number", dtype="float64")],
        classes=classes,
        rows={},
        split="random",
    )


def test_it_is_named_after_its_file(request, goal):
    assert goal.name == request.node.callspec.params["goal"]


def test_its_usual_measure_is_one_of_its_own(goal):
    measure = metrics.load(goal.measure)
    assert measure.goal == goal.name
    assert not measure.on_request


def test_it_is_worded(goal):
    assert goal.does.startswith("it ")
    assert goal.request[:1].isupper()
    assert goal.thing
    assert goal.card.format(target="y", given="x", modality="table").endswith(".")
    assert goal.title.format(target="y", given="x", modality="table")


def test_what_says_something_of_rows_has_a_chance_baseline_to_stand_beside(goal):
    assert (goal.baseline is None) == (not goal.chance) == goal.makes_new
    if goal.baseline is None:
        return
    facts = schema(goal)
    train = np.array([0, 1, 1, 2]) if facts.classes else np.array([0.0, 1.0, 1.0, 2.0])
    title, predicted = goal.baseline(facts, train, 5)
    assert title
    assert np.asarray(predicted).shape == ((5,) if facts.classes is None else (5, 3))
    assert np.isfinite(predicted).all()


def test_a_stored_value_is_known_and_a_missing_number_is_not(goal):
    assert goal.has_truth(np.array([0.0, 1.0, np.nan])).tolist() == [True, True, False]


def test_its_part_of_the_budget_can_be_given(goal):
    share, least, most = goal.reserve
    assert 0 < share < 1
    assert 0 < least <= most


def test_no_two_goals_are_heard_by_the_same_words():
    heard = [group for name in NAMES for group in goals.load(name).heard]
    assert len(heard) == len(set(heard))


def test_goals_are_listed_those_with_a_target_to_predict_first():
    assert sorted(goals.names()) == NAMES
    needed = [goals.needs_target(name) for name in goals.names()]
    assert needed == sorted(needed, reverse=True)


def test_a_goal_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(KeyError, match="generate"):
        goals.load("nothing")
    with pytest.raises(ValidationError, match="there is no goal 'nothing'; there are classify"):
        TypeAdapter(goals.GoalName).validate_python("nothing")


def test_a_json_schema_lists_the_goals():
    assert TypeAdapter(goals.GoalName).json_schema() == {"type": "string", "enum": list(goals.names())}


def test_listing_the_goals_imports_nothing_heavy():
    code = (
        "import sys; from noglue.tools.spec import goals; goals.names();"
        "heavy = {'numpy', 'sklearn', 'scipy', 'torch', 'pandas', 'datasets', 'pyarrow'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
