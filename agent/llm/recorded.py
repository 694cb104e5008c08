"""A chat model that replays a file: `--model recorded:FILE`. For tests, benchmarks, and to show a bug again.

    {"task": "8f434346648f6b96", "question": "plan", "answer": {"steps": […]}, "times": 1}

One JSON object a line. `task`: the first 16 hex digits of the paragraph's SHA-256 (`transcript.task_hash`); a question
is answered by the first line not used up whose `task` and `question` are its own and whose `holds` stands in its text;
each may be left out, and then fits all. `answer`: an object, or text as it is. `times`: how often the line serves
(default once). `NOGLUE_RECORD=FILE` writes such a file.

    {"question": "settle", "holds": "\"name\": \"cultivar\"", "answer": {"target": "cultivar"}}

says what the answer is wherever there is such a column, however the rest of the question is put.
"""

import json
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noglue.tools.spec.errors import BadUsage, Kind


class Line(BaseModel):
    """One answer."""

    model_config = ConfigDict(extra="ignore")

    task: str | None = None
    question: str | None = None
    holds: str = ""
    answer: dict[str, Any] | str
    times: int = Field(default=1, ge=1)


class Recorded(BaseChatModel):
    """`load(FILE)`. Which task and question are asked it learns from the call's metadata (`task`, `question`)."""

    path: str
    lines: list[Line]

    @classmethod
    def load(cls, path: str) -> "Recorded":
        """Raises BadUsage `recording`, naming the line, for a file that is missing or no recording."""
        lines: list[Line] = []
        number = 0
        try:
            for text in Path(path).expanduser().read_text(encoding="utf-8").splitlines():
                number += 1
                if text.strip():
                    lines.append(Line.model_validate_json(text))
        except OSError as error:
            raise BadUsage(Kind.RECORDING, f"The recording {path} can't be read: {error.strerror}.") from error
        except ValidationError as error:
            raise BadUsage(
                Kind.RECORDING, f"Line {number} of {path} is not an answer: {error.errors()[0]['msg']}."
            ) from error
        return cls(path=path, lines=lines)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """Raises BadUsage `recording` when no line is left for the question."""
        about = (run_manager.metadata if run_manager is not None else None) or {}
        task, question = about.get("task"), about.get("question")
        text = "\n".join(str(message.text) for message in messages)
        for line in self.lines:
            fits = line.task in (None, task) and line.question in (None, question) and line.holds in text
            if line.times and fits:
                line.times -= 1
                said = line.answer if isinstance(line.answer, str) else json.dumps(line.answer, ensure_ascii=False)
                return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])
        raise BadUsage(
            Kind.RECORDING,
            f"The recording {self.path} has no answer left for the question {question!r} of the task {task}.",
            hint="Record it again with NOGLUE_RECORD, or add a line.",
        )

    @property
    def _llm_type(self) -> str:
        return "recorded"
