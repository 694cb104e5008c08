"""One question: rendered, asked in the form that the server takes, checked, and asked again with the reason.

    asker.ask("settle", Settled, paragraph, {"columns": […]}, check)  →  Settled(target="Survived", …) or None

None means that the rules decide: three answers that could not be used, or a model that no longer answers. An answer
that stands in the transcript is taken from there.
"""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.agent.llm import parsing, prompts
from noglue.agent.llm.answer_forms import Answer, Form
from noglue.agent.llm.choice import Choice
from noglue.agent.llm.connect import connect
from noglue.agent.llm.failures import Gone, TooLong, Unfit, patiently
from noglue.agent.llm.modes import Modes
from noglue.agent.llm.spending import Limits, Spending
from noglue.agent.llm.transcript import Message, Transcript, key_of, task_hash
from noglue.agent.redact import Redactor
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed, ToolError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TRIES = 3
LONGEST_TOLD = 300  # characters of what a server says of its failure
HURRIED = 0.75  # of the patience a model was connected with: with less left it is connected anew
METHODS = {"schema": "json_schema", "tools": "function_calling"}


class Asker:
    """Asks one model. `gone`: why no question is answered any more, or None. `tell`: hears what people should know.

    answered, useful: whether it ever answered, and whether an answer stood the check.
    """

    def __init__(
        self,
        choice: Choice,
        limits: Limits,
        redact: Redactor,
        tell: Callable[..., None],
        *,
        cache: Path | None = None,
        private: bool = False,
        record: Path | None = None,
        timeout: float = 120.0,
        only_replay: bool = False,
        strict: bool = False,
        required: bool = False,
    ) -> None:
        """strict: the model was asked for by name, so that one that can't be used at all (no such provider, a package
        that is missing) is an error. required: one that does not answer is an error too.
        """
        self.choice, self.private, self.timeout, self._redact = choice, private, timeout, redact
        self._told = tell
        self._strict, self._required = strict, required
        self.spending = Spending(choice, limits)
        self.transcript = Transcript(redact, {"model": str(choice), "private": private}, record)
        self.gone: str | None = "only what was answered before counts" if only_replay else None
        self.answered = self.useful = False
        self._modes = Modes(cache, choice)
        self._in_vain: set[str] = set()  # questions that the rules were left with
        self._model: BaseChatModel | None = None
        self._patience = timeout  # of the model as it is connected
        if warning := self.spending.warning():
            self._tell(warning)

    def ask(
        self,
        question: str,
        form: type[Answer],
        paragraph: str,
        material: dict[str, Any],
        check: Callable[[Answer], list[str]],
    ) -> Answer | None:
        """material: the prompt's variables. check: what is wrong with an answer, in words that help to mend it.

        Raises BadUsage for a model that was asked for by name and can't be used, StepFailed for one that is required
        and has never answered.
        """
        rendered = prompts.render(question, **self._redact(material))
        messages: list[Message] = [("system", prompts.render("system")), ("human", rendered)]
        asked = key_of(paragraph, question, messages)
        if asked in self._in_vain:
            return None
        for _ in range(TRIES):
            text = self._answer(question, form, paragraph, messages)
            if text is None:
                return None
            answer, wrong = parsing.read(form, text)
            if answer is not None:
                wrong = check(answer)
                if not wrong:
                    self.useful = True
                    return answer
            self._tell(f"the model's answer to {question!r} was refused: {'; '.join(wrong)[:500]}")
            again = prompts.render("again", wrong=self._redact(wrong))
            messages = [*messages, ("ai", text[:4000] or "(nothing)"), ("human", again)]
        self._in_vain.add(asked)
        self._tell(f"{TRIES} answers to {question!r} could not be used; the rules decide", question=question)
        return None

    def must_have_helped(self) -> None:
        """Raises StepFailed where the model had to have a part in the plan and had none."""
        if self._required and not self.useful:
            why = self.gone or f"none of the {self.spending.calls} answers of {self.choice} could be used"
            raise StepFailed(
                Kind.MODEL_UNUSABLE,
                f"The llm planner was asked for, and no answer of a model counts: {why}.",
                hint="--planner auto goes on with the rules then; `noglue plan -v` shows what was sent.",
            )

    def note(self, text: str) -> None:
        """What became of an answer, for the transcript and for people."""
        self.transcript.note(text)
        self._tell(text)

    def _tell(self, message: str, **facts: Any) -> None:
        """Of what goes out, nothing shows a secret."""
        self._told(self._redact.text(message), **self._redact(facts))

    def stay_home(self) -> None:
        """The request is to be met without a network: only a model on a machine of the user's own is asked."""
        home = self.choice.local or self.choice.provider == "recorded"
        if not home and self.gone is None:
            self.gone = "the request says offline"
            self._tell(f"{self.gone}, so {self.choice} is not asked; the rules decide")

    # ---- one call ----------------------------------------------------------------------------------------------------

    def _answer(self, question: str, form: type[Form], paragraph: str, messages: list[Message]) -> str | None:
        """The answer's text, from the transcript or from the model; None when there will be none."""
        key = key_of(paragraph, question, messages)
        if (known := self.transcript.find(key)) is not None:
            self.answered = True
            return known
        if self.gone is None:
            self.gone = self.spending.refusal("".join(content for _, content in messages))
            if self.gone is not None:
                self._tell(f"{self.gone}; from here on the rules decide")
        if self.gone is not None:
            return None
        started = time.monotonic()
        try:
            self._connect()
            started = time.monotonic()  # what importing its package takes is not the model's time
            text, mode, usage = self._in_some_mode(question, form, paragraph, messages)
        except ToolError as error:
            error = self._clean(error)
            if self._required or (self._strict and isinstance(error, BadUsage)) or error.kind == Kind.RECORDING:
                raise error from None
            self._given_up(error.message, error.hint)
            return None
        except TooLong as error:
            self._tell(
                f"the question {question!r} is too long for {self.choice} ({self._short(error)}); the rules decide it"
            )
            return None
        except Gone as error:
            self._lost(error)
            return None
        finally:
            seconds = time.monotonic() - started
            self.spending.seconds += seconds
        self.answered = True
        self.spending.add(usage[0], usage[1])
        self.transcript.add(
            key, paragraph, question, messages, text, mode=mode, tokens=usage, seconds=round(seconds, 2)
        )
        self._tell(f"asked {self.choice} about {question!r}", question=question, mode=mode, **self.spending.facts())
        return text

    def _lost(self, error: Gone) -> None:
        """Nothing more is asked. Raises StepFailed where there was to be an answer."""
        if self._required and not self.answered:
            raise StepFailed(
                Kind.MODEL_UNREACHABLE,
                self._redact.text(f"The model {self.choice} does not answer: {self._short(error)}"),
                hint="`noglue doctor` tries it; --planner rules needs no model.",
            ) from None
        self._given_up(f"The model {self.choice} does not answer: {self._short(error).rstrip('.')}.")

    def _short(self, error: Exception) -> str:
        """A server's own words: secrets are taken out first, since half of one would not be known for what it is."""
        return self._redact.text(str(error))[:LONGEST_TOLD]

    def _clean(self, error: ToolError) -> ToolError:
        """The same error without what a server echoed of a key."""
        cleaned = self._redact.text(error.message)[: 3 * LONGEST_TOLD]
        return error.failure().model_copy(update={"message": cleaned}).error()

    def _given_up(self, why: str, hint: str = "") -> None:
        self.gone = why
        self._tell(f"{' '.join([why, hint]).strip()} From here on the rules decide.")

    def _in_some_mode(
        self, question: str, form: type[Form], paragraph: str, messages: list[Message]
    ) -> tuple[str, str, tuple[int, int]]:
        """The first form of question that the server takes. Raises Gone and TooLong."""
        modes = self._modes.to_try()
        about = {"metadata": {"task": task_hash(paragraph), "question": question}}
        for mode in modes:
            try:
                call = partial(self._call, mode, form, messages, about)
                text, usage = patiently(call, mode == modes[-1], self.spending.left)
            except Unfit:
                continue
            self._modes.remember(mode)
            return text, mode, usage
        raise Gone("it takes no form of question")

    def _call(
        self, mode: str, form: type[Form], messages: list[Message], about: dict[str, Any]
    ) -> tuple[str, tuple[int, int]]:
        model = self._connect()
        schema = form.model_json_schema()
        with self._untraced():
            if mode == "text":
                prompt = prompts.render("form", schema=json.dumps(schema))
                raw = model.invoke([*messages[:-1], ("human", f"{messages[-1][1]}\n\n{prompt}")], about)  # type: ignore[arg-type]
                return str(raw.text), _usage(raw, messages)
            asked = model.with_structured_output(schema, method=METHODS[mode], include_raw=True)
            found: Any = asked.invoke(messages, about)  # type: ignore[arg-type]
        raw, parsed = found["raw"], found["parsed"]
        text = json.dumps(parsed, ensure_ascii=False) if isinstance(parsed, dict) else str(raw.text)
        if parsing.json_in(text) is None:
            raise Unfit("no JSON came back")
        return text, _usage(raw, messages)

    def _connect(self) -> "BaseChatModel":
        """The model, about as patient as the questions' share of the budget allows."""
        seconds = min(self.timeout, self.spending.left())
        hurried = seconds < self._patience * HURRIED and self.choice.provider != "recorded"
        if self._model is None or hurried:
            self._model, self._patience = connect(self.choice, seconds), seconds
        return self._model

    def _untraced(self) -> AbstractContextManager[Any]:
        """With --private nothing goes to LangSmith either, whatever the environment says."""
        if not self.private:
            return nullcontext()
        from langsmith import tracing_context

        return tracing_context(enabled=False)


def _usage(raw: Any, messages: list[Message]) -> tuple[int, int]:
    """Tokens in and out as the server counts them, else about a token for four characters."""
    usage = getattr(raw, "usage_metadata", None) or {}
    asked = sum(len(content) for _, content in messages)
    return int(usage.get("input_tokens") or asked // 4), int(usage.get("output_tokens") or len(str(raw.text)) // 4)
