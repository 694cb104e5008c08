"""Landlock, seccomp and limits: the fallback where name spaces are not to be had, as in plain Docker.

The kernel denies every file-system and TCP right that no rule opens again; the seccomp filter closes what Landlock does
not watch over. What bwrap hides and this does not: that a file exists, its size and its dates (`stat` of a known path).
There is no shared memory (so no DataLoader workers), no new session, and modes and dates are only pretended to change.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noglue.tools.sandbox import _canary, _devices, _identity, _python, _seccomp, _start, _system, _watch
from noglue.tools.sandbox._pipes import Orders
from noglue.tools.sandbox._places import Places, checked
from noglue.tools.sandbox._process import Process
from noglue.tools.spec.errors import DataError, Kind, NoSandbox
from noglue.tools.spec.sandboxes import Confinement

_OLDEST = 2  # Linux 5.19; before it no file could be moved between folders
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
_NODES = 1 << 6 | 1 << 11  # making device nodes is never allowed
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL
_RIGHTS_SINCE = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version → number of file-system rights it knows
_READ = _READ_FILE | _READ_FOLDER
_PROC = tuple(
    Path("/proc") / name
    for name in ("cpuinfo", "meminfo", "stat", "loadavg", "uptime", "version", "filesystems", "sys")
)
_DEVICES = {"null": _READ_FILE | _WRITE_FILE, "zero": _READ_FILE, "random": _READ_FILE, "urandom": _READ_FILE}
_OWN_NUMBER = 0x7A6F6E67  # stands in the filter for the step's own process number


def kernel_version() -> int:
    """The version of Landlock that this kernel speaks; 0 when it has none, or it is switched off."""
    return max(0, int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)))


@dataclass(frozen=True)
class Landlock:
    """`version`: use no more than this version of Landlock has; None: what the kernel has."""

    version: int | None = None
    name: str = "landlock"
    holds: str = (
        "as bwrap, but that a known path exists, its size and its dates can be seen; "
        "no shared memory, so no DataLoader workers"
    )

    def available(self) -> str | None:
        """None when it works here, else the reason why not."""
        return _canary.available(self)

    def start(self, command: Sequence[str], inside: Confinement, stderr: Any) -> Process:
        """Run `command` confined. Raises NoSandbox, and DataError for a path that isn't there or can't be shown."""
        version = min(kernel_version(), 100 if self.version is None else self.version)
        if (reason := _missing(version)) is not None:
            raise NoSandbox(Kind.NO_SANDBOX, reason, hint="Install bubblewrap, which needs no Landlock.")
        places = checked(inside)
        given = [*_system.programs(), *_python.folders()]
        for path in (*given, *places.reads):
            if places.above_run(path):
                raise DataError(
                    Kind.UNSAFE_PATH,
                    f"{path} holds the run's own folder, which can't be hidden from a step without bubblewrap.",
                    hint="Keep the runs elsewhere (--runs), or install bubblewrap.",
                )
        scratch = _python.scratch(places.folder)
        uid, keep = _identity.step_uid(), None
        own = [places.folder, *places.writes]
        if uid is not None:
            _identity.hand_over(own, uid)
            keep = _identity.capability_needed([*_python.folders(), *own], places.reads, uid, ancestors=True)
        known = (1 << _RIGHTS_SINCE.get(version, 16)) - 1
        orders = Orders(
            command=tuple(command),
            folder=str(places.folder),
            descriptors=inside.descriptors,
            limits=_start.resource_limits(inside.limits),
            uid=uid,
            keep=keep,
            rules=tuple((str(path), rights & known) for path, rights in _rules(places, given, device=inside.device)),
            handled=(known, 3 if version >= 4 else 0, 3 if version >= 6 else 0),
            attributes_size=24 if version >= 6 else 16 if version >= 4 else 8,
            filter=_seccomp.build(
                landlocked=True,
                networked=bool(inside.descriptors),
                device=inside.device,
                own_signals=None if version >= 6 else _OWN_NUMBER,
            ),
            own=b"" if version >= 6 else _OWN_NUMBER.to_bytes(4, "little"),
        )
        environment = _python.environment(scratch, inside.environment)
        process = _start.start(orders, environment=environment, stderr=stderr, scratch=scratch, pins=_PROC)
        _watch.over(process, places, inside.limits)
        return process


def _missing(version: int) -> str | None:
    if platform.machine() not in _seccomp.MACHINES:
        return f"there is no system call filter for {platform.machine()}"
    if version == 0:
        return "this kernel has no Landlock, or it is switched off (Linux 5.19 or later, `lsm=landlock,…`)"
    if version < _OLDEST:
        return f"this kernel's Landlock is version {version}; {_OLDEST} is needed (Linux 5.19 or later)"
    return None


def _rules(places: Places, given: Sequence[Path], *, device: bool) -> Iterator[tuple[Path, int]]:
    """(path, rights) for all that the step may reach. A rule for a file names only rights that files have."""
    everything = (1 << 16) - 1 & ~(_NODES | _DEVICE_CONTROL)
    opened = [
        *((path, _READ | _EXECUTE) for path in given),
        *((path, _READ) for path in (*_system.settings(), *_PROC, Path("/proc/self"))),
        *((Path("/dev") / name, rights) for name, rights in _DEVICES.items()),
        *((path, _READ) for path in places.reads),
        *((path, everything) for path in (places.folder, *places.writes)),
    ]
    if device:
        opened += [(path, _READ | _WRITE_FILE | _DEVICE_CONTROL) for path in _devices.nodes()]
        opened += [(path, _READ) for path in _devices.surroundings()]
    for path, rights in opened:
        if path.exists():
            yield path, rights if path.is_dir() else rights & _FOR_FILES
