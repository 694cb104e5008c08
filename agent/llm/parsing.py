"""An answer in its form, out of whatever text a model wraps it in.

>>> read(Settled, 'Sure! ```json {"target": "Survived"} ```')
(Settled(target='Survived', …), [])

Where a text can be read in two ways it is not read: the question goes back with the reason.
"""

import json
import re
from typing import Any, NamedTuple

from pydantic import ValidationError

from noglue.agent.llm import loose_json, thoughts
from noglue.agent.llm.answer_forms import Answer

APOLOGIES = ("error", "errors", "refusal", "exception")
_FENCE = re.compile(r"(?:```|~~~)[\w+-]*\s*$")


class Look(NamedTuple):
    """The one object of a text, or why there is none."""

    content: dict[str, Any] | None
    wrong: str = ""


def read(form: type[Answer], text: str) -> tuple[Answer | None, list[str]]:
    """The answer in its form, or what is wrong with it."""
    content, wrong = look(text)
    if content is None:
        return None, [wrong]
    fields = set(form.model_fields)
    if not fields & set(content):
        content = _unwrapped(content, fields)
    if content and not fields & set(content):
        return None, [_fieldless(content, form)]
    if (said := next((content[key] for key in APOLOGIES if content.get(key)), None)) is not None:
        return None, [f"the answer says that it is an error: {_short(said)}"]
    try:
        return form.model_validate(content), []
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]


def json_in(text: str) -> dict[str, Any] | None:
    """The one JSON object in a text, whatever stands around it (thoughts, code fences, remarks)."""
    return look(text).content


def holds_any(text: str) -> bool:
    """Whether there is JSON at all, be it more than one object or inside of a thought."""
    return bool(loose_json.objects_in(text))


def look(text: str) -> Look:
    """Of several objects in what a model says aloud the one in a code fence counts, if there is one such."""
    said = thoughts.spoken(text)
    if said is None:
        return Look(None, "the answer was cut off in the middle of a thought; think less, and give the JSON object")
    found = loose_json.objects_in(said)
    if fenced := [one for one in found if _FENCE.search(said[: one.start][-40:])]:
        found = fenced
    if not found:
        return Look(None, "the answer holds no JSON object that can be read in one way only")
    if any(one.content != found[0].content for one in found):
        return Look(None, f"the answer holds {len(found)} different JSON objects; give one, and nothing else")
    return Look(found[0].content)


def _unwrapped(content: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    """`{"name": "Settled", "arguments": {…}}`, `{"answer": {…}}`: the one object inside that has fields of the form."""
    inside = []
    for value in content.values():
        inner = json_in(value) if isinstance(value, str) and value.lstrip()[:1] == "{" else value
        if isinstance(inner, dict) and fields & set(inner):
            inside.append(inner)
    return inside[0] if len(inside) == 1 and not any(content.get(key) for key in APOLOGIES) else content


def _fieldless(content: dict[str, Any], form: type[Answer]) -> str:
    told = f"the answer has none of the fields {', '.join(form.model_fields)}"
    return f"{told}; it says {_short(content)}" if content else told


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
