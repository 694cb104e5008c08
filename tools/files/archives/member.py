"""What every format of archives gives: one member after another."""

from dataclasses import dataclass
from typing import IO

from noglue.tools.spec.errors import DataError, Kind


@dataclass(frozen=True)
class Member:
    """name: as the archive has it. stream: a file's content, to be read before the next member is asked for.

    link: what it points to, for links; from_root: a hard link, whose target is a member's name.
    read: bytes of the archive read so far. odd: the name was not UTF-8.
    """

    name: str
    stream: IO[bytes] | None = None
    link: str | None = None
    from_root: bool = False
    read: int = 0
    odd: bool = False


def locked(shown: str, member: str | None = None) -> DataError:
    where = f" (member {member!r})" if member else ""
    return DataError(Kind.ENCRYPTED_ARCHIVE, f"{shown} is locked with a password{where}.",
                     hint="Unpack it yourself and give the folder with --data.")  # fmt: skip


def unsupported(shown: str, how: str, hint: str = "Unpack it yourself and give the folder with --data.") -> DataError:
    return DataError(Kind.UNSUPPORTED_ARCHIVE, f"{shown} is packed {how}, which can't be read here.", hint=hint)
