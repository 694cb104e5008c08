"""When a training is over, and how far along its schedule it is, by steps or by the budget's clock.

>>> clock = Clock(steps=880, seconds=None)
>>> clock.fraction(440)
0.5
"""

import time
from collections.abc import Callable

WARM_UP = 8  # steps before the pace is believed: the first ones compile kernels and fill caches


class Clock:
    """The schedule's position in 0…1. At 1 the learning rate has come down to zero and the training is over.

    steps: the whole length when time does not matter. seconds: what is left for training, or None.
    As long as the measured pace fits the whole length into the budget, the position counts steps alone, so that the
    result is the same on every run. Once it does not fit, the rest of the schedule follows the time that is left, and
    so comes down to zero just inside the budget whatever the machine's load does.
    """

    def __init__(
        self,
        steps: int,
        seconds: float | None,
        start: int = 0,
        fraction: float = 0.0,
        timed: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.steps, self.seconds, self.start = max(1, steps), seconds, start
        self.timed = timed and seconds is not None
        self._now, self._began = now, now()
        self._last = self._switched_at = fraction
        self._switched = 0.0

    def fraction(self, step: int) -> float:
        """0…1, never falling. `step`: how many are done."""
        self._last = max(self._last, min(1.0, self._position(step)))
        return self._last

    def seconds_left(self, step: int) -> float | None:
        """An estimate for the console; None before there is a pace."""
        elapsed, done = self.elapsed(), step - self.start
        if self.timed and self.seconds is not None:
            return max(0.0, self.seconds - elapsed)
        return None if done < WARM_UP else max(0.0, (self.steps - step) * elapsed / done)

    def elapsed(self) -> float:
        """Seconds since this process began to train."""
        return self._now() - self._began

    def _position(self, step: int) -> float:
        elapsed, done = self.elapsed(), step - self.start
        if self.seconds is None:
            return step / self.steps
        if not self.timed and (done >= WARM_UP or elapsed > 0.1 * self.seconds):
            needed = (self.steps - step) * elapsed / max(1, done)
            if elapsed + 1.03 * needed > self.seconds:
                self.timed, self._switched, self._switched_at = True, elapsed, self._last
        if not self.timed:
            return step / self.steps
        left = self.seconds - self._switched
        through = 1.0 if left <= 0 else (elapsed - self._switched) / left
        return self._switched_at + (1 - self._switched_at) * through


def triangle(fraction: float, peak: float = 0.0) -> float:
    """The learning rate's factor: a straight rise from 0.2 until `peak`, then a straight fall to 0.

    >>> [triangle(f, peak=0.2) for f in (0.0, 0.2, 0.6, 1.0)]
    [0.2, 1.0, 0.5, 0.0]
    """
    if fraction < peak:
        return 0.2 + 0.8 * fraction / peak
    return (1 - fraction) / (1 - peak)
