"""Scores side by side: names whole and escaped, marks inside the plot, labels of the scale apart from each other."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from noglue.tools.reporting.forest import Bar, intervals, ranges
from noglue.tools.showing.line_breaks import breakable, shell

LONG = "sensor_reading_channel_03_normalised_to_reference_condition of the plant"


def places(html: str, kind: str) -> list[float]:
    found = BeautifulSoup(html, "html.parser").select(f".{kind}")
    return [float(re.search(r"left:(-?[\d.]+)%", one["style"])[1]) for one in found]


@pytest.mark.parametrize("values", [(0.4, 0.5, 0.6), (-1e9, 0.0, 1e9), (0.5, 0.5, 0.5), (1e-7, 2e-7, 3e-7)])
def test_what_is_drawn_lies_inside_and_tick_labels_do_not_meet(values: tuple[float, float, float]) -> None:
    low, middle, high = values
    html = intervals("Scores", [Bar(LONG, "50 %", middle, low, high, main=True)], lambda value: f"{value:g}")
    assert all(0 <= place <= 100 for kind in ("mark", "whisker", "tick") for place in places(html, kind))
    ticks = places(html, "tick")
    assert ticks
    assert all(later - earlier >= 11 for earlier, later in pairwise(ticks))


def test_names_are_whole_and_do_nothing() -> None:
    html = intervals("Scores", [Bar(LONG, "1", 1.0, 0.5, 2.0), Bar("<b>x</b>", "1", 1.0, 0.5, 2.0)], str)
    page = BeautifulSoup(html, "html.parser")
    assert [name.text for name in page.select(".name")] == [LONG, "<b>x</b>"]
    assert page.find("b") is None


def test_ranges_have_nought_on_their_scale() -> None:
    page = BeautifulSoup(ranges("Off by", [("18 to 31", 2.0, 3.0, 4.0)]), "html.parser")
    assert page.select_one(".grid.nought") is not None
    assert page.select_one(".figure").text == "2.00 to 4.00"


def test_a_command_breaks_between_its_words_only() -> None:
    made = BeautifulSoup(shell("noglue predict <run> --proba " + "x" * 50), "html.parser")
    assert made.text == "noglue predict <run> --proba " + "x" * 50
    assert [span.text for span in made.select("span.whole")] == ["noglue", "predict", "<run>", "--proba"]


def test_a_name_breaks_between_its_words_only() -> None:
    assert breakable("max_speed.kmPerHour") == "max_<wbr>speed.<wbr>kmPerHour"
    assert breakable("consumption in kWh") == "consumption in kWh"
    assert breakable("<i>_b") == "&lt;i&gt;_b"
    assert breakable("monthlyRate") == "monthly<wbr>Rate"
