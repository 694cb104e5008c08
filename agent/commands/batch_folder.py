"""The folder of a batch of generated rows: new or empty, filled whole or not at all, with a signed provenance.json.

Nothing of the user's is ever written over, nor an earlier batch. Whatever breaks this off (a full disk, Ctrl-C) leaves
the folder as it was found.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from noglue.tools.spec.errors import BadUsage, Kind

PROVENANCE = "provenance.json"


def place(out: Path | None) -> Path:
    """The folder asked for, which must be new or empty; or the first free of `samples`, `samples-2`, …"""
    if out is None:
        names = ("samples" if number == 1 else f"samples-{number}" for number in range(1, 10_000))
        return next(path for name in names if not os.path.lexists(path := Path.cwd() / name))
    out = out.expanduser().absolute()
    if out.exists() and not out.is_dir():
        raise BadUsage(Kind.OUTPUT, f"{out} is a file; --out takes a folder.", hint="Choose another place with --out.")
    if out.is_dir() and (first := next(out.iterdir(), None)) is not None:
        raise BadUsage(
            Kind.OUTPUT,
            f"The folder {out} is not empty (it holds {first.name}), and nothing in it may be overwritten.",
            hint="Choose a new or empty folder with --out, or leave --out off.",
        )
    return out


def listed_file(name: str, data: bytes) -> dict[str, Any]:
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "index": None, "label": None}


def write_provenance(folder: Path, content: dict[str, Any]) -> None:
    with (folder / PROVENANCE).open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_or_nothing(out: Path) -> Iterator[Path]:
    """A folder to fill, whose files then move to `out`, provenance.json last."""
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):  # filled since `place` looked
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(out))
    staging = out / ".noglue-partial"
    moved: list[Path] = []
    try:
        staging.mkdir()
        yield staging
        for file in sorted(staging.iterdir(), key=lambda file: file.name == PROVENANCE):
            moved.append(file)
            file.rename(out / file.name)
        staging.rmdir()
    except BaseException:
        for file in moved:
            if not file.exists():
                (out / file.name).unlink(missing_ok=True)
        shutil.rmtree(staging, ignore_errors=True)
        if made:
            with suppress(OSError):
                out.rmdir()
        raise
