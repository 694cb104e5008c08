"""What a language model says that the request names: a place counts only where it stands there as one."""

import json
from functools import cache
from pathlib import Path

import pytest

from noglue.agent.llm import believe
from noglue.agent.llm.answer_forms import ReadWish
from noglue.agent.llm.choice import choose
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.plan_check import Bounds, check
from noglue.agent.planners.llm import Llm
from noglue.agent.planners.rules import Rules
from noglue.agent.redact import Redactor
from noglue.agent.settle import origins
from noglue.agent.task import Constraints, Task
from tests.agent.command_line import answer

WORDS = (
    "Predict who leaves. The private data of my clients lies in shop/clients.csv, not in the folder `old mails`; "
    "see https://example.org:8443/shop/page.html#top. Compare with Sign Language MNIST, e.g. as of 10.0.0.1 in secrets."
)
NOT_THERE = """
    . .. / ./ ../ ~ ~/ s a e.g csv .csv s.csv clients private secrets data folder mails old shop shop/ /shop ./shop
    shop/clients hop/clients.csv /shop/clients.csv ../shop/clients.csv shop/../shop/clients.csv https://example.org
    https://example.org:8443 https://example.org:8443/ http://example.org:8443/shop/page.html example.org 10.0.0 0.0.1
    https://example.org/shop/page.html http://10.0.0.1 http://10.0.0.1/ file:///etc/passwd /etc/passwd hf://x top page
    """.split()  # noqa: SIM905
THERE = ("shop/clients.csv", "https://example.org:8443/shop/page.html#top", "old mails", "Sign Language MNIST")


def task_of(folder: Path, source: str) -> Task:
    """As the planner reads the words where a model says that they name this source."""
    reading = {"question": "task", "answer": {"sources": [source], "goal": "classify", "why": "so"}, "times": 9}
    (folder / "recorded.jsonl").write_text(json.dumps(reading), encoding="utf-8")
    choice = choose(f"recorded:{folder / 'recorded.jsonl'}", {})
    planner = Llm(Rules(), lambda tell: Asker(choice, Limits(), Redactor({}), tell))
    return planner.understand(WORDS, [], Constraints())


@cache
def by_the_rules() -> Task:
    return Rules().understand(WORDS, [], Constraints())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where each of these is a folder that is there."""
    here = tmp_path / "here"
    for name in ("s", "a", "csv", "clients", "private", "secrets", "data", "folder", "mails", "old", "shop", "top"):
        (here / name).mkdir(parents=True)
    monkeypatch.chdir(here)
    return tmp_path


@pytest.mark.parametrize("source", NOT_THERE)
def test_no_piece_of_the_request_is_a_place(folder: Path, source: str) -> None:
    alone = by_the_rules()
    assert task_of(folder, source).sources == alone.sources
    wish = ReadWish(text="lies in shop/clients.csv", kind="data", value=source)
    found, notes = believe.believed([wish], alone, set())
    assert (found, len(notes)) == ([], 1)


@pytest.mark.parametrize("source", THERE)
def test_what_is_named_counts(folder: Path, source: str) -> None:
    assert source in task_of(folder, source).sources
    wish = ReadWish(text="lies in shop/clients.csv", kind="data", value=source)
    assert believe.believed([wish], by_the_rules(), set())[0]


@pytest.mark.parametrize("name", [".", "..", "s", "csv", ".csv", "s.csv", "shop/clients.csv", "passwd"])
def test_no_piece_of_the_request_is_a_file(name: str) -> None:
    wish = ReadWish(text="lies in shop/clients.csv", kind="test", value={"file": name})
    assert believe.believed([wish], Task(paragraph=WORDS), set())[0] == []


def test_a_file_at_the_end_of_a_named_path_is() -> None:
    wish = ReadWish(text="lies in shop/clients.csv", kind="test", value={"file": "Clients.csv"})
    assert len(believe.believed([wish], Task(paragraph=WORDS), set())[0]) == 1


@pytest.mark.parametrize("place", [".", "/", "shop", "secrets", "https://example.org:8443/", "/etc/passwd"])
def test_no_plan_fetches_a_piece_of_the_request(folder: Path, place: str) -> None:
    task = Task(paragraph=WORDS, sources=["https://example.org:8443/shop/page.html"], goal="classify")
    draft = Rules().plan(task)
    assert check(draft, Bounds.of(task, draft)) == []
    for field in ("sources", "hub"):
        plan = draft.model_copy(deep=True)
        fetching = next(step for step in plan.steps if step.tool == "download")
        fetching.args[field] = [place] if field == "sources" else place
        assert any("was named neither" in wrong for wrong in check(plan, Bounds.of(task, draft)))


def test_the_full_stop_of_the_request_opens_no_folder(tmp_path: Path) -> None:
    """The attack as it was carried out, with the command itself: the folder that the user is in was the data."""
    (tmp_path / "private.csv").write_text("id,salary\n1,2\n")
    reading = {"sources": ["."], "goal": "classify", "why": "."}
    lines = [{"question": "task", "answer": reading, "times": 9}, {"answer": "nonsense", "times": 9}]
    (tmp_path / "recorded.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    model = f"recorded:{tmp_path / 'recorded.jsonl'}"
    told = answer(tmp_path, "plan", "Recognise handwritten digits.", "--model", model)
    assert told["exit"] == 0, told
    assert str(tmp_path) not in json.dumps(told["plan"])
    assert told["task"]["sources"] == []


def test_a_place_of_the_users_own_is_taken_as_it_is(folder: Path) -> None:
    """`--data .` and a path in the words are the user's; only others' readings are held to the words."""
    task = Rules().understand("Tell them apart", ["shop"], Constraints())
    assert task.sources == ["shop"]
    known = origins.known(task)
    assert known is not None
    assert known.urls == [str(Path.cwd() / "shop")]
