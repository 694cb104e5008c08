"""What the canary tries from inside: `python -P _attempts.py SECRET PORT TARGET PARENT CHECKSUM`.

Prints a word for each attempt that got through, and `done` at the end. Only light parts of the standard library.
"""

import importlib.util
import socket
import sys
import zlib
from collections.abc import Callable
from pathlib import Path


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        return attempt() is not False
    except OSError:
        return False


def main(secret: str, port: str, target: str, parent: str, checksum: str) -> None:
    attempts: dict[str, Callable[[], object]] = {
        "read-a-secret": lambda: Path(secret).read_bytes(),
        "reach-the-network": lambda: socket.create_connection(("127.0.0.1", int(port)), timeout=2).close(),
        # inside, the same number may be one of the sandbox's own processes: only the parent's own content counts
        "read-the-environment": lambda: zlib.crc32(Path(f"/proc/{parent}/environ").read_bytes()) == int(checksum),
    }
    for name, attempt in attempts.items():
        if _succeeds(attempt):
            sys.stdout.write(name + "\n")
    _succeeds(lambda: Path(target).write_bytes(b"x"))  # the parent looks whether it got there
    inside = Path("inside")
    inside.write_bytes(b"x")
    inside.unlink()
    if importlib.util.find_spec("noglue.tools.sandbox") is not None:
        sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
