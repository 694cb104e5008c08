"""An answer in its form, out of whatever text a model wraps it in.

>>> read(Settled, 'Sure! ```json {"target": "Survived"} ```')
(Settled(target='Survived', …), [])
"""

import json
import re
from typing import Any

from pydantic import ValidationError

from noglue.agent.llm.answer_forms import Answer


def read(form: type[Answer], text: str) -> tuple[Answer | None, list[str]]:
    """The answer in its form, or what is wrong with it."""
    content = json_in(text)
    if content is None:
        return None, ["the answer holds no JSON object"]
    try:
        return form.model_validate(content), []
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]


def json_in(text: str) -> dict[str, Any] | None:
    """The first JSON object in a text, whatever stands around it (thoughts, code fences, remarks)."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            content, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        return content if isinstance(content, dict) else None
    return None
