"""Write: the step's own folder and what was named writable, nowhere else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ATTEMPTS = {
    "create": "open(P['top'] + '/new', 'x').close(); os.unlink(P['top'] + '/new')",
    "append": "open(P['earlier'], 'a').close()",
    "truncate while reading": "os.close(os.open(P['input'], os.O_RDONLY | os.O_TRUNC))",
    "truncate by name": "os.truncate(P['input'], 3)",
    "a folder": "os.mkdir(P['top'] + '/folder')",
    "a link": "os.symlink('x', P['data'] + '/link')",
    "a pipe": "os.mkfifo(P['data'] + '/pipe')",
    "through a linked folder": "os.symlink(P['top'], 'out'); open('out/new', 'w').close()",
    "through /proc/self/cwd": "open('/proc/self/cwd/../../journal.jsonl', 'a').close()",
    "by two points": "open('../../journal.jsonl', 'a').close()",
    "rename": "os.rename(P['earlier'], P['earlier'] + '.old')",
    "delete": "os.unlink(P['secret'])",
    "delete what may be read": "os.unlink(P['input'])",
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_cannot_be_written(name: str, outcomes: Callable[..., Any]) -> None:
    confined, bare = outcomes(ATTEMPTS)
    assert bare[name] == "through"
    assert confined[name] != "through"


METADATA = {
    "chmod": "os.chmod(P['input'], 0o777)",
    "chmod by descriptor": "os.fchmod(os.open(P['input'], os.O_RDONLY), 0o777)",
    "utime": "os.utime(P['input'], (0, 0))",
    "utime by descriptor": "os.utime(os.open(P['input'], os.O_RDONLY), (0, 0))",
    "chown": "os.chown(P['input'], os.getuid(), os.getgid())",
    "an attribute": "os.setxattr(P['input'], 'user.x', b'1')",
}


@pytest.mark.parametrize("name", METADATA)
def test_metadata_stays_as_it_was(name: str, world: Any) -> None:
    """Refused, or (under Landlock, which does not see to metadata) pretended. The step owns the file."""
    file = Path(world.paths["input"])
    if os.geteuid() == 0:
        from noglue.tools.sandbox._identity import STEP_UID

        os.chown(file, STEP_UID, STEP_UID)
    before = (file.stat(), os.listxattr(file))
    world.run(METADATA[name])
    after = (file.stat(), os.listxattr(file))
    for field in ("st_mode", "st_mtime_ns", "st_uid", "st_ctime_ns"):
        assert getattr(after[0], field) == getattr(before[0], field), field
    assert after[1] == before[1]


@pytest.mark.parametrize("place", ["site-packages", "bin", "tools"])
def test_python_cannot_be_changed(place: str, world: Any) -> None:
    from noglue import tools

    folders = {
        "site-packages": next(p for p in sys.path if p.endswith("site-packages")),
        "bin": str(Path(sys.executable).parent),
        "tools": str(Path(str(tools.__file__)).parent),
    }
    planted = Path(folders[place]) / "planted.pth"
    assert world.attempt(f"open({str(planted)!r}, 'w').close()") != "through"
    assert not planted.exists()


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm", "/var/tmp", "/run", "/etc", "/"])
def test_the_machines_own_folders_stay_clean(folder: str, world: Any) -> None:
    file = Path(folder) / f"noglue-planted-{os.getpid()}"
    world.run(f"open({str(file)!r}, 'w').write('x')")
    assert not file.exists()


@pytest.mark.parametrize(
    "file", ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/overcommit_memory", "/sys/kernel/profiling"]
)
def test_the_kernels_settings_cannot_be_written(file: str, world: Any) -> None:
    assert world.attempt(f"os.close(os.open({file!r}, os.O_WRONLY))") != "through"


def test_own_and_named_folders_can_be_written_and_read_back_by_the_parent(world: Any) -> None:
    data, fresh = Path(world.paths["data"]), Path(world.paths["run"]) / "model"
    code = """
open('a', 'w').write('1')
open(P['data'] + '/b', 'w').write('2')
open(P['run'] + '/model/c', 'w').write('3')
open(os.environ['TMPDIR'] + '/t', 'w').write('4')
os.mkdir('sub')
os.rename('a', 'sub/a')
print(open('own', 'r+').read())
"""
    ended = world.run(code, writes=(data, fresh), reads=())
    assert ended.out == "own", ended.log
    found = [Path(world.paths["folder"]) / "sub" / "a", data / "b", fresh / "c"]
    assert [file.read_text() for file in found] == ["1", "2", "3"]


def test_the_private_place_for_temporary_files_is_gone_afterwards(world: Any) -> None:
    code = "open(os.environ['TMPDIR'] + '/noglue-temporary', 'x'); print(os.environ['TMPDIR'] == os.environ['HOME'])"
    assert world.run(code).out == "True"
    assert sorted(p.name for p in Path(world.paths["folder"]).iterdir()) == ["own"]
    assert not Path("/tmp/noglue-temporary").exists()


@pytest.mark.parametrize("kind", ["missing", "device", "link"])
def test_what_cannot_be_shown_is_refused_by_name(kind: str, world: Any) -> None:
    from noglue.tools.spec.errors import DataError

    link = Path(world.paths["earlier"]).with_name("link")
    link.symlink_to(world.paths["secret"])
    path = {"missing": Path(world.paths["top"]) / "nowhere", "device": Path("/dev"), "link": link}[kind]
    with pytest.raises(DataError, match=path.name) as caught:
        world.run("pass", reads=(path,))
    assert caught.value.kind == ("not-found" if kind == "missing" else "unsafe-path")
