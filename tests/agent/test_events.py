import json
import subprocess
import sys
from typing import IO

from noglue.agent.events import LINE_LIMIT, Finished, Note, Progress, parse, read_events

GOOD = json.dumps({"event": "note", "message": "hello"})


def spoken(code: str) -> list[Note | Progress]:
    """What a real child that runs `code` gets through."""
    with subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE) as child:
        stream: IO[bytes] | None = child.stdout
        assert stream is not None
        return [event for event in read_events(stream) if event is not None]


def test_events_come_through_in_order_whatever_the_pieces() -> None:
    code = f"import sys,time\nfor c in {GOOD!r}+chr(10)+{GOOD!r}: sys.stdout.write(c); sys.stdout.flush()\nprint()"
    assert spoken(code) == [Note(message="hello")] * 2


def test_what_is_no_event_is_dropped() -> None:
    code = f"print('plain'); print('[1]'); print('{{\"event\": \"finished\"}}'); print('['*100000); print({GOOD!r})"
    assert len(spoken(code)) == 1


def test_a_line_that_is_too_long_is_dropped_and_the_next_is_read() -> None:
    code = f"import json; print(json.dumps({{'event': 'note', 'message': 'x' * {3 * LINE_LIMIT}}})); print({GOOD!r})"
    assert spoken(code) == [Note(message="hello")]


def test_a_flood_is_read_to_its_end_and_not_kept() -> None:
    code = f"import sys\nfor _ in range(80): sys.stdout.write('y' * (1 << 20))\nprint(); print({GOOD!r})"
    assert spoken(code) == []


def test_what_no_number_is_comes_through_as_it_was_said() -> None:
    code = "import json; print(json.dumps({'event': 'progress', 'stage': 'epoch', 'done': 3, 'loss': float('nan')}))"
    [event] = spoken(code)
    assert isinstance(event, Progress)
    assert (event.done, type(event.done), str(event.facts["loss"])) == (3, int, "nan")


def test_a_line_of_the_journal_is_the_event_of_its_kind_and_an_unknown_one_is_none() -> None:
    line = {"event": "finished", "step": "train", "tool": "train", "number": 4, "seconds": 1.5, "result_sha256": "ab"}
    assert parse(line) == Finished(step="train", tool="train", number=4, seconds=1.5, result_sha256="ab")
    assert Finished(**line, result={"path": "model"}).model_dump() == line, "the journal has no results"
    assert Finished(**line, aside=True).model_dump() == line | {"aside": True}
    assert parse({"event": "of a later version"}) is None
