"""Read: nothing but the system, Python, the step's folder and what was named."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.spec.errors import DataError

ATTEMPTS = {
    "a secret in the home folder": "open(P['secret']).read()",
    "another step's folder": "open(P['earlier']).read()",
    "a listing of the steps": "if not os.listdir(P['run'] + '/steps/01-download'): raise PermissionError(1, 'empty')",
    "the sealed labels": "open(P['sealed']).read()",
    "the journal": "open(P['journal']).read()",
    "two points up": "open('../01-download/result.json').read()",
    "through /proc/self/root": "open('/proc/self/root' + P['secret']).read()",
    "through /proc/self/cwd": "open('/proc/self/cwd/../../sealed/test/labels').read()",
    "a symlink": "os.symlink(P['secret'], 'link'); open('link').read()",
    "a symlink to the folder above": "os.symlink('..', 'up'); open('up/01-download/result.json').read()",
    "a hard link": "os.link(P['secret'], 'hard'); open('hard').read(); os.unlink('hard')",
    "a rename into the folder": "os.rename(P['earlier'], 'moved'); os.rename('moved', P['earlier'])",
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_cannot_be_read(name: str, outcomes: Callable[..., Any]) -> None:
    confined, bare = outcomes(ATTEMPTS)
    assert bare[name] == "through"
    assert confined[name] != "through"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read these outside")
@pytest.mark.parametrize("path", ["/etc/shadow", "/proc/1/root/etc/shadow", "/proc/kcore", "/dev/mem", "/root/.bashrc"])
def test_what_root_can_read_is_out_of_reach(path: str, world: Any) -> None:
    assert world.attempt(f"open({path!r}, 'rb').read(1)") != "through"


def test_named_folders_and_the_system_can_be_read(world: Any) -> None:
    code = """
import ctypes, ssl
print(open(P['input']).read(), open('own').read(), len(os.listdir('/usr/lib')) > 3, len(open('/etc/passwd').read()) > 3)
"""
    ended = world.run(code)
    assert ended.out == "content of input own True True", ended.log


def test_a_named_single_file_can_be_read_and_its_neighbour_cannot(world: Any) -> None:
    neighbour = Path(world.paths["earlier"]).with_name("other")
    neighbour.write_text("x")
    reads = (Path(world.paths["earlier"]),)
    assert world.attempt("open(P['earlier']).read()", reads=reads) == "through"
    assert world.attempt(f"open({str(neighbour)!r}).read()", reads=reads) != "through"


def test_descriptors_that_are_not_named_are_not_inherited(world: Any) -> None:
    secret = os.open(world.paths["secret"], os.O_RDONLY)
    os.set_inheritable(secret, True)
    named = os.open(world.paths["journal"], os.O_RDONLY)
    code = "print(*(fd for fd in range(3, 4096) if os.path.lexists(f'/proc/self/fd/{fd}')))"
    try:
        assert world.run(code, descriptors=(named,)).out == str(named)
        assert (
            world.run("print(os.read(int(sys.argv[2]), 99))", str(named), descriptors=(named,)).out
            == "b'content of journal'"
        )
    finally:
        os.close(secret)
        os.close(named)


def test_the_environment_holds_nothing_of_the_users(world: Any) -> None:
    ended = world.run("print(json.dumps(dict(os.environ)))", environment={"OMP_NUM_THREADS": "2"})
    names = set(json.loads(ended.out))
    expected = {"PATH", "LANG", "HOME", "TMPDIR", "USER", "LOGNAME", "PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS"}
    assert names - {"PWD", "LC_CTYPE", "PYTHONUSERBASE"} == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user a file is the user's own, or out of reach anyway")
def test_a_file_that_only_root_may_read_can_be_named(world: Any) -> None:
    file = Path(world.paths["top"]) / "private" / "table.csv"
    file.parent.mkdir(mode=0o700)
    file.write_text("a,b")
    file.chmod(0o600)
    assert world.run(f"print(open({str(file)!r}).read())", reads=(file,)).out == "a,b"
    assert world.attempt("open(P['secret']).read()", reads=(file,)) != "through"
    assert file.stat().st_uid == 0
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_folder_above_the_runs_does_not_show_what_is_sealed(world: Any) -> None:
    top = Path(world.paths["top"])
    (top / "table.csv").write_text("a,b")
    if world.sandbox.name == "landlock":
        with pytest.raises(DataError, match="holds the run's own folder") as caught:
            world.run("pass", reads=(top,))
        assert caught.value.kind == "unsafe-path"
        return
    assert world.run(f"print(open({str(top / 'table.csv')!r}).read())", reads=(top,)).out == "a,b"
    assert world.attempt("open(P['sealed']).read()", reads=(top,)) != "through"
    assert world.run("open('x', 'w').write('x'); print(open('own').read())", reads=(top,)).out == "own"
