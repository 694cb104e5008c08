"""A provider's message as an answer: its text, what it cost, and whether it is one at all.

>>> read(AIMessage('{"target"', response_metadata={"finish_reason": "length"}), asked=400, most=3000)
Reply(text='{"target"', tokens=(100, 2), cut_off=True, wrong='')
"""

import json
from dataclasses import dataclass
from typing import Any

CUT = ("length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded")
WITHHELD = ("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii")
FINISH = ("finish_reason", "stop_reason", "done_reason")  # OpenAI's and Google's, Anthropic's, Ollama's
FEWEST, MOST = 20, 1  # characters for a token, at least and at most, where a count is to be believed


@dataclass(frozen=True)
class Reply:
    """tokens: in and out. cut_off: the limit of tokens ended it. wrong: why it is no answer, or empty."""

    text: str
    tokens: tuple[int, int]
    cut_off: bool = False
    wrong: str = ""


def read(raw: Any, asked: int, most: int) -> Reply:
    """raw: a LangChain AIMessage. asked: characters of the question. most: tokens that the answer could have."""
    metadata = getattr(raw, "response_metadata", None) or {}
    finish = next((str(metadata[key]).lower() for key in FINISH if metadata.get(key)), "")
    text, several = _text(raw)
    tokens = _tokens(getattr(raw, "usage_metadata", None), asked, len(text), most)
    refusal = (getattr(raw, "additional_kwargs", None) or {}).get("refusal")
    wrong = ""
    if isinstance(refusal, str) and refusal.strip():
        wrong = f"the model refuses: {refusal.strip()[:200]}"
    elif finish in WITHHELD:
        wrong = f"the answer was withheld ({finish})"
    elif several:
        wrong = "the answer holds several calls of tools that differ; give one"
    return Reply(text, tokens, finish in CUT, wrong)


def _text(raw: Any) -> tuple[str, bool]:
    """The arguments of a tool's call, else what was said; and whether there were calls that differ."""
    called = [json.dumps(call["args"], ensure_ascii=False) for call in getattr(raw, "tool_calls", None) or []]
    called += [str(call["args"]) for call in getattr(raw, "invalid_tool_calls", None) or [] if call.get("args")]
    if called:
        return called[0], len(set(called)) > 1
    return str(raw.text), False


def _tokens(usage: Any, asked: int, said: int, most: int) -> tuple[int, int]:
    """As the server counts them where that can be, else about a token for four characters.

    Thoughts that are not shown count, so an answer may have as many tokens as it was allowed.
    """
    usage = usage if isinstance(usage, dict) else {}
    return (
        _believed(usage.get("input_tokens"), asked // FEWEST, asked * MOST + 1_000, asked // 4),
        _believed(usage.get("output_tokens"), said // FEWEST, max(said * MOST, most) + 1_000, said // 4),
    )


def _believed(count: Any, least: int, most: int, estimate: int) -> int:
    return count if type(count) is int and count > 0 and least <= count <= most else estimate
