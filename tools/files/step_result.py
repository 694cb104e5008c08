"""What a step leaves is read with distrust: it may be a link, a pipe that never ends, or larger than memory.

read_result(folder / "result.json", 64 << 20)
read_json(folder / "result.json", 64 << 20)
publish(folder, "predictions.csv", run / "predictions.csv")
"""

import os
import stat
from pathlib import Path
from typing import Any

from noglue.tools.files import bounded_json
from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import Kind, StepFailed

MOST_PUBLISHED = trees.Bounds(bytes=64 << 30, depth=8, entries=2_000_000)
_PIECE = 1 << 20


def read_result(path: Path, limit_bytes: int) -> bytes:
    """The content of a plain file of at most `limit_bytes`.

    Raises FileNotFoundError when there is none, StepFailed `bad-result` for what is larger, or not a plain file.
    """
    descriptor = open_plain(path)
    try:
        if os.fstat(descriptor).st_size > limit_bytes:
            raise StepFailed(Kind.BAD_RESULT, f"{path.name} is larger than {limit_bytes} bytes.", path=str(path))
        content = bytearray()
        while len(content) <= limit_bytes and (piece := os.read(descriptor, _PIECE)):
            content += piece
        return bytes(content[:limit_bytes])
    finally:
        os.close(descriptor)


def read_json(path: Path, limit_bytes: int) -> Any:
    """The JSON value in a plain file. Raises as `read_result` does, and ValueError for what is no JSON or nested too
    deep."""
    return bounded_json.parsed(read_result(path, limit_bytes))


def publish(folder: Path, name: str, destination: Path) -> None:
    """Copy one plain file (`predictions.csv`) or a folder of them (`samples`) out of a step's folder.

    A file appears whole or not at all, in place of one that was there; modes, dates and owners are not copied.
    Raises FileNotFoundError, and StepFailed `bad-result` for anything else than plain files and folders, and for a
    folder that is larger than `MOST_PUBLISHED`, sparse files by their length.
    """
    source = folder / name
    if not stat.S_ISDIR(os.lstat(source).st_mode):
        _publish_file(source, destination)
        return
    try:
        trees.measure([source], MOST_PUBLISHED)
        destination.mkdir(exist_ok=True)
        for entry in trees.walk(source, MOST_PUBLISHED):
            if entry.is_folder:
                destination.joinpath(*entry.parts).mkdir(exist_ok=True)
            else:
                _publish_file(source.joinpath(*entry.parts), destination.joinpath(*entry.parts))
    except trees.OverBounds as over:
        raise StepFailed(Kind.BAD_RESULT, f"{name} is larger than may be ({over.what}).", path=str(source)) from None


def _publish_file(source: Path, destination: Path) -> None:
    descriptor = open_plain(source)
    partial = destination.with_name(f".{destination.name}.partial")
    try:
        if trees.size_of(os.fstat(descriptor)) > (MOST_PUBLISHED.bytes or 0):
            raise StepFailed(Kind.BAD_RESULT, f"{source.name} is larger than may be.", path=str(source))
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as file:
            while piece := os.read(descriptor, _PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)
        os.close(descriptor)


def open_plain(path: Path) -> int:
    """A descriptor of a plain file: links are not followed, and a pipe without a writer does not block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StepFailed(
            Kind.BAD_RESULT, f"{path.name} is not a plain file: {error.strerror}.", path=str(path)
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StepFailed(Kind.BAD_RESULT, f"{path.name} is not a plain file.", path=str(path))
    return descriptor
