"""What the tests of extracting share: a run folder with one step in it, and makers of archives."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from noglue.tools import extract
from noglue.tools.net.zstandard_frames import zstd
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Note, Progress, Step

NOISE = random.Random(0).randbytes(200_000)


class Desk:
    """A run folder with one step in it, and archives lying beside."""

    def __init__(self, folder: Path) -> None:
        self.run = folder
        self.events: list[Progress | Note] = []
        self.step = Step(folder / "steps" / "02-extract", folder, emit=self.events.append)
        self.step.folder.mkdir(parents=True)

    def put(self, name: str, content: bytes) -> str:
        path = self.run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return name

    def unpack(self, *files: str, **options) -> extract.Result:
        return extract.run(extract.Args(files=list(files), **options), self.step)

    def failure(self, *files: str, **options) -> DataError:
        with pytest.raises(DataError) as caught:
            self.unpack(*files, **options)
        left = [path for path in (self.step.folder / "files").rglob("*") if path.is_file()]
        assert left == []
        assert caught.value.code == 4
        return caught.value

    def tree(self, result: extract.Result) -> dict[str, bytes]:
        """Path below its root's parent → content."""
        found = {}
        for root in map(self.step.path, result.roots):
            for path in [root] if root.is_file() else sorted(root.rglob("*")):
                if path.is_file():
                    found[path.relative_to(root.parent).as_posix()] = path.read_bytes()
        return found


def zipped(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], **options) -> bytes:
    buffer = io.BytesIO()
    options.setdefault("compression", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(
    members: dict[str, bytes] | list[tarfile.TarInfo], form: int = tarfile.PAX_FORMAT, encoding: str = "utf-8"
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, encoding=encoding, errors="surrogateescape") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member)
                info.size = len(members[member])  # type: ignore[call-overload]
                archive.addfile(info, io.BytesIO(members[member]))  # type: ignore[call-overload]
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}
PLAIN = {"data/a.csv": b"1,2\n", "data/deep/b.bin": NOISE, "empty.txt": b""}
