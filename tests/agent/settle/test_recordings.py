"""What is asked of recordings, and which column of theirs or which reading of the files answers."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tools import inspect
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step
from tests.tools.sounds import write

Ask = Callable[[str], Settled]


@cache
def rules() -> Rules:
    return Rules()


def asked(words: str, profiles: list[Profile]) -> Settled:
    return settle(rules().understand(words, ["sounds"], Constraints(seed=0)), profiles)


def profiles_of(place: Path) -> list[Profile]:
    return inspect.run(inspect.Args(roots=[str(place)]), Step(folder=place, run=place.parent, seed=0)).profiles


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    """`3_theo_12.wav`"""
    place = tmp_path_factory.mktemp("digits")
    names = (f"{digit}_{who}_{n}.wav" for digit in range(6) for who in ("theo", "lucas", "george") for n in range(3))
    for number, name in enumerate(names):
        write(place / name, 300, number, 0.03)
    return profiles_of(place)


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("tell which digit is spoken", "digit"),
        ("spoken digits", "digit"),
        ("welche Ziffer wird gesprochen?", "digit"),
        ("quel chiffre est prononcé ?", "digit"),
        ("qué dígito se dice", "digit"),
        ("who is speaking in these recordings?", "speaker"),
        ("recognise the speaker", "speaker"),
        ("wer spricht in den Aufnahmen?", "speaker"),
        ("qui parle ?", "speaker"),
        ("¿quién habla en estas grabaciones?", "speaker"),
        ("speaker identification", "speaker"),
    ],
)
def test_the_words_choose_the_field(words: str, column: str, digits: list[Profile]) -> None:
    found = asked(words, digits)
    assert (found.profile.modality, found.task.goal, found.task.target) == ("audio", "classify", column)


def test_words_that_choose_none_are_asked_about(digits: list[Profile]) -> None:
    with pytest.raises(TaskUnclear, match="digit, speaker"):
        asked("classify the recordings", digits)


def test_class_folders_are_meant_unless_the_field_is_named(tmp_path: Path) -> None:
    for number, name in enumerate(f"{word}/{w:08x}_nohash_0.wav" for word in ("yes", "no", "up") for w in range(9)):
        write(tmp_path / name, 300, number, 0.03)
    profiles = profiles_of(tmp_path)
    for words in ("keyword spotting", "classify the recordings", "tell yes from no and up", "recognise spoken words"):
        assert asked(words, profiles).task.target == "label"
    assert asked("identify the speaker", profiles).task.target == "speaker"


def test_an_age_is_no_speaker(tmp_path: Path) -> None:
    rows = [(f"{n}.wav", 20 + 7 * n % 50, f"S{n // 4}") for n in range(40)]
    for number, (name, *_) in enumerate(rows):
        write(tmp_path / name, 300, number, 0.03)
    with (tmp_path / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "age", "speaker"), *rows])
    found = asked("how old is the speaker?", profiles_of(tmp_path))
    assert (found.profile.modality, found.task.goal, found.task.target) == ("audio", "regress", "age")


def test_a_table_of_measurements_beside_recordings_is_learned_where_it_is_asked_for(tmp_path: Path) -> None:
    rows = [(f"{n}.wav", *((n * k) % 17 / 7 for k in range(3, 11)), ("jazz", "rock")[n % 2]) for n in range(60)]
    for number, (name, *_) in enumerate(rows):
        write(tmp_path / str(rows[number][-1]) / str(name), 300, number, 0.03)
    with (tmp_path / "features.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", *(f"mfcc{n}" for n in range(8)), "genre"), *rows])
    profiles = profiles_of(tmp_path)
    table = asked("predict the column genre from the table of measured features", profiles)
    assert (table.profile.modality, table.task.target) == ("table", "genre")
    assert asked("predict the genre of the songs by their sound", profiles).profile.modality == "audio"
