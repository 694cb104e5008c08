"""What a step plants for its parent, or for the next step, does no harm."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.files.step_result import publish, read_result
from noglue.tools.spec.errors import DataError, StepFailed


@pytest.mark.timeout(20)
@pytest.mark.parametrize("code", ["os.mkfifo('result.json')", "os.symlink(P['secret'], 'result.json')"])
def test_a_planted_result_is_refused(code: str, world: Any) -> None:
    assert world.run(code).status == 0
    folder = Path(world.paths["folder"])
    with pytest.raises(StepFailed, match="not a plain file"):
        read_result(folder / "result.json", 1 << 20)
    with pytest.raises(StepFailed, match="not a plain file"):
        publish(folder, "result.json", Path(world.paths["run"]) / "run.json")


@pytest.mark.parametrize("flags", [["-P", "-c"], ["-P", "-m"]])
def test_planted_modules_are_not_imported(flags: list[str], world: Any) -> None:
    for name in ("json.py", "noglue.py", "tools.py", "sitecustomize.py", "usercustomize.py", "encodings.py"):
        (Path(world.paths["folder"]) / name).write_text("import os; os.write(1, b'planted')")
    what = "import json, noglue.tools; print(json.dumps(1))" if flags[-1] == "-c" else "json.tool"
    (Path(world.paths["folder"]) / "in.json").write_text("1")
    arguments = [] if flags[-1] == "-c" else ["in.json"]
    with (Path(world.paths["top"]) / "log").open("wb") as log:
        child = world.sandbox.start([sys.executable, *flags, what, *arguments], world.inside, log)
        with child.stdout:
            assert child.stdout.read() == b"1\n"
        assert child.wait() == 0


def test_a_flood_on_stdout_waits_for_its_reader_and_can_be_ended(world: Any) -> None:
    child = world.start("while True: os.write(1, b'x' * 65536)")
    with child.stdout:
        assert len(child.stdout.read(1 << 22)) == 1 << 22
        child.kill()
        assert child.ended == "killed"


@pytest.mark.parametrize("place", ["/", "/etc", "/proc/self", "/sys", "/dev"])
def test_the_systems_own_folders_are_no_data(place: str, world: Any) -> None:
    with pytest.raises(DataError, match="can't be shown to a step") as caught:
        world.run("pass", reads=(Path(place),))
    assert (caught.value.code, caught.value.kind) == (4, "unsafe-path")


def test_a_link_that_one_step_leaves_is_not_shown_to_the_next(world: Any) -> None:
    assert world.run("os.symlink(P['secret'], 'link'); os.symlink(P['top'] + '/home', 'links')").status == 0
    folder = Path(world.paths["folder"])
    after = folder.with_name("03-next")
    after.mkdir()
    for path in (folder / "link", folder / "links" / ".ssh"):
        with pytest.raises(DataError, match="a link out of its place") as caught:
            world.run("pass", folder=after, reads=(path,))
        assert caught.value.kind == "unsafe-path"
    assert world.attempt(f"open({str(folder / 'link')!r})", folder=after, reads=(folder,)) != "through"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's steps have an owner of their own")
def test_a_link_in_a_steps_folder_is_never_given_away(world: Any) -> None:
    secret = Path(world.paths["secret"])
    assert world.run("os.symlink(P['secret'], 'link'); os.symlink(P['top'] + '/home', 'links')").status == 0
    assert world.run("print(1)").status == 0
    assert secret.stat().st_uid == secret.parent.stat().st_uid == 0


def test_results_can_be_read_and_removed_by_the_parent(world: Any) -> None:
    code = "os.umask(0o077); open('result.json', 'w').write(json.dumps({'ok': True})); os.mkdir('private', 0o700)"
    assert world.run(code).status == 0
    folder = Path(world.paths["folder"])
    assert json.loads(read_result(folder / "result.json", 100)) == {"ok": True}
    assert stat.S_IMODE((folder / "private").stat().st_mode) == 0o700
    (folder / "private").rmdir()
