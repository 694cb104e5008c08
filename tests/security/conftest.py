"""One small run of another user's, from which every attack on runs begins."""

from pathlib import Path

import pytest

from noglue.agent import user_key
from noglue.agent.user_key import UserKey
from tests.agent.command_line import answer, environment

FEW = "Recognise handwritten digits with pixels_linear, from at most 500 rows."


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
