"""Progress for people at a terminal: the plan with a mark per step, and under it what the running step does.

This file, `drawing.py` and `block_picture.py` alone import rich.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from noglue.agent.events import Event, Failed, Finished, Note, Planned, Progress, Started, Understood
from noglue.agent.ui import block_picture
from noglue.agent.ui.drawing import Drawing
from noglue.agent.ui.progress_words import progress_text
from noglue.agent.ui.terminal import Terminal
from noglue.agent.ui.terminal_kind import shows_pictures
from noglue.agent.ui.wording import clean, shortened, summary
from noglue.tools.reporting.quantities import clock
from noglue.tools.spec.thumbnail import Thumbnail

BAR, SHORT_BAR = 24, 12  # columns of the bar, and of one on a screen of less than WIDE
WIDE, NARROW = 100, 70  # columns of a screen; on a narrow one there is no bar


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
        self._console = Console(file=sys.stderr, highlight=False)
        self._steps: dict[str, Row] = {}
        self._progress: Progress | None = None
        self._samples: tuple[Thumbnail, Text] | None = None
        self._pictures = shows_pictures(os.environ)
        self._spinner = Spinner("dots")
        self._drawing = Drawing(self._console, self._picture)

    def __enter__(self) -> "LiveConsole":
        self._drawing.start()
        self._terminal.pause_display(self._paused)
        return self

    def __exit__(self, *_: object) -> None:
        self._terminal.forget_display(self._paused)
        self._drawing.stop()

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """The picture goes while a person is asked or the run is stopped by Ctrl-Z, and comes back under what stands
        there then."""
        self._drawing.stop(keep=False)
        try:
            yield
        finally:
            self._drawing.start()

    def event(self, event: Event) -> None:
        """Draws what an event changes; lines that stay are printed above the picture."""
        match event:
            case Understood():
                self._above("understood", event.text, "")
            case Planned():
                self._steps = {step.id: self._steps.get(step.id, Row("waiting")) for step in event.steps}
            case Started():
                self._forget_progress()
                if event.step in self._steps and self._steps[event.step].state == "failed":
                    self._above(f"  {event.step} again:", event.why)
                self._set(event.step, Row("running", time.monotonic()))
            case Progress():
                self._progress = event
                if event.picture is not None and self._pictures:
                    self._samples = event.picture, block_picture.blocks(event.picture)
            case Note():
                self._above(f"  {event.step}:", event.message)
            case Finished():
                self._set(event.step, Row("done", event.seconds, clean(summary(event.tool, event.result))))
                self._forget_progress()
            case Failed():
                self._set(event.step, Row("failed", event.seconds, clean(shortened(event.error.message))))
                self._forget_progress()

    def _set(self, id: str, row: Row) -> None:
        """A new dictionary: the old one may be being drawn."""
        self._steps = {**self._steps, id: row}

    def _forget_progress(self) -> None:
        self._progress = self._samples = None

    def _above(self, label: str, text: str, style: str = "dim") -> None:
        """A line that stays, broken at words, with a hanging indent."""
        line = Table.grid(padding=(0, 1))
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(Text(clean(label), style="dim"), Text(clean(text), style=style))
        self._drawing.above(line)

    def _picture(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(min_width=9, no_wrap=True)
        table.add_column(justify="right", min_width=7, no_wrap=True)
        table.add_column(overflow="fold")
        for id, step in self._steps.items():
            table.add_row(*self._row(clean(id), step))
        samples = self._samples
        return Group(table, samples[1]) if samples is not None and self._has_room(samples[0]) else table

    def _has_room(self, samples: Thumbnail) -> bool:
        """Whether the screen holds it beside the plan, some of whose lines are broken in two."""
        width, height = self._console.size
        lines = samples.height // 2 + len(self._steps) + 3
        return block_picture.INDENT + samples.width < width and lines < height

    def _row(self, id: str, step: Row) -> tuple[RenderableType, RenderableType, RenderableType, RenderableType]:
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

    def _doing(self) -> RenderableType:
        """A bar where the total is known, and the facts beside it."""
        event = self._progress
        if event is None:
            return Text("…", style="dim")
        facts = Text(clean(progress_text(event)), style="dim")
        width = self._console.size.width
        if not event.total or width < NARROW:
            return facts
        row = Table.grid(padding=(0, 1))
        row.add_row(
            ProgressBar(total=event.total, completed=event.done or 0, width=BAR if width >= WIDE else SHORT_BAR), facts
        )
        return row
