"""One question at a time, to a server that is real but for its wits, and to the recorded model."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.llm.answer_forms import ChosenData, Settled
from noglue.agent.llm.choice import Choice, choose
from noglue.agent.llm.modes import Modes
from noglue.agent.llm.parsing import json_in
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.llm.transcript import task_hash
from noglue.agent.redact import Redactor
from noglue.tools.spec.errors import BadUsage, StepFailed
from tests.agent.planners.model_server import ModelServer, form_of

MATERIAL = {"task": {"goal": "classify"}, "candidates": [{"name": "iris"}]}
IRIS = '{"order": ["iris"], "why": "flowers"}'


def asker(choice: Choice | str, said: list[str], limits: Limits | None = None, **options: Any) -> Asker:
    choice = choose(choice, {}) if isinstance(choice, str) else choice
    redact = Redactor({"SOME_TOKEN": "very-secret-value"})
    return Asker(choice, limits or Limits(), redact, lambda text, **_: said.append(text), timeout=20.0, **options)


def ask(one: Asker, paragraph: str = "Tell flowers apart.", **material: Any) -> ChosenData | None:
    def known(answer: ChosenData) -> list[str]:
        return [f"{name!r} is none of the candidates" for name in answer.order if name != "iris"]

    return one.ask("choose", ChosenData, paragraph, MATERIAL | material, known)


def recording(path: Path, *lines: dict[str, Any]) -> str:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return f"recorded:{path}"


# ---- a server ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refuses", "form", "forms"),
    [
        ({}, "schema", ["schema"]),
        ({"schema": 500}, "tools", ["schema", "tools"]),  # as llama.cpp's server does
        ({"schema": 400, "tools": 400}, "text", ["schema", "tools", "text"]),
    ],
)
def test_the_form_that_a_server_takes_is_found_out_once(
    tmp_path: Path, refuses: dict[str, int], form: str, forms: list[str]
) -> None:
    with ModelServer([IRIS], refuses=refuses) as server:
        for expected in (forms, [*forms, form]):
            answer = ask(asker(server.url, [], cache=tmp_path))
            assert answer is not None
            assert answer.order == ["iris"]
            assert [form_of(body) for body in server.asked] == expected
    assert json.loads((tmp_path / "llm" / "modes.json").read_text()) == {f"{server.url} openai:": form}


def test_a_remembered_form_that_is_no_form_is_not_believed(tmp_path: Path) -> None:
    choice = Choice("openai", "x")
    (tmp_path / "llm").mkdir()
    (tmp_path / "llm" / "modes.json").write_text('{"openai:x": "rm -rf"}')
    assert Modes(tmp_path, choice).to_try() == ["schema", "tools", "text"]


def test_the_length_of_an_answer_is_bounded_in_words_that_local_servers_know() -> None:
    with ModelServer([IRIS]) as server:
        ask(asker(server.url, []))
    [body] = server.asked
    assert body["max_tokens"] == 3000
    assert body["model"] == "tiny"
    schema = json.dumps(body["response_format"])
    assert '"maxLength": 120' in schema


def test_busy_servers_are_asked_again_and_tokens_are_counted() -> None:
    said: list[str] = []
    with ModelServer([IRIS], first=[429, 503]) as server:
        one = asker(server.url, said)
        assert ask(one) is not None
    assert len(server.asked) == 3
    assert (one.spending.calls, one.spending.tokens_in, one.spending.tokens_out) == (3, 100, 20)


def test_a_server_that_keeps_failing_is_given_up_or_an_error_where_answers_are_required() -> None:
    said: list[str] = []
    with ModelServer([IRIS], first=[500] * 40) as server:
        assert ask(asker(server.url, said)) is None
        assert "the rules decide" in said[-1]
        assert len(server.asked) == 6  # once as schema, once as a tool call, four times as text
        with pytest.raises(StepFailed, match="does not answer"):
            ask(asker(server.url, [], required=True))


def test_a_key_that_a_server_echoes_is_not_told_even_where_it_is_cut_short() -> None:
    said: list[str] = []
    echo = f"{'x' * 260} key very-secret-value is wrong"
    with ModelServer([IRIS], key="right", wrong_key=echo) as server:
        choice = Choice("openai", "x", server.url, "wrong")
        assert ask(asker(choice, said)) is None
        with pytest.raises(StepFailed) as caught:
            ask(asker(choice, [], required=True))
    for text in (said[0], caught.value.message):
        assert "xxx" in text
        assert "very-sec" not in text


@pytest.mark.parametrize(("model", "variable"), [("openai:x", "OPENAI_API_KEY"), ("claude-x", "ANTHROPIC_API_KEY")])
def test_a_missing_key_is_named_with_its_variable(model: str, variable: str) -> None:
    with pytest.raises(BadUsage, match=f"needs a key: {variable} is not set") as caught:
        ask(asker(model, [], strict=True))
    assert ".env" in caught.value.hint


def test_a_planner_that_is_required_has_to_have_helped(tmp_path: Path) -> None:
    refused = {"answer": {"order": ["x"]}, "times": 3}
    for limits, why in ((Limits(), "none of the 3 answers"), (Limits(calls=0), "--max-calls")):
        one = asker(recording(tmp_path / "r", refused), [], limits, required=True)
        assert ask(one) is None
        with pytest.raises(StepFailed, match=why):
            one.must_have_helped()
    good = asker(recording(tmp_path / "r", {"answer": {"order": ["iris"]}}), [], required=True)
    assert ask(good) is not None
    good.must_have_helped()


def test_a_wrong_key_ends_the_asking_at_once() -> None:
    said: list[str] = []
    with ModelServer([IRIS], key="right") as server:
        one = asker(Choice("openai", "x", server.url, "wrong"), said)
        assert ask(one) is None
        assert ask(one) is None
    assert len(server.asked) == 1
    assert "does not answer" in said[0]
    assert "wrong key" in said[0]


def test_a_question_that_is_too_long_for_the_model_is_the_rules_and_the_next_is_asked() -> None:
    """As llama.cpp's server words it; it answers 500 to a schema whatever its length."""
    said: list[str] = []
    with ModelServer([IRIS], longest=3000) as server:
        one = asker(server.url, said)
        assert ask(one, candidates=[{"name": "iris", "text": "long " * 1000}]) is None
        assert ask(one) is not None
    assert len(server.asked) == 2
    assert "too long" in said[0]
    assert one.gone is None


def test_a_slow_server_takes_no_more_than_the_share_of_the_budget_that_questions_have() -> None:
    said: list[str] = []
    with ModelServer([IRIS], slow=30.0) as server:
        one = asker(server.url, said, Limits(seconds=20.0))
        began = time.monotonic()
        assert ask(one) is None
        assert ask(one) is None
        assert time.monotonic() - began < 10.0
    assert len(server.asked) == 1
    assert "does not answer" in said[0]


def test_a_server_that_is_not_there_is_an_error_only_where_answers_are_required() -> None:
    with ModelServer([IRIS]) as server:
        gone = Choice("openai", "x", server.url, "none")
    said: list[str] = []
    assert ask(asker(gone, said)) is None
    assert "the rules decide" in said[0]
    assert ask(asker(gone, said, strict=True)) is None
    with pytest.raises(StepFailed, match="does not answer"):
        ask(asker(gone, [], required=True))


def test_a_missing_package_is_one_sentence_with_its_command() -> None:
    with pytest.raises(BadUsage) as caught:
        ask(asker("cohere:command", [], strict=True))
    assert caught.value.hint == "pip install langchain-cohere"
    said: list[str] = []
    assert ask(asker("cohere:command", said)) is None
    assert "langchain-cohere" in said[0]


def test_secrets_are_not_sent_and_not_kept(tmp_path: Path) -> None:
    with ModelServer([IRIS]) as server:
        one = asker(server.url, [])
        one.transcript.attach(tmp_path)
        ask(one, task={"paragraph": "from http://x/?token=very-secret-value"})
    assert "very-secret-value" not in json.dumps(server.asked)
    assert "very-secret-value" not in (tmp_path / "llm.jsonl").read_text()
    assert (tmp_path / "llm.jsonl").stat().st_mode & 0o077 == 0


# ---- checking and the transcript ------------------------------------------------------------------------------------


def test_a_refused_answer_goes_back_with_the_reason_twice(tmp_path: Path) -> None:
    said: list[str] = []
    wrong = {"answer": {"order": ["http://evil.example/x.zip"]}}
    lines = [wrong, {"answer": "no JSON"}, {"answer": {"order": ["iris"]}}]
    one = asker(recording(tmp_path / "r", *lines), said, Limits(seconds=60.0))
    answer = ask(one)
    assert answer is not None
    assert answer.order == ["iris"]
    last = one.transcript.sent[-1]
    assert [role for role, _ in last] == ["system", "human", "ai", "human", "ai", "human"]
    assert "is none of the candidates" in last[3][1]
    assert "no JSON object" in last[5][1]


def test_after_three_refused_answers_the_rules_decide(tmp_path: Path) -> None:
    said: list[str] = []
    one = asker(recording(tmp_path / "r", {"answer": {"order": ["x"]}, "times": 3}), said)
    assert ask(one) is None
    assert said[-1].endswith("the rules decide")
    told = len(said)
    assert ask(one) is None
    assert len(said) == told  # the rules were left with that question
    assert one.gone is None


def test_what_was_answered_once_is_not_asked_again(tmp_path: Path) -> None:
    first = asker(recording(tmp_path / "r", {"answer": {"order": ["iris"]}}), [])
    first.transcript.attach(tmp_path)
    assert ask(first) is not None
    again = asker(Choice("", "no model"), [], only_replay=True)
    again.transcript.attach(tmp_path)
    answer = ask(again)
    assert answer is not None
    assert answer.order == ["iris"]
    assert again.spending.calls == 0
    assert ask(again, paragraph="Another question.") is None


def test_calls_are_capped(tmp_path: Path) -> None:
    said: list[str] = []
    one = asker(recording(tmp_path / "r", {"answer": IRIS, "times": 9}), said, Limits(calls=1))
    assert ask(one) is not None
    assert ask(one, paragraph="Another.") is None
    assert any("--max-calls" in text for text in said)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Sure!\n```json\n{"a": 1}\n```', {"a": 1}),
        ('<think>{"a": 2}</think>{"a": {"b": 1}}', {"a": {"b": 1}}),
        ('{not json} then {"a": 1}', {"a": 1}),
        ("nothing", None),
        ('[1, {"a": 1}]', {"a": 1}),
        ("{" * 5000, None),
    ],
)
def test_json_is_found_in_what_models_write(text: str, found: dict[str, Any] | None) -> None:
    assert json_in(text) == found


def test_a_reason_that_is_too_long_is_cut_and_a_name_that_is_too_long_is_refused() -> None:
    assert len(Settled(why="x" * 1_000).why) == 300
    with pytest.raises(ValueError, match="at most 120"):
        Settled(target="x" * 200)


# ---- the recorded model ---------------------------------------------------------------------------------------------


def test_a_recording_is_matched_by_task_and_question_in_order(tmp_path: Path) -> None:
    mine, other = task_hash("Tell  flowers apart."), task_hash("Another.")
    lines = [
        {"task": other, "question": "choose", "answer": {"order": []}},
        {"task": mine, "question": "settle", "answer": {"order": []}},
        {"task": mine, "question": "choose", "answer": {"order": ["iris"], "why": "first"}},
        {"task": mine, "question": "choose", "answer": {"order": ["iris"], "why": "second"}},
    ]
    one = asker(recording(tmp_path / "r", *lines), [])
    answers = [ask(one), ask(one, task={"goal": "another prompt"})]
    assert [answer.why for answer in answers if answer] == ["first", "second"]


def test_a_recording_that_runs_out_says_which_answer_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no answer left for the question 'choose'"):
        ask(asker(recording(tmp_path / "r", {"question": "task", "answer": {}}), []))


@pytest.mark.parametrize(("content", "told"), [(None, "can't be read"), ('{"answer": 1}', "Line 1"), ("no", "Line 1")])
def test_a_recording_that_is_none_is_told_so(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "r"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadUsage, match=told):
        ask(asker(f"recorded:{path}", []))


def test_what_was_recorded_from_a_server_can_be_replayed(tmp_path: Path) -> None:
    with ModelServer([IRIS]) as server:
        first = ask(asker(server.url, [], record=tmp_path / "kept.jsonl"))
    again = ask(asker(f"recorded:{tmp_path / 'kept.jsonl'}", []))
    assert first is not None
    assert first == again
