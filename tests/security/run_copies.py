"""Runs as a stranger hands them over: copied, changed, and with a journal whose chain and head fit the change."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.agent import journal

Line = dict[str, Any]


def copied(run: Path, home: Path, name: str = "given") -> Path:
    """The run in another user's runs folder."""
    place = home / "runs" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(run, place, symlinks=True)
    return place


def lines(run: Path) -> list[Line]:
    return [json.loads(line) for line in (run / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def forge(run: Path, change: Callable[[list[Line]], list[Line]]) -> None:
    """Write the journal anew, every hash and the head right, as anyone can who has no key."""
    previous, written = journal.GENESIS, []
    for number, line in enumerate(change(lines(run))):
        forged = {name: value for name, value in line.items() if name != "hash"} | {"n": number, "previous": previous}
        previous = journal.digest(forged)
        written.append(forged | {"hash": previous})
    (run / "journal.jsonl").write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in written))
    (run / "journal.head").write_text(f"{len(written)} {previous}\n")


def change_json(file: Path, change: Callable[[Any], Any]) -> None:
    """change: alters the content in place, or returns another."""
    content = json.loads(file.read_text(encoding="utf-8"))
    changed = change(content)
    file.write_text(json.dumps(content if changed is None else changed), encoding="utf-8")


def tree(folder: Path) -> dict[str, str]:
    """Everything below a folder, to see that nothing of it was touched."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


def trap(run: Path, name: str, kind: str, victim: Path) -> None:
    """Put a link, a second name or a pipe where noglue may write or read."""
    place = run / name
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    if kind == "link":
        place.symlink_to(victim)
    elif kind == "second name":
        os.link(victim, place)
    else:
        os.mkfifo(place)
