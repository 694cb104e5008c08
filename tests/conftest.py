"""How the tests are shared out among the processes that run them (`pytest --numprocesses 2`)."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent


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
