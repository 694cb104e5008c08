"""What a run hands over, by hash: the last event of its journal covers it, and `noglue log --verify` compares.

    digests(run)  →  {"run.json": {"sha256": "9f2c…", "bytes": 5210}, "model/weights.safetensors": …}

Covered: the outcome, the task and the plan, report, predictions, samples and everything in `model/`. Not covered: the
prepared data (`data/`, `sealed/`), the steps' folders, `keys/`, and what comes later.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from noglue.tools.files import beneath
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind

FILES = ("run.json", "task.json", "plan.json", "given.json", "report.html", "report.md", "predictions.csv", "top.csv")
LEFT = tuple(name for name in goals.left_files() if "/" not in name)
FOLDERS = ("model", "samples")
BOUNDS = beneath.Bounds(files=20_000, depth=16, bytes=16 << 30)


class Digest(BaseModel):
    """bytes: of the file; a larger one need not be read to its end to know that it is another."""

    sha256: str
    bytes: int


def digests(run: Path) -> dict[str, Digest]:
    """Every covered file that is there. Raises DataError `unsafe-path` for links, pipes and the like among them."""
    return {name: _digest(run, name, size) for name, size in _covered(run)}


def changed(run: Path, known: dict[str, Any]) -> list[str]:
    """In words, which of the covered files are no longer what the journal says, or were added since.

    known: as `digests` gave them, from a journal that may be a stranger's.
    """
    try:
        there = dict(_covered(run))
        said = {name: Digest.model_validate(one) for name, one in known.items()}
    except (DataError, ValueError) as error:
        return [str(error)]
    wrong = [f"{name} is missing" for name in said if name not in there]
    wrong += [f"{name} was added" for name in there if name not in said]
    for name in [name for name in said if name in there]:
        if there[name] != said[name].bytes or _digest(run, name, there[name]) != said[name]:
            wrong.append(f"{name} was changed")
    return sorted(wrong)


def _covered(run: Path) -> Iterator[tuple[str, int]]:
    """Each covered file with its size."""
    for name in (*FILES, *LEFT):
        facts = beneath.there(run, name)
        if facts is not None:
            beneath.must_be_plain(facts, run, name, writing=False)
            if facts.st_size > BOUNDS.bytes:
                raise DataError(Kind.UNSAFE_PATH, f"{name} is larger than {BOUNDS.bytes:,} bytes.")
            yield name, facts.st_size
    for folder in FOLDERS:
        facts = beneath.there(run, folder)
        if facts is not None and stat.S_ISDIR(facts.st_mode):
            listed = [entry for entry in beneath.entries(run / folder, BOUNDS) if not entry.folder]
            yield from ((f"{folder}/{entry.name}", entry.bytes) for entry in sorted(listed, key=lambda one: one.name))


def _digest(run: Path, name: str, size: int) -> Digest:
    """Of its first `size` bytes and one more: what grows meanwhile is told by its size."""
    descriptor = beneath.open_plain(run, name)
    try:
        digest, left = hashlib.sha256(), size + 1
        while left > 0 and (piece := os.read(descriptor, min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
        return Digest(sha256=digest.hexdigest(), bytes=size + 1 - left)
    finally:
        os.close(descriptor)
