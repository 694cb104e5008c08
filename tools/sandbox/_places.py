"""Which files and folders a step gets, checked before anything is opened to it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.sandboxes import Confinement

_WHOLE = (Path("/"), Path("/etc"))  # of /etc every step sees some files; its certificates may be shown besides
_SPECIAL = tuple(Path(name) for name in ("/proc", "/dev", "/sys"))


@dataclass(frozen=True)
class Places:
    """Absolute paths that exist. `run`: the run folder."""

    folder: Path
    reads: tuple[Path, ...]
    writes: tuple[Path, ...]
    run: Path

    def mounts(self, given: Iterable[Path]) -> list[tuple[Path, bool]]:
        """Every path with whether it is writable, outer ones first; what is named twice is writable.

        given: what every step may read besides.
        """
        wanted = {**dict.fromkeys((*given, *self.reads), False), **dict.fromkeys((self.folder, *self.writes), True)}
        return sorted(wanted.items(), key=lambda item: (len(item[0].parts), item[0]))

    def above_run(self, path: Path) -> bool:
        """Whether this folder has the whole run, with what is sealed, somewhere in it."""
        return self.run.is_relative_to(path)


def checked(inside: Confinement) -> Places:
    """The places of a step. Writable folders that are not there yet are made.

    Raises DataError `not-found`, naming the path; `unsafe-path` for what can never be shown to a step: the whole
    machine, its settings, devices, and a link that lies in the run folder (an earlier step may have left it) and leads
    out of it.
    """
    for path in inside.writes:
        path.mkdir(parents=True, exist_ok=True)
    absolute = [Path(os.path.normpath(p.absolute())) for p in (inside.folder, *inside.reads, *inside.writes)]
    count = 1 + len(inside.reads)
    run = absolute[0].parents[1] if inside.run is None else Path(os.path.normpath(inside.run.absolute()))
    places = Places(absolute[0], tuple(absolute[1:count]), tuple(absolute[count:]), run)
    for path in absolute:
        if not path.exists():
            raise DataError(
                Kind.NOT_FOUND, f"There is no file or folder {path}.", hint="Check the path.", path=str(path)
            )
        real = path.resolve()
        if real in _WHOLE or any(real.is_relative_to(special) for special in _SPECIAL):
            raise DataError(
                Kind.UNSAFE_PATH, f"{path} can't be shown to a step.", hint="Name a folder that holds the data."
            )
        if path.is_relative_to(run) and real != run.resolve() / path.relative_to(run):
            raise DataError(
                Kind.UNSAFE_PATH, f"{path} is, or passes through, a link out of its place in the run folder."
            )
    return places
