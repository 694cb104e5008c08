"""A seccomp filter, written by hand for x86-64 and aarch64: what a step's system calls may be.

    >>> program = build(machine="x86_64")
    >>> len(program) % 8
    0

The program is classic BPF over `struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]}`; each instruction is
`struct sock_filter {u16 code; u8 jt, jf; u32 k}`. Everything that no rule names is allowed: the name spaces (bwrap)
or Landlock do the confining, and the filter closes the ways around them.

Source: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
"""

import errno
import platform
import struct
from collections.abc import Iterable

from noglue.tools.sandbox._syscalls import NUMBERS

Instruction = tuple[int, int, int, int]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ARCHES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
MACHINES = tuple(_ARCHES)
_X32_BIT = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_AF_UNIX = 1
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into the user's terminal
_OWNER_IOCTLS = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP: direct SIGIO at somebody else
_OWNER_FCNTLS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
_WRITE_OR_TRUNCATE = 0o1003  # O_TRUNC | O_ACCMODE
_READ_AND_TRUNCATE = 0o1000  # O_TRUNC | O_RDONLY
_FAST_OPEN = 0x20000000  # MSG_FASTOPEN: connects while sending

# Ways around a sandbox, and kernel surface that no training needs.
_NEVER = _words("""
    ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd
    mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr
    statmount listmount setns unshare bpf perf_event_open keyctl add_key request_key userfaultfd
    open_by_handle_at name_to_handle_at fanotify_init init_module finit_module delete_module kexec_load
    kexec_file_load reboot swapon swapoff acct quotactl quotactl_fd syslog settimeofday clock_settime clock_adjtime
    adjtimex sethostname setdomainname iopl ioperm vhangup nfsservctl lookup_dcookie uselib
""")
# Absent, as on an older kernel: callers fall back. The filter cannot look into clone3's and openat2's structures.
_ABSENT = _words("clone3 io_uring_setup io_uring_enter io_uring_register memfd_secret")
# Memory that belongs to no process and no folder, so that nobody sees how much of it there is.
_UNCOUNTED = _words("shmget shmat shmctl mq_open mq_unlink msgget msgsnd msgrcv msgctl")
# What name spaces do for bwrap and Landlock leaves open.
_SHARED = _words("""
    setsid setpgid semget semop semtimedop semctl truncate
""")
# Landlock does not watch over metadata. These succeed and do nothing, so that a copy that also copies modes goes on.
_PRETENDED = _words("chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat")
_ATTRIBUTES = _words("""
    setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr
""")


def build(
    *,
    machine: str = "",
    landlocked: bool = False,
    networked: bool = False,
    device: bool = False,
    own_signals: int | None = None,
) -> bytes:
    """The filter as bytes, ready for the kernel or for `bwrap --seccomp`.

    landlocked: also what name spaces would do (no socket at all, no new session, no System V memory, no metadata).
    networked: the step holds a channel to the network: it must not turn a connected socket elsewhere.
    device: the step has a GPU, whose driver may want memory files; others have none.
    own_signals: the only process that may be signalled, where the kernel's Landlock can't see to signals.
    Raises KeyError for a machine that has no table.
    """
    column, arch = _ARCHES[machine or platform.machine()]
    body: list[Instruction] = []

    def when(names: Iterable[str], *decision: Instruction) -> None:
        for name in names:
            number = NUMBERS[name][column]
            if number is not None:
                body.extend([(_JUMP_EQUAL, 0, len(decision), number), *decision])

    when(_NEVER, _refuse(errno.EPERM))
    when(_UNCOUNTED, _refuse(errno.EPERM))
    absent = [*_ABSENT, *(["openat2"] if landlocked else []), *([] if device else ["memfd_create"])]
    when(absent, _refuse(errno.ENOSYS))
    when(["clone"], *_if_any(0, _NEW_NAMESPACES, errno.EPERM))
    when(["ioctl"], *_if_equal(1, (*_TERMINAL_INPUT, *(_OWNER_IOCTLS if landlocked else ())), errno.EPERM))
    when(["socketpair"], *_unless_equal(0, _AF_UNIX, errno.EAFNOSUPPORT))
    if networked:
        when(_words("connect bind listen accept accept4"), _refuse(errno.EACCES))
        when(["sendto"], *_if_any(3, _FAST_OPEN, errno.EACCES))
        when(["sendmsg"], *_if_any(2, _FAST_OPEN, errno.EACCES))
        when(["sendmmsg"], *_if_any(3, _FAST_OPEN, errno.EACCES))
    if landlocked:
        when(["socket"], _refuse(errno.EACCES))
        when(_SHARED, _refuse(errno.EPERM))
        when(_PRETENDED, _refuse(0))
        when(_ATTRIBUTES, _refuse(errno.ENOTSUP))
        when(["fcntl"], *_if_equal(1, _OWNER_FCNTLS, errno.EPERM))
        when(["prlimit64"], *_unless_equal(0, 0, errno.EPERM))
        when(["open"], *_if_masked(1, _WRITE_OR_TRUNCATE, _READ_AND_TRUNCATE, errno.EACCES))
        when(["openat"], *_if_masked(2, _WRITE_OR_TRUNCATE, _READ_AND_TRUNCATE, errno.EACCES))
    else:
        when(["socket"], *_unless_equal(0, _AF_UNIX, errno.EAFNOSUPPORT))
    if own_signals is not None:
        when(_words("tkill pidfd_send_signal"), _refuse(errno.EPERM))
        when(_words("kill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"), *_unless_equal(0, own_signals, errno.EPERM))
    return b"".join(struct.pack("=HBBI", *line) for line in [*_prologue(arch, column), *body, _allow()])


def _prologue(arch: int, column: int) -> list[Instruction]:
    """Another architecture's calls (32-bit programs) are killed, x32's are absent; leaves the call's number loaded."""
    lines: list[Instruction] = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    if column == 0:
        lines += [(_JUMP_GREATER_EQUAL, 0, 1, _X32_BIT), _refuse(errno.ENOSYS)]
    return lines


def _refuse(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _allow() -> Instruction:
    return (_RETURN, 0, 0, _ALLOW)


def _argument(index: int) -> Instruction:
    """Load an argument's low 32 bits (both machines are little-endian)."""
    return (_LOAD, 0, 0, 16 + 8 * index)


def _if_equal(index: int, values: tuple[int, ...], number: int) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(index), *tests, _allow(), _refuse(number)]


def _unless_equal(index: int, value: int, number: int) -> list[Instruction]:
    return [_argument(index), (_JUMP_EQUAL, 1, 0, value), _refuse(number), _allow()]


def _if_any(index: int, mask: int, number: int) -> list[Instruction]:
    return [_argument(index), (_AND, 0, 0, mask), (_JUMP_EQUAL, 0, 1, 0), _allow(), _refuse(number)]


def _if_masked(index: int, mask: int, value: int, number: int) -> list[Instruction]:
    return [_argument(index), (_AND, 0, 0, mask), (_JUMP_EQUAL, 0, 1, value), _refuse(number), _allow()]
