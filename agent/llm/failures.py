"""What a failed call means: try again, ask in another way, leave this question to the rules, or give the model up.

`transport.py` says what came over the wire; providers' packages that do not use it raise subclasses of
`langchain_core.exceptions.ModelError`, which are read as the same.
"""

import math
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from noglue.agent.llm.transport import OutOfTime, Refused, Unreadable, cause
from noglue.tools.spec.errors import ToolError

BUSY = (502, 503, 504, 529)
AGAIN = (408, 409, 425, 429)
LOST = (401, 402, 403, 404)
WAITS = (1.0, 3.0, 9.0)  # seconds before the second, third and fourth try
LONGEST_WAIT = 30.0
_CONTEXT = re.compile(r"context[ _](window|length|size)", re.IGNORECASE)  # as llama.cpp's, vLLM's, Ollama's errors say
_LONG = re.compile(r"context_length_exceeded|prompt is too long|input token count|too many tokens", re.IGNORECASE)
_FILTERED = re.compile(
    r"content_filter|content management policy|ResponsibleAIPolicyViolation|moderation", re.IGNORECASE
)
_SPENT = re.compile(r"insufficient_quota|billing_hard_limit|credit balance is too low")
_FORM = re.compile(
    r"tool|response_format|structured|json_schema|parameters", re.IGNORECASE
)  # OpenRouter: `No endpoints`

Answer = TypeVar("Answer")


class Gone(Exception):
    """No question will be answered any more. `str()`: why, for a person."""


class Unfit(Exception):
    """The server does not take questions of this form."""


class TooLong(Exception):
    """This one question has more words than the model can take; others may do."""


class Declined(Exception):
    """The server will not have this one question answered (its filter of contents); others may do."""


def patiently(
    call: Callable[[], Answer],
    last_form: bool,
    left: Callable[[], float] = lambda: math.inf,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """The answer, after as many tries as failures are worth. Raises Gone, Unfit, TooLong, Declined; ToolError as it is.

    last_form: there is no simpler way of asking left, so that a server's error (500) is tried again; before, once.
    left: seconds that this question may still take.
    """
    attempt = 0
    while True:
        try:
            return call()
        except (ToolError, Gone, Unfit):
            raise
        except Exception as error:
            failure = of(error)
            if attempt >= _patience(failure, last_form):
                raise _verdict(failure, last_form) from error
            wait = _wait(failure, attempt)
            if wait > LONGEST_WAIT:
                raise Gone(f"{failure}; it asks to wait {wait:,.0f} s (Retry-After)") from error
            if wait >= left():
                raise _verdict(failure, last_form) from error
            sleep(wait)
            attempt += 1


def of(error: Exception) -> Exception:
    """As the wire's own: OutOfTime, Unreadable, Refused, or ConnectionError where no server is there."""
    from langchain_core import exceptions as known

    found = cause(error)
    if isinstance(found, OutOfTime | Unreadable | Refused):
        return found
    said = " ".join(str(error).split()) or type(error).__name__  # whole: `question.py` shortens it
    if isinstance(error, known.ContextOverflowError):
        return Refused(f"{said} [context_length_exceeded]", 400)
    if (status := _status(error)) is not None and status >= 400:
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        return Refused(said, status, {str(name).lower(): str(value) for name, value in dict(headers).items()})
    if isinstance(error, known.ModelTimeoutError | TimeoutError):
        return OutOfTime(said)
    if isinstance(error, known.ModelConnectionError | ConnectionError) or _is_transport(error):
        return ConnectionError(_connection(error) or said)
    for kind, code in (
        (known.ModelAuthenticationError, 401),
        (known.ModelPermissionDeniedError, 403),
        (known.ModelNotFoundError, 404),
        (known.ModelInvalidRequestError, 400),
        (known.ModelRateLimitError, 429),
        (known.ModelAPIError, 500),
    ):
        if isinstance(error, kind):
            return Refused(said, code)
    return Unreadable(f"its answer has not the form of its protocol ({type(error).__name__}: {said})")


def _patience(failure: Exception, last_form: bool) -> int:
    """How many more tries such a failure gets, at most as many as there are WAITS."""
    if isinstance(failure, OutOfTime | Unreadable):
        return 1 if last_form or isinstance(failure, OutOfTime) else 0
    if not isinstance(failure, Refused):
        return 2
    if _SPENT.search(str(failure)) or _is_too_long(failure):
        return 0
    if failure.status in AGAIN or failure.status in BUSY:
        return len(WAITS)
    return len(WAITS) if failure.status >= 500 and last_form else 0


def _verdict(failure: Exception, last_form: bool) -> Exception:
    """The failure as what it means for the questions to come."""
    said = str(failure)
    if not isinstance(failure, Refused):
        return Unfit(said) if isinstance(failure, Unreadable) and not last_form else Gone(said)
    if _is_too_long(failure):
        return TooLong(said)
    if failure.status in (400, 403, 422) and _FILTERED.search(said):
        return Declined(said)
    if failure.status == 404 and not last_form and _FORM.search(said):
        return Unfit(said)
    final = failure.status in LOST or failure.status in AGAIN or failure.status in BUSY
    return Gone(said) if final or last_form or _SPENT.search(said) else Unfit(said)


def _is_too_long(failure: Refused) -> bool:
    said = str(failure)
    return failure.status in (400, 413, 422, 500) and bool(_CONTEXT.search(said) or _LONG.search(said))


def _status(error: Exception) -> int | None:
    """As OpenAI's and Anthropic's packages have it (`status_code`), or Google's (`code`)."""
    status = getattr(error, "status_code", None)
    status = getattr(error, "code", None) if status is None else status
    return status if isinstance(status, int) else None


def _is_transport(error: BaseException | None) -> bool:
    """Whether httpx, of either name, could not get through, at any depth of causes."""
    while error is not None:
        if any(kind.__name__ == "TransportError" for kind in type(error).__mro__):
            return True
        error = error.__cause__
    return False


def _connection(error: BaseException | None) -> str:
    """The deepest words of a failed connection: `[Errno 111] Connection refused`."""
    said = ""
    while error is not None:
        said = " ".join(str(error).split()) or said
        error = error.__cause__
    return said


def _wait(failure: Exception, attempt: int) -> float:
    """Seconds that the server asks for (Retry-After, a number or a date), else longer each time."""
    asked = failure.headers.get("retry-after", "") if isinstance(failure, Refused) else ""
    try:
        seconds = float(asked)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(asked).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            seconds = 0.0
    return seconds if 0 < seconds < 1e9 else LONGEST_WAIT * 1e3 if seconds >= 1e9 else WAITS[attempt]
