"""Progress for people at a terminal: the plan with a mark per step, and under it what the running step does.

The one file that imports rich.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from noglue.agent.events import Event, Failed, Finished, Note, Planned, Progress, Started, Understood
from noglue.agent.ui.terminal import Terminal
from noglue.agent.ui.wording import clean, facts_text, shortened, summary
from noglue.tools.reporting.quantities import clock


@dataclass(frozen=True)
class Row:
    """A step as it stands. seconds: what it took; of one that runs, when it began."""

    state: Literal["waiting", "running", "done", "failed"]
    seconds: float = 0.0
    outcome: str = ""


class LiveConsole:
    """An Observer that keeps one live picture on standard error, and leaves the finished plan standing."""

    def __init__(self, terminal: Terminal) -> None:
        """terminal: whose questions the picture is paused for."""
        self._terminal = terminal
        self._console = Console(stderr=True)
        self._steps: dict[str, Row] = {}
        self._progress: Progress | None = None
        self._started = time.monotonic()
        self._live = self._drawn()

    def __enter__(self) -> "LiveConsole":
        self._live.start()
        self._terminal.pause_display(self._paused)
        return self

    def __exit__(self, *_: object) -> None:
        self._terminal.forget_display(self._paused)
        self._live.stop()

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """The picture goes while a person is asked, and comes back under the answer."""
        self._live.transient = True
        self._live.stop()
        try:
            yield
        finally:
            self._live = self._drawn()  # an old one would begin where it left off, over the question
            self._live.start()

    def _drawn(self) -> Live:
        return Live(console=self._console, refresh_per_second=8, get_renderable=self._picture)

    def event(self, event: Event) -> None:
        match event:
            case Understood():
                self._console.print(Text("understood  ", style="dim") + Text(clean(event.text)))
            case Planned():
                self._steps = {step.id: self._steps.get(step.id, Row("waiting")) for step in event.steps}
            case Started():
                self._progress = None
                if event.step in self._steps and self._steps[event.step].state == "failed":
                    self._console.print(Text(clean(f"  {event.step} again: {event.why}"), style="dim"))
                self._steps[event.step] = Row("running", time.monotonic())
            case Progress():
                self._progress = event
            case Note():
                self._console.print(Text(clean(f"  {event.step}: {event.message}"), style="dim"))
            case Finished():
                self._steps[event.step] = Row("done", event.seconds, clean(summary(event.tool, event.result)))
                self._progress = None
            case Failed():
                self._steps[event.step] = Row("failed", event.seconds, clean(shortened(event.error.message)))
                self._progress = None

    def _picture(self) -> Group:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(min_width=9, no_wrap=True)
        table.add_column(justify="right", min_width=7, no_wrap=True)
        table.add_column(overflow="fold")
        for id, step in self._steps.items():
            table.add_row(*self._row(clean(id), step))
        return Group(table)

    def _row(self, id: str, step: Row) -> tuple[Any, Any, Any, Any]:
        took = Text(clock(step.seconds), style="dim")
        match step.state:
            case "done":
                return Text("✓", style="green"), Text(id), took, Text(step.outcome)
            case "failed":
                return Text("✗", style="red"), Text(id), took, Text(step.outcome, style="red")
            case "running":
                since = Text(clock(time.monotonic() - step.seconds), style="dim")
                return self._spinner, Text(id, style="bold"), since, self._doing()
        return Text("·", style="dim"), Text(id, style="dim"), Text(""), Text("")

    _spinner = Spinner("dots")

    def _doing(self) -> Any:
        """A bar where the total is known, and the facts beside it."""
        event = self._progress
        if event is None:
            return Text("…", style="dim")
        row = Table.grid(padding=(0, 1))
        facts = Text(clean(facts_text(event)), style="dim")
        if event.total:
            row.add_row(ProgressBar(total=event.total, completed=event.done or 0, width=24), facts)
        else:
            row.add_row(facts)
        return row


def is_terminal() -> bool:
    """Whether a person watches standard error."""
    return sys.stderr.isatty()
