"""What is to be told from what, and the cells of a column that stand for it."""

import pytest

from noglue.agent.request.alternatives import find, matches


@pytest.mark.parametrize(
    ("text", "things"),
    [
        (
            "Tell the brown bears from the black ones by the length of their claws, please.",
            ["brown bears", "black ones"],
        ),
        ("tell poorly sewn from well sewn shoes by the features", ["poorly sewn", "well sewn shoes"]),
        ("Is it a bobcat, a coyote or a gray fox?", ["bobcat", "coyote", "gray fox"]),
        ("is a lump malignant or benign?", ["malignant", "benign"]),
        ("an apple or a pear from the look of it", ["apple", "pear"]),
        ("whether a lump is malignant or benign, from measurements", ["malignant", "benign"]),
        ("Unterscheide Pilze: giftig oder essbar?", ["giftig", "essbar"]),
        ("distinguer les pommes des poires sur des photos", ["pommes", "poires"]),
        ("two brands of tea, Green Garden and Morning Leaf; which will be bought?", ["Green Garden", "Morning Leaf"]),
        ("the species from beak and flipper sizes", []),
        ("which one a shopper will pick from prices and discounts", []),
        ("will it rain or not", []),
        ("tell me from houses.csv what they cost", []),
    ],
)
def test_things_to_tell_apart(text: str, things: list[str]) -> None:
    assert find(text) == things


@pytest.mark.parametrize(
    ("cell", "thing", "same"),
    [
        ("B", "brown bears", True),
        ("GG", "Green Garden", True),
        ("PS", "poorly sewn", True),
        ("M", "malignant", True),
        ("malign", "malignant", True),
        ("gray_fox", "gray fox", True),
        ("K", "brown bears", False),
        ("7", "seven dwarfs", False),
        ("good", "bad", False),
    ],
)
def test_cells_that_stand_for_a_thing(cell: str, thing: str, same: bool) -> None:
    assert matches(cell, thing) == same
