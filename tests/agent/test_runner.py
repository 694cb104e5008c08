"""The loop, with a scripted planner, real archives and the real sandbox."""

import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from noglue.agent import journal, resume
from noglue.agent.events import Event
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.planners.fixed import Scripted
from noglue.agent.process import StepEnvironment
from noglue.agent.protocols import Attempt
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import MAX_TRIES, Clock, Runner
from noglue.agent.task import Task
from noglue.tools.sandbox import choose
from noglue.tools.spec.errors import BudgetSpent, StepFailed, ToolError

TASK = Task(paragraph="unpack")


class Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def event(self, event: Event) -> None:
        self.events.append(event)

    def told(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.event == kind]


class Bench:
    """A run folder with everything around it."""

    def __init__(self, place: Path) -> None:
        self.folder = RunFolder.create(place / "runs", "unpack")
        self.folder.write_json("task.json", TASK.model_dump())
        self.listener = Listener()
        self.work = StepEnvironment(self.folder, choose().sandbox, place / "cache", seed=0, device="cpu")
        self.work.cache.mkdir()

    def run(
        self, plans: list[Plan | None], budget: float | None = None, history: list[Attempt] | None = None
    ) -> list[Attempt]:
        book = Journal(self.folder.path, Redactor(os.environ))
        attempts = [] if history is None else history
        assert plans[0] is not None
        try:
            Runner(self.work, Scripted(TASK, plans), book, [self.listener], Clock(budget)).run(TASK, plans[0], attempts)
        finally:
            book.close()
        return attempts


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def archive(place: Path, name: str = "a.zip") -> Path:
    with zipfile.ZipFile(place / name, "w") as file:
        file.writestr("inside.csv", "x,y\n1,2\n" * 50)
    return place / name


def unpack(path: Path, id: str = "extract") -> PlannedStep:
    return PlannedStep(id=id, tool="extract", args={"files": [str(path)]})


def test_a_step_runs_in_the_sandbox_and_its_result_comes_back(bench: Bench, tmp_path: Path) -> None:
    [attempt] = bench.run([Plan(steps=[unpack(archive(tmp_path))])])
    assert attempt.error is None
    assert attempt.result is not None
    [root] = attempt.result["roots"]
    assert root.startswith("steps/01-extract/")
    assert journal.verify(bench.folder.path) is None
    assert [event["event"] for event in journal.read(bench.folder.path)] == ["started", "finished"]


def test_what_one_step_found_is_what_the_next_takes(bench: Bench, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "outer.tar", "w") as file:
        file.add(archive(tmp_path), "folder/a.zip")
    second = PlannedStep(id="again", tool="extract", needs={"files": "extract.roots"})
    attempts = bench.run([Plan(steps=[unpack(tmp_path / "outer.tar"), second])])
    assert attempts[1].args["files"] == (attempts[0].result or {})["roots"]


def test_a_typed_error_goes_to_the_planner_and_its_other_try_is_taken(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(archive(tmp_path).read_bytes()[:60])
    plans: list[Plan | None] = [Plan(steps=[unpack(tmp_path / "broken.zip")]), Plan(steps=[unpack(tmp_path / "a.zip")])]
    first, second = bench.run(plans)
    assert first.error is not None
    assert (first.error.kind, first.error.code) == ("bad-archive", 4)
    assert second.error is None
    assert len(bench.listener.told("failed")) == 1
    assert json.loads((bench.folder.path / "plan.json").read_text()) == plans[1].model_dump() if plans[1] else False


def test_an_error_that_nobody_can_mend_stands(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(archive(tmp_path).read_bytes()[:60])
    with pytest.raises(ToolError) as caught:
        bench.run([Plan(steps=[unpack(tmp_path / "broken.zip")])])
    assert caught.value.kind == "bad-archive"
    assert caught.value.data["step"] == "01-extract"


def test_the_number_of_tries_is_bounded(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(archive(tmp_path).read_bytes()[:60])
    endless: list[Plan | None] = [
        Plan(steps=[unpack(tmp_path / "broken.zip").model_copy(update={"why": str(i)})]) for i in range(50)
    ]
    with pytest.raises(ToolError):
        bench.run(endless)
    assert len(bench.listener.told("failed")) == MAX_TRIES


def test_arguments_that_a_tool_does_not_take_are_a_typed_error(bench: Bench) -> None:
    with pytest.raises(StepFailed, match="can't take: nonsense"):
        bench.run([Plan(steps=[PlannedStep(id="extract", tool="extract", args={"files": ["x"], "nonsense": 1})])])


def test_a_plan_that_takes_what_no_step_gave_is_refused(bench: Bench) -> None:
    with pytest.raises(StepFailed, match="no finished step has given"):
        bench.run([Plan(steps=[PlannedStep(id="extract", tool="extract", needs={"files": "nowhere.files"})])])


def test_no_step_begins_when_the_budget_is_spent(bench: Bench, tmp_path: Path) -> None:
    step = unpack(archive(tmp_path))
    with pytest.raises(BudgetSpent, match="no model yet"):
        bench.run([Plan(steps=[step])], budget=0.0)
    assert bench.run([Plan(steps=[step.model_copy(update={"timed": False})])], budget=4.0)[0].error is None


def test_history_is_taken_from_the_journal_and_checked_against_the_files(bench: Bench, tmp_path: Path) -> None:
    plan = Plan(steps=[unpack(archive(tmp_path)), unpack(archive(tmp_path, "b.zip"), "second")])
    attempts = bench.run([plan])
    assert resume.history(bench.folder) == attempts
    result = bench.folder.path / "steps" / "02-second" / "result.json"
    result.write_text(result.read_text().replace("second", "forged"))
    assert resume.history(bench.folder) == attempts[:1]
    again = bench.run([plan], history=resume.history(bench.folder))
    assert [attempt.id for attempt in again] == ["extract", "second"]
    assert [attempt.id for attempt in resume.history(bench.folder)] == ["extract", "second"]


def test_a_run_with_a_forged_journal_is_not_gone_on_with(bench: Bench, tmp_path: Path) -> None:
    bench.run([Plan(steps=[unpack(archive(tmp_path))])])
    path = bench.folder.path / "journal.jsonl"
    path.write_text(path.read_text().replace('"seconds": ', '"seconds": 1'))
    with pytest.raises(StepFailed, match="can't be trusted"):
        resume.history(bench.folder)


def test_links_that_a_step_left_in_its_folder_are_not_followed(bench: Bench, tmp_path: Path) -> None:
    """A step owns its folder: what it leaves there must not lead the agent to write elsewhere."""
    step = bench.folder.step_folder(1, "extract")
    step.mkdir()
    for name in ("log.txt", ".args.json.partial"):
        (tmp_path / f"victim {name}").write_text("mine")
        (step / name).symlink_to(tmp_path / f"victim {name}")
    [attempt] = bench.run([Plan(steps=[unpack(archive(tmp_path))])])
    assert attempt.error is None
    assert all((tmp_path / f"victim {name}").read_text() == "mine" for name in ("log.txt", ".args.json.partial"))


def test_a_pipe_in_the_place_of_the_log_does_not_hold_the_agent(bench: Bench, tmp_path: Path) -> None:
    step = bench.folder.step_folder(1, "extract")
    step.mkdir()
    os.mkfifo(step / "log.txt")
    [attempt] = bench.run([Plan(steps=[unpack(archive(tmp_path))])])
    assert attempt.error is None
