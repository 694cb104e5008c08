"""A run folder that lies: nothing outside of it is written or read through it, nothing hangs, and it says so."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from noglue.agent import journal, user_key
from noglue.agent.events import Note
from noglue.agent.journal import Journal
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.spec.errors import DataError, Kind
from tests.agent.command_line import noglue
from tests.security.run_copies import trap, tree

TASK = {"paragraph": "Recognise handwritten digits.", "sources": []}
WRITTEN = ("journal.jsonl", "journal.head", "journal.head.partial", ".journal.head.partial", ".lock", "run.json",
           ".run.json.partial", "report.html", ".report.html.partial", "predictions.csv", "plan.json", "llm.jsonl",
           ".predictions.csv", "given.json")  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """What lies in a stranger's runs: a plan, and a journal that verifies."""
    folder = RunFolder.create(tmp_path / "runs", "given", TASK)
    folder.write_json("plan.json", {"steps": []})
    book = Journal(folder.path, Redactor({}))
    book.write(Note(message="begun"))
    book.close()
    return folder.path


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file of the user's that a stranger would like to be written."""
    file = tmp_path / ".bash_profile"
    file.write_text("mine\n")
    return file


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("kind", ["link", "second name", "pipe"])
def test_what_leads_elsewhere_is_refused_before_anything_is_written(
    run: Path, victim: Path, name: str, kind: str
) -> None:
    trap(run, name, kind, victim)
    before = tree(run.parent) if kind != "pipe" else {}
    with pytest.raises(DataError) as refused:
        RunFolder(run).lock()
    assert refused.value.kind is Kind.UNSAFE_PATH
    assert name in refused.value.message
    assert victim.read_text() == "mine\n"
    assert before == (tree(run.parent) if kind != "pipe" else {})


@pytest.mark.parametrize("name", ["steps", "model", "data", "sealed", "keys"])
def test_a_folder_that_is_a_link_or_a_file_is_refused(run: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "private").mkdir()
    trap(run, name, "link", tmp_path / "private")
    with pytest.raises(DataError, match="is a link"):
        RunFolder(run).lock()
    (run / name).unlink()
    (run / name).write_text("")
    with pytest.raises(DataError, match="in the place of a folder"):
        RunFolder(run).lock()
    assert not list((tmp_path / "private").iterdir())


def test_a_step_s_folder_that_is_a_link_is_refused(run: Path, tmp_path: Path) -> None:
    (run / "steps" / "01-inspect").symlink_to(tmp_path)
    with pytest.raises(DataError, match="no step's folder"):
        RunFolder(run).lock()


@pytest.mark.parametrize("command", ["resume", "log", "show"])
@pytest.mark.parametrize(
    ("name", "kind"), [("journal.jsonl", "link"), ("run.json", "pipe"), (".lock", "link"), ("llm.jsonl", "pipe")]
)
def test_a_command_ends_with_one_paragraph(
    run: Path, victim: Path, tmp_path: Path, command: str, name: str, kind: str
) -> None:
    trap(run, name, kind, victim)
    done = noglue(tmp_path, command, run.name, *(["--trust"] if command == "resume" else []))
    reads = {"resume": name, "log": "journal.jsonl", "show": "run.json"}[command]
    assert done.returncode == (4 if reads == name or command == "show" else 0), done  # the run has no run.json
    assert "Traceback" not in done.stderr
    assert "mine" not in done.stdout
    assert victim.read_text() == "mine\n"


@pytest.mark.parametrize("id", ["../../..", "..", "a/b", "/etc", "", "A", "x" * 99, "x\n", "x\0"])
def test_a_step_s_id_never_holds_a_path(run: Path, id: str) -> None:
    with pytest.raises(DataError) as refused:
        RunFolder(run).step_folder(1, id)
    assert refused.value.kind is Kind.UNSAFE_PATH


@pytest.mark.parametrize("by", ["_by_kernel", "_by_walk"])
def test_nothing_below_is_reached_through_a_link_whoever_resolves_it(tmp_path: Path, by: str) -> None:
    """Both ways of opening, the kernel's and the one where it has none."""
    (tmp_path / "secret").write_text("mine")
    top = tmp_path / "top"
    (top / "folder").mkdir(parents=True)
    (top / "folder" / "plain").write_text("open")
    (top / "out").symlink_to(tmp_path)
    (top / "folder" / "link").symlink_to(tmp_path / "secret")
    held = os.open(top, os.O_PATH | os.O_DIRECTORY)

    def reached(name: str) -> bytes:
        opener = (
            beneath._by_kernel
            if by == "_by_kernel"
            else lambda top, name, *how: beneath._by_walk(top, name.split("/"), *how)
        )
        descriptor = opener(held, name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0)
        try:
            return os.read(descriptor, 100)
        finally:
            os.close(descriptor)

    assert reached("folder/plain") == b"open"
    for name in ("out/secret", "folder/link", "out/top/folder/plain"):
        with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
            reached(name)
    os.close(held)
    for name in ("../secret", "folder/../../secret", "/etc/passwd", "folder//plain", ""):
        with pytest.raises(DataError, match="names nothing below"):
            beneath.read(top, name, 100)


def test_devices_and_pipes_are_not_even_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY | os.O_CREAT):
        with pytest.raises(DataError, match="a pipe, and no plain file"):
            beneath.open_plain(tmp_path, "pipe", flags)
    with pytest.raises(DataError, match="a device"):
        beneath.read(Path("/dev"), "zero", 100)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_json_of_any_depth_is_told_and_never_breaks_the_reader(tmp_path: Path, run: Path, opening: bytes) -> None:
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        parsed(opening * 100_000)
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        parsed(b"[" * 101 + b"]" * 101)
    for name in ("task.json", "plan.json", "run.json"):
        (run / name).write_bytes(opening * 100_000)
    for command in (("show",), ("resume", "--trust")):
        done = noglue(tmp_path, command[0], run.name, *command[1:])
        assert (done.returncode, "nested more than 100 deep" in " ".join(done.stderr.split())) == (4, True), done
        assert "RecursionError" not in done.stderr


def test_sparse_and_endless_files_are_not_read_into_memory(tmp_path: Path, run: Path) -> None:
    for name in ("run.json", "journal.jsonl"):
        os.truncate(run / name, 1 << 40) if (run / name).exists() else _sparse(run / name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError):
        RunFolder(run).read_json("run.json")
    assert "bytes" in str(journal.verify(run))
    with pytest.raises(DataError):
        list(journal.read(run))
    with pytest.raises(DataError):
        RunFolder(run).lock()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_a_line_without_end_is_told_by_its_number(run: Path) -> None:
    with (run / "journal.jsonl").open("ab") as file:
        file.write(b" " * (journal.LINE_LIMIT + 10) + b"\n")
    with pytest.raises(DataError, match="line 2 that is longer"):
        list(journal.read(run))


@pytest.mark.parametrize("content", ["{}", "[]", "null", '{"run": 1}', json.dumps(
    {"run": "x", "status": "x", "task": {}, "seconds": {}, "path": "/"})])  # fmt: skip
def test_a_run_json_of_any_shape_is_a_damaged_run_and_no_bug(tmp_path: Path, run: Path, content: str) -> None:
    (run / "run.json").write_text(content)
    done = noglue(tmp_path, "show", run.name)
    assert (done.returncode, "was not written by a run" in " ".join(done.stderr.split())) == (4, True), done
    assert noglue(tmp_path, "runs").returncode == 0


def _sparse(file: Path) -> None:
    file.touch()
    os.truncate(file, 1 << 40)


# ---- this user's key ------------------------------------------------------------------------------------------------


def test_of_programs_that_begin_at_once_all_have_the_same_key(tmp_path: Path) -> None:
    code = "from noglue.agent import user_key; print(user_key.own().key.id)"
    environment = os.environ | {"NOGLUE_STATE": str(tmp_path / "state")}
    many = [subprocess.Popen([sys.executable, "-P", "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
            for _ in range(4)]  # fmt: skip
    assert len({process.communicate()[0] for process in many}) == 1
    [key] = (tmp_path / "state").iterdir()
    assert key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("spoil", ["link", "pipe", "readable", "folder", "short", "owner"])
def test_a_key_that_others_could_have_made_or_read_is_none(tmp_path: Path, spoil: str) -> None:
    environment = {"NOGLUE_STATE": str(tmp_path / "state")}
    made = user_key.own(environment)
    assert made.key is not None
    assert made.key.secret.hex() not in repr(made)
    key = tmp_path / "state" / "key"
    if spoil == "link":
        key.rename(tmp_path / "elsewhere")
        key.symlink_to(tmp_path / "elsewhere")
    elif spoil == "pipe":
        key.unlink()
        os.mkfifo(key, 0o600)
    elif spoil == "owner":
        if os.geteuid() != 0:
            return
        os.chown(key, 12345, 12345)
    else:
        _ = {"readable": lambda: key.chmod(0o640), "folder": lambda: key.parent.chmod(0o777),
             "short": lambda: key.write_text("00")}[spoil]()  # fmt: skip
    found = user_key.own(environment)
    assert found.key is None
    assert "key" in found.why or "state" in found.why


@pytest.mark.parametrize("state", ["/proc/self/nothing", "state", "/dev/null"])
def test_without_a_place_for_a_key_it_says_so(state: str) -> None:
    found = user_key.own({"NOGLUE_STATE": state})
    assert found.key is None
    assert found.why
