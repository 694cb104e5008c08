"""What a step leaves is read with distrust: it may be a link, a pipe that never ends, or larger than memory.

read_result(folder / "result.json", 64 << 20)
publish(folder, "predictions.csv", run / "predictions.csv")
"""

import os
import stat
from pathlib import Path

from noglue.tools.spec.errors import Kind, StepFailed

_PIECE = 1 << 20


def read_result(path: Path, limit_bytes: int) -> bytes:
    """The content of a plain file of at most `limit_bytes`.

    Raises FileNotFoundError when there is none, StepFailed `bad-result` for what is larger, or not a plain file.
    """
    descriptor = open_plain(path)
    try:
        if os.fstat(descriptor).st_size > limit_bytes:
            raise StepFailed(Kind.BAD_RESULT, f"{path.name} is larger than {limit_bytes} bytes.", path=str(path))
        content = b""
        while len(content) <= limit_bytes and (piece := os.read(descriptor, _PIECE)):
            content += piece
        return content[:limit_bytes]
    finally:
        os.close(descriptor)


def publish(folder: Path, name: str, destination: Path) -> None:
    """Copy one plain file (`predictions.csv`) or a folder of them (`samples`) out of a step's folder.

    A file appears whole or not at all, in place of one that was there; modes, dates and owners are not copied.
    Raises FileNotFoundError, and StepFailed `bad-result` for anything else than plain files and folders.
    """
    source = folder / name
    if stat.S_ISDIR(os.lstat(source).st_mode):
        destination.mkdir(exist_ok=True)
        for entry in sorted(source.iterdir()):
            publish(source, entry.name, destination / entry.name)
        return
    descriptor = open_plain(source)
    partial = destination.with_name(f".{destination.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644), "wb") as file:
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
