"""A run that fails leaves a report of how far it came, and the error that ended it stays what it was."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.agent.command_line import answer, noglue


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    (place / "same.csv").write_text("x,<b>y</b>\n" + "".join(f"{i},a\n" for i in range(60)))
    return place


@pytest.fixture(scope="module")
def failed(home: Path) -> dict[str, Any]:
    return answer(home, "run", "Predict the last column in same.csv and export it as ONNX")


@pytest.fixture(scope="module")
def page(failed: dict[str, Any]) -> BeautifulSoup:
    return BeautifulSoup((Path(failed["path"]) / "report.html").read_text(encoding="utf-8"), "html.parser")


def test_it_says_why_the_run_ended_and_what_to_do(failed: dict[str, Any], page: BeautifulSoup) -> None:
    assert failed["exit"] == failed["error"]["code"] == 4
    header = " ".join(page.header.get_text(" ").split())  # type: ignore[union-attr]
    assert failed["error"]["message"] in header
    assert failed["error"]["hint"] in header
    assert "failed in" in header


def test_each_step_has_its_state_and_what_it_found(page: BeautifulSoup) -> None:
    rows = [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
            for row in page.select("#how-far tbody tr")]  # fmt: skip
    states = {row[0]: row[1] for row in rows}
    assert states["inspect"] == "done"
    assert list(states.values()).count("failed") == 1
    assert states["evaluate"] == "not begun"
    assert "60 rows" in next(row[3] for row in rows if row[0] == "inspect")


def test_wishes_and_the_command_that_goes_on_stand_there(failed: dict[str, Any], page: BeautifulSoup) -> None:
    assert page.find("pre").get_text() == f"noglue resume {failed['run']}"  # type: ignore[union-attr]
    assert "ONNX" in page.select_one("#wishes").get_text()  # type: ignore[union-attr]


def test_nothing_in_the_data_becomes_a_part_of_the_page_and_nothing_is_fetched(
    failed: dict[str, Any], page: BeautifulSoup
) -> None:
    assert page.find("b") is None
    assert page.find(["script", "link", "iframe", "object"]) is None
    assert "default-src 'none'" in page.find("meta", {"http-equiv": True})["content"]  # type: ignore[index,operator]
    text = (Path(failed["path"]) / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# Predict the last column")
    assert f"noglue resume {failed['run']}" in text


def test_the_terminal_says_where_it_is_and_nothing_of_it_stays_in_the_way(home: Path, failed: dict[str, Any]) -> None:
    left = [path.name for path in (Path(failed["path"]) / "steps").iterdir()]
    assert not any("unfinished" in name for name in left)
    again = noglue(home, "resume", failed["run"])
    assert again.returncode == 4
    assert again.stderr.splitlines()[-1] == f"How far it got: runs/{failed['run']}/report.html"
    assert noglue(home, "log", failed["run"], "--verify").returncode == 0, "it is one of the files that are covered"
