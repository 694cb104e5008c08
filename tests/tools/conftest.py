"""What a test of a step works with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.fetching import Bench, bench
from tests.tools.unpacking import Desk


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Bench]:
    """A web server of the test's own, and steps that reach it through a real broker."""
    with bench(tmp_path) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A run folder with one step in it, and archives lying beside."""
    return Desk(tmp_path)
