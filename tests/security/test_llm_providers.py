"""Each provider's own protocol, spoken by a server on the loopback: paths, keys, answers, errors, waits.

As documented at docs.anthropic.com/en/api/messages, ai.google.dev/api/generate-content, docs.ollama.com/api/chat,
openrouter.ai/docs/api/reference, learn.microsoft.com/azure/ai-foundry/openai/reference and platform.openai.com/docs.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from noglue.agent.llm.answer_forms import ChosenData
from noglue.agent.llm.choice import choose
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.redact import Redactor
from tests.security.rude_server import Asked, RudeServer, Says, completion, says

MATERIAL = {"task": {"goal": "classify"}, "candidates": [{"name": "iris"}]}
RIGHT, DRAFT = '{"order": ["iris"]}', '{"order": ["digits"]}'
USAGE = {"input_tokens": 400, "output_tokens": 9}


def anthropic(asked: Asked) -> Says:
    thought = {"type": "thinking", "thinking": DRAFT, "signature": "x"}
    content: list[dict[str, Any]] = [thought, {"type": "text", "text": RIGHT}]
    if tools := asked.body.get("tools"):
        call = {"type": "tool_use", "id": "1", "name": tools[0]["name"], "input": json.loads(RIGHT)}
        content = [{"type": "text", "text": f"Maybe {DRAFT}?"}, call]
    kept = {"id": "m", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn"}
    return says(kept | {"content": content, "stop_sequence": None, "usage": USAGE})


def google(_asked: Asked) -> Says:
    parts = [{"text": DRAFT, "thought": True}, {"text": RIGHT}]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 400, "candidatesTokenCount": 9, "totalTokenCount": 409}
    return says({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini"})


def ollama(_asked: Asked) -> Says:
    """A stream of JSON lines, the thought in a field of its own."""
    pieces = [{"thinking": DRAFT, "content": ""}, {"content": RIGHT[:9]}, {"content": RIGHT[9:]}]
    lines = [{"model": "x", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant"} | one, "done": False}
             for one in pieces]  # fmt: skip
    end = {"model": "x", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": ""},
           "done": True, "done_reason": "stop", "prompt_eval_count": 400, "eval_count": 9}  # fmt: skip
    body = "\n".join(map(json.dumps, [*lines, end])).encode()
    return Says(body, headers={"Content-Type": "application/x-ndjson"})


def openai(_asked: Asked) -> Says:
    return completion(RIGHT, reasoning=DRAFT)


# spec, variables ({} stands for the server), the path of a question, the header with the key, how it answers
PROVIDERS: dict[str, tuple[str, dict[str, str], str, tuple[str, str], Callable[[Asked], Says]]] = {
    "anthropic": (
        "anthropic:claude-x", {"ANTHROPIC_BASE_URL": "{}", "ANTHROPIC_API_KEY": "k"},
        "/v1/messages", ("authorization", "Bearer k"), anthropic),
    "google": (
        "google:gemini-x", {"GOOGLE_GEMINI_BASE_URL": "{}", "GEMINI_API_KEY": "k"},
        "/v1beta/models/gemini-x:generateContent", ("x-goog-api-key", "k"), google),
    "ollama": ("ollama:qwen3", {"OLLAMA_HOST": "{}/v1"}, "/api/chat", ("accept", "application/json"), ollama),
    "openai": (
        "openai:gpt-x", {"OPENAI_BASE_URL": "{}/v1", "OPENAI_API_KEY": "k"},
        "/v1/chat/completions", ("authorization", "Bearer k"), openai),
    "openrouter": (
        "openrouter:a/b:free", {"OPENROUTER_API_BASE": "{}/api/v1", "OPENROUTER_API_KEY": "k"},
        "/api/v1/chat/completions", ("authorization", "Bearer k"), openai),
    "azure": (
        "azure:my-deployment", {"AZURE_OPENAI_ENDPOINT": "{}/", "AZURE_OPENAI_API_KEY": "k"},
        "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21", ("api-key", "k"), openai),
    "groq": (
        "groq:llama", {"GROQ_BASE_URL": "{}/openai/v1", "GROQ_API_KEY": "k"},
        "/openai/v1/chat/completions", ("authorization", "Bearer k"), openai),
    "mistral": (
        "mistral:small", {"MISTRAL_BASE_URL": "{}/v1", "MISTRAL_API_KEY": "k"},
        "/v1/chat/completions", ("authorization", "Bearer k"), openai),
}  # fmt: skip


def asker(name: str, server: RudeServer, said: list[str], limits: Limits | None = None) -> Asker:
    spec, variables = PROVIDERS[name][:2]
    choice = choose(spec, {key: value.format(server.root) for key, value in variables.items()})
    return Asker(choice, limits or Limits(), Redactor({}), lambda text, **_: said.append(text), timeout=10.0)


def ask(one: Asker) -> list[str] | None:
    answer = one.ask("choose", ChosenData, "Tell flowers apart.", MATERIAL, lambda _: [])
    return None if answer is None else answer.order


@pytest.fixture(scope="module", autouse=True)
def _packages_are_there() -> None:
    """What importing the providers' packages takes is none of a question's seconds."""
    for name in ("openai", "anthropic", "google", "ollama"):
        with RudeServer(lambda asked, _number, name=name: PROVIDERS[name][4](asked)) as server:  # type: ignore[misc]
            ask(asker(name, server, []))


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_asked_as_it_wants_and_its_thoughts_are_no_answer(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_VERSION", raising=False)
    path, (header, value), answer = PROVIDERS[name][2:]
    said: list[str] = []
    with RudeServer(lambda asked, _number: answer(asked)) as server:
        one = asker(name, server, said)
        assert ask(one) == ["iris"], said
    assert server.asked[0].path == path
    assert server.asked[0].headers[header] == value
    assert one.spending.calls == len(server.asked) == 1
    assert one.spending.tokens_out in (9, 20)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_never_ends_an_answer_has_its_seconds_and_no_more(name: str) -> None:
    said: list[str] = []
    with RudeServer(lambda *_: Says(server.dribble(b"\n"), headers={"Content-Type": "application/json"})) as server:
        one = asker(name, server, said, Limits(seconds=20.0))
        began = time.monotonic()
        assert ask(one) is None
        assert time.monotonic() - began < 7.0
    assert "does not answer" in said[-1]
    assert one.spending.calls == len(server.asked) == 1


ERRORS = {
    "anthropic": {"type": "error", "error": {"type": "not_found_error", "message": "model: no such"}},
    "google": {"error": {"code": 404, "message": "no such model", "status": "NOT_FOUND"}},
    "ollama": {"error": "model 'qwen3' not found: no such"},
    "azure": {"error": {"code": "DeploymentNotFound", "message": "no such deployment"}},
}


@pytest.mark.parametrize("status", [404, 200])
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_providers_error_is_told_whatever_its_status(name: str, status: int) -> None:
    error = ERRORS.get(name, {"error": {"message": "no such model", "code": 404}})
    said: list[str] = []
    with RudeServer(lambda *_: says(error, status)) as server:
        assert ask(asker(name, server, said, Limits(seconds=20.0, calls=5))) is None
    assert "no such" in said[-1]


def test_a_deployments_filter_costs_one_question_only() -> None:
    """Azure's way to say that a prompt was filtered."""
    inner = {"code": "ResponsibleAIPolicyViolation"}
    error = {"error": {"message": "The response was filtered", "code": "content_filter", "innererror": inner}}

    def answer(asked: Asked, number: int) -> Says:
        return says(error, 400) if number == 1 else openai(asked)

    said: list[str] = []
    with RudeServer(answer) as server:
        one = asker("azure", server, said)
        assert ask(one) is None
        assert one.gone is None
        assert one.ask("choose", ChosenData, "Another.", MATERIAL, lambda _: []) is not None
    assert "declines the question" in said[0]
