"""Replies of language models' servers as data: errors found wherever they stand, and OpenAI's form made regular.

>>> error_in({"error": {"message": "the provider failed", "code": 502}})
Failed(message='the provider failed', status=502)
>>> tidied({"choices": [{"message": {"content": [{"type": "text", "text": "{}"}]}, "finish_reason": 7}]})
{'object': 'chat.completion', …, 'choices': [{…, 'finish_reason': 'stop', 'message': {…, 'content': '{}'}}], …}

Servers that speak OpenAI's protocol differ in everything but its names: content comes as text, as blocks or as null,
numbers as words, lists as objects. Only what is used is kept, each in its one type, so that no package trips over the
rest. Reasoning in fields of its own (`reasoning_content`, `reasoning`, blocks of thought) is no part of the answer.
"""

import json
from dataclasses import dataclass
from typing import Any

TEXT_BLOCKS = ("text", "output_text")
LONGEST = 2_000  # characters of an error
MOST_CALLS = 8


@dataclass(frozen=True)
class Failed:
    """status: an HTTP status where the error holds one, else None."""

    message: str
    status: int | None = None


def error_in(content: Any) -> Failed | None:
    """The error that a reply is, or that stands in the place of its first choice."""
    if not isinstance(content, dict):
        return None
    if error := content.get("error"):
        return _failed(error)
    choices = content.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict) and first.get("error"):
        return _failed(first["error"])
    if content.get("type") == "error" or content.get("object") == "error":
        return _failed(content)
    if "choices" in content and first is None:
        return Failed("it holds no answer (no choices)", 422)
    if {"detail"} == set(content) or {"message"} == set(content):
        return _failed(content)
    return None


def _failed(error: Any) -> Failed:
    """An error's own words: a text, or an object with a message, a code and the parameter that is meant."""
    if not isinstance(error, dict):
        return Failed(_words(error))
    words = error.get("message") or error.get("detail") or error.get("error") or error.get("msg") or error
    named = [str(error[key]) for key in ("code", "param", "type") if isinstance(error.get(key), str)]
    inner = error.get("metadata")
    raw = inner.get("raw") if isinstance(inner, dict) else None  # OpenRouter: what the provider behind it said
    said = _words(words) + (f" ({_words(raw)})" if raw else "")
    more = [name for name in named if name not in said]
    status = next((error[key] for key in ("code", "status") if type(error.get(key)) is int), None)
    told = f"{said} [{', '.join(more)}]" if more else said
    return Failed(told[:LONGEST], status if status is not None and 400 <= status < 600 else None)


def _words(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return " ".join(text[:LONGEST].split())


def tidied(content: Any) -> Any:
    """An answer in OpenAI's form with every part in its type; anything else as it is."""
    if not isinstance(content, dict) or not isinstance(content.get("choices"), list):
        return content
    first = next((one for one in content["choices"] if isinstance(one, dict)), {})
    message = first.get("message")
    message = message if isinstance(message, dict) else {"content": first.get("text")}
    said: dict[str, Any] = {"role": "assistant", "content": text_of(message.get("content"))}
    if isinstance(refusal := message.get("refusal"), str) and refusal.strip():
        said["refusal"] = refusal
    if calls := _calls(message):
        said["tool_calls"] = calls
    finish = first.get("finish_reason")
    kept = {"id": "1", "object": "chat.completion", "created": 0, "model": str(content.get("model") or "")}
    choice = {"index": 0, "finish_reason": finish if isinstance(finish, str) else "stop", "message": said}
    return kept | {"choices": [choice]} | _usage(content.get("usage"))


def text_of(content: Any) -> str:
    """Text, or the blocks of text in a list; thoughts and pictures are none."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    parts = []
    for block in content if isinstance(content, list) else []:
        if isinstance(block, str):
            parts.append(block)
        elif isinstance(block, dict) and block.get("type", "text") in TEXT_BLOCKS and "text" in block:
            text = block["text"]
            text = text.get("value") if isinstance(text, dict) else text
            parts.append(text if isinstance(text, str) else "")
    return "".join(parts)


def _calls(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Calls of tools, their arguments as JSON text; also the one call of the protocol's older form."""
    listed = message.get("tool_calls")
    listed = listed if isinstance(listed, list) else [{"function": message.get("function_call")}]
    calls = []
    for number, one in enumerate(listed[:MOST_CALLS]):
        function = one.get("function") if isinstance(one, dict) else None
        if not isinstance(function, dict) or function.get("arguments") is None:
            continue
        given = function["arguments"]
        text = given if isinstance(given, str) else json.dumps(given)
        named = {"name": str(function.get("name") or "answer"), "arguments": text}
        calls.append({"id": str(number), "type": "function", "function": named})
    return calls


def _usage(usage: Any) -> dict[str, Any]:
    """Counts of tokens; none where they are no counts."""
    usage = usage if isinstance(usage, dict) else {}
    counts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")]
    if not all(type(count) is int and 0 <= count < 1 << 40 for count in counts):
        return {}
    asked, said = counts
    return {"usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}}


def event(line: bytes) -> Any:
    """One line of a stream: an object, "" for one that says nothing, None for what is none."""
    text = line.decode("utf-8", "replace").strip()
    if text.startswith((":", "event:", "id:", "retry:")) or text == "data: [DONE]":
        return ""
    try:
        content = json.loads(text.removeprefix("data:"))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def joined(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """OpenAI's form of an answer that was sent in pieces though nobody asked for that; None for other streams."""
    if not any(isinstance(one.get("choices"), list) for one in events):
        return None
    text, finish = [], None
    usage = None
    for one in events:
        usage = one.get("usage") or usage
        choices = one.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        delta = first.get("delta")
        delta = delta if isinstance(delta, dict) else {}
        text.append(text_of(delta.get("content")))
        finish = first.get("finish_reason") or finish
    message = {"content": "".join(text)}
    return {"choices": [{"message": message, "finish_reason": finish or "length"}], "usage": usage}
