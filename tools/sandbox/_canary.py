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

from noglue.tools.sandbox import _identity
from noglue.tools.spec.errors import Kind, NoSandbox
from noglue.tools.spec.sandboxes import Confinement, Limits

if TYPE_CHECKING:
    from noglue.tools.spec.sandboxes import Sandbox

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
        secret, target, log = outside / "secret", outside / "written", outside / "log"
        secret.write_text(secrets.token_hex(16))
        (outside / "run" / "steps" / "canary").mkdir(parents=True)
        if (uid := _identity.step_uid()) is not None:
            _identity.hand_over([outside], uid)  # so that nothing but the sandbox is in the way
        environment = zlib.crc32(Path("/proc/self/environ").read_bytes())
        arguments = (secret, port, target, os.getpid(), environment)
        through = _send([str(argument) for argument in arguments], sandbox, outside / "run" / "steps" / "canary", log)
        through += ["write-outside"] if target.exists() else []
    if through:
        raise NoSandbox(
            Kind.SANDBOX_LEAKS,
            f"The sandbox does not hold on this machine: a probe inside it could {', '.join(through)}.",
            hint="Nothing was run. Please report this, with the output of `noglue doctor`.",
        )


def _send(arguments: list[str], sandbox: "Sandbox", folder: Path, log: Path) -> list[str]:
    """What the child says it could do."""
    inside = Confinement(folder, limits=Limits(memory_bytes=None, folder_bytes=None))
    with log.open("wb") as file:
        child = sandbox.start([sys.executable, "-P", str(_ATTEMPTS), *arguments], inside, file)
        with child.stdout:
            said: list[str] = child.stdout.read(4096).decode(errors="replace").split()
            status = child.wait(_SECONDS)
    if status != 0 or said[-1:] != ["done"]:
        words = log.read_text(errors="replace").strip().splitlines()
        last = words[-1][-500:] if words else "no message"  # of a traceback the line that counts
        raise NoSandbox(Kind.SANDBOX_SETUP, f"a probe could not run inside (exit {status}): {last}")
    return said[:-1]


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
