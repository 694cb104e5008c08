"""What stands on a terminal's screen: each line once, words whole, questions asked until they are answered."""

import os
import pty
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from noglue.agent.ui.wrapping import Whole, fitted, wrapped
from tests.agent.command_line import COMMAND, environment, noglue
from tests.agent.ui import storm
from tests.agent.ui.screens import ENDED, MARKS, Screen, needs_tmux, written

STORM = f"{sys.executable} {storm.__file__}"
NOTES = 60


def notes(lines: list[str]) -> list[str]:
    return [found for line in lines for found in re.findall(r"note-\w+-\d{4}", line)]


@needs_tmux
@pytest.mark.parametrize(("width", "height"), [(40, 24), (80, 24), (120, 40), (80, 7)])
def test_each_line_stands_once(width: int, height: int) -> None:
    with Screen(f"{STORM} {NOTES}", width, height) as screen:
        lines = screen.wait_for(ENDED)
        assert [line.split()[1] for line in screen.steps()] == list(storm.NAMES), "\n".join(lines)
        assert notes(lines) == [f"note-{name}-{place:04d}" for name in storm.NAMES for place in range(0, NOTES, 2)]


@needs_tmux
def test_a_terminal_that_changes_its_size_keeps_each_line_once() -> None:
    with Screen(f"{STORM} 300", 100) as screen:
        screen.wait_for("note-inspect-0004")
        for width in (60, 90, 40, 77, 50, 80):
            screen.resize(width)
            time.sleep(0.6)  # tmux tells a program of one size at once, and of others in a row only later
        lines = screen.wait_for(ENDED)
        assert [line.split()[1] for line in screen.steps()] == list(storm.NAMES), "\n".join(lines)
        assert len(set(notes(lines))) == len(notes(lines)) == 750


@needs_tmux
def test_the_picture_goes_while_a_person_is_asked_and_what_was_typed_before_answers_nothing() -> None:
    with Screen(f"{STORM} {NOTES} ask", 60) as screen:
        screen.wait_for("note-inspect")
        screen.type("yes", "Enter", "Enter")
        lines = screen.wait_for("[y/N]")
        assert not any("yes" in line for line in lines)
        screen.type("perhaps", "Enter")
        assert any("'perhaps' is neither yes nor no." in line for line in screen.wait_for("yes nor no."))
        screen.type("y", "Enter")
        lines = screen.wait_for(ENDED)
        assert any("agreed: True" in line for line in lines)
        asked = next(place for place, line in enumerate(lines) if line.startswith("Is this a question"))
        assert lines[asked : asked + 2] == [
            "Is this a question that is longer than the screen is wide,",
            "asked in the middle? [y/N] perhaps",
        ]
        assert [line.split()[1] for line in screen.steps()] == list(storm.NAMES), "\n".join(lines)


@needs_tmux
def test_ctrl_z_gives_the_cursor_back_and_fg_draws_below_what_the_shell_wrote() -> None:
    with Screen("bash --norc -i", 80) as screen:
        screen.type(f"{STORM} 150", "Enter")
        screen.wait_for("note-inspect-0004")
        assert not screen.has_cursor()
        screen.type("C-z")
        screen.wait_for("Stopped")
        assert screen.has_cursor()
        screen.type("echo the shell says $((1 + 2))", "Enter")
        screen.wait_for("the shell says 3")
        screen.type("fg", "Enter")
        screen.wait_for("✓ report")
        screen.type("echo that is $((1 + 1))", "Enter")
        lines = screen.wait_for("that is 2")
    begun = next(place for place, line in enumerate(lines) if line.endswith(" fg"))
    assert [line.split()[1] for line in lines[begun:] if MARKS.match(line)] == list(storm.NAMES), "\n".join(lines)
    assert "the shell says 3" in lines[:begun]


@needs_tmux
def test_samples_are_shown_in_blocks_of_colour_where_the_terminal_says_that_it_can() -> None:
    with Screen(f"{STORM} 40", 80, 30, COLORTERM="truecolor") as able, Screen(f"{STORM} 40", 80, 30) as unable:
        lines = able.wait_for("▀" * 20, times=4)
        assert max(line.count("▀") for line in lines) == 20
        assert sum("▀" in line for line in lines) == 4
        assert not any("▀" in line for line in able.wait_for(ENDED)), "they go when the step has ended"
        assert not any("▀" in line for line in unable.wait_for("note-train-0010"))


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """With a short path, which a line of 64 letters has room for."""
    with tempfile.TemporaryDirectory(prefix="home", dir="/tmp") as folder:
        yield _with_tables(Path(folder))


def _with_tables(place: Path) -> Path:
    (place / "one.csv").write_text("a,b\n1,2\n")
    rows = "".join(f"{n},{'xyz'[n % 3]},{n * 7 % 13}\n" for n in range(60))
    (place / "rows.csv").write_text(f"size,colour,price\n{rows}")
    return place


COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)(?:;\d+)*m")


@pytest.mark.parametrize(
    ("variables", "moves", "coloured"),
    [
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "xterm-256color", "CI": "true"}, False, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, True, False),
        ({"TERM": "xterm-256color"}, True, True),
    ],
    ids=["dumb", "ci", "no colour", "xterm"],
)
def test_lines_and_colours_are_those_that_the_terminal_can_show(
    home: Path, variables: dict[str, str], moves: bool, coloured: bool
) -> None:
    text = written([*COMMAND, "run", "Predict b from one.csv", "--yes"], home, **environment(home), **variables)
    assert ("\x1b[" in text) == moves
    assert bool(COLOUR.search(text)) == coloured
    assert ("1 download  done in" in text) != moves
    assert "nothing to learn" in " ".join(text.split())


@needs_tmux
@pytest.mark.parametrize("width", [64, 80])
def test_what_is_printed_breaks_at_words_on_a_screen_and_nowhere_in_a_pipe(home: Path, width: int) -> None:
    request = "Predict the price from rows.csv without the size in 10 minutes, and say why for every single answer"
    piped = noglue(home, "plan", request).stdout
    command = shlex.join([*COMMAND, "plan", request])
    with Screen(f"cd {home} && {command}", width, **environment(home)) as screen:
        shown = screen.wait_for(ENDED)
    assert max(map(len, piped.splitlines())) > 80
    assert max(map(len, shown)) <= width
    assert " ".join(shown).split(ENDED)[0].split() == piped.split()


@needs_tmux
def test_an_open_goal_is_asked_about_until_it_is_one_of_those_that_there_are(home: Path) -> None:
    command = shlex.join([*COMMAND, "plan", "predict something useful", "--data", "rows.csv"])
    with Screen(f"cd {home} && {command}", **environment(home)) as screen:
        asked = screen.wait_for("0 or Enter")
        assert [line.strip() for line in asked[:5] if "regress" in line] == ["3  regress: a number"]
        screen.type("colour", "Enter")
        assert any("'colour' is none of them." in line for line in screen.wait_for("none of them"))
        screen.type("3", "Enter")
        lines = screen.wait_for(ENDED)
    assert any("Predict a number for table rows from rows.csv" in line for line in lines)


@needs_tmux
def test_a_place_without_data_is_asked_for_again(home: Path) -> None:
    command = shlex.join([*COMMAND, "plan", "train a model"])
    with Screen(f"cd {home} && {command}", width=100, **environment(home)) as screen:
        screen.wait_for("Where is the data")
        screen.type("nowhere.csv", "Enter")
        assert any(line.startswith("There is no ") for line in screen.wait_for("There is no"))
        screen.type("rows.csv", "Enter")
        assert any("in rows.csv: goal chosen from the data" in line for line in screen.wait_for(ENDED))


def test_what_follows_hangs_below_its_label_and_a_path_stays_whole() -> None:
    path = "/home/somebody/" + "a-long-folder/" * 4
    assert wrapped(f"model    {path} (resnet)", 40)[0] == f"model    {path} (resnet)"
    assert wrapped("left out  9 of 312 rows: the price has no value in them", 40) == [
        "left out  9 of 312 rows: the price has",
        "          no value in them",
    ]
    assert wrapped("  beside it, chance: 10.0 %; the last value", 30) == [
        "  beside it, chance: 10.0 %;",
        "    the last value",
    ]
    assert wrapped("价格价格价格价格 价格价格", 20) == ["价格价格价格价格", "价格价格"]


def test_a_line_to_be_copied_is_never_broken() -> None:
    terminal, inside = pty.openpty()
    command = f"predict  noglue predict {'runs/x ' * 40}"
    with os.fdopen(inside, "w") as screen:
        assert fitted(Whole(command), screen) == [command]
        assert len(fitted(command, screen)) > 1
    os.close(terminal)
