"""Questions with yes or no for an answer, of a class that the pictures have, ask for a classifier."""

from pathlib import Path

import pytest

from noglue.tasks.layouts import judge
from tests.tools.readers.test_label_sources import grow

SCENES = [f"{kind}/{n}.png" for kind in ("river", "forest", "sea") for n in range(12)]


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        ("Is there a river in the picture?", False),
        ("Does the photo show a river?", False),
        ("How many pictures of rivers are there in the data?", True),
    ],
)
def test_a_question_of_each_picture(tmp_path: Path, request_: str, refused: bool) -> None:
    given = tmp_path / "given"
    given.mkdir()
    grow(given, SCENES)
    seen = judge.look(request_, [str(given)], tmp_path / "run")
    assert bool(seen["error"]) == refused
    assert refused or seen["classes"] == ["forest", "river", "sea"]


def test_what_a_question_is_about_is_no_class(tmp_path: Path) -> None:
    """`whether a sentence is positive` of classes called otherwise."""
    given = tmp_path / "given"
    given.mkdir()
    words = (("dull plot and awful actors", "bad"), ("lovely music and a great story", "good"))
    rows = [f"{text} number {n},{label}" for n in range(30) for text, label in words]
    (given / "reviews.csv").write_text("sentence,label\n" + "\n".join(rows))
    seen = judge.look("Tell whether a sentence is positive", [str(given)], tmp_path / "run")
    assert not seen["error"]
    assert seen["classes"] == ["bad", "good"]
