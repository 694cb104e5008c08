"""What is classified are the rows: words for these name no column; where columns have no names, none is named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.agent.planners.rules import Rules
from noglue.agent.settle.column_matching import are_rows
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tools import inspect
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step


def asked(words: str, profiles: list[Profile]) -> Settled:
    return settle(Rules().understand(words, ["data"], Constraints(seed=0)), profiles)


def profiles_of(place: Path) -> list[Profile]:
    return inspect.run(inspect.Args(roots=[str(place)]), Step(folder=place, run=place.parent, seed=0)).profiles


def unnamed(place: Path, last: bool = False, header: str = "") -> list[Profile]:
    """120 rows of 20 measurements, and a class of three, 0, 1 or 2, before or behind them."""
    draw = np.random.default_rng(5)
    lines = [header] if header else []
    for number in range(120):
        cells = [f"{value:.3f}" for value in draw.normal(number % 3, 1, 20)]
        lines.append(",".join([*cells, str(number % 3)] if last else [str(number % 3), *cells]))
    place.mkdir()
    (place / "arrows.csv").write_text("\n".join(lines) + "\n")
    return profiles_of(place)


@pytest.mark.parametrize(
    "words", ["classify the arrowheads", "Classify the series.", "tell the arrow types apart", "classer les flèches"]
)
@pytest.mark.parametrize("last", [False, True])
def test_rows_without_names_have_their_class_at_an_end(tmp_path: Path, words: str, last: bool) -> None:
    assert asked(words, unnamed(tmp_path / "data", last)).task.target == ("column_21" if last else "column_1")


@pytest.mark.parametrize("words", ["predict price", "predict churn", "predict the column kind"])
def test_a_column_that_is_not_there_is_still_refused(tmp_path: Path, words: str) -> None:
    with pytest.raises(TaskUnclear) as raised:
        asked(words, unnamed(tmp_path / "data"))
    assert raised.value.kind == Kind.MISSING_TARGET


def test_words_for_rows_leave_the_column_to_the_data(tmp_path: Path) -> None:
    names = ",".join(f"m{number}" for number in range(20))
    found = unnamed(tmp_path / "data", last=True, header=f"{names},label")
    for words in ("Classify the series.", "classify the signals", "classify these records"):
        assert asked(words, found).task.target == "label"


def test_a_column_that_is_called_like_the_rows_is_that_column(tmp_path: Path) -> None:
    names = ",".join(f"m{number}" for number in range(19))
    found = unnamed(tmp_path / "data", last=True, header=f"kind,{names},series")
    assert asked("classify the series", found).task.target == "series"


def test_what_rows_are_called() -> None:
    for words in ("series", "the time series", "unsere Aufnahmen", "ces signaux", "las imágenes"):
        assert are_rows(words)
    for words in ("", "series number", "price", "text length", "signal"):
        assert not are_rows(words)


@pytest.fixture(scope="module")
def one_hot(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    return pictures(tmp_path_factory.mktemp("one_hot"), lambda n: [int(n % 3 == kind) for kind in range(3)])


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    return pictures(tmp_path_factory.mktemp("several"), lambda n: [int(n % 2), int(n % 3 == 0), int(n % 5 == 0)])


def pictures(place: Path, told: Callable[[int], list[int]]) -> list[Profile]:
    lines = ["image,forest,river,desert"]
    for number in range(40):
        draw = np.random.default_rng(number)
        Image.fromarray(draw.integers(0, 255, (8, 8), dtype=np.uint8)).save(place / f"{number:03}.png")
        lines.append(",".join([f"{number:03}.png", *map(str, told(number))]))
    (place / "truth.csv").write_text("\n".join(lines) + "\n")
    return profiles_of(place)


def test_columns_of_one_class_each_are_the_classes(one_hot: list[Profile]) -> None:
    for words in ("Classify the scenes.", "which kind of landscape is it?", "tell forest, river and desert apart"):
        settled = asked(words, one_hot)
        assert (settled.task.target, settled.profile.classes) == ("label", ["desert", "forest", "river"])


def test_one_of_them_that_is_named_is_learned(one_hot: list[Profile], several: list[Profile]) -> None:
    assert asked("predict desert", one_hot).task.target == "desert"
    assert asked("Predict whether a picture shows a river.", several).task.target == "river"


def test_several_labels_of_which_none_is_named_are_all_learned(several: list[Profile]) -> None:
    settled = asked("Classify the landscapes.", several)
    assert settled.task.target == ["forest", "river", "desert"]
    assert settled.prepare["labels_in"] == {}
    assert [one["column"] for one in settled.prepare["targets"]] == ["forest", "river", "desert"]
