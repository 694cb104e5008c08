"""Digits and letters that stand in pictures: where each is a class they are told apart, and nothing is written down."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from noglue.agent import request
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tools import inspect
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step


def profiles_of(place: Path, names: list[str]) -> list[Profile]:
    """A folder of eight scanned digits for each of these names."""
    for number, name in enumerate(names):
        (place / name).mkdir(parents=True)
        for row, pixels in enumerate(load_digits().images[number * 8 : number * 8 + 8]):
            Image.fromarray((pixels * 15).astype(np.uint8)).save(place / name / f"{row}.png")
    return inspect.run(inspect.Args(roots=[str(place)]), Step(folder=place, run=place.parent, seed=0)).profiles


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    return profiles_of(tmp_path_factory.mktemp("digits"), [str(digit) for digit in range(10)])


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    return profiles_of(tmp_path_factory.mktemp("rooms"), ["attic", "cellar", "kitchen"])


def asked(words: str, profiles: list[Profile]) -> Settled:
    return settle(request.read(words, ["pictures"], Constraints(seed=0)), profiles)


@pytest.mark.parametrize(
    "words",
    [
        "Recognise the handwritten digits in the images at http://127.0.0.1:42483/",
        "recognize handwritten digits",
        "read the handwritten digits in these pictures",
        "what digit is written in each picture?",
        "Erkenne die handgeschriebenen Ziffern auf den Bildern.",
        "reconnaître les chiffres écrits à la main dans les images",
        "reconocer los dígitos escritos a mano en las imágenes",
    ],
)
def test_a_sign_in_each_picture_is_its_class(digits: list[Profile], words: str) -> None:
    settled = asked(words, digits)
    assert settled.task.goal == "classify"
    assert settled.profile.classes == [str(digit) for digit in range(10)]


def test_what_is_written_is_no_class_where_classes_are_other_things(rooms: list[Profile]) -> None:
    with pytest.raises(TaskUnclear, match="write down"):
        asked("Recognise the handwritten notes in the images and copy them out, letter for letter.", rooms)
