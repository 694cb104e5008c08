"""Steps that hide, hoard or stall: every one ends, by its own limit, and the parent goes on."""

import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import step_outcome
from noglue.tools.files.step_result import publish
from noglue.tools.sandbox import _memory, trees
from noglue.tools.sandbox.network import Broker
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.sandboxes import Limits

MB = 1 << 20
DEEP = """
def deep(levels):
    at = os.open('.', os.O_RDONLY)
    for _ in range(levels):
        os.mkdir('d', dir_fd=at)
        below = os.open('d', os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
"""


class _Uncountable(int):
    """A limit that can't be compared with: the watcher's own arithmetic fails."""

    def __add__(self, other: int) -> int:
        return _Uncountable(int(self) + other)

    def __lt__(self, other: int) -> bool:
        raise RuntimeError("the watcher breaks")


UNCOUNTABLE = _Uncountable(20 << 20)


def limits(**changed: Any) -> Limits:
    return Limits(**({"memory_bytes": None, "folder_bytes": None} | changed))


@pytest.mark.parametrize("levels", [150, 1500])
def test_deep_folders_do_not_blind_the_watcher(levels: int, world: Any) -> None:
    code = f"{DEEP}\ndeep({levels})\nimport time\nopen('big', 'wb').write(bytes(60 << 20))\ntime.sleep(30)"
    ended = world.run(code, limits=limits(folder_bytes=20 * MB))
    assert ended.ended in ("folder-depth", "folder-size")
    trees.remove(Path(world.paths["folder"]))
    assert not Path(world.paths["folder"]).exists()


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("f = open('sparse', 'wb'); f.truncate(3 << 30)", {"folder-size"}),
        ("open('a', 'wb').write(bytes(15 << 20)); open('b', 'wb').write(bytes(15 << 20))", {"folder-size"}),
        (f"{DEEP}\ndeep(300)", {"folder-depth"}),
        ("os.mkdir('h'); open('h/x', 'wb').write(bytes(30 << 20)); os.chmod('h', 0)", {"folder-size", "unwatched"}),
        ("os.makedirs('.hid/den'); f = open('.hid/den/x', 'wb'); f.truncate(30 << 30)", {"folder-size"}),
    ],
)
def test_what_is_left_at_the_last_moment_is_counted(code: str, reasons: set[str], world: Any) -> None:
    assert world.run(code, limits=limits(folder_bytes=20 * MB)).ended in reasons


def test_a_watcher_that_breaks_ends_the_step(world: Any) -> None:
    """A step takes away what its watcher looks at: its folder is closed to everybody, or is no folder any more."""
    code = "import time; os.mkdir('h'); open('h/x', 'wb').write(b'x'); os.chmod('h', 0); time.sleep(30)"
    if os.geteuid() == 0 or world.sandbox.name == "landlock":  # root sees everything, and there modes don't change
        code = "import time; os.makedirs('a' * 200); time.sleep(30)"
        assert world.run(code, limits=Limits(memory_bytes=None, folder_bytes=UNCOUNTABLE)).ended == "unwatched"
    else:
        assert world.run(code, limits=limits(folder_bytes=20 * MB)).ended == "unwatched"


HOARDS = {
    "a memory file": "fd = os.memfd_create('x')\nfor _ in range(70): os.write(fd, bytes(10 << 20))",
    "a memory file in flight": "fd = os.memfd_create('x')\nfor _ in range(70): os.write(fd, bytes(10 << 20))\n"
    "a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [fd]); os.close(fd)",
    "System V memory": "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
    "i = libc.shmget(0, 700 << 20, 0o1600)\nif i < 0: raise OSError(ctypes.get_errno(), 'shmget')\n"
    "libc.shmat.restype = ctypes.c_void_p; p = libc.shmat(i, None, 0); ctypes.memset(p, 1, 700 << 20)\n"
    "libc.shmdt(ctypes.c_void_p(p))",
    "scratch files": "for k, place in enumerate(('/dev/shm', '/tmp')):\n    try:\n"
    "        f = open(f'{place}/x', 'wb', 0)\n        for _ in range(7): f.write(bytes(10 << 20))\n"
    "    except OSError: pass\nkept = b'x' * (190 << 20)",
    "pages of a file in scratch": "import mmap\nkept = []\nfor i in range(70): kept.append(mmap.mmap(-1, 10 << 20)); "
    "kept[-1].write(b'x' * (10 << 20))",
}


@pytest.mark.parametrize("hoard", HOARDS)
def test_memory_that_is_nobodys_is_refused_or_counted(hoard: str, world: Any) -> None:
    """700 MB under a limit of 300 MB: the step is ended for it, or the kernel refuses it."""
    if hoard == "scratch files" and world.sandbox.name == "landlock":
        pytest.skip("it has no memory file systems: its scratch lies in its folder, on the disk")
    code = HOARDS[hoard] + "\nimport time\ntime.sleep(4)\nprint('held')"
    ended = world.run(code, limits=limits(memory_bytes=300 * MB))
    assert ended.ended == "memory" or "OSError" in ended.log or "Error" in ended.log, ended.out
    assert "held" not in ended.out


def test_memory_without_a_place_is_refused(world: Any) -> None:
    """Once it is in flight between two sockets, nobody sees a memory file: there are none."""
    assert world.attempt("os.memfd_create('x')") == "ENOSYS"
    assert world.attempt("os.memfd_create('x')", device=True) == "through"
    assert "[Errno 1] shmget" in world.run(HOARDS["System V memory"]).log


def test_memory_files_are_counted_where_a_device_needs_them(world: Any) -> None:
    code = HOARDS["a memory file"] + "\nimport time\ntime.sleep(20)"
    ended = world.run(code, limits=limits(memory_bytes=300 * MB), device=True)
    assert ended.ended == "memory"


COUNTED = {
    "pages": ("kept = b'x' * (320 << 20)", False),
    "scratch files": (HOARDS["scratch files"], False),
    "a memory file": ("fd = os.memfd_create('x')\nfor _ in range(32): os.write(fd, bytes(10 << 20))", True),
}


@pytest.mark.parametrize("hoard", COUNTED)
def test_the_watcher_counts_it_without_the_kernels_help(hoard: str, world: Any) -> None:
    """No limit, and so no control group: what the watcher would add up, where that is all there is."""
    if hoard == "scratch files" and world.sandbox.name == "landlock":
        pytest.skip("it has no memory file systems: its scratch lies in its folder, on the disk")
    code, device = COUNTED[hoard]
    child = world.start(code + "\nimport time\nprint('held', flush=True); time.sleep(60)", device=device)
    with child.stdout:
        before = _memory.over_limit(child.pid, 300 * MB, None)
        assert child.stdout.readline() == b"held\n"
        scratch = None if world.sandbox.name == "landlock" else 64 * MB
        over = _memory.over_limit(child.pid, 300 * MB, scratch), _memory.over_limit(child.pid, 600 * MB, scratch)
        child.kill()
    assert over == (True, False)
    assert not before


def watched(world: Any, code: str, limit: float | None, patience: float) -> tuple[int, bool]:
    child = world.start(code)
    return step_outcome.watch(child, limit, lambda _: None, patience)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("import time; time.sleep(600)", 1.0),
        ('import time; print(\'{"event": "note", "message": "x"}\', flush=True); time.sleep(600)', None),
        ("while True: pass", 2.0),
        ("while True: os.write(1, b'x' * 4096)", 2.0),
        ('import time\nwhile True: os.write(1, b\'{"event": "note", "message": "x"}\\n\'); time.sleep(0.1)', 2.0),
    ],
)
def test_a_step_that_stalls_is_stopped(code: str, limit: float | None, world: Any) -> None:
    begin = time.monotonic()
    assert watched(world, code, limit, patience=1.0)[1]
    assert time.monotonic() - begin < 30


@pytest.mark.timeout(30)
@pytest.mark.parametrize("close", ["os.close(1)", "os.dup2(2, 1)", "os.closerange(0, 3)"])
def test_a_step_that_closes_its_output_and_sleeps_is_stopped(close: str, world: Any) -> None:
    status, late = watched(world, f"import time; {close}; time.sleep(600)", None, patience=1.0)
    assert (status, late) == (-signal.SIGKILL, True)


def test_a_step_that_leaves_soon_after_its_last_word_is_waited_for(world: Any) -> None:
    assert watched(world, "import time; os.close(1); time.sleep(0.5)", None, patience=20.0) == (0, False)


def test_a_step_that_computes_in_silence_is_left_alone(world: Any) -> None:
    code = "import time\nend = time.monotonic() + 3\nwhile time.monotonic() < end: pass"
    assert watched(world, code, None, patience=1.5) == (0, False)


GARBAGE = [
    b"[" * 4096, b"{" * 4000, b"\xff\xfe\x00", b"null", b"[]", b"{}", b'"x"', b"1e999",
    b'{"host": "a", "port": 1e400, "scheme": "http", "timeout": 1}',
    b'{"host": "a", "port": 80, "scheme": "http", "timeout": NaN}',
    b'{"host": "a", "port": 80, "scheme": "http", "timeout": Infinity}',
    b'{"host": ["a"], "port": 80, "scheme": "http", "timeout": 1}',
    b'{"host": "a", "port": "80", "scheme": {}, "timeout": 1}',
    b'{"host": "' + b"a" * 3000 + b'", "port": 80, "scheme": "http", "timeout": 1}',
    b'{"host": "\\ud800", "port": 80, "scheme": "http", "timeout": 1}',
    b'{"host": "a\\u0000b", "port": 80, "scheme": "http", "timeout": 1}',
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("message", GARBAGE)
def test_garbage_on_the_brokers_channel_ends_the_channel_alone(message: bytes) -> None:
    with Broker(named=set()) as broker:
        child = socket.socket(fileno=os.dup(broker.descriptor))
        child.settimeout(10)
        child.send(message)
        begin = time.monotonic()
        with child:
            answer = child.recv(65536) if _answers(child) else b""
    assert not answer or json.loads(answer)["ok"] is False
    assert time.monotonic() - begin < 15


def _answers(child: socket.socket) -> bool:
    try:
        return bool(child.recv(65536, socket.MSG_PEEK))
    except (TimeoutError, ConnectionError):
        return False


@pytest.mark.timeout(60)
def test_a_child_that_never_listens_does_not_hang_the_broker() -> None:
    with Broker(named=set(), offline=True) as broker:
        child = socket.socket(fileno=os.dup(broker.descriptor))
        child.setblocking(False)
        for _ in range(20_000):
            try:
                child.send(b'{"host": "a.example", "port": 80, "scheme": "http", "timeout": 1}')
            except BlockingIOError:
                break
        begin = time.monotonic()
    child.close()
    assert time.monotonic() - begin < 10


PUBLISHED = {
    "sparse": "os.mkdir('samples')\nfor name in 'abc': open(f'samples/{name}', 'wb').truncate(30 << 30)",
    "deep": f"{DEEP}\nos.mkdir('samples'); os.chdir('samples'); deep(50)",
    "a link": "os.mkdir('samples'); os.symlink('/etc/passwd', 'samples/a')",
    "a linked folder": "os.mkdir('samples'); os.symlink('/etc', 'samples/a')",
    "a pipe": "os.mkdir('samples'); os.mkfifo('samples/a')",
    "the folder a link": "os.symlink('/etc', 'samples')",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("how", PUBLISHED)
def test_what_is_published_is_plain_and_bounded(how: str, world: Any) -> None:
    assert world.run(PUBLISHED[how]).status == 0
    run = Path(world.paths["run"])
    with pytest.raises(StepFailed):
        publish(Path(world.paths["folder"]), "samples", run / "samples")
    assert "root" not in "".join(p.read_text(errors="replace") for p in run.glob("samples/**/*") if p.is_file())


def test_a_tree_of_any_depth_is_removed_and_nothing_beside_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    top = tmp_path / "top"
    top.mkdir()
    exec(f"{DEEP}\nos.chdir({str(top)!r})\ndeep(1200)\nos.chdir('/')", {"os": os})
    (top / "link").symlink_to(kept)
    (top / "closed").mkdir(mode=0)
    trees.remove(top)
    assert not top.exists()
    assert (kept / "file").read_text() == "x"


def test_the_kernel_counts_where_it_can(world: Any) -> None:
    """Where a control group can be had, a step is in it from the start, and it goes with the step."""
    child = world.start("import time; time.sleep(30)", limits=limits(memory_bytes=300 * MB))
    with child.stdout:
        group = child.group
        inside = [] if group is None else (group / "cgroup.procs").read_text().split()
        child.kill()
    assert group is None or (str(child.pid) in inside and len(inside) >= 2 and not group.exists())
