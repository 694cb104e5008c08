"""The extras that `noglue doctor` and messages speak of are those that pip knows."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from noglue.tools.spec.extras import EXTRAS, Extra
from tests.agent.command_line import COMMAND, environment

HOUSE = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = PROJECT["optional-dependencies"]
NAME = re.compile(r"[A-Za-z0-9._-]+")


def names(requirements: list[str]) -> list[str]:
    found = (NAME.match(one) for one in requirements)
    return sorted(one[0].lower() for one in found if one)


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: extra.name)
def test_an_extra_has_the_packages_that_pip_would_install(extra: Extra) -> None:
    assert sorted(extra.packages) == names(DECLARED[extra.name])


def test_every_extra_for_users_is_told_of() -> None:
    assert {extra.name for extra in EXTRAS} == {*DECLARED} - {"all", "dev", "docs"}


def test_each_message_names_an_extra_that_exists() -> None:
    for path in [*(HOUSE / "agent").rglob("*.py"), *(HOUSE / "tools").rglob("*.py")]:
        for named in re.findall(r"noglue\[([a-z,]+)\]", path.read_text(encoding="utf-8")):
            assert set(named.split(",")) <= {*DECLARED}, path


def test_weights_are_held_to_the_versions_that_make_installs() -> None:
    held = names((HOUSE / "constraints.txt").read_text(encoding="utf-8").splitlines())
    for extra in EXTRAS:
        assert {*extra.published} <= {*held}


def test_doctor_says_of_each_extra_what_is_there_or_how_it_is_installed(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "doctor", "--json"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    findings = json.loads(done.stdout)["findings"]
    for extra in EXTRAS:
        told = [one for one in findings if one["what"] == f"[{extra.name}]"]
        assert told
        assert all(one["ok"] or "pip install" in one["hint"] for one in told)
