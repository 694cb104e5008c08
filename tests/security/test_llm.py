"""Language models that lie, stall or break the protocol, each on the loopback and for real."""

import gzip
import json
import os
import resource
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.llm.answer_forms import ChosenData
from noglue.agent.llm.choice import Choice, choose
from noglue.agent.llm.modes import Modes
from noglue.agent.llm.parsing import json_in, read
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.redact import Redactor
from noglue.tools.spec.errors import BadUsage, StepFailed
from tests.security.rude_server import Asked, RudeServer, Says, completion, models, says

MATERIAL = {"task": {"goal": "classify"}, "candidates": [{"name": "iris"}, {"name": "digits"}]}
RIGHT, DRAFT = '{"order": ["iris"]}', '{"order": ["digits"]}'


def asker(choice: Choice | str, said: list[str], limits: Limits | None = None, **options: Any) -> Asker:
    choice = choose(choice, {}) if isinstance(choice, str) else choice
    options = {"timeout": 10.0} | options
    return Asker(choice, limits or Limits(), Redactor({}), lambda text, **_: said.append(text), **options)


def ask(one: Asker, paragraph: str = "Tell flowers apart.") -> list[str] | None:
    answer = one.ask("choose", ChosenData, paragraph, MATERIAL, lambda _: [])
    return None if answer is None else answer.order


@pytest.fixture(scope="module", autouse=True)
def _packages_are_there() -> None:
    """What importing the providers' packages takes is none of a question's seconds."""
    with RudeServer(lambda *_: completion(RIGHT)) as server:
        ask(asker(server.url, []))


# ---- servers that stall ----------------------------------------------------------------------------------------------


def chunked(server: RudeServer, piece: bytes) -> Says:
    return Says(server.dribble(piece), headers={"Content-Type": "application/json"})


STALLS = {
    "blanks": lambda server: chunked(server, b"\n"),
    "an answer that is never closed": lambda server: chunked(server, b' {"choices": ['),
    "comments of a stream": lambda server: Says(
        server.dribble(b": waiting\n\n"), headers={"Content-Type": "text/event-stream"}
    ),
    "headers without an end": lambda server: Says(server.dribble(b"X-Wait: 1\r\n", b"HTTP/1.1 200 OK\r\n"), raw=True),
    "one byte of a header": lambda server: Says(server.dribble(b"x", b"HTTP/1.1 200 OK\r\nX-Wait: "), raw=True),
    "the size of a chunk": lambda server: Says(
        server.dribble(b"0", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), raw=True
    ),
    "steps on the way": lambda server: Says(server.dribble(b"HTTP/1.1 100 Continue\r\n\r\n"), raw=True),
    "silence": lambda server: Says(server.dribble(b"", every=60.0), raw=True),
}


@pytest.mark.parametrize("how", STALLS)
def test_a_server_that_is_never_done_has_its_seconds_and_no_more(how: str) -> None:
    said: list[str] = []
    with RudeServer(lambda _asked, _number: STALLS[how](server)) as server:
        one = asker(Choice("openai", "x", server.url, "none"), said, Limits(seconds=20.0))
        began = time.monotonic()
        assert ask(one) is None
        assert time.monotonic() - began < 5.0  # of 20 s questions get 2
    assert "does not answer" in said[-1]
    assert one.spending.calls == len(server.asked) == 1


def test_a_list_of_models_that_never_ends_is_no_wait_either() -> None:
    said: list[str] = []
    with RudeServer(lambda *_: completion(RIGHT), lambda _path: chunked(server, b" ")) as server:
        began = time.monotonic()
        assert ask(asker(server.url, said, Limits(seconds=20.0))) is None
        assert time.monotonic() - began < 5.0
    assert "did not say which models it has" in said[-1]


@pytest.mark.parametrize("how", ["plain", "gzip", "gzip of gzip"])
def test_an_answer_without_end_is_cut_before_it_fills_the_memory(how: str) -> None:
    piece = gzip.compress(bytes(32 << 20)) if how != "plain" else b" " * (1 << 20)
    piece = gzip.compress(piece) if how == "gzip of gzip" else piece
    encoding = {"plain": {}, "gzip": {"Content-Encoding": "gzip"}, "gzip of gzip": {"Content-Encoding": "gzip, gzip"}}
    sent = []

    def pieces() -> Any:
        for _ in range(1000):
            sent.append(1)
            yield piece

    said: list[str] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with RudeServer(lambda *_: Says(pieces(), headers={"Content-Type": "application/json"} | encoding[how])) as server:
        one = asker(Choice("openai", "x", server.url, "none"), said, Limits(seconds=60.0))
        assert ask(one) is None
    assert how != "plain" or len(sent) < 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 << 10  # KiB
    assert "does not answer" in said[-1]


# ---- thoughts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"<think>Maybe {DRAFT}? No.</think>{RIGHT}",
        f"First {DRAFT}; no.\n</think>\n\n{RIGHT}",
        f"<thinking>{DRAFT}</thinking>\n```json\n{RIGHT}\n```",
        f"<reasoning>\n{DRAFT}</reasoning>{RIGHT}",
        f"[THINK]{DRAFT}[/THINK]{RIGHT}",
        f"◁think▷{DRAFT}◁/think▷{RIGHT}",
        f"<seed:think>{DRAFT}</seed:think>{RIGHT}",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{RIGHT}<|return|>",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|channel|>final <|constrain|>json<|message|>{RIGHT}",
        f"analysisWe could say {DRAFT}.assistantfinal{RIGHT}",
        f"<think>{DRAFT}</think><think>{DRAFT}</think><answer>{RIGHT}</answer>",
        f"<|START_THINKING|>{DRAFT}<|END_THINKING|><|START_RESPONSE|>{RIGHT}<|END_RESPONSE|>",
    ],
)
def test_a_draft_in_a_thought_is_no_answer(text: str) -> None:
    assert json_in(text) == json.loads(RIGHT)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>Maybe {DRAFT}",
        f"<think>a</think><think>{DRAFT}",
        f"<|channel|>analysis<|message|>{DRAFT}",
        f"<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>commentary<|message|>{DRAFT}",
        f"[THINK]{DRAFT}",
        f"{DRAFT}</think>",
        f"{DRAFT} <think>or rather",
    ],
)
def test_a_thought_that_is_not_closed_has_no_answer(text: str) -> None:
    assert json_in(text) is None


def test_an_answer_that_was_cut_off_is_asked_for_again_with_more_and_counted() -> None:
    def answer(asked: Asked, _number: int) -> Says:
        return completion(f"<think>{DRAFT}", "length") if asked.body["max_tokens"] < 4_000 else completion(RIGHT)

    said: list[str] = []
    with RudeServer(answer) as server:
        one = asker(server.url, said)
        assert ask(one) == ["iris"]
        assert ask(one, "Another.") == ["iris"]
    assert [asked.body["max_tokens"] for asked in server.asked] == [3_000, 12_000, 12_000]
    assert one.spending.calls == 3
    assert any("cut off" in text for text in said)


def test_an_answer_that_is_always_cut_off_is_none_though_its_draft_is_whole() -> None:
    said: list[str] = []
    with RudeServer(lambda *_: completion(DRAFT, "length")) as server:
        assert ask(asker(server.url, said)) is None
    assert any("cut off" in text for text in said)
    assert max(asked.body["max_tokens"] for asked in server.asked) == 24_000


def test_reasoning_in_a_field_of_its_own_is_no_answer() -> None:
    with RudeServer(lambda *_: completion(RIGHT, reasoning_content=DRAFT, reasoning=DRAFT)) as server:
        assert ask(asker(server.url, [])) == ["iris"]
    with RudeServer(lambda *_: completion(None, reasoning_content=DRAFT)) as server:
        assert ask(asker(server.url, [], Limits(calls=4))) is None


# ---- what is no answer -----------------------------------------------------------------------------------------------

ERROR = {"error": {"message": "the provider behind this failed", "code": 400}}
NO_ANSWERS: dict[str, Says] = {
    "error": says(ERROR),
    "error as text": says({"error": "the provider behind this failed"}),
    "error in a choice": says({"choices": [{"error": ERROR["error"], "message": {"content": DRAFT}}]}),
    "error in the text": completion(json.dumps({"error": "I can't"})),
    "error beside fields": completion(json.dumps({"error": "I can't", "order": ["digits"]})),
    "no field of the form": completion('{"status": "ok"}'),
    "no choices": says({"choices": []}),
    "null choices": says({"choices": None}),
    "a choice that is none": says({"choices": [7]}),
    "null content": completion(None),
    "content of a wrong type": completion(7),
    "a refusal": completion(DRAFT, refusal="I can't help with that"),
    "filtered": completion(DRAFT, "content_filter"),
    "two answers": completion(f"{DRAFT} or rather {RIGHT}"),
    "two calls": completion(None, tool_calls=[
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": text}} for text in (DRAFT, RIGHT)]),
    "calls that are none": completion(None, tool_calls="x"),
    "no JSON": Says(b"hello", headers={"Content-Type": "application/json"}),
    "a web page": Says(b"<!doctype html><title>Chat</title>", headers={"Content-Type": "text/html"}),
    "empty": Says(b""),
    "a list": says([DRAFT]),
    "too deep": Says(b'{"choices": ' + b"[" * 200_000, headers={"Content-Type": "application/json"}),
    "deep in the text": completion('{"order": ' + "[" * 50_000),
    "a huge number": Says(b'{"choices": ' + b"9" * 100_000 + b"}", headers={"Content-Type": "application/json"}),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_is_not_taken_for_one(what: str) -> None:
    said: list[str] = []
    with RudeServer(lambda *_: NO_ANSWERS[what]) as server:
        one = asker(Choice("openai", "x", server.url, "none"), said, Limits(calls=7, seconds=36.0), required=True)
        try:
            assert ask(one) is None
        except StepFailed as error:
            said.append(error.message)
        with pytest.raises(StepFailed):
            one.must_have_helped()
    assert not one.useful
    assert one.spending.calls == len(server.asked)
    if what.startswith("error") and what != "error beside fields":
        assert "provider behind" in " ".join(said) or "can't" in " ".join(said)


@pytest.mark.parametrize(
    "answer",
    [
        completion([{"type": "thinking", "thinking": DRAFT}, {"type": "text", "text": RIGHT}]),
        completion([{"type": "text", "text": {"value": RIGHT}}]),
        completion({"type": "text", "text": RIGHT}),
        completion(None, tool_calls=[{"function": {"name": "f", "arguments": {"order": ["iris"]}}}]),
        completion(json.dumps({"name": "ChosenData", "arguments": {"order": ["iris"]}})),
        says({"choices": [{"message": {"content": RIGHT}, "finish_reason": 7}], "usage": {"prompt_tokens": "many"}}),
        says({"choices": [{"message": {"content": RIGHT}}], "usage": [], "model": 3, "id": {}, "created": "now"}),
        Says(f'data: {json.dumps({"choices": [{"delta": {"content": RIGHT}, "finish_reason": "stop"}]})}\n\n'
             "data: [DONE]\n".encode(), headers={"Content-Type": "text/event-stream"}),
    ],
)  # fmt: skip
def test_an_answer_in_other_clothes_is_one(answer: Says) -> None:
    with RudeServer(lambda *_: answer) as server:
        assert ask(asker(server.url, [])) == ["iris"]


@pytest.mark.parametrize(
    "text",
    [
        '{"order": ["iris"],}', "{'order': ['iris']}", '{"order": ["iris"], "why": None}', "{order: ['iris'] /* it */}",
        '\ufeff{\n// the best\n"order": [\n"iris", # one\n],\n}',
        f"Sure!\n```json5\n{RIGHT}\n```\nGood luck.", "{“order”: [“iris”]}",
    ],
)  # fmt: skip
def test_nearly_json_is_read_where_there_is_one_way(text: str) -> None:
    answer, wrong = read(ChosenData, text)
    assert answer is not None, wrong
    assert answer.order == ["iris"]


@pytest.mark.parametrize(
    "text",
    [
        '{"order": [iris]}', '{"order": ["digits"] "why": {"order": ["iris"]}}',
        '{"order": ["iris"], "order": ["digits"]}',
        '{"order": ["iris"', '{"order": NaN}', '{"order": ["iris", , "x"]}', '{"order": ["\\ud800"]}', "{" * 100_000,
        '{"a":' * 100_000,
        '{"' + '\\"' * 200_000, "{/*" * 100_000, "{'" + "\\'" * 150_000, '{"order": 1e999}',
    ],
)  # fmt: skip
def test_what_would_have_to_be_guessed_is_refused_at_once(text: str) -> None:
    began = time.monotonic()
    answer, wrong = read(ChosenData, text)
    assert answer is None
    assert wrong
    assert time.monotonic() - began < 3.0


# ---- parameters, addresses, waits ------------------------------------------------------------------------------------


def refusing(names: list[str]) -> Any:
    """A server that refuses the first of these parameters that it finds, in OpenAI's words."""

    def answer(asked: Asked, _number: int) -> Says:
        for name in names:
            there = (
                any(m["role"] == "system" for m in asked.body["messages"]) if name == "system" else name in asked.body
            )
            if there:
                word = "The system role is not supported" if name == "system" else f"Unsupported parameter: '{name}'"
                return says({"error": {"message": word, "param": name, "code": "unsupported_parameter"}}, 400)
        return completion(RIGHT)

    return answer


@pytest.mark.parametrize(
    "names",
    [
        ["temperature"], ["max_tokens"], ["max_tokens", "max_completion_tokens"], ["response_format"], ["system"],
        ["temperature", "max_tokens", "response_format", "tools", "system"],
    ],
)  # fmt: skip
def test_a_refused_parameter_is_left_out_for_the_rest_of_the_run_and_every_request_is_counted(names: list[str]) -> None:
    with RudeServer(refusing(names)) as server:
        one = asker(server.url, [])
        assert ask(one) == ["iris"]
        before = len(server.asked)
        assert before == 1 + len(names)
        assert ask(one, "Another.") == ["iris"]
    assert len(server.asked) == before + 1
    assert one.spending.calls == before + 1


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/models"])
def test_an_address_is_found_however_much_of_it_was_copied(path: str) -> None:
    def listed(at: str) -> Says | None:
        return models("tiny") if at == "/v1/models" else Says(b"<html>", headers={"Content-Type": "text/html"})

    with RudeServer(lambda *_: completion(RIGHT), listed) as server:
        one = asker(server.root + path, [])
        assert ask(one) == ["iris"]
    assert {asked.path for asked in server.asked} == {"/v1/chat/completions"}
    assert one.choice.name == "tiny"


def test_a_web_page_is_told_to_be_one() -> None:
    page = Says(b"<html>", headers={"Content-Type": "text/html"})
    with RudeServer(lambda *_: page, lambda _: page) as server, pytest.raises(StepFailed, match="/v1"):
        ask(asker(server.root, [], required=True))


@pytest.mark.parametrize(
    ("names", "taken"),
    [(["text-embed-v2", "small-chat"], "small-chat"), (["whisper-1", "bge-m3", "a", "b"], "a"), (["only"], "only")],
)
def test_a_model_that_can_not_talk_is_passed_over_and_which_was_taken_is_told(names: list[str], taken: str) -> None:
    said: list[str] = []
    with RudeServer(lambda *_: completion(RIGHT), lambda _: models(*names)) as server:
        assert ask(asker(server.url, said)) == ["iris"]
    assert server.asked[0].body["model"] == taken
    assert len(names) == 1 or f"{taken} is asked (--model {server.url}#NAME names another)" in said[0]


def test_a_model_that_turns_out_not_to_talk_gives_way_to_the_next_where_none_was_named() -> None:
    def answer(asked: Asked, _number: int) -> Says:
        odd = asked.body["model"] == "arctic-m"
        return says({"error": {"message": "this model makes vectors"}}, 400) if odd else completion(RIGHT)

    said: list[str] = []
    with RudeServer(answer, lambda _: models("arctic-m", "chat")) as server:
        assert ask(asker(server.url, said)) == ["iris"]
        assert ask(asker(f"{server.url}#arctic-m", [])) is None  # named is named
    assert any("arctic-m does not answer; chat is asked" in text for text in said)


def test_a_named_model_is_asked_whatever_the_list_says() -> None:
    with RudeServer(lambda *_: completion(RIGHT), lambda _: models("a", "b")) as server:
        assert ask(asker(f"{server.url}#org/c:7b", [])) == ["iris"]
    assert server.asked[0].body["model"] == "org/c:7b"


@pytest.mark.parametrize("listed", [None, says({"detail": "no"}, 405), says({"data": "x"}), says({})])
def test_where_there_is_no_list_the_hint_is_how_to_name_one(listed: Says | None) -> None:
    said: list[str] = []
    with RudeServer(lambda *_: completion(RIGHT), lambda _: listed) as server:
        assert ask(asker(server.url, said)) == ["iris"]
    assert f"--model {server.url}#NAME" in said[0]


@pytest.mark.parametrize("names", [[], ["text-embedding-3", "rerank-v1"]])
def test_a_server_without_a_model_is_bad_usage_with_the_way_to_name_one(names: list[str]) -> None:
    with (
        RudeServer(lambda *_: completion(RIGHT), lambda _: models(*names)) as server,
        pytest.raises(BadUsage) as caught,
    ):
        ask(asker(server.url, [], strict=True))
    assert "#NAME" in caught.value.hint


@pytest.mark.parametrize("wait", ["-3", "nan", "-inf", "soon", "", formatdate(0, usegmt=True)])
def test_a_wait_that_is_none_is_not_taken_literally(wait: str) -> None:
    def answer(_asked: Asked, number: int) -> Says:
        return says({"error": {"message": "too many"}}, 429, Retry_After=wait) if number == 1 else completion(RIGHT)

    with RudeServer(answer) as server:
        one = asker(server.url, [])
        began = time.monotonic()
        assert ask(one) == ["iris"]
        assert time.monotonic() - began < 4.0
    assert one.spending.calls == 2


@pytest.mark.parametrize("wait", ["900", "inf", "1e300", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_wait_beyond_all_patience_is_named_and_not_waited(wait: str) -> None:
    said: list[str] = []
    with RudeServer(lambda *_: says({"error": {"message": "slow down"}}, 429, Retry_After=wait)) as server:
        began = time.monotonic()
        assert ask(asker(server.url, said)) is None
        assert time.monotonic() - began < 4.0
    assert "Retry-After" in said[-1]
    assert "slow down" in said[-1]


# ---- what it may cost, and whom it may reach -------------------------------------------------------------------------


def test_no_request_goes_out_beyond_the_limit_whatever_becomes_of_them() -> None:
    def answer(asked: Asked, number: int) -> Says:
        return says({"error": {"message": "busy"}}, 503) if number % 2 else completion("no JSON at all")

    with RudeServer(answer) as server:
        one = asker(server.url, [], Limits(calls=3))
        assert ask(one) is None
        assert ask(one, "Another.") is None
    assert len(server.asked) == one.spending.calls == 3


@pytest.mark.parametrize("count", [None, -9, "lots", 10**12, 0, 1.5])
def test_counts_that_can_not_be_are_estimated_from_the_text(count: Any) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": count, "total_tokens": count}
    with RudeServer(lambda *_: says({"choices": [{"message": {"content": RIGHT}}], "usage": usage})) as server:
        one = asker(server.url, [])
        assert ask(one) == ["iris"]
    characters = sum(len(message["content"]) for message in server.asked[0].body["messages"])
    assert one.spending.tokens_in == pytest.approx(characters / 4, abs=2)
    assert one.spending.tokens_out == len(RIGHT) // 4


def test_a_key_does_not_follow_a_redirect_to_another_server() -> None:
    with RudeServer(lambda *_: completion(RIGHT)) as thief:

        def away(_asked: Asked, _number: int) -> Says:
            return Says(b"", 307, {"Location": f"{thief.url}/chat/completions"})

        for provider in ("openai", "anthropic", "azure_openai", "google_genai", "ollama", "groq"):
            with RudeServer(away) as server:
                said: list[str] = []
                assert ask(asker(Choice(provider, "x", server.url, "my-key"), said, Limits(calls=4))) is None
            assert "sends on to" in said[-1]
            assert server.asked
    assert not thief.asked


def test_what_steps_leave_in_the_cache_neither_hangs_nor_leads_astray(tmp_path: Path) -> None:
    (tmp_path / "llm").mkdir()
    os.mkfifo(tmp_path / "llm" / "modes.json")
    assert Modes(tmp_path, Choice("openai", "x")).to_try()[0] == "schema"
    (tmp_path / "llm" / "modes.json").unlink()
    (tmp_path / "llm" / "modes.json").write_text("[" * 100_000)
    assert Modes(tmp_path, Choice("openai", "x")).to_try()[0] == "schema"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = tmp_path / "other"
    other.mkdir()
    (other / "llm").symlink_to(elsewhere)
    Modes(other, Choice("openai", "x")).remember("text")
    assert not list(elsewhere.iterdir())
