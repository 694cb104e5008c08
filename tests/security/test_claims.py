"""What a step says is a claim: a path that is neither its own nor given to it, or that no result may fill in."""

import os
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import claims, step_outcome
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep, may_fill
from noglue.agent.plan_check import Bounds, check
from noglue.agent.planners.fixed import Scripted
from noglue.agent.process import StepEnvironment
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import Clock, Runner
from noglue.agent.task import Task
from noglue.tools import download, extract
from noglue.tools.files import bounded_json
from noglue.tools.spec import catalogue, step_paths
from noglue.tools.spec.errors import DataError, StepFailed

OWN = "steps/02-extract"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "run"
    (folder / OWN / "files").mkdir(parents=True)
    (folder / OWN / "files" / "a.csv").write_text("x\n1\n")
    for name in ("sealed", "keys", "steps/01-download/files", "steps/03-other"):
        (folder / name).mkdir(parents=True)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "b.csv").write_text("x\n1\n")
    (tmp_path / "secret.csv").write_text("s3cret")
    (folder / OWN / "link").symlink_to(tmp_path / "secret.csv")
    (folder / OWN / "links").symlink_to(tmp_path)
    (folder / OWN / "up").symlink_to("../../sealed")
    (tmp_path / "given" / "out").symlink_to(tmp_path / "secret.csv")
    return folder


def hold(run: Path, *roots: str) -> None:
    result = extract.Result(roots=list(roots), files=1, bytes=1, unpacked=0, skipped=0)
    claims.hold_result(result, run, [OWN], ["steps/01-download/files/a.zip", str(run.parents[1] / "given")])


def test_a_step_may_name_what_it_made_and_what_it_was_given(run: Path) -> None:
    hold(run, f"{OWN}/files", f"{OWN}/files/a.csv", "steps/01-download/files/a.zip")
    hold(run, str(run.parents[1] / "given"), str(run.parents[1] / "given" / "b.csv"), "builtin:digits")


@pytest.mark.parametrize(
    "root",
    ["sealed", "keys", "task.json", ".", "..", "../../..", "/", "/etc/passwd", "{top}/secret.csv", "{top}", "",
     f"{OWN}/../../sealed", f"{OWN}/link", f"{OWN}/links/secret.csv", f"{OWN}/up", "steps", "steps/03-other",
     "steps/01-download/files", "steps/01-download/files/a.zip/../../args.json", "{top}/given/../secret.csv",
     "{top}/given/out", "{top}/given2", "{run}/sealed", "~/.ssh", "a\0b", f"{OWN}/./files", "//etc/passwd"],
)  # fmt: skip
def test_a_result_that_names_anything_else_is_refused(root: str, run: Path) -> None:
    root = root.format(top=run.parents[1], run=run)
    with pytest.raises(StepFailed, match="neither its own nor given") as caught:
        hold(run, f"{OWN}/files", root)
    assert caught.value.kind == "bad-result"


def test_paths_are_found_wherever_a_result_holds_them() -> None:
    result = download.Result(files=["a", "builtin:iris"], count=1, bytes=1, origins=[], only={"b": "not/a/path"})
    assert list(step_paths.of(result)) == ["a", "b"]


@pytest.mark.parametrize("name", catalogue.names("noglue.tools"))
def test_every_result_field_that_speaks_of_files_is_marked(name: str) -> None:
    """By the words that fields are named with; what a field of another name holds is nobody's path."""
    fields = catalogue.load("noglue.tools", name).Result.model_fields
    for field in {"roots", "path", "html", "markdown", "pixels", "labels", "sample_history"} & set(fields):
        assert "_Marker" in repr(fields[field]) or "StepPath" in repr(fields[field]), field


@pytest.mark.parametrize("read", ["sealed", "keys/private", "task.json", ".", "steps", "steps/01-download",
                                  "steps/01-download/args.json", "steps/../sealed", "../run/sealed", "{run}/sealed",
                                  "{run}", "{run}/steps/01-download/result.json", "{top}/link"])  # fmt: skip
def test_no_plan_shows_a_step_what_is_not_data(read: str, run: Path) -> None:
    (run.parents[1] / "link").symlink_to(run / "sealed")
    with pytest.raises(StepFailed, match="none of the run's data"):
        claims.hold_reads([read.format(run=run, top=run.parents[1])], run)


FILLING = [
    ("download", "sources", "inspect.profile.columns.0.examples", "inspect"),
    ("download", "sources", "extract.roots", "extract"),
    ("download", "mirrors", "download.only", "download"),
    ("download", "checksums", "download.only", "download"),
    ("download", "hub", "read_with.target", "read_with"),
    ("search", "queries", "inspect.profile.classes", "inspect"),
    ("search", "sources", "read_with.columns", "read_with"),
    ("extract", "files", "inspect.profile.classes", "inspect"),
    ("extract", "files", "download.origins", "download"),
    ("inspect", "roots", "read_with.columns", "read_with"),
    ("inspect", "roots", "inspect.profile.files.all", "inspect"),
    ("read_with", "code", "inspect.profile.labels_from", "inspect"),
    ("read_with", "roots", "read_with.columns", "read_with"),
    ("evaluate", "inception", "extract.roots.0", "extract"),
    ("evaluate", "judge", "train.path", "train"),
    ("prepare", "profile", "inspect", "inspect"),
    ("predict", "inputs", "inspect.profile.columns", "inspect"),
]


@pytest.mark.parametrize(("tool", "argument", "source", "giving"), FILLING)
def test_what_stands_in_data_becomes_no_address_place_or_code(
    tool: str, argument: str, source: str, giving: str
) -> None:
    assert not may_fill(tool, argument, source, giving)


def test_a_plan_that_turns_a_files_content_into_an_address_is_refused(backend: Any, tmp_path: Path) -> None:
    (tmp_path / "private.csv").write_text("http://203.0.113.9/?s3cret\nx\n")
    steps = [
        PlannedStep(id="look", tool="inspect", args={"roots": [str(tmp_path / "private.csv")]}),
        PlannedStep(id="send", tool="download", needs={"sources": "look.profile.columns.0.examples"}),
    ]
    task, plan = Task(paragraph="x", sources=[str(tmp_path / "private.csv")]), Plan(steps=steps)
    assert any("can't be taken from" in wrong for wrong in check(plan, Bounds.of(task, plan)))
    folder = RunFolder.create(tmp_path / "runs", "x")
    env = StepEnvironment(folder=folder, sandbox=backend, cache=tmp_path / "cache", seed=0, device="cpu")
    book = Journal(folder.path, Redactor(os.environ))
    with pytest.raises(StepFailed, match="it may not"):
        Runner(env, Scripted(task, [plan]), book, [], Clock(None)).run(task, plan, [])
    book.close()


RESULT = '{"ok": true, "result": {"roots": [], "files": 0, "bytes": 0, "unpacked": 0, "skipped": 0}}'


def ended(world: Any, code: str, *, patience: float = 60.0, limit: float | None = 30.0, reads: bool = False) -> Any:
    """A step's process with this code, watched and collected as the runner does it."""
    folder = Path(world.paths["folder"])
    child = world.start(code)
    status, late = step_outcome.watch(child, limit, lambda _: None, patience)
    return step_outcome.collect(folder, extract, child, status, late, reads=reads)


WRITE = f"open('result.json', 'w').write({RESULT!r})\n"


def test_a_process_that_ends_by_itself_has_a_result(world: Any) -> None:
    assert ended(world, WRITE).files == 0


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)", "os._exit(3)", "os.abort()"])
def test_a_process_that_did_not_end_by_itself_has_none(end: str, world: Any) -> None:
    with pytest.raises(StepFailed):
        ended(world, WRITE + end)


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 11)", "os.kill(os.getpid(), 7)", "os.abort()"])
def test_data_that_crash_their_reader_are_unreadable(end: str, world: Any) -> None:
    with pytest.raises(DataError, match="crashed the program") as caught:
        ended(world, end, reads=True)
    assert (caught.value.kind, caught.value.code) == ("unreadable", 4)


NO_RESULTS = ["[" * 100_000, '{"a":' * 20_000, "[" * 990 + "]" * 990, "", "\x00", "null", "[]", '{"ok": true}',
              '{"ok": 1, "result": ' + "[" * 500 + "]" * 500 + "}", "9" * 5_000, '{"ok": false}',
              '{"ok": false, "error": [1]}', "\udcff"]  # fmt: skip


@pytest.mark.parametrize("text", NO_RESULTS)
def test_a_result_that_is_none_is_told_in_a_line(text: str, world: Any) -> None:
    code = f"open('result.json', 'w', errors='surrogateescape').write({text!r})"
    with pytest.raises(StepFailed, match="can't be used") as caught:
        ended(world, code)
    assert caught.value.kind == "bad-result"


def test_json_is_read_as_deep_as_code_can_walk() -> None:
    bounded_json.parsed("[" * bounded_json.DEPTH + "]" * bounded_json.DEPTH)
    with pytest.raises(ValueError, match="nested more than"):
        bounded_json.parsed("[" * (bounded_json.DEPTH + 1) + "]" * (bounded_json.DEPTH + 1))


@pytest.mark.parametrize("root", ["sealed", "../../..", "{secret}"])
def test_a_result_is_held_where_steps_are_run(root: str, run: Path) -> None:
    result = extract.Result(
        roots=[root.format(secret=run.parents[1] / "secret.csv")], files=1, bytes=1, unpacked=0, skipped=0
    )
    with pytest.raises(StepFailed, match="neither its own nor given"):
        step_outcome.accepted(result, run, [OWN], [])
