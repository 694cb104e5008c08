"""Colours that can be read: contrast as WCAG 2.2 measures it, in light, in dark and in print."""

import re
from pathlib import Path

import pytest

from noglue.tools.reporting import page

STYLE = (Path(page.__file__).with_name("style.css")).read_text(encoding="utf-8")
LEAST = 4.5  # of text; 3 of lines and marks
TEXT = ("ink", "soft", "faint", "accent", "good", "bad", "warn")
GROUNDS = ("paper", "panel")
MARKS = ("accent", "second", "good", "faint")


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6}|\d+%)", block))


def _themes() -> dict[str, dict[str, str]]:
    light, dark, printed = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    base = _variables(light)
    return {"light": base, "dark": base | _variables(dark), "print": base | _variables(printed)}


def _rgb(colour: str) -> tuple[float, ...]:
    digits = colour.removeprefix("#")
    whole = "".join(letter * 2 for letter in digits) if len(digits) == 3 else digits
    return tuple(int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))


def _luminance(colour: tuple[float, ...]) -> float:
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _mixed(one: str, other: str, share: str) -> tuple[float, ...]:
    part = float(share.removesuffix("%")) / 100
    return tuple(part * a + (1 - part) * b for a, b in zip(_rgb(one), _rgb(other), strict=True))


def test_the_measure_itself() -> None:
    assert contrast(_rgb("#000"), _rgb("#fff")) == pytest.approx(21)
    assert contrast(_rgb("#777777"), _rgb("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_stands_out_from_every_ground(theme: str) -> None:
    colours = _themes()[theme]
    for ground in GROUNDS:
        for name in TEXT:
            found = contrast(_rgb(colours[name]), _rgb(colours[ground]))
            assert found >= LEAST, f"{theme}: --{name} on --{ground} has {found:.2f}"


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_counts_can_be_read_in_every_cell_of_the_confusion_matrix(theme: str) -> None:
    colours = _themes()[theme]
    for colour, most in (("accent", "right-most"), ("bad", "wrong-most")):
        ground = _mixed(colours[colour], colours["panel"], colours[most])
        assert contrast(_rgb(colours["ink"]), ground) >= LEAST, f"{theme}: a full cell of --{colour}"


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_lines_and_marks_can_be_seen(theme: str) -> None:
    colours = _themes()[theme]
    for name in MARKS:
        assert contrast(_rgb(colours[name]), _rgb(colours["paper"])) >= 3, f"{theme}: --{name}"


def test_no_colour_is_written_beside_the_named_ones() -> None:
    """What is drawn takes a named colour, so that it changes with the theme; pages of samples stay on white."""
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#fff"}
    assert set(re.findall(r"var\(--([a-z-]+)\)", STYLE)) <= set(_themes()["dark"]) | {"font", "mono", "share"}
    assert "@import" not in STYLE
    assert "url(" not in STYLE
