"""Processes: nobody else's can be seen, signalled or read. Privilege: none, and no way to any."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.sandbox.landlock import Landlock

CALL = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    ctypes.set_errno(0)
    number = {numbers}[name]
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result
"""


def calling(code: str) -> str:
    from noglue.tools.sandbox._syscalls import NUMBERS

    column = 1 if os.uname().machine == "aarch64" else 0
    return CALL.replace("{numbers}", repr({name: pair[column] for name, pair in NUMBERS.items()})) + code


OTHERS = {
    "a signal": "os.kill(int(P['sleeper']), 0)",
    "a signal by descriptor": "import signal; signal.pidfd_send_signal(os.pidfd_open(int(P['sleeper'])), 0)",
    "environment": "open(f'/proc/{P[\"sleeper\"]}/environ').read()",
    "command line": "open(f'/proc/{P[\"sleeper\"]}/cmdline').read()",
    "memory": "open(f'/proc/{P[\"sleeper\"]}/mem', 'rb').close()",
    "memory map": "open(f'/proc/{P[\"sleeper\"]}/maps').read()",
    "descriptors": "os.listdir(f'/proc/{P[\"sleeper\"]}/fd')",
    "root": "os.listdir(f'/proc/{P[\"sleeper\"]}/root/')",
    "limits": "import resource; resource.prlimit(int(P['sleeper']), resource.RLIMIT_NOFILE)",
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_process_is_out_of_reach(name: str, outcomes: Callable[..., Any]) -> None:
    confined, bare = outcomes(OTHERS)
    assert bare[name] == "through"
    assert confined[name] != "through"


def test_no_environment_or_command_line_in_sight_is_anybody_elses(sleeper: int, world: Any, unconfined: Any) -> None:
    code = """
found = b''
for place in ('environ', 'cmdline'):
    for pid in [*range(1, 100), *range(int(P["sleeper"]) - 300, int(P["sleeper"]) + 300)]:
        try:
            found += open(f'/proc/{pid}/{place}', 'rb').read()
        except OSError:
            pass
print(b'word-' + b'in-the-environment' in found, b'word-' + b'on-the-command-line' in found)
"""
    world.paths["sleeper"] = unconfined.paths["sleeper"] = str(sleeper)
    assert unconfined.run(code).out == "True True"
    assert world.run(code).out == "False False"


def test_the_parent_cannot_be_signalled_with_an_older_landlock_either(backend: Any, world: Any) -> None:
    if world.sandbox.name != "landlock":
        pytest.skip("Landlock's own matter")
    world.sandbox = Landlock(version=2)
    attempts = (
        "os.kill(int(P['me']), 0)",
        "os.kill(-1, 0)",
        "import signal; signal.pidfd_send_signal(os.pidfd_open(int(P['me'])), 0)",
        "import fcntl; r, w = os.pipe(); fcntl.fcntl(r, 8, int(P['me']))",
        "socket.create_connection(('127.0.0.1', 1))",
        "os.truncate(P['input'], 0)",
        "os.close(os.open(P['input'], os.O_RDONLY | os.O_TRUNC))",
        "open(P['sealed'])",
    )
    assert "through" not in world.attempt_all({code: code for code in attempts}).values()
    assert world.run("import signal; signal.raise_signal(signal.SIGTERM)").status == -signal.SIGTERM
    assert world.run("os.abort()").status == -signal.SIGABRT


CALLS = {
    "ptrace": "call('ptrace', 16, int(P['me']), 0, 0)",
    "process_vm_readv": "call('process_vm_readv', int(P['me']), 0, 0, 0, 0, 0)",
    "pidfd_getfd": "call('pidfd_getfd', os.pidfd_open(os.getpid()), 0, 0)",
    "user namespace": "call('unshare', 0x10000000)",
    "user namespace by clone": "call('clone', 0x10000000 | 17, 0, 0, 0, 0) or os._exit(0)",
    "clone3": "call('clone3', 0, 0)",
    "joining a namespace": "call('setns', os.open('/proc/self', os.O_RDONLY), 0)",
    "mount": "call('mount', b'x', b'/tmp', b'tmpfs', 0, 0)",
    "remount read-write": "call('mount', b'', b'/usr', 0, 32 | 4096, 0)",
    "open_tree": "call('open_tree', -100, b'/', 1)",
    "fsopen": "call('fsopen', b'tmpfs', 0)",
    "chroot": "os.chroot('.')",
    "pivot_root": "call('pivot_root', b'.', b'.')",
    "keyctl": "call('keyctl', 0, -3, 0)",
    "add_key": "call('add_key', b'user', b'x', b'y', 1, -3)",
    "bpf": "call('bpf', 0, 0, 0)",
    "perf_event_open": "call('perf_event_open', 0, 0, -1, -1, 0)",
    "userfaultfd": "call('userfaultfd', 1)",
    "io_uring": "call('io_uring_setup', 8, ctypes.create_string_buffer(256))",
    "open_by_handle_at": "call('open_by_handle_at', -100, ctypes.create_string_buffer(256), 0)",
    "syslog": "call('syslog', 3, ctypes.create_string_buffer(256), 256)",
    "uid 0": "os.setresuid(0, 0, 0)",
    "group 0": "os.setgroups([0])",
    "host name": "socket.sethostname('x')",
    "typing into the terminal": "import fcntl; fcntl.ioctl(os.open('/dev/null', os.O_RDWR), 0x5412, b'x')",
}
# What these answer when the kernel looks at their arguments, instead of refusing the call: not a refusal.
ARGUED = ("EFAULT", "EINVAL", "EBADF", "ENOTTY", "ESRCH")


@pytest.mark.parametrize("name", CALLS)
def test_system_call_is_refused(name: str, outcomes: Callable[..., Any], world: Any) -> None:
    if name == "uid 0" and os.geteuid() != 0 and world.sandbox.name == "bwrap":
        pytest.skip("there is no such user in the user name space, so nothing has to be refused")
    said = outcomes({key: calling(code) for key, code in CALLS.items()}, harmful=True)
    assert said[0][name] not in ("through", *ARGUED)


def test_there_is_no_privilege_and_no_way_to_any(world: Any) -> None:
    ended = world.run("print(open('/proc/self/status').read()); print('uid', os.getuid(), os.geteuid())")
    fields = dict(line.split(":", 1) for line in ended.out.splitlines() if ":" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        if name != "CapBnd" or os.geteuid() == 0 or world.sandbox.name == "bwrap":
            assert int(fields[name], 16) & ~allowed(world) == 0, name
    assert fields["NoNewPrivs"].strip() == "1"
    assert fields["Seccomp"].strip() == "2"
    assert "uid 0" not in ended.out


def allowed(world: Any) -> int:
    """CAP_DAC_READ_SEARCH, where Python itself lies in a folder that only root may pass (never under bwrap)."""
    from noglue.tools.sandbox import _identity, _python

    uid = _identity.step_uid()
    if uid is None or world.sandbox.name == "bwrap":
        return 0
    needed = [*_python.folders(), Path(world.paths["folder"])]
    keep = _identity.capability_needed(needed, [], uid, ancestors=True)
    return 0 if keep is None else 1 << keep


def test_a_program_with_the_setuid_bit_gains_nothing(world: Any) -> None:
    ended = world.run(
        "import subprocess; print(subprocess.run(['/usr/bin/su', '-c', 'id -u'], capture_output=True).stdout)"
    )
    assert "b'0" not in ended.out


def test_programs_of_the_system_run(world: Any) -> None:
    code = "import subprocess; print(subprocess.run(['sh', '-c', 'ls /usr/bin | head -1'], capture_output=True))"
    assert "returncode=0" in world.run(code).out


def test_the_command_is_not_found(world: Any) -> None:
    from noglue.tools.spec.errors import NoSandbox

    with (Path(world.paths["top"]) / "log").open("wb") as log, pytest.raises(NoSandbox, match="No such file"):
        world.sandbox.start(["/nowhere/python"], world.inside, log)


def test_exit_statuses_and_signals_come_through(world: Any) -> None:
    assert world.run("sys.exit(7)").status == 7
    assert world.run("import signal; os.kill(os.getpid(), signal.SIGSEGV)").status == -signal.SIGSEGV
    assert world.run("import time; sys.stdout.close(); os.kill(os.getpid(), 9)").status == -9
