"""Progress in a notebook: one line of HTML that is rewritten, the steps with their marks and a bar.

IPython is asked for only where a notebook runs it already.
"""

import sys
import time
from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any

from noglue.agent.events import Event, Failed, Finished, Planned, Progress, Started
from noglue.agent.ui.progress_words import progress_text
from noglue.agent.ui.wording import clean, shortened, summary

EVERY_SECONDS = 0.25
_MARKS = {"waiting": "·", "running": "…", "done": "✓", "failed": "✗"}
Show = Callable[[str], None]


def display() -> Show | None:
    """What shows HTML and then replaces it; None outside of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    shown: Any = import_module("IPython.display")
    handle = shown.display(shown.HTML(""), display_id=True)

    def show(text: str) -> None:
        handle.update(shown.HTML(text))

    return show


class NotebookConsole:
    """An Observer that keeps one picture of the run."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._states: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self._progress: Progress | None = None
        self._last = 0.0

    def __enter__(self) -> "NotebookConsole":
        return self

    def __exit__(self, *_: object) -> None:
        self._draw()

    def event(self, event: Event) -> None:
        match event:
            case Planned():
                self._states = {step.id: self._states.get(step.id, "waiting") for step in event.steps}
            case Started():
                self._states[event.step], self._progress = "running", None
            case Progress():
                self._progress = event
                if time.monotonic() - self._last < EVERY_SECONDS:
                    return
            case Finished():
                self._states[event.step], self._progress = "done", None
                self._said[event.step] = summary(event.tool, event.result)
            case Failed():
                self._states[event.step], self._progress = "failed", None
                self._said[event.step] = shortened(event.error.message)
            case _:
                return
        self._draw()

    def _draw(self) -> None:
        self._last = time.monotonic()
        rows = [f"<tr><td>{_MARKS[state]}</td><td>{escape(clean(id))}</td><td>{self._doing(id, state)}</td></tr>"
                for id, state in self._states.items()]  # fmt: skip
        self._show(f'<table style="font:13px/1.4 monospace">{"".join(rows)}</table>')

    def _doing(self, id: str, state: str) -> str:
        if state != "running" or self._progress is None:
            return escape(clean(self._said.get(id, "")))
        event: Any = self._progress
        bar = (
            f'<progress max="{float(event.total)}" value="{float(event.done or 0)}"></progress> ' if event.total else ""
        )
        return bar + escape(clean(progress_text(event)))
