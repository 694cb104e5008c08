"""Resources: every bomb ends at its limit, and nothing outlives the step, or the agent."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.spec.sandboxes import Limits

MB = 1 << 20


def limits(**changed: Any) -> Limits:
    return Limits(**({"memory_bytes": None, "folder_bytes": None} | changed))


def running(word: str) -> list[int]:
    """Processes with `word` on their command line, this one left out."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if word.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def test_a_fork_bomb_stops_at_its_limit(world: Any) -> None:
    code = """
import time
count = 0
try:
    while count < 300:
        if os.fork() == 0:
            time.sleep(60)
        count += 1
except BlockingIOError:
    print('stopped')
print(count)
"""
    ended = world.run(code, limits=limits(processes=40))
    assert ended.out.split()[0] == "stopped", ended.log
    assert int(ended.out.split()[1]) < 60
    assert eventually(lambda: not running(world.paths["folder"]))


@pytest.mark.parametrize("how", ["one process", "several processes", "shared memory"])
def test_a_memory_bomb_is_ended_and_named(how: str, world: Any) -> None:
    grow = "import time\nkept = []\nfor _ in range(60):\n    kept.append(b'x' * (10 << 20)); time.sleep(0.01)"
    grow += "\ntime.sleep(30)"
    code = {
        "one process": grow,
        "several processes": f"[os.fork() for _ in range(2)]\n{grow}",
        "shared memory": "import mmap, time\nm = mmap.mmap(-1, 600 << 20)\n"
        "for i in range(0, 600 << 20, 4096):\n    m[i] = 1\ntime.sleep(30)",
    }[how]
    begin = time.monotonic()
    ended = world.run(code, limits=limits(memory_bytes=200 * MB))
    assert ended.ended == "memory"
    assert ended.status == -signal.SIGKILL
    assert time.monotonic() - begin < 25


def test_memory_that_processes_share_is_counted_once(world: Any) -> None:
    code = "import time\nkept = b'x' * (90 << 20)\n[os.fork() for _ in range(2)]\ntime.sleep(0.8)"
    assert world.run(code, limits=limits(memory_bytes=200 * MB)).ended is None


def test_one_huge_file_stops_at_its_limit(world: Any) -> None:
    code = "f = open('huge', 'wb', 0)\nfor _ in range(20):\n    f.write(bytes(1 << 20))"
    ended = world.run(code, limits=limits(file_bytes=5 * MB))
    assert ended.status == -signal.SIGXFSZ or "File too large" in ended.log
    assert (Path(world.paths["folder"]) / "huge").stat().st_size <= 5 * MB


def test_many_files_are_seen_and_named(world: Any) -> None:
    code = "import time\nfor i in range(2000):\n    open(f'f{i}', 'wb').write(bytes(1 << 18)); time.sleep(0.01)"
    ended = world.run(code, limits=limits(folder_bytes=10 * MB))
    assert ended.ended == "folder-size"
    assert ended.status == -signal.SIGKILL


def test_what_a_named_folder_held_before_does_not_count(world: Any) -> None:
    data = Path(world.paths["data"])
    (data / "large").write_bytes(os.urandom(12 * MB))
    code = "import time; open(P['data'] + '/new', 'wb').write(bytes(1 << 20)); time.sleep(0.8)"
    assert world.run(code, writes=(data,), limits=limits(folder_bytes=8 * MB)).ended is None


def test_scratch_space_has_an_end(world: Any) -> None:
    if world.sandbox.name == "landlock":
        pytest.skip("its temporary files lie in the step's folder, which is watched")
    code = "f = open('/tmp/x', 'wb')\nfor _ in range(64):\n    f.write(bytes(1 << 20))"
    ended = world.run(code, limits=limits(memory_bytes=64 * MB))
    assert "No space left" in ended.log


def test_processor_time_has_an_end(world: Any) -> None:
    ended = world.run("while True: pass", limits=limits(cpu_seconds=1))
    assert ended.ended == "cpu-time"


def test_no_core_is_dumped(world: Any) -> None:
    assert world.run("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))").out == "(0, 0)"
    assert world.run("os.abort()").status == -signal.SIGABRT
    assert sorted(p.name for p in Path(world.paths["folder"]).iterdir()) == ["own"]


DAEMON = """
import subprocess, time
try:
    os.setsid()
except OSError:
    pass
for _ in range(3):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        os.closerange(0, 3)
        time.sleep(60)
"""


@pytest.mark.parametrize("confined", [True, False])
def test_a_daemon_left_behind_ends_with_the_step(confined: bool, world: Any, unconfined: Any) -> None:
    there = world if confined else unconfined
    assert there.run(DAEMON + "print('left')").out == "left"
    assert not running(there.paths["folder"])


def test_kill_ends_every_descendant(world: Any) -> None:
    child = world.start(DAEMON + "print('ready', flush=True); time.sleep(60)")
    assert child.stdout.readline() == b"ready\n"
    assert eventually(lambda: len(running(world.paths["folder"])) >= 4)
    child.kill()
    assert not running(world.paths["folder"])
    assert child.ended == "killed"
    assert child.wait() == -signal.SIGKILL
    child.kill()  # once more does no harm
    child.stdout.close()


def test_a_wait_can_run_out_of_time(world: Any) -> None:
    child = world.start("import time; time.sleep(60)")
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.05)
    assert child.ended is None
    child.kill()
    child.stdout.close()
    assert not running(world.paths["folder"])


AGENT = """
import sys
from pathlib import Path
from noglue.tools.spec.sandboxes import Confinement
from noglue.tools.sandbox.bwrap import Bubblewrap
from noglue.tools.sandbox.landlock import Landlock
sandbox = {'bwrap': Bubblewrap, 'landlock': Landlock}[sys.argv[1]]()
print('starting', flush=True)
code = "import os, time\\n[os.fork() for _ in range(2)]\\ntime.sleep(60)"
child = sandbox.start([sys.executable, '-I', '-S', '-c', code, sys.argv[2]], Confinement(Path(sys.argv[2])), sys.stderr)
print('started', flush=True)
child.wait()
"""


@pytest.mark.parametrize("delay", [0.0, 0.004, 0.01, 0.02, 0.04, "started"])
def test_nothing_outlives_an_agent_that_is_killed(delay: float | str, world: Any) -> None:
    command = [sys.executable, "-P", "-c", AGENT, world.sandbox.name, world.paths["folder"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == b"starting\n"
        if delay == "started":
            assert agent.stdout.readline() == b"started\n"
            assert eventually(lambda: len(running(world.paths["folder"])) >= 4)
        else:
            time.sleep(float(delay))
        agent.kill()
    assert eventually(lambda: not running(world.paths["folder"])), running(world.paths["folder"])


def test_a_step_may_be_killed_from_another_thread(world: Any) -> None:
    child = world.start("import time; time.sleep(60)")
    threading.Timer(0.05, child.kill).start()
    assert child.wait(10) == -signal.SIGKILL
    assert child.ended == "killed"
    child.stdout.close()


def test_steps_leave_no_descriptor_open(world: Any) -> None:
    world.run("pass")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        world.run("pass")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
