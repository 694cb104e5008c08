"""How the tests are shared out among the processes that run them (`pytest --numprocesses 2`)."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Each of the processes keeps to cores of its own, and so does what it starts: threads that wait for one another on
    cores that are taken cost three times the work of one thread."""
    number, count = os.environ.get("PYTEST_XDIST_WORKER", ""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    if number and hasattr(os, "sched_setaffinity"):
        cores, place = sorted(os.sched_getaffinity(0)), int(number.removeprefix("gw"))
        os.sched_setaffinity(0, cores[place::count] or [cores[place % len(cores)]])


@cache
def shares(file: str) -> bool:
    """Whether a file makes something once for all its tests (a run, a trained model, the trees of all files), or draws
    the numbers of one test after those of another."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return 'scope="module"' in text or "@cache" in text or "\nRANDOM = " in text


class Scheduling(LoadScopeScheduling):
    """The tests of such a file stay in one process, the largest files first; others go wherever there is time.

    xdist's own `--dist loadgroup` writes its groups into test names, which pytest 9.2 no longer lets it do.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if shares(file) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)
