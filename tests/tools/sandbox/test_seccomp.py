"""The filter, run by an interpreter of its instructions, so that both machines' filters are tested on either."""

import errno
import re
import struct
from pathlib import Path

import pytest

from noglue.tools.sandbox._seccomp import MACHINES, build
from noglue.tools.sandbox._syscalls import NUMBERS

ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
UNRELATED = {"x86_64": [0, 1, 9, 57, 60, 61, 202], "aarch64": [63, 64, 222, 220 - 100, 93, 260, 98]}


def decide(program: bytes, arch: int, number: int, *arguments: int) -> str:
    """`allow`, `kill`, or the errno's name (`pretend` for success without doing it)."""
    data = struct.pack("<iIQ6Q", number, arch, 0, *(*arguments, *([0] * (6 - len(arguments)))))
    lines = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    place, value = 0, 0
    while True:
        code, if_true, if_false, k = lines[place]
        place += 1
        if code == 0x20:
            value = struct.unpack_from("<I", data, k)[0]
        elif code == 0x54:
            value &= k
        elif code in (0x15, 0x35):
            place += if_true if (value == k if code == 0x15 else value >= k) else if_false
        else:
            assert code == 0x06
            kind, number = k & 0xFFFF0000, k & 0xFFFF
            if kind == 0x00050000:
                return errno.errorcode[number] if number else "pretend"
            return {0x7FFF0000: "allow", 0x80000000: "kill"}[kind]


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def call(machine: str, name: str, *arguments: int, **options: bool | int) -> str:
    number = NUMBERS[name][MACHINES.index(machine)]
    assert number is not None
    return decide(build(machine=machine, **options), ARCHES[machine], number, *arguments)  # type: ignore[arg-type]


def test_another_machines_calls_are_killed(machine: str) -> None:
    other = next(arch for name, arch in ARCHES.items() if name != machine)
    for arch in (other, 0x40000003, 0x40000028):  # 32-bit x86, 32-bit ARM
        assert decide(build(machine=machine), arch, 0) == "kill"


def test_x32_is_absent() -> None:
    for number in (0, 41, 101):
        assert decide(build(machine="x86_64"), ARCHES["x86_64"], 0x40000000 | number) == "ENOSYS"


@pytest.mark.parametrize("landlocked", [False, True])
def test_unrelated_calls_are_allowed(machine: str, landlocked: bool) -> None:
    program = build(machine=machine, landlocked=landlocked, networked=True)
    named = {pair[MACHINES.index(machine)] for pair in NUMBERS.values()}
    for number in set(UNRELATED[machine]) - named:
        assert decide(program, ARCHES[machine], number) == "allow"


@pytest.mark.parametrize("name", ["ptrace", "mount", "unshare", "bpf", "keyctl", "userfaultfd", "open_by_handle_at"])
def test_ways_out_are_refused(machine: str, name: str) -> None:
    assert call(machine, name) == call(machine, name, landlocked=True) == "EPERM"


@pytest.mark.parametrize("name", ["clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"])
def test_what_cannot_be_looked_into_is_absent(machine: str, name: str) -> None:
    assert call(machine, name) == "ENOSYS"


def test_sockets(machine: str) -> None:
    assert call(machine, "socket", 1) == "allow"
    assert [call(machine, "socket", family) for family in (2, 10, 16, 17, 40)] == ["EAFNOSUPPORT"] * 5
    assert call(machine, "socket", 1, landlocked=True) == "EACCES"
    assert call(machine, "socketpair", 1, landlocked=True) == "allow"
    assert call(machine, "socketpair", 30) == "EAFNOSUPPORT"
    assert call(machine, "socket", 2 | 1 << 32) == "EAFNOSUPPORT"  # the kernel looks at the low half alone


def test_processes_and_threads_start_but_no_name_spaces(machine: str) -> None:
    assert call(machine, "clone", 17) == call(machine, "clone", 0x3D0F00) == "allow"
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert call(machine, "clone", flag | 17) == "EPERM"


def test_terminal(machine: str) -> None:
    assert call(machine, "ioctl", 0, 0x5412) == call(machine, "ioctl", 0, 0x541C) == "EPERM"
    assert call(machine, "ioctl", 0, 0x5413) == "allow"
    assert call(machine, "ioctl", 0, 0x8901, landlocked=True) == "EPERM"


def test_a_channel_cannot_be_turned(machine: str) -> None:
    for name in ("connect", "bind", "listen", "accept4"):
        assert call(machine, name, networked=True) == "EACCES"
        assert call(machine, name) == "allow"
    assert call(machine, "sendto", 3, 0, 0, 0x20004000, networked=True) == "EACCES"
    assert call(machine, "sendto", 3, 0, 0, 0x4000, networked=True) == "allow"
    assert call(machine, "sendmsg", 3, 0, 0x20000000, networked=True) == "EACCES"


def test_metadata_is_pretended_under_landlock(machine: str) -> None:
    for name in ("fchmod", "fchmodat", "fchmodat2", "fchownat", "utimensat"):
        assert call(machine, name, landlocked=True) == "pretend"
        assert call(machine, name) == "allow"
    assert call(machine, "setxattr", landlocked=True) == "ENOTSUP"


def test_opening_to_read_does_not_truncate_under_landlock(machine: str) -> None:
    assert call(machine, "openat", 0, 0, 0o1000, landlocked=True) == "EACCES"
    assert call(machine, "openat", 0, 0, 0o1001, landlocked=True) == "allow"
    assert call(machine, "openat", 0, 0, 0o2000000, landlocked=True) == "allow"
    assert call(machine, "openat2", landlocked=True) == "ENOSYS"


def test_signals_reach_the_own_process_alone_where_landlock_is_old(machine: str) -> None:
    assert call(machine, "kill", 4711, landlocked=True, own_signals=4711) == "allow"
    assert call(machine, "tgkill", 4711, 4711, landlocked=True, own_signals=4711) == "allow"
    for pid in (0, 1, 4712, (1 << 32) - 1):
        assert call(machine, "kill", pid, landlocked=True, own_signals=4711) == "EPERM"
    assert call(machine, "kill", 1, landlocked=True) == "allow"
    assert call(machine, "prlimit64", 0, landlocked=True) == "allow"
    assert call(machine, "prlimit64", 1, landlocked=True) == "EPERM"


HEADERS = {"x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "/usr/include/asm-generic/unistd.h"}


def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    theirs = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    column = MACHINES.index(machine)
    for name, pair in NUMBERS.items():
        if name in theirs:
            assert pair[column] == int(theirs[name]), name


def test_no_rule_reaches_past_the_end(machine: str) -> None:
    program = build(machine=machine, landlocked=True, networked=True, own_signals=1)
    lines = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    for at, (code, if_true, if_false, _) in enumerate(lines):
        if code in (0x15, 0x35):
            assert at + 1 + max(if_true, if_false) < len(lines)
    assert lines[-1][0] == 0x06
    assert len(lines) < 4096
