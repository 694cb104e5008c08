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
