"""What Python needs inside a sandbox: folders to see, and an environment with nothing of the user's in it."""

import functools
import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path

from noglue.tools.sandbox import _system, trees

_INSTALLED = Path(__file__).parents[3]  # where `noglue` lies; in a checkout its `tools` is a link


@functools.cache
def folders() -> tuple[Path, ...]:
    """The interpreter, the virtual environment, and this package, outermost first, unless the system has them anyway.

    >>> folders()
    (PosixPath('/home/ada/project/.venv'), PosixPath('/home/ada/.pyenv/versions/3.11.7'), …)
    """
    wanted = [
        *_prefix(Path(sys.prefix)),
        *_prefix(Path(sys.base_prefix)),
        *_links(Path(sys.executable)),
        _INSTALLED,
        _INSTALLED / "noglue" / "tools",
    ]
    wanted += [Path(p) for p in sys.path if Path(p).name in ("site-packages", "dist-packages") and Path(p).is_dir()]
    kept: list[Path] = []
    for path in sorted({p for w in wanted for p in (w, w.resolve())}, key=lambda p: len(p.parts)):
        if path.exists() and not any(path.is_relative_to(outer) for outer in (*_system.PROGRAMS, *kept)):
            kept.append(path)
    return tuple(kept)


def _prefix(prefix: Path) -> list[Path]:
    """An installation. One that is the home folder itself, or above it, shows its programs and libraries alone."""
    if Path.home().is_relative_to(prefix):
        return [prefix / name for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    return [prefix]


def _links(program: Path) -> list[Path]:
    """The installations that the chain of links from `.venv/bin/python` passes through."""
    found: list[Path] = []
    while program.is_symlink():
        program = program.parent / program.readlink()
        found += _prefix(Path(os.path.normpath(program)).parent.parent)
    return found


def environment(home: Path, given: Mapping[str, str]) -> dict[str, str]:
    """All that a step finds in its environment: the same few names everywhere, and what the caller gives."""
    clean = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "USER": "noglue",
        "LOGNAME": "noglue",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if site.ENABLE_USER_SITE and site.USER_BASE:
        clean["PYTHONUSERBASE"] = site.USER_BASE
    return {**clean, **given}


def scratch(folder: Path) -> Path:
    """A fresh private place for temporary files, in the step's folder (for sandboxes that can't mount one)."""
    place = folder / ".tmp"
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        trees.remove(place)
    place.mkdir(mode=0o700)
    return place
