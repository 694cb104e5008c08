"""`noglue doctor`: does the model answer, how fast, and in which form?"""

import time
from pathlib import Path
from typing import Any

from noglue.agent.config import settings
from noglue.agent.llm.answer_forms import ChosenData
from noglue.agent.llm.choice import choose
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.redact import SESSION
from noglue.tools.spec.errors import Kind, StepFailed

SECONDS = 30.0
QUESTION = {"task": {"goal": "classify"}, "candidates": [{"name": "iris", "title": "Iris, 150 flowers of three kinds"}]}


def answer(spec: str, cache: Path) -> str:
    """`openai:gpt-4.1-mini answers in 0.8 s, by schema`. Raises BadUsage and StepFailed, saying why it does not."""
    notes: list[dict[str, Any]] = []
    asker = Asker(
        choose(spec, settings.environment()),
        Limits(calls=1),
        SESSION,
        lambda _message, **facts: notes.append(facts),
        cache=cache,
        timeout=SECONDS,
        strict=True,
        required=True,
    )
    started = time.monotonic()
    asker.ask("choose", ChosenData, "", QUESTION, lambda _: [])
    if not asker.answered:
        raise StepFailed(Kind.MODEL_UNREACHABLE, f"The model {asker.choice} does not answer: {asker.gone}.")
    mode = next((str(facts["mode"]) for facts in notes if "mode" in facts), "text")
    return f"{asker.choice} answers in {time.monotonic() - started:.1f} s, by {mode}"
