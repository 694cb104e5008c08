"""Attacks, carried out. They fail where one gets through; a backend that does not work here at all is said, not passed.

`world` and `backend` are those of the sandbox's own tests: a run folder with what a step must not reach, in each
backend.
"""

import pytest

from tests.tools.sandbox.conftest import BACKENDS, World, backend, build_world, unconfined, world

__all__ = ["BACKENDS", "World", "backend", "build_world", "unconfined", "world"]


@pytest.fixture(scope="session", autouse=True)
def something_confines() -> None:
    """Where neither backend works, nothing of this folder could be shown."""
    reasons = {name: sandbox.available() for name, sandbox in BACKENDS.items()}
    assert None in reasons.values(), reasons
