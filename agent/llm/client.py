"""One model's server, asked in the form and with the parameters that it takes, within the time and the calls there are.

    client.answer("settle", Settled, paragraph, messages)   →   Answered(text='{"target": …}', mode='schema', …)

Every request that goes out is counted before it does. What a server refuses (a schema, `temperature`, `max_tokens`,
a system message) it is asked without for the rest of the run; an answer that was cut off is asked for again, longer.
"""

import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from noglue.agent.llm import offered, parsing, prompts, replies
from noglue.agent.llm.answer_forms import Form
from noglue.agent.llm.choice import Choice
from noglue.agent.llm.connect import body, connect, speaks_openai, usual_ways
from noglue.agent.llm.failures import Declined, Gone, TooLong, Unfit, of, patiently
from noglue.agent.llm.modes import Modes
from noglue.agent.llm.replies import Reply
from noglue.agent.llm.spending import Spending
from noglue.agent.llm.transcript import Message, task_hash
from noglue.agent.llm.transport import Guard, Refused
from noglue.tools.spec.errors import ToolError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

METHODS = {"schema": "json_schema", "tools": "function_calling"}


@dataclass(frozen=True)
class Answered:
    """wrong: why it is no answer, though it is one by its form; empty where it is."""

    text: str
    mode: str
    tokens: tuple[int, int]
    wrong: str = ""


class Client:
    """`choice`: as asked for, and as soon as the server was asked what it has, by the name that it has there."""

    def __init__(
        self, choice: Choice, spending: Spending, modes: Modes, tell: Callable[..., None], timeout: float, private: bool
    ) -> None:
        self.choice, self._spending, self._modes = choice, spending, modes
        self._tell, self._timeout, self._private = tell, timeout, private
        self._ways = usual_ways(choice)
        self._offer: offered.Offer | None = None
        self._model: BaseChatModel | None = None
        self._guard: Guard | None = None
        self._ends = math.inf
        self._answered = False

    def answer(self, question: str, form: type[Form], paragraph: str, messages: list[Message]) -> Answered:
        """Raises Gone, TooLong, Declined; BadUsage for a model that can't be used at all, StepFailed where none is."""
        self._ends = time.monotonic() + self._spending.left()
        about = {"metadata": {"task": task_hash(paragraph), "question": question}}
        while True:
            try:
                return self._in_some_mode(form, messages, about)
            except Gone:
                if not self._next_model():
                    raise

    def _in_some_mode(self, form: type[Form], messages: list[Message], about: dict[str, Any]) -> Answered:
        """The first form of question that the server takes."""
        modes = self._modes.to_try()
        for mode in modes:
            last = mode == modes[-1]
            try:
                reply = patiently(partial(self._call, mode, last, form, messages, about), last, self._left)
            except Unfit:
                continue
            self._modes.remember(mode)
            self._answered = True
            wrong = reply.wrong or (f"the answer was cut off after {self._ways.most} tokens" if reply.cut_off else "")
            return Answered(reply.text, mode, reply.tokens, wrong)
        raise Gone("it takes no form of question")

    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _next_model(self) -> bool:
        """Whether the server has another model, where the user named none and the one that was tried never answered."""
        if self._answered or self._offer is None or len(self._offer.names) < 2 or self._left() <= 0:
            return False
        given_up, *names = self._offer.names
        self._offer = self._offer._replace(names=names)
        self.choice, self._model = offered.at(self.choice, self._offer), None
        self._tell(f"{given_up} does not answer; {names[0]} is asked (--model {self._offer.base}#NAME names another)")
        return True

    # ---- one request -------------------------------------------------------------------------------------------------

    def _call(self, mode: str, last: bool, form: type[Form], messages: list[Message], about: dict[str, Any]) -> Reply:
        """One answer; more than one request where the server refuses a parameter, or cuts the answer off."""
        while True:
            reply = self._request(mode, form, messages, about)
            if reply is None:
                continue
            if reply.cut_off and (before := self._ways.most) and self._ways.more():
                self._tell(f"an answer was cut off after {before} tokens; asked again with {self._ways.most}")
                self._model = None
                continue
            if not last and not (reply.cut_off or reply.wrong) and not parsing.holds_any(reply.text):
                raise Unfit("no JSON came back")
            return reply

    def _request(self, mode: str, form: type[Form], messages: list[Message], about: dict[str, Any]) -> Reply | None:
        """The reply; None where the server refused a parameter that it is asked without from now on."""
        asked = "".join(content for _, content in messages)
        most = self._ways.most
        if (refusal := self._spending.refusal(asked, most)) is not None:
            raise Gone(f"{refusal}, and no request goes out beyond it")
        model, guard = self._connected()
        self._spending.begin(len(asked), most)
        try:
            raw = guard.within(lambda: self._invoke(model, mode, form, messages, about))
        except ToolError:
            self._spending.settle()
            raise
        except Exception as error:
            failure = of(error)
            if isinstance(failure, Refused):
                self._spending.settle()
                learned = self._ways.learn(failure.status, str(failure))
                if learned is not None:
                    self._tell(f"{self.choice}: {learned}")
                    self._model = None
                    return None
            raise failure from error
        reply = replies.read(raw, len(asked), most)
        self._spending.settle(*reply.tokens, answered=True)
        return reply

    def _invoke(
        self, model: "BaseChatModel", mode: str, form: type[Form], messages: list[Message], about: dict[str, Any]
    ) -> Any:
        """The provider's message, in one of the three forms of question."""
        schema = form.model_json_schema()
        more: dict[str, Any] = {}
        if speaks_openai(self.choice):
            more = {"extra_body": body(self.choice, self._ways)}
        with self._untraced():
            if mode == "text":
                asked = f"{messages[-1][1]}\n\n{prompts.render('form', schema=json.dumps(schema))}"
                return model.invoke(self._worded([*messages[:-1], ("human", asked)]), about, **more)  # type: ignore[arg-type]
            if mode == "schema" and more:
                described = {"name": form.__name__, "schema": schema}
                more["extra_body"] |= {"response_format": {"type": "json_schema", "json_schema": described}}
                return model.invoke(self._worded(messages), about, **more)  # type: ignore[arg-type]
            asking = model.with_structured_output(schema, method=METHODS[mode], include_raw=True, **more)
            found: Any = asking.invoke(self._worded(messages), about)  # type: ignore[arg-type]
            return found["raw"]

    def _worded(self, messages: list[Message]) -> list[Message]:
        """As they are; in one message less for a server that takes no system message."""
        if self._ways.system or len(messages) < 2 or messages[0][0] != "system":
            return messages
        return [("human", f"{messages[0][1]}\n\n{messages[1][1]}"), *messages[2:]]

    def _connected(self) -> tuple["BaseChatModel", Guard]:
        """The model, and the guard of its connections with the time that the next request may take."""
        seconds = max(0.0, min(self._timeout, self._left()))
        if self._guard is None or self._guard.spent:
            self._guard, self._model = Guard(seconds), None
        self._guard.renew(seconds)
        if self._offer is None and self.choice.provider == "openai" and self.choice.base_url is not None:
            self._offer = offered.offer(self.choice, self._guard)
            self.choice = offered.at(self.choice, self._offer)
            if self._offer.note:
                self._tell(self._offer.note)
        if self._model is None:
            began = time.monotonic()
            self._model = connect(self.choice, self._timeout, self._ways, self._guard.transport)
            self._ends += time.monotonic() - began  # what importing its package takes is not the model's time
            self._guard.renew(seconds)
        return self._model, self._guard

    def _untraced(self) -> AbstractContextManager[Any]:
        """With --private nothing goes to LangSmith either, whatever the environment says."""
        if not self._private:
            return nullcontext()
        from langsmith import tracing_context

        return tracing_context(enabled=False)


__all__ = ["Answered", "Client", "Declined", "Gone", "TooLong"]
