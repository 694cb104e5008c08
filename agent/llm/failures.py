"""What a failed call means: try again, ask in another way, or give the model up.

Providers' packages raise subclasses of `langchain_core.exceptions.ModelError`, whatever their own errors are called.
"""

import math
import re
import time
from collections.abc import Callable
from typing import TypeVar

from noglue.tools.spec.errors import ToolError

BUSY = (502, 503, 504, 529)
WAITS = (1.0, 3.0, 9.0)  # seconds before the second, third and fourth try
LONGEST_WAIT = 30.0
_CONTEXT = re.compile(r"context[ _](window|length|size)", re.IGNORECASE)  # as llama.cpp's, vLLM's, Ollama's errors say

Answer = TypeVar("Answer")


class Gone(Exception):
    """No question will be answered any more. `str()`: why, for a person."""


class Unfit(Exception):
    """The server does not take questions of this form."""


class TooLong(Exception):
    """This one question has more words than the model can take; others may do."""


def patiently(
    call: Callable[[], Answer],
    last_form: bool,
    left: Callable[[], float] = lambda: math.inf,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """The answer, after as many tries as failures are worth. Raises Gone, Unfit, TooLong; a ToolError as it is.

    last_form: there is no simpler way of asking left, so that a server's error (500) is tried again; before, once.
    left: seconds that questions may take, counted from when this one began.
    """
    began = time.monotonic()
    attempt = 0
    while True:
        try:
            return call()
        except ToolError:
            raise
        except Exception as error:
            if attempt >= _patience(error, last_form):
                raise _verdict(error, last_form) from error
            wait = _wait(error, attempt)
            if time.monotonic() - began + wait >= left():
                raise _verdict(error, last_form) from error
            sleep(wait)
            attempt += 1


def _patience(error: Exception, last_form: bool) -> int:
    """How many more tries such a failure gets, at most as many as there are WAITS."""
    from langchain_core import exceptions as known

    if _is_spent(error) or _is_too_long(error):
        return 0
    if isinstance(error, known.ModelAPIError):
        return len(WAITS) if last_form or _status(error) in BUSY else 0
    if isinstance(error, known.ModelTimeoutError | TimeoutError):
        return 1
    if isinstance(error, known.ModelConnectionError | ConnectionError) or _is_transport(error):
        return 2
    retryable = isinstance(error, known.ModelError) and error.is_retryable
    return len(WAITS) if retryable else 0


def _verdict(error: Exception, last_form: bool) -> Exception:
    """The failure as what it means for the questions to come."""
    from langchain_core import exceptions as known

    lost = known.ModelAuthenticationError | known.ModelPermissionDeniedError | known.ModelNotFoundError
    message = " ".join(str(error).split()) or type(error).__name__  # whole: `question.py` shortens it
    if _is_too_long(error):
        return TooLong(message)
    retryable = (
        isinstance(error, known.ModelError) and error.is_retryable and not isinstance(error, known.ModelAPIError)
    )
    reachable = not (isinstance(error, ConnectionError | TimeoutError) or _is_transport(error))
    if _status(error) in BUSY:
        return Gone(message)
    if isinstance(error, lost) or retryable or not reachable or last_form or _is_spent(error):
        return Gone(message)
    return Unfit(message)


def _is_spent(error: Exception) -> bool:
    """A bill that is not paid: the code of OpenAI's answer, which LangChain keeps in its message alone."""
    return "insufficient_quota" in str(error)


def _is_too_long(error: Exception) -> bool:
    from langchain_core import exceptions as known

    answered = isinstance(error, known.ModelInvalidRequestError | known.ModelAPIError)
    return isinstance(error, known.ContextOverflowError) or (answered and _CONTEXT.search(str(error)) is not None)


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _is_transport(error: BaseException | None) -> bool:
    """Whether httpx could not get through, at any depth of causes."""
    import httpx

    while error is not None:
        if isinstance(error, httpx.TransportError):
            return True
        error = error.__cause__
    return False


def _wait(error: Exception, attempt: int) -> float:
    """What the server asks for (Retry-After), else longer each time."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return min(LONGEST_WAIT, float(headers.get("retry-after", WAITS[attempt])))
    except (TypeError, ValueError):
        return WAITS[attempt]
