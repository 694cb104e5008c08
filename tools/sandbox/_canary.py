"""Does the sandbox hold, here and now? Before the first step, a child is sent in that tries to get out.

The child (`_attempts.py`) tries to read a planted secret, to reach a planted listener, to write outside of its folder
and to read this process's environment. It also has to find the project's tools, which is what every step does first.
"""

import contextlib
import os
import secrets
import socket
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tools.core.errors import NoSandbox
from tools.core.protocols import Confinement, Limits

if TYPE_CHECKING:
    from tools.core.protocols import Sandbox

_ATTEMPTS = Path(__file__).resolve().with_name("_attempts.py")
_SECONDS = 30


def available(sandbox: "Sandbox") -> str | None:
    """None when the sandbox works and nothing gets through, else why not, in words."""
    try:
        prove(sandbox)
    except NoSandbox as error:
        return error.message
    return None


def prove(sandbox: "Sandbox") -> None:
    """Send the child in. Raises NoSandbox: `sandbox-leaks`, or another kind when it could not be set up."""
    with tempfile.TemporaryDirectory(prefix="noglue-canary-") as place, _listener() as port:
        outside = Path(place).resolve()
        folder = outside / "run" / "steps" / "canary"
        folder.mkdir(parents=True)
        secret = outside / "secret"
        secret.write_text(secrets.token_hex(16))
        outside.chmod(0o755)
        limits = Limits(memory_bytes=None, folder_bytes=None)
        environment = zlib.crc32(Path("/proc/self/environ").read_bytes())
        arguments = [str(secret), str(port), str(outside / "written"), str(os.getpid()), str(environment)]
        with (outside / "log").open("wb") as log:
            child = sandbox.start(
                [sys.executable, "-P", str(_ATTEMPTS), *arguments], Confinement(folder, limits=limits), log
            )
            said = child.stdout.read(4096).decode(errors="replace").split()
            status = child.wait(_SECONDS)
            child.stdout.close()
        if status != 0 or said[-1:] != ["done"]:
            words = (outside / "log").read_text(errors="replace")[-500:].strip()
            raise NoSandbox("sandbox-setup", f"a probe could not run inside (exit {status}): {words or 'no message'}")
    if said != ["done"]:
        raise NoSandbox(
            "sandbox-leaks",
            f"The sandbox does not hold on this machine: a probe inside it could {', '.join(said[:-1])}.",
            hint="Nothing was run. Please report this, with the output of `noglue doctor`.",
        )


@contextlib.contextmanager
def _listener() -> Iterator[int]:
    """The port of somebody who listens on loopback; 0, to which nothing connects, where there is no network at all."""
    try:
        server = socket.create_server(("127.0.0.1", 0))
    except OSError:
        yield 0
    else:
        with server:
            yield server.getsockname()[1]
