"""Which model is meant, and what it costs: no provider's package, no network."""

import pytest

from noglue.agent.llm.choice import Choice, choose
from noglue.agent.llm.spending import Limits, Spending, price
from noglue.tools.spec.errors import BadUsage

LOCAL = {"OPENAI_BASE_URL": "http://gpu:8000/v1/"}


@pytest.mark.parametrize(
    ("spec", "environment", "chosen"),
    [
        ("openai:gpt-4.1-mini", {"OPENAI_API_KEY": "k"}, Choice("openai", "gpt-4.1-mini", None, "k")),
        ("openai/gpt-4.1-mini", {}, Choice("openai", "gpt-4.1-mini")),
        ("gpt-4.1-mini", {}, Choice("openai", "gpt-4.1-mini")),
        ("claude-haiku-4-5", {"ANTHROPIC_API_KEY": "k"}, Choice("anthropic", "claude-haiku-4-5", None, "k")),
        ("gemini/gemini-2.5-flash", {"GEMINI_API_KEY": "g"}, Choice("google_genai", "gemini-2.5-flash", None, "g")),
        ("google:gemini-2.5-flash", {"GOOGLE_API_KEY": "g"}, Choice("google_genai", "gemini-2.5-flash", None, "g")),
        ("ollama/llama3.2:3b", {}, Choice("ollama", "llama3.2:3b")),
        ("ollama:qwen3", {"OLLAMA_HOST": "0.0.0.0:9999"}, Choice("ollama", "qwen3", "http://127.0.0.1:9999")),
        ("ollama:qwen3", {"OLLAMA_HOST": "box"}, Choice("ollama", "qwen3", "http://box:11434")),
        ("ollama:qwen3", {"OLLAMA_BASE_URL": "http://box:1/"}, Choice("ollama", "qwen3", "http://box:1")),
        ("openai:qwen3", LOCAL, Choice("openai", "qwen3", "http://gpu:8000/v1", "none")),
        ("openai:qwen3", {"OPENAI_API_BASE": "http://gpu/v1"}, Choice("openai", "qwen3", "http://gpu/v1", "none")),
        ("Qwen/Qwen3-8B", LOCAL, Choice("openai", "Qwen/Qwen3-8B", "http://gpu:8000/v1", "none")),
        ("http://127.0.0.1:8080/v1", {}, Choice("openai", "", "http://127.0.0.1:8080/v1", "none")),
        ("llama.cpp:smol", {}, Choice("openai", "smol", "http://127.0.0.1:8080/v1", "none")),
        ("vllm/Qwen/Qwen3-8B", {}, Choice("openai", "Qwen/Qwen3-8B", "http://127.0.0.1:8000/v1", "none")),
        ("openrouter/anthropic/claude", {}, Choice("openrouter", "anthropic/claude")),
        ("recorded:some/file.jsonl", {}, Choice("recorded", "some/file.jsonl")),
        ("anthropic:x", {"ANTHROPIC_BASE_URL": "http://p"}, Choice("anthropic", "x", "http://p", "none")),
    ],
)
def test_a_model_is_named_in_many_ways(spec: str, environment: dict[str, str], chosen: Choice) -> None:
    assert choose(spec, environment) == chosen


OPENAI_KEY = {"OPENAI_API_KEY": "k"}


@pytest.mark.parametrize(
    ("spec", "environment", "key"),
    [
        ("http://evil.example/v1", OPENAI_KEY, "none"),
        ("vllm:qwen3", OPENAI_KEY, "none"),
        ("llamacpp:smol", OPENAI_KEY, "none"),
        ("http://evil.example/v1", OPENAI_KEY | LOCAL, "none"),
        ("http://gpu:8001/v1", OPENAI_KEY | LOCAL, "none"),  # another server on that machine
        ("http://gpu:8000/v2", OPENAI_KEY | LOCAL, "k"),
        ("vllm:qwen3", OPENAI_KEY | LOCAL, "k"),
        ("http://gpu/v1", OPENAI_KEY | {"OPENAI_API_BASE": "http://gpu:80"}, "k"),
        ("https://api.openai.com/v1", OPENAI_KEY, "k"),
        ("http://api.openai.com/v1", OPENAI_KEY, "none"),
        ("https://api.openai.com@evil.example/v1", OPENAI_KEY, "none"),
        ("http://mine/v1", OPENAI_KEY | {"NOGLUE_MODEL_KEY": "own"}, "own"),
        ("vllm:qwen3", {"NOGLUE_MODEL_KEY": "own"}, "own"),
    ],
)
def test_a_key_goes_to_no_server_but_its_own(spec: str, environment: dict[str, str], key: str) -> None:
    assert choose(spec, environment).key == key


@pytest.mark.parametrize("spec", ["http://", "http:", "https:///v1", "http://host:port/v1"])
def test_a_url_without_a_server_is_told_as_it_was_written(spec: str) -> None:
    with pytest.raises(BadUsage, match=f"'{spec}' is not the URL of a server"):
        choose(spec, {})


@pytest.mark.parametrize("spec", ["", "nobody:x", "Qwen/Qwen3-8B", "openai:", "justaname"])
def test_what_names_no_model_is_told_so_with_the_form(spec: str) -> None:
    with pytest.raises(BadUsage, match="names no model") as caught:
        choose(spec, {})
    assert "PROVIDER:NAME" in caught.value.hint


def test_a_key_is_never_shown() -> None:
    choice = choose("openai:gpt-4.1", {"OPENAI_API_KEY": "sk-secret-secret"})
    assert "secret" not in f"{choice!r} {choice}"


@pytest.mark.parametrize(
    ("choice", "dollars"),
    [
        (Choice("openai", "gpt-4.1-mini-2025-04-14"), (0.4, 1.6)),
        (Choice("openai", "gpt-4.1"), (2.0, 8.0)),
        (Choice("anthropic", "claude-opus-4-5-20251101"), (5.0, 25.0)),
        (Choice("openai", "gpt-9"), None),
        (Choice("anthropic", "claude-opus-5-9"), None),
        (Choice("openai", "gpt-4.1-mini-audio"), None),
        (Choice("openai", "gpt-4.1", "http://127.0.0.1:1/v1"), None),
        (Choice("ollama", "qwen3"), (0.0, 0.0)),
    ],
)
def test_a_price_counts_for_a_model_and_its_dated_names_and_is_never_guessed(
    choice: Choice, dollars: tuple[float, float] | None
) -> None:
    assert price(choice) == dollars


def test_the_cost_is_capped_before_it_is_passed() -> None:
    spent = Spending(Choice("openai", "gpt-4.1"), Limits(cost=0.03))
    assert spent.refusal("word " * 200) is None
    spent.add(1_000, 500, 1.0)
    assert spent.cost == pytest.approx(0.006)
    assert "--max-cost" in str(spent.refusal("word " * 2_000))


def test_calls_and_time_are_capped_and_an_unknown_price_is_told() -> None:
    unknown = Spending(Choice("openai", "own", "http://x/v1"), Limits(cost=1.0, calls=2))
    assert "only calls" in str(unknown.warning())
    unknown.add(10, 10, 1.0)
    assert unknown.refusal("x") is None
    unknown.add(10, 10, 1.0)
    assert "--max-calls" in str(unknown.refusal("x"))
    slow = Spending(Choice("ollama", "x"), Limits(seconds=100.0))
    slow.add(10, 10, 26.0)
    assert "budget" in str(slow.refusal("x"))
    assert slow.facts()["tokens_in"] == 10
