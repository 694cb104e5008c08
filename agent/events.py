"""The events a step writes to its standard output, read with distrust: bounded in size and never blocking for long.

{"event": "progress", "stage": "epoch", "done": 3, "total": 12, "loss": 0.41}
{"event": "note", "message": "the mirror answered 404; trying the next"}
"""

import json
import os
import selectors
from collections.abc import Iterator
from typing import IO, Any

LINE_LIMIT = 64 << 10
TOTAL_LIMIT = 64 << 20
TICK_SECONDS = 0.25


def read_events(stream: IO[bytes]) -> Iterator[dict[str, Any] | None]:
    """Events as they come; None every quarter of a second without one. Ends when the stream does.

    Lines that are too long or no events are dropped, and everything past 64 MiB.
    """
    buffer, total, skipping = b"", 0, False
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(TICK_SECONDS):
                yield None
                continue
            chunk = os.read(stream.fileno(), LINE_LIMIT)
            if not chunk:
                return
            total += len(chunk)
            if total > TOTAL_LIMIT:
                yield None
                continue
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                if not skipping:
                    yield _parse(line)
                skipping = False
            if len(buffer) > LINE_LIMIT:
                buffer, skipping = b"", True


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and event.get("event") in {"progress", "note"} else None
