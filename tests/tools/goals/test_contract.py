"""Every goal in the folder, held to the same contract."""

import numpy as np
import pytest

from noglue.tools import metrics
from noglue.tools.spec import catalogue, goals


@pytest.fixture(params=catalogue.names(goals.PACKAGE))
def goal(request):
    return goals.load(request.param)


def test_it_is_named_after_its_file(request, goal):
    assert goal.name == request.node.callspec.params["goal"]


def test_its_usual_measure_is_one_of_its_own(goal):
    measure = metrics.load(goal.measure)
    assert measure.goal == goal.name
    assert not measure.on_request


def test_it_is_worded(goal):
    assert goal.does.startswith("it ")
    assert bool(goal.verb) == bool(goal.chance)


def test_a_stored_value_is_known_and_a_missing_number_is_not(goal):
    assert goal.has_truth(np.array([0.0, 1.0, np.nan])).tolist() == [True, True, False]


def test_a_goal_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(KeyError, match="generate"):
        goals.load("nothing")
