"""A request to generate, walked to its end: the run, its pages of samples, new images of a class that is asked for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.agent.command_line import answer, noglue

ASKED = "Train a generator for handwritten digits and let me ask for a class."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def digits(home: Path) -> dict[str, Any]:
    return answer(home, "run", ASKED, "--yes", "--budget", "2m")


@pytest.mark.slow
def test_a_generator_is_trained_judged_and_kept(digits: dict[str, Any]) -> None:
    assert (digits["exit"], digits["status"], digits["error"]) == (0, "succeeded", None)
    assert (digits["task"]["goal"], digits["task"]["metric"]) == ("generate", "fd_own")
    assert digits["data"]["rows"] == {"train": 1618, "test": 179}
    assert digits["model"]["family"] == "r3gan"
    found, simple = digits["metrics"]["test"]["fd_own"], digits["metrics"]["baseline"]["fd_own"]
    assert found["low"] <= found["value"] <= found["high"]
    assert found["n"] == simple["n"] == digits["generation"]["samples"]
    assert digits["generation"]["real"]["fd_own"]["value"] < found["value"]
    assert digits["generation"]["memorized"] is False
    folder = Path(digits["path"])
    assert (folder / "model" / "model.json").is_file()
    assert {"grid.png", "classes.png"} <= {page.name for page in (folder / "samples").iterdir()}
    assert (folder / "report.html").is_file()
    steps = [step["tool"] for step in json.loads((folder / "plan.json").read_text(encoding="utf-8"))["steps"]]
    assert steps == ["inspect", "prepare", "train", "evaluate", "report"]


@pytest.mark.slow
def test_the_class_asked_for_is_made_and_the_run_says_how(home: Path, digits: dict[str, Any]) -> None:
    shown = noglue(home, "show", digits["run"]).stdout
    assert "FD-own" in shown
    assert "noglue generate" in shown
    assert "--label NAME" in shown
    out = home / "sevens"
    told = answer(home, "generate", digits["run"], "--count", "12", "--label", "7", "--seed", "1", "--out", str(out))
    assert (told["exit"], told["count"], told["label"]) == (0, 12, "7")
    images = [np.asarray(Image.open(file)) for file in sorted(out.glob("*-7.png"))]
    assert len(images) == 12
    assert {image.shape for image in images} == {(8, 8)}
    assert len({image.tobytes() for image in images}) == 12


@pytest.mark.slow
def test_a_kind_of_generator_is_taken_when_it_is_named(home: Path) -> None:
    told = answer(home, "run", "make new handwritten digits with a gaussian of the pixels", "--yes", "--budget", "60s")
    assert (told["exit"], told["model"]["family"]) == (0, "pixels_gaussian")
    assert told["metrics"]["test"]["class_conditional_accuracy"]["value"] > 0.5


@pytest.mark.parametrize(
    ("count", "code", "said"), [(3, 4, "too few for a generator"), (None, 3, "can't be generated yet")]
)
def test_what_can_not_be_learned_ends_in_one_clear_paragraph(
    home: Path, tmp_path: Path, count: int | None, code: int, said: str
) -> None:
    if count is None:
        (tmp_path / "rows.csv").write_text("a,b\n" + "".join(f"{n},{n * n}\n" for n in range(60)))
        paragraph = f"generate more rows like those in {tmp_path / 'rows.csv'}"
    else:
        (tmp_path / "few").mkdir()
        for number in range(count):
            Image.fromarray(np.full((9, 9), number, np.uint8)).save(tmp_path / "few" / f"{number}.png")
        paragraph = f"generate more pictures like those in {tmp_path / 'few'}"
    done = noglue(home, "run", paragraph, "--yes", "--budget", "60s")
    assert done.returncode == code
    told = " ".join(done.stderr.split())
    assert said in told
    assert "Traceback" not in told
