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

from noglue.tools.sandbox.bwrap import Bubblewrap
from noglue.tools.sandbox.landlock import Landlock
from noglue.tools.sandbox.off import Unconfined
from noglue.tools.spec.sandboxes import Confinement, Limits, Sandbox

BACKENDS: dict[str, Sandbox] = {"bwrap": Bubblewrap(), "landlock": Landlock()}

PRELUDE = """
import errno, json, os, socket, sys
from pathlib import Path
P = json.loads(sys.argv[1])
"""
ATTEMPTS = """
outcome = {}
for name, code in json.loads(sys.argv[2]).items():
    try:
        exec(code, dict(globals()))
    except OSError as error:
        outcome[name] = errno.errorcode.get(error.errno, str(error))
    else:
        outcome[name] = "through"
print(json.dumps(outcome))
"""


@dataclass
class Ended:
    status: int
    out: str
    log: str
    ended: str | None


@dataclass
class World:
    """Paths by name, and ways to send code in: `run`, and `attempt` (→ `through`, or the errno's name)."""

    sandbox: Any
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

    def attempt_all(self, codes: dict[str, str], **changes: Any) -> dict[str, str]:
        ended = self.run(ATTEMPTS, json.dumps(codes), **changes)
        assert ended.status == 0, ended.log
        outcome: dict[str, str] = json.loads(ended.out)
        return outcome

    def attempt(self, code: str, **changes: Any) -> str:
        return self.attempt_all({"it": code}, **changes)["it"]


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


Outcomes = Callable[..., tuple[dict[str, str], dict[str, str]]]


@pytest.fixture(scope="session")
def outcomes(backend: Sandbox, tmp_path_factory: pytest.TempPathFactory, sleeper: int) -> Outcomes:
    """Make a whole table of attempts, one process for all: → what came of each in the sandbox, and outside of one.

    harmful: never outside.
    """
    known: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def make(codes: dict[str, str], harmful: bool = False) -> tuple[dict[str, str], dict[str, str]]:
        key = json.dumps(codes)
        if key not in known:
            there = [build_world(box, tmp_path_factory.mktemp("attempts")) for box in (backend, Unconfined())]
            for world in there:
                world.paths["sleeper"] = str(sleeper)
            before = contents(there[0])
            known[key] = (there[0].attempt_all(codes), {} if harmful else there[1].attempt_all(codes))
            assert contents(there[0]) == before
        return known[key]

    return make


@pytest.fixture(scope="session")
def sleeper() -> Iterator[int]:
    """A process of the same user, outside, with something to hide in its environment and its command line."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "import time; time.sleep(900)", "word-on-the-command-line"],
        env={"TOKEN": "word-in-the-environment"},
    )
    yield child.pid
    child.kill()
    child.wait()


PLANTED = {
    "secret": "home/.ssh/id_ed25519",
    "sealed": "runs/run/sealed/test/labels",
    "earlier": "runs/run/steps/01-download/result.json",
    "input": "runs/run/data/train/rows",
    "journal": "runs/run/journal.jsonl",
}


def contents(world: World) -> dict[str, bytes]:
    return {name: Path(world.paths[name]).read_bytes() for name in PLANTED}


def build_world(sandbox: Sandbox, top: Path) -> World:
    files = {name: top / place for name, place in PLANTED.items()}
    for name, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}")
    run = top / "runs" / "run"
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
