import json
import subprocess
import sys
from typing import IO

from noglue.agent.events import LINE_LIMIT, read_events

GOOD = json.dumps({"event": "note", "message": "hello"})


def spoken(code: str) -> list[dict[str, object]]:
    """What a real child that runs `code` gets through."""
    with subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE) as child:
        stream: IO[bytes] | None = child.stdout
        assert stream is not None
        return [event for event in read_events(stream) if event is not None]


def test_events_come_through_in_order_whatever_the_pieces() -> None:
    code = f"import sys,time\nfor c in {GOOD!r}+chr(10)+{GOOD!r}: sys.stdout.write(c); sys.stdout.flush()\nprint()"
    assert spoken(code) == [{"event": "note", "message": "hello"}] * 2


def test_what_is_no_event_is_dropped() -> None:
    code = f"print('plain'); print('[1]'); print('{{\"event\": \"finished\"}}'); print('['*100000); print({GOOD!r})"
    assert len(spoken(code)) == 1


def test_a_line_that_is_too_long_is_dropped_and_the_next_is_read() -> None:
    code = f"import json; print(json.dumps({{'event': 'note', 'message': 'x' * {3 * LINE_LIMIT}}})); print({GOOD!r})"
    assert spoken(code) == [{"event": "note", "message": "hello"}]


def test_a_flood_is_read_to_its_end_and_not_kept() -> None:
    code = f"import sys\nfor _ in range(80): sys.stdout.write('y' * (1 << 20))\nprint(); print({GOOD!r})"
    assert spoken(code) == []
