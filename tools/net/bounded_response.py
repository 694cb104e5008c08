"""An HTTP answer whose every wait ends: http.client's own, with a clock on the whole of it and not on each read alone.

    clock = Clock(silence=60.0)
    clock.start(20.0)        # from now on, whatever comes must have come within 20 seconds

A socket's timeout is for one read, so that a server which sends a byte now and then is never late. Here each read
gets what is left of the clock. Interim answers (100, 102, 103) are skipped, a few of them. A body that goes on after
the length that was announced for it is noticed: what was announced is then a part.
"""

import http.client
import io
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar

_INTERIM = 10
_SWITCHING = 101


@dataclass
class Clock:
    """silence: seconds without a byte that count as a lost line. until: of `time.monotonic()`."""

    silence: float = 60.0
    until: float = field(default_factory=lambda: time.monotonic() + 60.0)

    def start(self, seconds: float) -> None:
        """What is read from now on must come within so many seconds."""
        self.until = time.monotonic() + max(seconds, 0.0)

    def left(self) -> float:
        """For one read. Raises TimeoutError when there is nothing left."""
        left = min(self.until - time.monotonic(), self.silence)
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _Timed(io.RawIOBase):
    """A socket's bytes. Each read waits no longer than the clock has left."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, clock: Clock) -> None:
        self._raw, self._connection, self._clock = raw, connection, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(self._clock.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """excess: bytes that came after the announced end of the body, as far as they were looked at."""

    clock: ClassVar[Clock]
    excess: bytes = b""

    def __init__(self, sock: socket.socket, *options: Any, **named: Any) -> None:
        super().__init__(sock, *options, **named)
        self._socket = sock
        opened: Any = self.fp
        self.fp: Any = io.BufferedReader(_Timed(opened.detach(), sock, self.clock))

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer itself. Raises HTTPException after ten interim ones."""
        for _ in range(_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == _SWITCHING:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("one interim answer after another")

    def _close_conn(self) -> None:
        if self.length == 0 and not self.chunked and self.status == 200 and self._method == "GET":  # type: ignore[attr-defined]
            self.excess = self._looked_ahead()
        super()._close_conn()  # type: ignore[misc]

    def _looked_ahead(self) -> bytes:
        """What is here of what comes after the body; nobody is waited for, but for a server that hangs up anyway."""
        silence, self.clock.silence = self.clock.silence, 0.05 if self.will_close else 1e-6
        try:
            with suppress(OSError, ValueError):
                return bytes(self.fp.peek(1)).strip()
        finally:
            self.clock.silence = silence
        return b""
