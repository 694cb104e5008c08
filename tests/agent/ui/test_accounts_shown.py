"""What was asked for, and what became of every file and row: in run.json, on the terminal, in the report."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from noglue.agent import api, run_ledgers
from noglue.agent.protocols import Attempt
from noglue.agent.request import wish as contract
from noglue.agent.request.wish import Wish
from noglue.agent.task import Task
from noglue.agent.ui import answers
from noglue.tools.reporting.wish_rows import taken_for
from noglue.tools.spec.ledgers import FileLedger, Reason, RowLedger
from tests.agent.command_line import answer, noglue

FILES, ROWS = FileLedger(), RowLedger(found=312, train=200, validation=40, test=60)
FILES.read(2)
FILES.pass_over("LICENSE", "a licence text")
FILES.pass_over("NOTICE", "a licence text")
FILES.unreadable("x.csv", "it is empty")
ROWS.leave_out("no target", 9)
ROWS.leave_out("equal to another row", 3, ["17", "19", "40"])

WISHES = [
    Wish(text="predict  bought", kind="target", value={"words": "bought"}, state="done", why="the column bought"),
    Wish(text="export as ONNX", kind="export", value="onnx", state="not-done", why="no model here can be exported yet"),
    Wish(text="cluster them", kind="goal", value="cluster", state="refused", why="nothing here clusters"),
    Wish(text="and quickly", kind="speed"),
]


def content(status: str = "succeeded", wishes: list[Wish] = WISHES, **more: Any) -> dict[str, Any]:
    task = Task(paragraph="x", metric="accuracy", wishes=wishes, unread=["the blue\n ones"])
    return {
        "task": task.model_dump(), "status": status, "wishes": [wish.model_dump() for wish in wishes], "data": None,
        "files": FILES.model_dump(), "rows": ROWS.model_dump(), "metrics": {}, "model": None, "error": None,
        "seconds": {"total": 1.0}, "device": "cpu", "path": "/runs/x", "run": "x",
    } | more  # fmt: skip


def test_the_terminal_says_what_was_not_done_and_what_was_left_out_and_nothing_else() -> None:
    assert run_ledgers.lines(content()) == [
        "refused   cluster them: nothing here clusters",
        "not done  export as ONNX: no model here can be exported yet",
        "not done  and quickly",
        "not understood  “the blue ones”",
        "left out  9 of 312 rows: no target",
        "left out  3 of 312 rows: equal to another row (17, 19, 40)",
        "files     1 of 5 can't be used: it is empty (x.csv)",
        "files     2 of 5 passed over: a licence text (LICENSE, NOTICE)",
    ]
    assert run_ledgers.lines(content(), verbose=True)[0] == "done      predict bought: the column bought"
    whole = content(wishes=WISHES[:1], files=FileLedger(found=3, used=3).model_dump(), rows=None)
    whole["task"]["unread"] = []
    assert run_ledgers.lines(whole) == []


def test_many_lines_end_in_how_many_more_there_are() -> None:
    many = [Wish(text=f"wish {i}", kind="speed", state="not-done", why="no") for i in range(20)]
    told = run_ledgers.lines(content(wishes=many))
    assert len(told) == run_ledgers.MOST
    assert told[-1] == "and 18 more, see the report"
    assert len(run_ledgers.lines(content(wishes=many), verbose=True)) == 25


def test_of_a_failed_run_the_error_says_enough_and_the_wishes_are_told_on_demand() -> None:
    told = run_ledgers.lines(content(status="failed"))
    assert told[0] == "not understood  “the blue ones”"
    assert "not done  and quickly" in run_ledgers.lines(content(status="failed"), verbose=True)


@pytest.mark.parametrize("as_json", [False, True])
def test_it_stands_on_the_last_lines_and_never_among_the_json(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    assert answers.outcome(content(), as_json) == 0
    told = capsys.readouterr()
    if as_json:
        assert json.loads(told.out)["wishes"][1]["state"] == "not-done"
    where, other = (told.err, told.out) if as_json else (told.out, told.err)
    assert "not done  export as ONNX" in where
    assert "not done" not in other


def test_a_strangers_words_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = [Wish(text="x\x1b[31m y", kind="speed", state="not-done", why="\x07no\nway")]
    answers.outcome(content(wishes=hostile), as_json=True)
    told = capsys.readouterr().err
    assert not set("\x1b\x07") & set(told)
    assert "no way" in told


@pytest.mark.parametrize("as_json", [False, True])
def test_a_long_line_stays_whole_in_a_pipe(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    why = "not drawn: the data is larger than what is held in memory, so rows to learn from are drawn at random"
    drawn = RowLedger(found=9, train=4, left_out={why: Reason(count=5)})
    answers.outcome(content(rows=drawn.model_dump()), as_json)
    told = capsys.readouterr()
    shown = told.err if as_json else told.out
    assert f"left out  5 of 9 rows: {why}" in shown.splitlines()


def test_the_ledgers_are_those_of_what_was_prepared() -> None:
    other = FileLedger(found=9, used=9)
    looked = Attempt(id="inspect", tool="inspect", args={}, result={"profile": {"ledger": other.model_dump()}})
    prepared = Attempt(
        id="prepare", tool="prepare", args={"profile": {"ledger": FILES.model_dump()}},
        result={"ledger": ROWS.model_dump()},
    )  # fmt: skip
    failed = prepared.model_copy(update={"result": None})
    assert (run_ledgers.files([looked]), run_ledgers.rows([looked])) == (other, None)
    assert (run_ledgers.files([looked, failed]), run_ledgers.rows([looked, failed])) == (FILES, None)
    assert (run_ledgers.files([looked, prepared]), run_ledgers.rows([looked, prepared])) == (FILES, ROWS)
    assert (run_ledgers.files([]), run_ledgers.rows([])) == (None, None)
    bare = prepared.model_copy(update={"args": {"profile": {}}, "result": {}})
    assert (run_ledgers.files([bare]), run_ledgers.rows([bare])) == (None, None)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("exclude", {"columns": ["plan"], "places": [7], "prefixes": ["lab_"]}, "leave out plan, column 7, lab_…"),
        ("only", {"columns": [], "places": [1, -1]}, "learn only from the first column, the last column"),
        ("target", {"place": -2}, "to be predicted: the last but one column"),
        ("test", {"share": 0.25}, "test rows: 25 %"),
        ("test", {"share": 0.2, "place": "last"}, "test rows: 20 %, the last"),
        ("test", {"rows": 100}, "test rows: 100 rows"),
        ("test", {"file": "b.csv"}, "test rows: b.csv"),
        ("where", {"clause": "from the north", "keep": False}, "leave out rows: from the north"),
        ("where", [{"column": "price", "op": "<=", "value": 250000.0}], "only rows: price <= 250000"),
        ("where", [{"column": "price", "op": "missing"}], "only rows: price missing"),
        ("where", {"conditions": [{"column": "a", "op": ">", "value": 1234567.0}, {"column": "b", "op": "present"}]},
         "only rows: a > 1234567 and b present"),
        ("test", {"conditions": [{"column": "year", "op": "=", "value": 2025}]}, "test rows: year = 2025"),
        ("target", {"column": "price"}, "to be predicted: price"),
        ("positive", {"class": "sick"}, "class looked for: sick"),
        ("time", {"column": "day"}, "test rows are the last in time, by day"),
        ("rows", {"most": 5000}, "rows to learn from: at most 5000"),
        ("costs", {"miss": 10, "alarm": 1}, "costs: a miss 10, a false alarm 1"),
        ("at_least", {"measure": "recall", "value": 0.95}, "recall at least 0.95"),
        ("missing", {"words": ["0"], "columns": ["BMI"], "places": [3]}, "0 means missing in BMI, column 3"),
        ("missing", {"words": ["0"]}, "0 means missing"),
        ("derive", {"op": "above", "value": 50000}, "whether it is above 50000"),
        ("derive", {"op": "log"}, "its logarithm"),
        ("time", {"words": "date"}, "test rows are the last in time, by date"),
        ("time", True, "test rows are the last in time"),
        ("stratify", True, "splits stratified"),
        ("pretrained", False, "train from scratch, no pretrained network"),
        ("flips", False, "no mirrored images"),
        ("budget", 600.0, "time: 10 min"),
        ("top", {"count": 20}, "the 20 most likely"),
        ("metric", "macro_f1", "measure: macro_f1"),
        ("avoid", ["boosted_trees"], "no model of boosted_trees"),
        ("offline", True, "without network"),
        ("explain", None, "explain"),
    ],
)  # fmt: skip
def test_a_wish_is_told_in_words(kind: str, value: Any, told: str) -> None:
    assert taken_for(kind, value) == told


STRANGE = [None, True, False, 0, 3.5, "x", [], {}, ["a", {"b": 1}], {"new": {"a": [1]}}, {"op": 1}, {"words": None}]


@pytest.mark.parametrize("value", STRANGE, ids=str)
def test_whatever_a_wish_holds_is_told(value: Any) -> None:
    """Every kind that the contract has, and one that it has not."""
    kinds = re.findall(r"\b[a-z_]{3,}\b", str(contract.__doc__))
    assert len(kinds) > 40
    for kind in {*kinds, "quite_new"}:
        assert isinstance(taken_for(kind, value), str)
        assert taken_for(kind, value)


def test_plan_shows_the_wishes_as_read() -> None:
    assert run_ledgers.read_as(Task(paragraph="x")) == []
    told = run_ledgers.read_as(Task(paragraph="x", wishes=WISHES, unread=["the blue ones"]))
    assert told == [
        "wishes      to be predicted: bought; export onnx; goal: cluster; speed",
        "not understood  “the blue ones”",
    ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run from a plan that holds wishes, words that were not understood, and what would steer a page."""
    home = tmp_path_factory.mktemp("home")
    rows = "".join(f"{i},{i * 37 % 211},{'yes' if i * 37 % 211 > 100 else 'no'}\n" for i in range(200))
    (home / "x.csv").write_text(f"id,x,bought\n{rows}")
    preview = api.plan("Predict bought with a linear model", data=str(home / "x.csv"), planner="rules")
    hostile = Wish(text="<b>bold</b> | *x*", kind="privacy", state="not-done", why="<script>no</script>")
    preview.task.wishes, preview.task.unread = [*WISHES, hostile], ["<i>blue</i>"]
    (home / "plan.json").write_text(preview.model_dump_json())
    done = noglue(home, "run", "--plan", "plan.json", "--yes")
    assert done.returncode == 0, done.stderr
    assert "not done  export as ONNX: no model here can be exported yet" in done.stdout
    assert "not understood  “<i>blue</i>”" in done.stdout
    return home


def test_run_json_holds_wishes_and_features(ran: Path) -> None:
    found = answer(ran, "show", "latest")
    assert [wish["text"] for wish in found["wishes"]] == [*(wish.text for wish in WISHES), "<b>bold</b> | *x*"]
    assert found["task"]["wishes"] == found["wishes"]
    assert found["data"]["features"] == ["x"]
    assert found["model"]["bytes"] > 0
    assert {"files", "rows", "candidates"} <= found.keys()
    outcome = api.Model.model_validate({name: one for name, one in found.items() if name != "exit"})
    assert outcome.wishes[1].state == "not-done"


def test_the_report_begins_with_what_was_asked_for(ran: Path) -> None:
    source = (ran / "runs" / "latest" / "report.html").read_text()
    page = BeautifulSoup(source, "html.parser")
    assert page.find_all("section")[0]["id"] == "wishes"
    cells = [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
             for row in page.select("#wishes tbody tr")]  # fmt: skip
    assert cells[0] == ["cluster them", "goal: cluster", "refused nothing here clusters"]
    assert ["export as ONNX", "export onnx", "not done no model here can be exported yet"] in cells
    assert cells[-1] == ["predict bought", "to be predicted: bought", "done the column bought"]
    assert "<i>blue</i>" in page.select_one("#wishes .unread").text
    assert not page.find_all(["script", "b", "i"])
    text = (ran / "runs" / "latest" / "report.md").read_text()
    assert "| export as ONNX | export onnx | not done: no model here can be exported yet |" in text
    assert "&lt;b&gt;bold&lt;/b&gt; \\| \\*x\\*" in text
    assert text.index("## What you asked for") < text.index("## Scores")


def test_a_failed_run_keeps_its_wishes_and_its_error_comes_first(ran: Path) -> None:
    plan = json.loads((ran / "plan.json").read_text())
    plan["task"]["sources"] = plan["plan"]["steps"][0]["args"]["sources"] = [str(ran / "y.csv")]
    (ran / "y.csv").write_text("id,x\n" + "".join(f"{i},{i}\n" for i in range(90)))
    (ran / "wrong.json").write_text(json.dumps(plan))
    done = noglue(ran, "run", "--plan", "wrong.json", "--yes")
    assert done.returncode == 3, done.stderr
    assert "bought" in done.stderr
    found = answer(ran, "show", "latest")
    assert found["status"] == "failed"
    assert len(found["wishes"]) == 5
