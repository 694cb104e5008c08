"""The last steps into the sandbox, taken by the step's own process just before it becomes the step.

Run by `python -I -S` with two inherited descriptors: the parent's orders (`tools/sandbox/_pipes.py`) come in through
one, and `pid N` and then `ready` go out through the other. It stands alone: nothing of the project, and as little of
the standard library as can be, is imported (neither `signal` nor `typing`), to start in 10 ms.

Outside it splits in two: the lower half becomes the step (or bwrap, which starts the launcher once more inside); the
upper half supervises. It adopts what its descendants leave behind, ends them all when the step or the agent has ended,
even in the first milliseconds of bwrap's own life, and passes the exit status on.

Right before the step it sets the limits, gives up root, and where told so puts itself under Landlock and seccomp.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import resource
import select
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 1, 8, 24
_PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER, _PR_SET_SECCOMP, _PR_CAP_AMBIENT = 38, 36, 22, 47
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_SIGHUP, _SIGINT, _SIGQUIT, _SIGKILL, _SIGPIPE, _SIGTERM, _SIGXFSZ = 1, 2, 3, 9, 13, 15, 25
_DEFAULT, _IGNORE = 0, 1


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _on_signal(number: int, what: int) -> None:
    _libc.signal(number, ctypes.c_void_p(what))


def _prctl(option: int, *values: int) -> None:
    _check(_libc.prctl(option, *(ctypes.c_ulong(v) for v in (*values, 0, 0, 0, 0)[:4])), f"prctl {option}")


def _limit(limits: dict[int, int]) -> None:
    for number, wanted in limits.items():
        hard = resource.getrlimit(number)[1]
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # SIGXCPU comes at the soft limit and names the cause; SIGKILL follows at the hard one
        resource.setrlimit(number, (wanted, wanted + (number == resource.RLIMIT_CPU and hard != wanted)))


def _drop_privileges(uid: int | None, keep: int | None) -> None:
    """Become `uid` with no capability at all, or with `keep` alone (a capability's number)."""
    if uid is not None:
        for capability in range(64):
            if capability != keep and _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
                break  # past the last one
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        _prctl(_PR_SET_KEEPCAPS, 1)
        os.setresuid(uid, uid, uid)
    kept = 0 if keep is None else 1 << keep
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(*([kept & 0xFFFFFFFF] * 3), *([kept >> 32] * 3))
    _check(_libc.syscall(_CAPSET[os.uname().machine], ctypes.byref(header), ctypes.byref(data)), "capset")
    if keep is not None:
        _prctl(_PR_CAP_AMBIENT, 2, keep)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _ruleset(orders: dict[str, Any]) -> int:
    """A Landlock ruleset: everything handled is denied, save what the rules (path → rights) open again."""
    attributes = (ctypes.c_uint64 * 3)(*orders["handled"])
    size = ctypes.c_size_t(orders["attributes_size"])
    ruleset = _check(_libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0), "landlock_create_ruleset")
    for path, rights in orders["rules"]:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        rule = rights.to_bytes(8, "little") + place.to_bytes(4, "little")
        _check(_libc.syscall(_ADD_RULE, ruleset, 1, ctypes.c_char_p(rule), 0), f"landlock_add_rule {path}")
        os.close(place)
    return ruleset


def _filter(program: bytes, own: bytes) -> None:
    """Load the seccomp filter; `own`, where it occurs in it, stands for this process's number."""
    code = ctypes.create_string_buffer(program.replace(own, os.getpid().to_bytes(4, "little")) if own else program)
    header = (len(program) // 8).to_bytes(8, "little") + ctypes.addressof(code).to_bytes(8, "little")
    block = ctypes.create_string_buffer(header)
    _check(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(block), 0, 0), "seccomp")


def _become(orders: dict[str, Any], ready: int) -> NoReturn:
    """Confine this process and run the command in it."""
    watcher = os.getppid()
    if orders["supervised"]:
        os.setsid()
    _limit(orders["limits"])
    ruleset = _ruleset(orders) if orders["rules"] else None
    if orders["confined"]:
        _drop_privileges(orders["uid"], orders["keep"])
    if orders["supervised"]:
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        if os.getppid() != watcher:
            sys.exit(1)
    os.chdir(orders["folder"])
    if ruleset is not None:
        _check(_libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    keep = sorted({*orders["descriptors"], ready})
    for low, high in zip([2, *keep], [*keep, resource.getrlimit(resource.RLIMIT_NOFILE)[0] + 4096], strict=True):
        os.closerange(low + 1, high)
    os.set_inheritable(ready, False)
    for number in (_SIGPIPE, _SIGXFSZ):
        _on_signal(number, _DEFAULT)
    if orders["filter"]:
        _filter(orders["filter"], orders["own"])
    os.write(ready, b"ready\n")
    os.execvp(orders["command"][0], orders["command"])


def _supervise(step: int, life: int) -> NoReturn:
    """Wait for the step or for the agent's end (`life` closes), end all that the step started, and exit alike."""
    for number in (_SIGHUP, _SIGINT, _SIGQUIT, _SIGTERM):
        _on_signal(number, _IGNORE)
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) != life:
            try:
                os.close(int(name))
            except OSError:
                continue  # the listing's own descriptor
    end = os.pidfd_open(step)
    events = select.poll()
    events.register(end, select.POLLIN)
    events.register(life, 0)  # only that its other end is closed
    events.poll()
    os.killpg(step, _SIGKILL)  # the leader is not reaped yet: the number is still its own
    status = os.waitpid(step, 0)[1]
    _end_the_rest()
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _on_signal(os.WTERMSIG(status), _DEFAULT)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status))


def _end_the_rest() -> None:
    """End what the step left behind. What a child leaves behind in turn becomes ours, and is next."""
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        for child in () if ended else _children():
            os.kill(child, _SIGKILL)
            os.waitpid(child, 0)


def _children() -> list[int]:
    """This process's children, adopted ones included."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue  # it has just ended
            if parent == os.getpid():
                found.append(int(name))
    return found


def _receive(source: int) -> bytes:
    """The orders: eight bytes of length, then as many bytes. The other end stays open as long as the agent lives."""
    text, wanted = b"", 8
    while len(text) < wanted:
        piece = os.read(source, wanted - len(text))
        if not piece:
            sys.exit(1)  # the agent has ended
        text += piece
        if len(text) == 8:
            wanted = 8 + int.from_bytes(text, "little")
    return text[8:]


def main() -> NoReturn:
    source, ready = int(sys.argv[1]), int(sys.argv[2])
    orders = marshal.loads(_receive(source))
    try:
        if orders["supervised"]:
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)
            step = os.fork()
            if step:
                _supervise(step, source)
            os.write(ready, f"pid {os.getpid()}\n".encode())
        _become(orders, ready)
    except OSError as error:
        os.write(ready, f"failed {error}\n".encode())
        os._exit(1)
