"""A run folder with things that a step must not reach, and a way to send code into each sandbox.

Every attempt is also made without a sandbox where that does no harm: an attempt that fails there too proves nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tools.core.protocols import Confinement, Limits, Sandbox
from tools.sandbox.bwrap import Bubblewrap
from tools.sandbox.landlock import Landlock
from tools.sandbox.off import Unconfined

BACKENDS: dict[str, Sandbox] = {"bwrap": Bubblewrap(), "landlock": Landlock()}

PRELUDE = """
import errno, json, os, socket, sys
from pathlib import Path
P = json.loads(sys.argv[1])
"""
ATTEMPT = """
try:
    exec(sys.argv[2])
except OSError as error:
    print("blocked", errno.errorcode.get(error.errno, error))
else:
    print("through")
"""


@dataclass
class Ended:
    status: int
    out: str
    log: str
    ended: str | None


@dataclass
class World:
    """Paths by name, and `run` (code → how it ended) and `attempt` (code → `through`, or `blocked` with the errno)."""

    sandbox: Sandbox
    paths: dict[str, str]
    inside: Confinement

    def start(self, code: str, *arguments: str, **changes: Any) -> Any:
        inside = replace(self.inside, **changes)
        with (Path(self.paths["top"]) / "log").open("wb") as log:
            command = [sys.executable, "-I", "-S", "-c", PRELUDE + code, json.dumps(self.paths), *arguments]
            return self.sandbox.start(command, inside, log)

    def run(self, code: str, *arguments: str, seconds: float = 60, **changes: Any) -> Ended:
        child = self.start(code, *arguments, **changes)
        with child.stdout:
            try:
                out = child.stdout.read().decode(errors="replace")
                status = child.wait(seconds)
            finally:
                child.kill()
        log = (Path(self.paths["top"]) / "log").read_text(errors="replace")
        return Ended(status, out.strip(), log.strip(), child.ended)

    def attempt(self, code: str, **changes: Any) -> str:
        ended = self.run(ATTEMPT, code, **changes)
        assert ended.status == 0, ended.log
        return ended.out


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Sandbox:
    sandbox = BACKENDS[request.param]
    if (reason := sandbox.available()) is not None:
        pytest.skip(f"{request.param} does not work here: {reason}")
    return sandbox


@pytest.fixture
def world(backend: Sandbox, tmp_path: Path) -> World:
    return build_world(backend, tmp_path)


@pytest.fixture
def unconfined(tmp_path: Path) -> World:
    return build_world(Unconfined(), tmp_path / "bare")


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the same user, outside, with something to hide in its environment and its command line."""
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", "import time; time.sleep(60)", "word-on-the-command-line"],
        env={"TOKEN": "word-in-the-environment"},
    )
    yield child
    child.kill()
    child.wait()


@pytest.fixture
def blocked(world: World) -> Callable[..., None]:
    """Assert that an attempt is blocked inside and, unless `harmful`, that nothing else would have stopped it."""

    def check(code: str, *, harmful: bool = False, **changes: Any) -> None:
        assert world.attempt(code, **changes).startswith("blocked"), f"{world.sandbox} let through: {code}"
        if not harmful:
            bare = World(Unconfined(), world.paths, world.inside)
            assert bare.attempt(code, **changes) == "through"

    return check


def build_world(sandbox: Sandbox, top: Path) -> World:
    run = top / "runs" / "run"
    files = {
        "secret": top / "home" / ".ssh" / "id_ed25519",
        "sealed": run / "sealed" / "test" / "labels",
        "earlier": run / "steps" / "01-download" / "result.json",
        "input": run / "data" / "train" / "rows",
        "journal": run / "journal.jsonl",
    }
    for name, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}")
    folder = run / "steps" / "02-train"
    folder.mkdir()
    (folder / "own").write_text("own")
    paths = {name: str(file) for name, file in files.items()}
    paths |= {
        "top": str(top),
        "run": str(run),
        "folder": str(folder),
        "data": str(run / "data"),
        "me": str(os.getpid()),
    }
    limits = Limits(memory_bytes=None, folder_bytes=None)
    return World(sandbox, paths, Confinement(folder, reads=(run / "data",), limits=limits))
