"""What the cache holds, and how it is kept within bounds: what was used least recently goes first.

>>> found = held(Path.home() / ".cache" / "noglue")
>>> [(one.kind, one.bytes, one.what) for one in found]
[("prepared", 40811520, "train 570, validation 143, test 178"), ("download", 170498071, "cifar-10-python.tar.gz")]
"""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from noglue.agent import prepared_cache
from noglue.tools.files import step_result
from noglue.tools.net.cache_store import Entry as Download
from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed

DOWNLOADS = "downloads"  # the one folder of the cache that steps which load from the network are shown
LIMIT = "NOGLUE_CACHE_LIMIT"
USUAL_LIMIT = 20_000_000_000
RECENT_SECONDS = 3600.0  # what was used so lately may be in use by another run
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b?)", re.I)
_LARGEST_INDEX = 64 << 10


class Item(BaseModel):
    """what: in words. used: when last, in seconds since 1970. name: below the cache's folder."""

    kind: Literal["prepared", "download", "part"]
    what: str
    bytes: int
    used: float
    name: str


def size_of(text: str) -> int:
    """`10 GB`, `500M`, `0` → bytes. Raises BadUsage for what is no size."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise BadUsage(Kind.USAGE, f"{text!r} is no size.", hint="Write it like 500MB or 20GB.")
    return int(float(match[1]) * 1000 ** " kmgt".index(match[2].lower() or " "))


def limit(environment: Mapping[str, str]) -> int:
    """Of everything in the cache, in bytes; 0: nothing that was prepared is kept."""
    stated = environment.get(LIMIT)
    return USUAL_LIMIT if not stated else size_of(stated)


def held(cache: Path) -> list[Item]:
    """Everything that the cache holds, what was used last first."""
    return sorted([*_prepared(cache), *_downloads(cache)], key=lambda item: -item.used)


def prune(cache: Path, most: int, spare: float = 0.0) -> list[Item]:
    """Remove what was used least recently until at most so many bytes are left. → what was removed.

    spare: what was used within so many seconds stays.
    """
    items = held(cache)
    left, removed = sum(item.bytes for item in items), []
    for item in reversed(items):
        if left <= most:
            break
        if time.time() - item.used >= spare:
            _remove(cache, item)
            removed.append(item)
            left -= item.bytes
    return removed


def clear(cache: Path) -> list[Item]:
    """Remove all of it."""
    items = held(cache)
    for item in items:
        _remove(cache, item)
    for name in (DOWNLOADS, prepared_cache.FOLDER):
        trees.remove_quietly(cache / name)
    return items


def _remove(cache: Path, item: Item) -> None:
    with suppress(OSError):
        trees.remove(cache / item.name)


def _prepared(cache: Path) -> list[Item]:
    found = []
    for name in _names(cache / prepared_cache.FOLDER):
        place = cache / prepared_cache.FOLDER / name
        entry = prepared_cache.read_entry(place)
        with suppress(OSError):
            used = (place / prepared_cache.ENTRY if entry is not None else place).lstat().st_mtime
            found.append(
                Item(kind="prepared", what=_told(entry), bytes=_bytes(place), used=used,
                     name=f"{prepared_cache.FOLDER}/{name}")
            )  # fmt: skip
    return found


def _told(entry: prepared_cache.Entry | None) -> str:
    if entry is None:
        return "not whole"
    rows = entry.result.get("rows") or {}
    counts = ", ".join(f"{name} {count:,}" for name, count in rows.items() if isinstance(count, int))
    return f"{counts} rows, of the run {entry.run}"


def _downloads(cache: Path) -> list[Item]:
    """Contents by what their addresses gave last, and parts of what was cut off."""
    top = cache / DOWNLOADS
    known: dict[str, Download] = {}
    for name in _names(top / "index"):
        with suppress(OSError, StepFailed, ValidationError):
            entry = Download.model_validate_json(step_result.read_result(top / "index" / name, _LARGEST_INDEX))
            if entry.sha256 not in known or known[entry.sha256].at < entry.at:
                known[entry.sha256] = entry
    found = []
    for folder, kind in (("objects", "download"), ("partial", "part")):
        for name in _names(top / folder):
            with suppress(OSError):
                facts = (top / folder / name).lstat()
                given = known.get(name) if folder == "objects" else None
                what = f"{given.name}, from {given.url}" if given is not None else "of no known address"
                used = max(facts.st_mtime, given.at if given is not None else 0.0)
                item = {"kind": kind, "what": what, "bytes": facts.st_size, "used": min(used, time.time())}
                found.append(Item.model_validate(item | {"name": f"{DOWNLOADS}/{folder}/{name}"}))
    return found


def _bytes(place: Path) -> int:
    try:
        return trees.measure([place]).bytes
    except (OSError, trees.OverBounds):
        return 0


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir()) if not folder.is_symlink() else []
    except OSError:
        return []
