"""What `noglue log --verify` promises, and does: lines, head, files, and whose key."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from noglue.agent import authorship, journal, user_key
from noglue.agent.authorship import Verdict
from noglue.agent.events import Note
from noglue.agent.journal import Journal
from noglue.agent.redact import Redactor
from noglue.agent.user_key import UserKey
from tests.agent.command_line import answer, noglue
from tests.security.run_copies import copied, forge, lines


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path)


def test_what_was_written_verifies_and_says_by_whom_and_how_far(made: Path, maker: Path) -> None:
    told = answer(maker, "log", made.name, "--verify")
    assert (told["exit"], told["ok"], told["author"]) == (0, True, "you")
    assert told["files"] >= 8
    left = {"run.json", "report.html", "predictions.csv", "model/model.json", "model/weights.safetensors"}
    assert left <= set(lines(made)[-1]["files"])
    assert "not covered: the prepared data" in told["extent"]


def _appended(name: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_bytes((run / name).read_bytes() + b" ")


SPOILT: dict[str, Callable[[Path], object]] = {
    "weights": _appended("model/weights.safetensors"),
    "predictions": _appended("predictions.csv"),
    "report": _appended("report.html"),
    "outcome": _appended("run.json"),
    "same size": lambda run: _same_size(run / "run.json"),
    "task": _appended("task.json"),
    "plan": _appended("plan.json"),
    "reader added": lambda run: (run / "model" / "reader.py").write_text("def read(folder): ..."),
    "model gone": lambda run: (run / "model" / "model.json").unlink(),
    "link": lambda run: (run / "model" / "more").symlink_to("/dev/zero"),
    "pipe": lambda run: os.mkfifo(run / "model" / "more"),
    "last line": lambda run: _keep(run, -1),
    "last two lines": lambda run: _keep(run, -2),
    "one line more": lambda run: _one_more(run),
    "no head": lambda run: (run / "journal.head").unlink(),
    "no journal": lambda run: (run / "journal.jsonl").unlink(),
    "written anew": lambda run: forge(run, lambda told: told),
    "written anew, without the first": lambda run: forge(run, lambda told: [*told[:1], *told[2:]]),
    "old head kept": lambda run: _forged_under(run),
}


def _same_size(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-2] ^= 1
    file.write_bytes(data)


def _keep(run: Path, count: int) -> None:
    told = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    (run / "journal.jsonl").write_text("".join(told[:count]))


def _one_more(run: Path) -> None:
    last = lines(run)[-1]
    line = {"n": last["n"] + 1, "event": "note", "message": "x", "step": "", "previous": last["hash"], "time": ""}
    with (run / "journal.jsonl").open("a") as file:
        file.write(journal.json.dumps(line | {"hash": journal.digest(line)}) + "\n")


def _forged_under(run: Path) -> None:
    """A journal written anew, with its number and hash put into the head that was signed for another."""
    signed = (run / "journal.head").read_text().splitlines()[1:]
    forge(run, lambda told: [told[0] | {"planner": "forged"}, *told[1:]])
    first = (run / "journal.head").read_text()
    (run / "journal.head").write_text(first + "\n".join(signed) + "\n")


@pytest.mark.parametrize("how", SPOILT)
def test_whatever_is_changed_afterwards_is_told(run: Path, maker: Path, how: str) -> None:
    assert noglue(maker, "log", str(run), "--verify").returncode == 0
    SPOILT[how](run)
    done = noglue(maker, "log", str(run), "--verify")
    assert done.returncode == 5, done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["plan.json", "given.json"])
def test_lines_added_to_what_was_signed_count_for_nothing(run: Path, key: UserKey, name: str) -> None:
    """A head may not be told, after its signature, that another plan is fine too."""
    assert authorship.author(run, key) == "you"
    (run / name).write_text('{"steps": []}')
    with (run / "journal.head").open("a") as head:
        head.write(f"{name} {authorship.journal_head.digest(run, name)}\n")
    assert authorship.author(run, key) in ("nobody", "forged")


def test_a_head_is_not_another_run_s(run: Path, made: Path, maker: Path, key: UserKey) -> None:
    """Two genuine runs: the journal of one with the plan of the other."""
    change = (run / "plan.json").read_text().replace('"why": "', '"why": "x')
    (run / "plan.json").write_text(change)
    assert authorship.author(run, key) == "forged"
    assert answer(maker, "resume", str(run))["error"]["kind"] == "strangers-run"


def test_a_run_without_a_signature_is_nobody_s_and_still_verifies(run: Path, maker: Path, tmp_path: Path) -> None:
    """As an earlier version left it: no key, no files in the last event."""

    def older(told: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{name: value for name, value in line.items() if name not in ("files", "key")} for line in told]

    forge(run, older)
    told = answer(maker, "log", str(run), "--verify")
    assert (told["exit"], told["ok"], told["author"], told["files"]) == (0, True, "nobody", None)
    assert "could have written anything" in told["message"]
    assert told["extent"].startswith("not covered: model")


def test_another_user_s_signature_is_not_taken_for_this_one_s(run: Path, tmp_path: Path) -> None:
    other = user_key.own({"NOGLUE_STATE": str(tmp_path / "state")}).key
    assert authorship.author(run, other) == "another"
    assert authorship.author(run, None) == "another"
    verdict: Verdict = authorship.check(run, other)
    assert verdict.ok
    assert verdict.author == "another"


def test_without_a_key_runs_work_and_say_that_they_can_t_be_told(made: Path, tmp_path: Path) -> None:
    poor = tmp_path / "poor"
    run = copied(made, poor)
    (poor / ".local").mkdir(parents=True)
    (poor / ".local" / "state").write_text("no folder")
    refused = noglue(poor, "resume", run.name)
    assert (refused.returncode, str(poor / ".local" / "state") in "".join(refused.stderr.split())) == (2, True), (
        refused.stderr
    )
    assert answer(poor, "resume", run.name, "--trust")["exit"] == 0
    assert any("This run is not signed" in str(line.get("message")) for line in lines(run))
    assert answer(poor, "log", run.name, "--verify")["author"] == "nobody"


KEPT_BUSY = (
    "import sys\nfrom pathlib import Path\nfrom noglue.agent import user_key\nfrom noglue.agent.events import Note\n"
    "from noglue.agent.journal import Journal\nfrom noglue.agent.redact import Redactor\n"
    "book = Journal(Path(sys.argv[1]), Redactor({}), user_key.own().key)\n"
    "for number in range(10**9):\n"
    "    if number % 3 == 0: book.write_covered('plan.json', b'%d' % number)\n"
    "    print(book.write(Note(message='x' * 3000))['n'], flush=True)"
)


def test_kill_9_between_any_two_writes_leaves_a_run_that_is_still_this_user_s(tmp_path: Path) -> None:
    state = {"NOGLUE_STATE": str(tmp_path / "state")}
    key = user_key.own(state).key
    run = tmp_path / "run"
    run.mkdir()
    (run / "plan.json").write_bytes(b"0")
    for attempt in range(8):
        child = subprocess.Popen([sys.executable, "-P", "-c", KEPT_BUSY, str(run)], env=os.environ | state,
                                 stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert child.stdout is not None
        for _ in range(3 + attempt):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert journal.verify(run, after_a_kill=True) is None
        assert authorship.author(run, key) == "you"
        Journal(run, Redactor({}), key).close()
        assert journal.verify(run) is None


def test_a_line_that_was_announced_and_not_written_is_told_till_it_is_mended(tmp_path: Path) -> None:
    book = Journal(tmp_path, Redactor({}))
    book.write(Note(message="one"))
    before = shutil.copy(tmp_path / "journal.jsonl", tmp_path / "before")
    book.write(Note(message="two"))
    book.close()
    two = lines(tmp_path)[1]["hash"]
    (tmp_path / "journal.head").write_text(f"1 {lines(tmp_path)[0]['hash']}\nnext {two}\n")
    for state in ("written", "not written"):
        if state == "not written":
            shutil.copy(before, tmp_path / "journal.jsonl")
        assert journal.verify(tmp_path) == journal.CUT_OFF
        assert journal.verify(tmp_path, after_a_kill=True) is None
    (tmp_path / "journal.jsonl").write_text("")
    assert "missing" in str(journal.verify(tmp_path, after_a_kill=True))
    shutil.copy(before, tmp_path / "journal.jsonl")
    Journal(tmp_path, Redactor({})).close()
    assert journal.verify(tmp_path) is None
