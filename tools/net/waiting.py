"""Servers that ask for patience: how long, and whether that is worth waiting for.

>>> seconds_of("120"), seconds_of("-5"), seconds_of("soon")
(120.0, 0.0, None)
>>> in_words(600)
'10 minutes'
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 10 * 365 * 86400.0  # beyond that, a date is a mistake
_UNITS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))
BUSY = (202, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Patience:
    """tries: questions in all. longest: seconds of waiting before one of them. share: of the time that is left."""

    tries: int = 4
    longest: float = 30.0
    share: float = 0.4
    backoff: float = 0.4

    def wait(self, stated: float | None, number: int, left: float | None) -> float | None:
        """Seconds to wait before the next question, or None when that is too long or the last was one too many.

        stated: what the server asks for. number: of questions so far. left: seconds to the end of the step.
        """
        wanted = self.backoff * 2**number if stated is None else stated
        most = self.longest if left is None else min(self.longest, self.share * left)
        return None if number >= self.tries or wanted > most else wanted


def seconds_of(header: str | None, now: datetime | None = None) -> float | None:
    """A Retry-After header (seconds, or a date) as seconds from now, 0 for what is past; None for none or nonsense."""
    text = (header or "").strip()
    if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", text):
        return min(max(float(text), 0.0), _LONGEST)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - (now or datetime.now(UTC)).timestamp()
    return min(max(seconds, 0.0), _LONGEST)


def in_words(seconds: float) -> str:
    """`45 seconds`, `10 minutes`, `2 hours`."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1.0, "second"))
    count = round(seconds / size)
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
