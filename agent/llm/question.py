"""One question: rendered, asked in the form that the server takes, checked, and asked again with the reason.

    asker.ask("settle", Settled, paragraph, {"columns": […]}, check)  →  Settled(target="Survived", …) or None

None means that the rules decide: three answers that could not be used, or a model that no longer answers. An answer
that stands in the transcript is taken from there.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.agent.llm import parsing, prompts
from noglue.agent.llm.answer_forms import Answer, Form
from noglue.agent.llm.choice import Choice
from noglue.agent.llm.client import Answered, Client
from noglue.agent.llm.failures import Declined, Gone, TooLong
from noglue.agent.llm.modes import Modes
from noglue.agent.llm.spending import Limits, Spending
from noglue.agent.llm.transcript import Message, Transcript, key_of
from noglue.agent.redact import Redactor
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed, ToolError

TRIES = 3
LONGEST_TOLD = 300  # characters of what a server says of its failure


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
        self.private, self._redact = private, redact
        self._told = tell
        self._strict, self._required = strict, required
        self.spending = Spending(choice, limits)
        self.transcript = Transcript(redact, {"model": str(choice), "private": private}, record)
        self.gone: str | None = "only what was answered before counts" if only_replay else None
        self.answered = self.useful = False
        self._client = Client(choice, self.spending, Modes(cache, choice), self._tell, timeout, private)
        self._in_vain: set[str] = set()  # questions that the rules were left with
        if warning := self.spending.warning():
            self._tell(warning)

    @property
    def choice(self) -> Choice:
        """Who is asked: by the name that the server has for it, once that is known."""
        return self._client.choice

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
            given = self._answer(question, form, paragraph, messages)
            if given is None:
                return None
            text, fault = given
            answer, wrong = (None, [fault]) if fault else parsing.read(form, text)
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
            told = f"none of the {self.spending.answers} answers of {self.choice} could be used"
            why = f"{told}, and then {self.gone}" if self.gone and self.spending.answers else self.gone or told
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

    def _answer(
        self, question: str, form: type[Form], paragraph: str, messages: list[Message]
    ) -> tuple[str, str] | None:
        """An answer's text and what is wrong with it beside that, from the transcript or from the model.

        None when there will be none.
        """
        key = key_of(paragraph, question, messages)
        if (known := self.transcript.find(key)) is not None:
            self.answered = True
            return known, ""
        if self.gone is None:
            self.gone = self.spending.refusal("".join(content for _, content in messages))
            if self.gone is not None:
                self._tell(f"{self.gone}; from here on the rules decide")
        if self.gone is not None:
            return None
        started = time.monotonic()
        answered: Answered | None = None
        try:
            answered = self._client.answer(question, form, paragraph, messages)
        except ToolError as error:
            self._unusable(self._clean(error))
        except TooLong as error:
            self._tell(
                f"the question {question!r} is too long for {self.choice} ({self._short(error)}); the rules decide it"
            )
        except Declined as error:
            self._tell(f"{self.choice} declines the question {question!r} ({self._short(error)}); the rules decide it")
        except Gone as error:
            self._lost(error)
        finally:
            seconds = time.monotonic() - started
            self.spending.seconds += seconds
        if answered is None:
            return None
        self.answered = True
        facts = {"mode": answered.mode, "tokens": answered.tokens, "seconds": round(seconds, 2)}
        if not answered.wrong:
            self.transcript.add(key, paragraph, question, messages, answered.text, **facts)
        self._tell(
            f"asked {self.choice} about {question!r}", question=question, mode=answered.mode, **self.spending.facts()
        )
        return answered.text, answered.wrong

    def _unusable(self, error: ToolError) -> None:
        """A model that can't be used at all. Raises it where that is to be known, else the rules go on."""
        if self._required or (self._strict and isinstance(error, BadUsage)) or error.kind == Kind.RECORDING:
            raise error from None
        self._given_up(error.message, error.hint)

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
