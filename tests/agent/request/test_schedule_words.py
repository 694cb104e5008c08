"""Epochs, batches and learning rates in ordinary words: heard, planned, kept to, told where they can't be."""

from typing import Any

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.request import read
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import schedule
from noglue.agent.settle import means
from noglue.agent.settle.evidence import Evidence
from noglue.agent.task import Constraints


def heard(words: str) -> dict[str, Any]:
    return {mark.kind: mark.value for mark in schedule.find(Heard.of(words, []))}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Train for 5 epochs with a batch size of 32.", {"epochs": 5, "batch_size": 32}),
        ("please stop after thirty epochs", {"epochs": 30}),
        ("batch_size=128, lr=3e-4", {"batch_size": 128, "learning_rate": 3e-4}),
        ("a 5-epoch training in minibatches of 16", {"epochs": 5, "batch_size": 16}),
        ("Trainiere höchstens 20 Epochen mit Lernrate 0,01", {"epochs": 20, "learning_rate": 0.01}),
        ("mit Batchgröße 64", {"batch_size": 64}),
        ("pendant dix époques avec un taux d'apprentissage de 0,001", {"epochs": 10, "learning_rate": 0.001}),
        ("30 épocas como tope, con lotes de 32", {"epochs": 30, "batch_size": 32}),
        ("last year we trained it for 50 epochs", {}),
        ("how many epochs did it take?", {}),
        ("the yeast is grown in batches of 12", {}),
        ("each recording has 3 epochs", {}),
        ("a batch size of 2.5", {}),
        ("a learning rate of 3.0", {}),
        ("a learning rate of .001", {"learning_rate": 0.001}),
        ("Lernrate 1,5e-3", {"learning_rate": 0.0015}),
        ("The network should be trained for 20 epochs", {"epochs": 20}),
        ("with a CNN trained for 10 epochs", {"epochs": 10}),
        ("Das Netz soll 20 Epochen trainiert werden", {"epochs": 20}),
        ("each epoch is 30 seconds long", {}),
        ("the recordings come with 960 epochs per night", {}),
        ("use 20 epochs from each subject", {}),
        ("only rows with batch size 50", {}),
        ("only rows where epoch <= 5", {}),
        ("en tres épocas del año", {}),
        ("mit 4 Epochen der Kunst", {}),
        ("don't train for 5 epochs", {}),
        ("alarm after 3 epochs of inactivity", {}),
        ("train for 5 epochs of training", {"epochs": 5}),
    ],
)  # fmt: skip
def test_the_words_are_heard_and_no_others(words: str, found: dict[str, Any]) -> None:
    assert heard(words) == found


def test_they_reach_the_training_and_nothing_is_left_unread() -> None:
    task = read("Classify the handwritten digits. Train for 3 epochs, batch size 64.", [], Constraints())
    assert task.unread == []
    train = Rules().plan(task).step("train")
    assert train.args["asked"] == {"epochs": 3, "batch_size": 64}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Predict who survived the Titanic with a random forest, trained for 10 epochs", "forest has no epochs to set"),
        ("Classify the wines with a support vector machine, batch size 16", "svm has no batch size to set"),
    ],
)
def test_a_kind_of_model_without_them_is_told(words: str, why: str) -> None:
    task = read(words, [], Constraints())
    wish = next(one for one in task.wishes if one.kind in schedule.SHAPES)
    assert why in str(schedule.impossible(wish, task, task.goal))
    told = means.with_reason(wish, task, task.goal)
    assert told.state == "not-done"


@pytest.mark.parametrize(
    ("trained", "done"),
    [
        ({"family": "resnet", "settings": {"epochs": 5.0}, "by_clock": False}, True),
        ({"family": "resnet", "settings": {"epochs": 3.4}, "by_clock": True}, False),
        ({"family": "pretrained_images", "settings": {"epochs": 0.0}, "by_clock": False}, False),
        ({"family": "r3gan", "settings": {"epochs": 4.99}, "by_clock": False}, True),
        ({"family": "pretrained_images", "settings": {}, "by_clock": False}, False),
        ({"family": "table_blend", "settings": {}, "by_clock": False}, False),
        ({"family": "boosted_trees, linear", "settings": {}, "by_clock": False}, False),
    ],
)
def test_what_was_trained_says_whether_it_was_done(trained: dict[str, Any], done: bool) -> None:
    wish = read("Classify the digits, train for 5 epochs", [], Constraints()).wishes[-1]
    assert wish.kind == "epochs"
    attempt = Attempt(id="train", tool="train", args={}, result=trained, seconds=1.0)
    assert schedule.done(wish, Evidence({"train": attempt}))[0] is done
