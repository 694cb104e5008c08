"""Several targets in the words: beside each other, in sentences that add to one another, or one of which is meant."""

from pathlib import Path

import pandas as pd
import pytest

from noglue.agent import request
from noglue.agent.settle.asked_directly import groups
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tools import inspect
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step

CROP = pd.DataFrame(
    {
        "rain": [float(i * 37 % 101) + 0.5 for i in range(120)],
        "sun": [float(i * 53 % 97) + 0.25 for i in range(120)],
        "yield": [float(i * 17 % 89) + 0.125 for i in range(120)],
        "protein": [float(i * 29 % 83) + 0.75 for i in range(120)],
        "grade": [("hard", "soft", "hard")[i % 3] for i in range(120)],
        "tags": [("red;big", "big", "red", "", "round;red")[i % 5] for i in range(120)],
    }
)


@pytest.fixture(scope="module")
def crop(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    place: Path = tmp_path_factory.mktemp("crop")
    CROP.to_csv(place / "crop.csv", index=False)
    found = inspect.run(inspect.Args(roots=[str(place / "crop.csv")]), Step(folder=place, run=place))
    return found.profiles or [found.profile]


def asked(words: str, profiles: list[Profile], **flags: object) -> Settled:
    return settle(request.read(words, ["crop.csv"], Constraints.model_validate(flags)), profiles)


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("predict both the yield and the protein", ["yield", "protein"]),
        ("predict yield, protein and grade", ["yield", "protein", "grade"]),
        ("Predict the yield. Also predict the protein.", ["yield", "protein"]),
        ("estimate yield as well as protein from the rain", ["yield", "protein"]),
        ("Sage den yield und das protein voraus.", ["yield", "protein"]),
        ("prédire le yield et la protein", ["yield", "protein"]),
        ("predice el yield y la protein", ["yield", "protein"]),
        ("yield and protein, please", ["yield", "protein"]),
        ("Bitte yield und protein.", ["yield", "protein"]),
    ],
)
def test_columns_that_are_all_meant(crop: list[Profile], words: str, targets: list[str]) -> None:
    settled = asked(words, crop)
    assert settled.task.target == targets
    assert [one["column"] for one in settled.prepare["targets"]] == targets
    wished = [wish.value["column"] for wish in settled.task.wishes if wish.kind == "target"]
    assert sorted(wished) == sorted(targets)
    assert settled.task.unread == []


@pytest.mark.parametrize("words", ["predict yield or protein", "Predict the yield. Predict the protein."])
def test_where_one_may_be_meant_it_is_asked_which(crop: list[Profile], words: str) -> None:
    with pytest.raises(TaskUnclear) as raised:
        asked(words, crop)
    assert raised.value.kind == "several-targets"
    assert raised.value.data["choices"] == ["yield", "protein"]


@pytest.mark.parametrize("words", ["predict the grade and how much", "sage grade voraus und wie viel"])
def test_a_number_beside_a_class_is_not_dropped(crop: list[Profile], words: str) -> None:
    with pytest.raises(TaskUnclear, match="number as well") as raised:
        asked(words, crop)
    assert raised.value.data["choices"][0] == "grade"


@pytest.mark.parametrize(
    "words",
    [
        "predict protein but not yield",
        "sage das protein voraus, aber nicht den yield",
        "prédis la protein mais pas yield",
        "predice la protein pero no yield",
        "predict not the yield but the protein",
    ],
)
def test_what_is_not_to_be_predicted_is_no_target(crop: list[Profile], words: str) -> None:
    assert asked(words, crop).task.target == "protein"


def test_how_much_something_matters_is_no_second_target(crop: list[Profile]) -> None:
    settled = asked("predict the grade and tell me which columns matter and how much", crop)
    assert settled.task.target == "grade"


def test_what_the_words_say_of_other_columns_stays(crop: list[Profile]) -> None:
    settled = asked("a model that predicts yield and protein at once, without using the sun", crop)
    assert settled.task.target == ["yield", "protein"]
    assert settled.prepare["exclude"] == ["sun"]
    assert asked("predict the yield from rain and protein", crop).task.target == "yield"


def test_flags_name_several_and_each_must_be_there(crop: list[Profile]) -> None:
    settled = asked("learn", crop, target=["protein", "grade"])
    assert [(one["column"], one["goal"]) for one in settled.prepare["targets"]] == [
        ("protein", "regress"), ("grade", "classify")
    ]  # fmt: skip
    with pytest.raises(TaskUnclear, match="'nix'"):
        asked("learn", crop, target=["protein", "nix"])


@pytest.mark.parametrize("words", ["which tags apply?", "predict the tags", "classify by tags"])
def test_a_column_of_labels_is_learned_as_such(crop: list[Profile], words: str) -> None:
    settled = asked(words, crop)
    assert settled.task.target == "tags"
    assert settled.prepare["labels_in"] == {"column": "tags", "separator": ";"}


def test_a_name_that_begins_another_thing_is_no_target() -> None:
    assert [one.names for one in groups("predict sales and market share from tv", ["sales", "market", "tv"])] == [
        ["sales"]
    ]
    assert groups("the yield of wheat", ["yield"]) == []


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    place: Path = tmp_path_factory.mktemp("weather")
    rain = [max(0.0, (i * 37 % 101) - 40.0) for i in range(120)]
    table = {
        "pressure": CROP["rain"],
        "wind": CROP["sun"],
        "rain_mm": rain,
        "rained": ["yes" if one else "no" for one in rain],
    }
    pd.DataFrame(table).to_csv(place / "weather.csv", index=False)
    found = inspect.run(inspect.Args(roots=[str(place / "weather.csv")]), Step(folder=place, run=place))
    return found.profiles or [found.profile]


@pytest.mark.parametrize(
    "words",
    [
        "Will it rain, and how much?",
        "tell me if it will rain and how much",
        "Predict whether it rains and how much.",
        "Sage mir, ob es rained, und wie viel.",
        "predict rained, and by how much",
        "Tell me whether it will rain and how many mm",
        "predict if it rains and the amount",
        "Sag mir, ob es regnet und wie viele mm",
        "Dis-moi s'il pleuvra, si rained, et combien de mm",
    ],
)
def test_whether_and_how_much_are_two_answers(weather: list[Profile], words: str) -> None:
    with pytest.raises(TaskUnclear) as caught:
        asked(words, weather)
    assert {"rained", "rain_mm"} <= set(caught.value.data["choices"])


def test_a_number_alone_answers_both_where_nothing_says_yes_or_no(weather: list[Profile]) -> None:
    alone = [weather[0].model_copy(update={"columns": [one for one in weather[0].columns if one.name != "rained"]})]
    assert asked("Predict whether there is rain_mm, and how much.", alone).task.target == "rain_mm"


def test_one_question_for_a_number_is_no_second_one(weather: list[Profile]) -> None:
    assert asked("How much rain_mm will there be?", weather).task.target == "rain_mm"
