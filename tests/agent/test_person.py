"""Whoever is asked at a terminal may take their time: the budget's clock stands still, the picture steps aside."""

import io
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent import person

ASKING = """
import time
from agent import person
from agent.runner import Clock
clock = Clock(60.0)
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


def test_what_draws_steps_aside_and_comes_back() -> None:
    seen = []

    @contextmanager
    def steps() -> Iterator[None]:
        seen.append("aside")
        yield
        seen.append("back")

    person.aside(steps)
    kept, sys.stdin = sys.stdin, io.StringIO("")
    try:
        assert person.answer("Anybody?") == ""
    finally:
        sys.stdin = kept
        person.no_longer(steps)
    assert seen == ["aside", "back"]
