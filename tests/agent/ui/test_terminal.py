"""Whoever is asked at a terminal may take their time: the budget's clock stands still, the picture steps aside."""

import fcntl
import io
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from noglue.agent.ui.terminal import Terminal

CTRL_D, CTRL_C = "\x04", b"\x03"
ASKING = """
import time
from noglue.agent.ui.terminal import Terminal
from noglue.agent.runner import Clock
person = Terminal()
clock = Clock(60.0, now=person.clock)
assert person.answer("Really?") == "yes"
assert clock.elapsed() < 0.5, clock.elapsed()
time.sleep(0.2)
assert clock.elapsed() >= 0.2
"""


def test_waiting_for_an_answer_costs_no_budget() -> None:
    terminal, inside = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", ASKING], stdin=inside, stderr=subprocess.PIPE) as asked:
        os.close(inside)
        assert asked.stderr is not None
        assert asked.stderr.read(8) == b"Really? "
        time.sleep(1)
        os.write(terminal, b"yes\n")
        assert asked.wait(20) == 0, asked.stderr.read().decode()
    os.close(terminal)


CHOOSING = """
from noglue.agent.ui.terminal import Terminal
print(Terminal().choose("Which column is to be predicted?", ["price", "price_per_night", "no"]))
"""


@pytest.mark.parametrize(
    ("typed", "chosen", "asked_again"),
    [
        (["2"], "1", 0),
        (["price"], "0", 0),
        (["PRICE_per_night"], "1", 0),
        (["no"], "2", 0),
        (["0"], "None", 0),
        (["none"], "None", 0),
        (["4", "the cheap one", "", "1"], "0", 3),
        (["-1", "1.0", "2"], "1", 2),
        (["rent", CTRL_D], "None", 1),
        ([CTRL_D], "None", 0),
    ],
    ids=str,
)
def test_one_of_the_choices_is_taken_and_whatever_else_is_asked_again(
    typed: list[str], chosen: str, asked_again: int
) -> None:
    out, told = answered(CHOOSING, typed)
    assert out.strip() == chosen, told
    assert told.startswith("Which column is to be predicted?\n  1  price\n  2  price_per_night\n  3  no\n[1–3, 0 ")
    assert told.count("[1–3, 0 for none]") == 1 + asked_again


AGREEING = """
from noglue.agent.ui.terminal import Terminal
print(Terminal().agrees("Download it?"))
"""
USUAL = """
from noglue.agent.ui.terminal import Terminal
print(Terminal().choose("Which?", ["wine", "iris"], usual=1, hint="Enter for 1, 0 for none"))
"""


@pytest.mark.parametrize(
    ("script", "typed", "answer", "asked_again"),
    [
        (AGREEING, ["y"], "True", 0),
        (AGREEING, ["Sí"], "True", 0),
        (AGREEING, ["n"], "False", 0),
        (AGREEING, [""], "False", 0),
        (AGREEING, [CTRL_D], "False", 0),
        (AGREEING, ["maybe", "of course", "yes"], "True", 2),
        (USUAL, [""], "0", 0),
        (USUAL, [CTRL_D], "0", 0),
        (USUAL, ["3", "grapes", "iris"], "1", 2),
        (USUAL, ["no"], "None", 0),
    ],
)
def test_a_wrong_answer_is_told_what_is_right_and_asked_for_again(
    script: str, typed: list[str], answer: str, asked_again: int
) -> None:
    out, told = answered(script, typed)
    assert out.strip() == answer, told
    shortest = "[y/N]" if script == AGREEING else "[1–2, Enter for 1, 0 for none]"
    assert told.count(shortest) == 1 + asked_again
    assert (f"'{typed[0]}' is n" in told) == bool(asked_again)


@pytest.mark.parametrize("script", [AGREEING, USUAL, CHOOSING])
def test_ctrl_c_ends_the_question_without_an_answer(script: str) -> None:
    terminal, inside = pty.openpty()
    pipes = {"stdin": inside, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script], preexec_fn=_own_terminal, **pipes) as asked:
        os.close(inside)
        assert asked.stderr is not None
        while asked.stderr.read(1) != b"]":
            pass
        os.write(terminal, CTRL_C)
        out, err = asked.communicate(timeout=30)
    os.close(terminal)
    assert out == b""
    assert b"KeyboardInterrupt" in err


def _own_terminal() -> None:
    """Ctrl-C goes to whoever the terminal belongs to."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def answered(script: str, typed: list[str]) -> tuple[str, str]:
    """What the script says on standard output, and what on standard error, where a person types these lines."""
    terminal, inside = pty.openpty()
    pipes = {"stdin": inside, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script], **pipes) as asked:
        os.close(inside)
        for line in typed:
            os.write(terminal, line.encode() + (b"" if line == CTRL_D else b"\n"))
        out, err = asked.communicate(timeout=30)
    os.close(terminal)
    return out.decode(), err.decode()


def test_what_draws_steps_aside_and_comes_back() -> None:
    seen = []

    @contextmanager
    def steps() -> Iterator[None]:
        seen.append("aside")
        yield
        seen.append("back")

    person = Terminal()
    person.pause_display(steps)
    kept, sys.stdin = sys.stdin, io.StringIO("")
    try:
        assert person.answer("Anybody?") == ""
    finally:
        sys.stdin = kept
        person.forget_display(steps)
    assert seen == ["aside", "back"]
