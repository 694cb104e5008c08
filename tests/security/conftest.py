"""Attacks, carried out. They fail where one gets through; a backend that does not work here at all is said, not passed.

`world` and `backend` are those of the sandbox's own tests: a run folder with what a step must not reach, in each
backend. `made` is one small run of another user's, from which every attack on runs begins.
"""

from pathlib import Path

import pytest

from noglue.agent import user_key
from noglue.agent.user_key import UserKey
from tests.agent.command_line import answer, environment
from tests.tools.sandbox.conftest import BACKENDS, World, backend, build_world, unconfined, world

__all__ = ["BACKENDS", "World", "backend", "build_world", "unconfined", "world"]

FEW = "Recognise handwritten digits with pixels_linear, from at most 500 rows."


@pytest.fixture(scope="session", autouse=True)
def something_confines() -> None:
    """Where neither backend works, nothing of this folder could be shown."""
    reasons = {name: sandbox.available() for name, sandbox in BACKENDS.items()}
    assert None in reasons.values(), reasons


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of whoever made the run."""
    return tmp_path_factory.mktemp("maker")


@pytest.fixture(scope="session")
def made(maker: Path) -> Path:
    content = answer(maker, "run", FEW, "--yes")
    assert content["exit"] == 0, content
    return Path(content["path"])


@pytest.fixture(scope="session")
def key(made: Path, maker: Path) -> UserKey:
    """The maker's."""
    found = user_key.existing(environment(maker)).key
    assert found is not None
    return found
