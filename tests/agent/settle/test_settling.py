"""Requests beside the columns that are there: what is learned, what is left out, and what is refused or asked."""

import itertools
from importlib.util import find_spec

import pytest

from noglue.agent.request import read
from noglue.agent.request.wish import Wish
from noglue.agent.settle.checks import check_family
from noglue.agent.settle.mentions import named
from noglue.agent.settle.settling import settle, with_target
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Profile
from tests.agent.settle.tables import HOUSES, MEMBERS, WOHNUNGEN, column, table

CARS = (column("car_age", low=0, high=20), column("km", low=0, high=9e5), column("selling_price", low=500, high=9e4))
HOTELS = (column("hotel", "category", values="city resort"), column("lead_time", low=0, high=700),
          column("is_canceled", "boolean", 0, 1, "0 1"))  # fmt: skip
MATCHES = (column("team", "category", values="a b c"), column("score_home"), column("score_away"))


def asked(words: str | None = None, *wishes: Wish, paragraph: str = "", goal=None) -> Task:
    target = [] if words is None else [Wish(text=words, kind="target", value={"words": words})]
    return Task(paragraph=paragraph or f"predict {words}", target=words, goal=goal, wishes=[*target, *wishes])


def wish(kind: str, value: object, text: str = "") -> Wish:
    return Wish(text=text or kind, kind=kind, value=value)


@pytest.mark.parametrize(
    ("words", "columns", "meant"),
    [
        ("car price", CARS, "selling_price"),
        ("hotel booking cancellation", HOTELS, "is_canceled"),
        ("price of a house", HOUSES, "price"),
        ("chruned", MEMBERS, "churned"),
        ("what flats cost", HOUSES, "price"),
        ("Kaufpreis", WOHNUNGEN, "Kaufpreis"),
        ("number of rooms", HOUSES, "rooms"),
    ],
)
def test_a_description_names_its_column(words, columns, meant):
    for order in itertools.islice(itertools.permutations(columns), 0, 20, 6):
        assert settle(asked(words), [table(*order)]).prepare["target"] == meant


@pytest.mark.parametrize(("words", "columns"), [("rent", HOUSES), ("salary", CARS), ("blood pressure", MEMBERS)])
def test_a_target_that_no_column_answers_to_is_refused_with_what_there_is(words, columns):
    with pytest.raises(TaskUnclear) as caught:
        settle(asked(words), [table(*columns)])
    assert words in caught.value.message
    assert columns[0].name in caught.value.message


def test_two_columns_that_answer_equally_well_are_a_question():
    with pytest.raises(TaskUnclear) as caught:
        settle(asked("score"), [table(*MATCHES)])
    assert caught.value.data["choices"] == ["score_home", "score_away"]
    assert settle(with_target(asked("score"), "score_away"), [table(*MATCHES)]).prepare["target"] == "score_away"


def test_two_targets_are_refused():
    task = asked("price", wish("target", {"words": "rooms"}))
    with pytest.raises(TaskUnclear, match="price, rooms"):
        settle(task, [table(*HOUSES)])


@pytest.mark.parametrize(("place", "meant"), [(-1, "price"), (1, "id"), (3, "rooms"), (-2, "district")])
def test_a_target_by_its_place(place, meant):
    task = Task(paragraph="it stands there", wishes=[wish("target", {"place": place})])
    assert settle(task, [table(*HOUSES)]).prepare["target"] == meant


def test_a_column_that_is_to_be_left_out_is_never_learned():
    task = asked(None, wish("exclude", {"columns": ["churned"]}), paragraph="who leaves? not by churned")
    with pytest.raises(TaskUnclear):
        settle(task, [table(*MEMBERS[:1], MEMBERS[5])])


@pytest.mark.parametrize(
    ("value", "left_out"),
    [
        ({"columns": ["the plan"]}, ["plan"]),
        ({"columns": ["member numbers"]}, ["member_no"]),
        ({"places": [3]}, ["age"]),
        ({"prefixes": ["s"]}, ["signed_up", "smoker"]),
    ],
)
def test_columns_are_left_out_by_name_place_and_beginning(value, left_out):
    found = settle(asked("churned", wish("exclude", value)), [table(*MEMBERS)])
    assert found.prepare["exclude"] == left_out
    assert found.task.wishes[-1].value == {"columns": left_out}


@pytest.mark.parametrize("kind", ["exclude", "only"])
def test_what_a_flag_names_is_the_name_itself_and_no_slip_of_it_is_mended(kind):
    """Among words `plam` can only mean the plan; a flag that names what is not there ends the run."""
    task = asked("churned", wish(kind, {"columns": ["plam"], "exact": True}, f"--{kind} plam"))
    with pytest.raises(TaskUnclear, match=r"no column for 'plam'\. Did you mean 'plan'\?"):
        settle(task, [table(*MEMBERS)])
    exact = settle(asked("churned", wish(kind, {"columns": ["Plan"], "exact": True})), [table(*MEMBERS)])
    assert exact.prepare[kind] == ["plan"]


def test_what_names_no_column_may_name_rows():
    found = settle(asked("price", wish("exclude", {"columns": ["the east"]}, "leave out the east")), [table(*HOUSES)])
    assert [(one["column"], one["op"], one["value"]) for one in found.prepare["where"]] == [("district", "!=", "east")]


def test_a_value_that_the_named_column_does_not_hold_is_refused():
    task = asked("price", wish("where", {"clause": "only in the centre district", "keep": True}))
    with pytest.raises(TaskUnclear, match="district"):
        settle(task, [table(*HOUSES)])


def test_the_later_ones_are_those_that_are_not_learned_from():
    task = asked(
        "churned",
        wish("train", {"clause": "customers who signed up before 2023"}),
        wish("test", {"clause": "the later ones"}),
    )
    found = settle(task, [table(*MEMBERS)])
    assert [(one["op"], one["value"]) for one in found.prepare["train_where"]] == [("<", "2023-01-01")]
    assert [(one["op"], one["value"]) for one in found.prepare["test_where"]] == [(">=", "2023-01-01")]


def test_what_nothing_here_can_do_is_told_and_the_rest_is_done():
    found = settle(asked("price", wish("export", "onnx"), wish("test", {"share": 0.3})), [table(*HOUSES)])
    states = {one.kind: one.state for one in found.task.wishes}
    assert (states["export"], states["test"]) == ("not-done", "open")
    assert found.prepare["test_fraction"] == 0.3


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_tables_the_one_with_the_target_is_taken(order):
    tables = [table(column("animal", "text"), column("legs")), table(column("animal", "text"), column("life_span"))]
    found = settle(asked("life span"), [tables[place] for place in order])
    assert found.prepare["target"] == "life_span"
    assert found.place == order.index(1)


def pictures(classes: list[str], **more: object) -> Profile:
    return Profile(modality="image", reader="image_folder", files={"all": ["p"]}, rows={"all": 90}, target="label",
                   classes=classes, counts=dict.fromkeys(classes, 30), labels_from="the folders", **more)  # fmt: skip


def test_the_folders_that_the_words_name_are_the_classes():
    readings = [pictures(["patient1", "patient2"]), pictures(["cat", "dog"])]
    task = Task(paragraph="Tell cats from dogs", goal="classify")
    assert settle(task, readings).profile.classes == ["cat", "dog"]
    assert settle(task, readings[::-1]).profile.classes == ["cat", "dog"]


def test_a_table_that_names_the_pictures_is_a_table_of_labels():
    labelled = pictures([], columns=[column("file", "text"), column("Smiling", "boolean", 0, 1, "0 1")])
    labelled.files["about"] = ["labels.csv"]
    alone = table(column("file", "text"), column("Smiling", "boolean", 0, 1, "0 1"))
    alone.files["all"] = ["labels.csv"]
    found = settle(asked("Smiling"), [alone, labelled])
    assert (found.profile.modality, found.prepare["target"]) == ("image", "Smiling")


@pytest.mark.parametrize("words", ["weather", "internet", "matter", "time"])
def test_words_that_name_no_column_name_none(words):
    assert named(words, HOUSES).names == []


@pytest.mark.parametrize(
    ("paragraph", "columns", "key", "meant"),
    [
        ("predict price from sqft and rooms", HOUSES, "only", ["sqft", "rooms"]),
        ("predict price; year gives it away", HOUSES, "exclude", ["year"]),
    ],
)
def test_what_was_taken_for_background_and_speaks_of_the_data_is_a_wish(paragraph, columns, key, meant):
    task = asked("price", paragraph=paragraph)
    task.wishes[0].text = "predict price"
    assert settle(task, [table(*columns)]).prepare[key] == meant


def test_a_year_is_no_number_of_rows():
    files = table(*HOUSES)
    files.files = {"all": ["in/houses_2023.csv", "in/houses_2024.csv"]}
    found = settle(asked("price", wish("test", {"rows": 2024.0}, "test on 2024")), [files])
    assert found.prepare["test_files"] == ["houses_2024.csv"]
    assert "test_rows" not in found.prepare


def test_umlauts_may_be_written_out():
    flats = (column("Wohnfläche", low=20, high=200), column("Stadt", "category", values="Köln Bonn"), column("Miete"))
    found = settle(asked("Wohnflaeche", wish("where", {"clause": "nur Koeln", "keep": True})), [table(*flats)])
    assert found.prepare["target"] == "Wohnfläche"
    assert [(one["column"], one["value"]) for one in found.prepare["where"]] == [("Stadt", "Köln")]


def test_a_model_for_new_people_is_tested_on_people_that_it_has_not_seen():
    visits = (
        column("patient_id", "category", values="a b c d e f"),
        column("dose"),
        column("state", "boolean", 0, 1, "0 1"),
    )
    found = settle(asked("state", paragraph="predict state; the model is for new patients"), [table(*visits)])
    assert found.prepare["group"] == "patient_id"
    assert found.task.wishes[-1].value == {"column": "patient_id"}


@pytest.mark.parametrize(
    ("paragraph", "meant"),
    [
        ("Classify the pictures.", "fine_label"),
        ("Classify the pictures by their fine labels.", "fine_label"),
        ("Classify the pictures by their coarse labels.", "coarse_label"),
    ],
)
def test_of_two_labels_of_pictures_the_one_that_is_named(paragraph, meant):
    columns = [
        column("fine_label", "category", values=" ".join(f"kind{n}" for n in range(40))),
        column("coarse_label", "category", values="fish flowers insects"),
    ]
    profile = pictures([f"kind{n}" for n in range(40)], columns=columns).model_copy(update={"target": "fine_label"})
    task = asked(paragraph=paragraph, goal="classify")
    assert settle(task, [profile]).task.target == meant


def test_a_column_of_a_long_table_is_learned_though_its_rows_may_be_series() -> None:
    long = column("diet", "category", values="1 2 3 4")
    series = Profile(modality="series", reader="long_series", files={"all": ["t.csv"]}, rows={"all": 50}, target="diet",
                     columns=[long], classes=["1", "2", "3", "4"], reading={"key": "chick"})  # fmt: skip
    rows = table(column("weight", low=30, high=400), column("time"), column("chick"), long)
    assert settle(asked("weight"), [series, rows]).task.target == "weight"


@pytest.mark.parametrize("words", ["Tell circles from squares.", "Train for 3 epochs. Tell circles from squares."])
def test_classes_in_the_plural_and_settings_of_a_training_are_understood(words: str) -> None:
    profile = Profile(modality="image", reader="image_folder", files={}, rows={"all": 40}, why="",
                      target="label", classes=["circle", "square"])  # fmt: skip
    task = settle(read(words, [], Constraints()), [profile]).task
    assert task.unread == []


@pytest.mark.parametrize(
    "words",
    [
        "Learn from shapes/, distinguishing circles from squares.",
        "Learn from shapes/ to tell the circles from the squares.",
    ],
)
def test_a_clause_that_names_the_data_and_all_classes_asks_for_nothing_else(words: str) -> None:
    profile = Profile(modality="image", reader="image_folder", files={}, rows={"all": 40}, why="",
                      target="label", classes=["circle", "square"])  # fmt: skip
    assert settle(read(words, [], Constraints()), [profile]).task.unread == []


def test_a_generator_is_made_only_where_words_ask_for_one() -> None:
    assert read("Train on shapes/ for 3 epochs.", [], Constraints()).goal is None
    assert read("Make new pictures like those in shapes/.", [], Constraints()).goal == "generate"


@pytest.mark.skipif(find_spec("xgboost") is not None, reason="xgboost is installed")
def test_a_kind_of_model_that_is_not_installed_is_refused_with_what_brings_it() -> None:
    task = read("train an XGBoost model to predict churned, data in customers.csv", [], Constraints())
    with pytest.raises(TaskUnclear, match="pip install xgboost"):
        check_family(task)
