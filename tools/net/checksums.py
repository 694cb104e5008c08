"""Published checksums: `md5:c58f…`, `SHA256SUMS` files, and the hex beside a link.

>>> parse("MD5: C58F30108F718F92721AF3B95E74349A")
Checksum(algorithm='md5', hex='c58f30108f718f92721af3b95e74349a')
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.web_pages import Checksum

_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEX = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9a-zA-Z])"
)
_BSD = re.compile(
    r"(?P<algorithm>MD5|SHA-?1|SHA-?256|SHA-?512)\s*\((?P<name>.+)\)\s*=\s*(?P<hex>[0-9a-fA-F]+)\s*$", re.I
)
_GNU = re.compile(r"\\?(?P<hex>[0-9a-fA-F]{32,128})\s+[* ]?(?P<name>\S.*)$")


def parse(text: str) -> Checksum:
    """Raises DataError `bad-checksum` for what is none."""
    found = _HEX.search(text)
    if found is None:
        raise DataError(Kind.BAD_CHECKSUM, f"{text[:100]!r} is no checksum; one reads like md5:… or sha256:….")
    return Checksum(_BY_LENGTH[len(found[0])], found[0].lower())


def all_in(text: str) -> list[Checksum]:
    """Every checksum that stands in a text."""
    return list(dict.fromkeys(Checksum(_BY_LENGTH[len(word)], word.lower()) for word in _HEX.findall(text)))


def read_sums(text: str, about: str) -> dict[str, Checksum]:
    """File name → checksum, from `SHA256SUMS` (GNU or BSD lines), or a lone hex, which is then for the file `about`."""
    found: dict[str, Checksum] = {}
    for line in text.splitlines():
        match = _BSD.match(line.strip()) or _GNU.match(line.strip())
        if match and len(match["hex"]) in _BY_LENGTH:
            name = match["name"].strip().rpartition("/")[2]
            found[name] = Checksum(_BY_LENGTH[len(match["hex"])], match["hex"].lower())
    lone = all_in(text)
    if not found and len(lone) == 1:
        found[about] = lone[0]
    return found


class Digests:
    """Several digests of one stream of bytes."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._running: dict[str, Any] = {
            name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", *algorithms}
        }

    def update(self, data: bytes | memoryview) -> None:
        for digest in self._running.values():
            digest.update(data)

    def hex(self, algorithm: str = "sha256") -> str:
        return str(self._running[algorithm].hexdigest())


def of_file(path: Path, *algorithms: str) -> Digests:
    """SHA-256, and others that are asked for."""
    digests = Digests(algorithms)
    buffer = memoryview(bytearray(1 << 20))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digests.update(buffer[:count])
    return digests
