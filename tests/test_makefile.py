"""Every target of the Makefile says something that `make` can do, each of them explained."""

import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
MAKEFILE = (HOUSE / "Makefile").read_text(encoding="utf-8")
PHONY = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
TARGETS = PHONY[1].replace("\\\n", " ").split() if PHONY else []
MODULES = re.compile(r"-m tests\.bench\.(\w+)")


def commands(target: str) -> str:
    """What `make target` would type, without doing it."""
    done = subprocess.run(["make", "-n", target], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_commands_on_modules_that_exist(target: str) -> None:
    typed = commands(target)

    assert typed.strip()
    for module in MODULES.findall(typed):
        assert (HOUSE / "tests/bench" / f"{module}.py").exists() or (HOUSE / "tests/bench" / module).is_dir()


def test_each_target_is_named_once_and_explained() -> None:
    explained = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)

    assert len(TARGETS) == len(set(TARGETS))
    assert sorted(explained) == sorted(TARGETS)
