import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from noglue.agent import journal
from noglue.agent.events import Note
from noglue.agent.journal import Journal
from noglue.agent.redact import Redactor


@pytest.fixture
def written(tmp_path: Path) -> Path:
    book = Journal(tmp_path, Redactor({}))
    for number in range(5):
        book.write(Note(message=f"event {number}"))
    book.close()
    return tmp_path


def lines(folder: Path) -> list[str]:
    return (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def rewrite(folder: Path, content: list[str]) -> None:
    (folder / "journal.jsonl").write_text("".join(content), encoding="utf-8")


def test_a_journal_as_written_verifies_also_after_it_was_gone_on_with(written: Path) -> None:
    assert journal.verify(written) is None
    book = Journal(written, Redactor({}))
    book.write(Note(message="later"))
    book.close()
    assert journal.verify(written) is None
    assert len(lines(written)) == 6


@pytest.mark.parametrize("place", range(5))
def test_an_edited_line_is_found(written: Path, place: int) -> None:
    content = lines(written)
    content[place] = content[place].replace(f"event {place}", "event x")
    rewrite(written, content)
    assert f"line {place + 1} was edited" in str(journal.verify(written))


@pytest.mark.parametrize("place", range(5))
def test_a_dropped_line_is_found_the_last_too(written: Path, place: int) -> None:
    content = lines(written)
    del content[place]
    rewrite(written, content)
    assert journal.verify(written) is not None


def test_reordered_and_repeated_lines_are_found(written: Path) -> None:
    first, second, *rest = lines(written)
    rewrite(written, [second, first, *rest])
    assert "line 1 does not follow" in str(journal.verify(written))
    rewrite(written, [first, second, second, *rest])
    assert "line 3 does not follow" in str(journal.verify(written))


def test_an_edit_with_a_new_hash_breaks_the_chain(written: Path) -> None:
    content = lines(written)
    forged = json.loads(content[2]) | {"message": "forged"}
    forged["hash"] = journal.digest(forged)
    content[2] = json.dumps(forged) + "\n"
    rewrite(written, content)
    assert "line 4 does not follow" in str(journal.verify(written))


def test_a_torn_last_line_is_removed_and_noted(written: Path) -> None:
    with (written / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"n": 5, "event": "fin')
    assert "incomplete" in str(journal.verify(written))
    Journal(written, Redactor({})).close()
    assert journal.verify(written) is None
    assert json.loads(lines(written)[-1])["event"] == "torn-line-removed"


def test_secrets_are_written_nowhere(tmp_path: Path) -> None:
    book = Journal(tmp_path, Redactor({"MY_API_KEY": "abcdefgh-12345"}))
    nested = {"list": ["hf_abcdefghijklmnop", "https://u:p@host/?token=zzz"]}
    book.write(Note(message="used abcdefgh-12345", nested=nested))
    book.close()
    text = (tmp_path / "journal.jsonl").read_text(encoding="utf-8")
    assert not any(secret in text for secret in ("abcdefgh-12345", "hf_abcdefghijklmnop", "u:p@", "zzz"))
    assert journal.verify(tmp_path) is None


def test_kill_9_while_writing_leaves_a_journal_that_goes_on(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from noglue.agent.journal import Journal\n"
        "from noglue.agent.events import Note\nfrom noglue.agent.redact import Redactor\n"
        "book = Journal(Path(sys.argv[1]), Redactor({}))\n"
        "while True: print(book.write(Note(message='x' * 3000))['n'], flush=True)"
    )
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-P", "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        seen = [int(child.stdout.readline()) for _ in range(20)]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        Journal(tmp_path, Redactor({})).close()
        assert journal.verify(tmp_path) is None
        assert len(lines(tmp_path)) > seen[-1]
