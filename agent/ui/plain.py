"""Progress for pipes and logs: plain lines on standard error, no colours, no cursor movement.

understood  Classify images from http://127.0.0.1:8000/cifar.html: target chosen from the data
1 download  download 163.1 MB of 170.5 MB
1 download  done in 4.2 s: 1 file, 170.5 MB
"""

import sys
import time
from typing import TextIO

from noglue.agent.events import Event, Failed, Finished, Note, Progress, Started, Understood
from noglue.agent.ui.progress_words import progress_text
from noglue.agent.ui.wording import clean, shortened, summary

EVERY_SECONDS = 2.0


class PlainConsole:
    """An Observer that writes a line for what matters, and progress at most every two seconds."""

    def __init__(self, stream: TextIO = sys.stderr, quiet: bool = False) -> None:
        self._stream, self._quiet = stream, quiet
        self._step, self._last = "", 0.0
        self._failed = set[str]()

    def __enter__(self) -> "PlainConsole":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.flush()

    def event(self, event: Event) -> None:
        match event:
            case Understood():
                self._line(f"understood  {event.text}")
            case Started():
                self._step, self._last = f"{event.number} {event.step}", time.monotonic()
                if event.step in self._failed:
                    self._line(f"{self._step}  again: {event.why}")
            case Progress():
                self._progress(event)
            case Note():
                here = self._step if self._step.endswith(f" {event.step}") else event.step
                self._line(f"{here}  {event.message}")
            case Finished():
                self._step = f"{event.number} {event.step}"  # of an earlier session no start was seen
                outcome = summary(event.tool, event.result)
                self._line(f"{self._step}  done in {event.seconds:.1f} s{': ' if outcome else ''}{outcome}")
            case Failed():
                self._step = f"{event.number} {event.step}"
                self._failed.add(event.step)
                self._line(f"{self._step}  failed: {shortened(event.error.message)}")

    def _progress(self, event: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY_SECONDS:
            self._last = now
            self._line(f"{self._step}  {progress_text(event)}")

    def _line(self, text: str) -> None:
        if not self._quiet:
            print(clean(text), file=self._stream, flush=True)
