"""A picture on the last lines of a terminal that is drawn over itself, and lines that are printed above it.

    drawing = Drawing(console, lambda: Text(f"{done} of 12"))
    drawing.start(); drawing.above(Text("a line that stays")); drawing.stop()

One lock holds whatever is written, so that nobody erases a picture of another height than the one that stands there. No
line is as wide as the screen: where a terminal begins a new line after the last column is not the same everywhere.
"""

import io
import os
import sys
import termios
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.text import Text

EVERY_SECONDS = 0.125
SHOW_CURSOR = "\x1b[?25h"
LEAST_WIDTH = 10


class Drawing:
    """What stands on the terminal's last lines from `start` to `stop`, drawn anew eight times a second."""

    def __init__(self, console: Console, picture: Callable[[], RenderableType]) -> None:
        """console: writes to a terminal. picture: made anew for each drawing."""
        self._console, self._picture = console, picture
        self._lock = threading.RLock()
        self._drawn: list[int] = []  # the widths of the lines that stand there, in columns
        self._ended: threading.Event | None = None
        self._stderr: Any = None
        self._echo: list[Any] | None = None

    def start(self) -> None:
        with self._lock:
            if self._ended is not None:
                return
            self._ended = threading.Event()
            self._console.show_cursor(False)
            self._echo = _without_echo()
            self._stderr, sys.stderr = sys.stderr, _Above(self.above)
            threading.Thread(target=self._keep_drawing, args=(self._ended,), daemon=True).start()

    def stop(self, keep: bool = True) -> None:
        """The cursor stands on a free line below the picture; keep: whether the picture stays, whole.

        What was typed meanwhile, and not seen, is forgotten: it answers no question.
        """
        with self._lock:
            if self._ended is None:
                return
            self._ended.set()
            self._ended, sys.stderr = None, self._stderr
            self._draw(self._lines(whole=True) if keep else [], ends=keep)
            self._drawn = []
            self._console.show_cursor(True)
            # Once more and at once: rich holds back what is written within another write, in the middle of which the
            # signal of Ctrl-Z may have come.
            self._console.file.write(SHOW_CURSOR)
            self._console.file.flush()
            _restore(self._echo)

    def above(self, line: RenderableType) -> None:
        """Print it where the picture stands, and the picture below it."""
        with self._lock:
            if self._ended is None:
                self._console.print(_Narrowed(line))
            else:
                self._draw(self._lines(), above=self._console.render_lines(_Narrowed(line), pad=False))

    def _keep_drawing(self, ended: threading.Event) -> None:
        while not ended.wait(EVERY_SECONDS):
            with self._lock:
                if not ended.is_set():
                    self._draw(self._lines())

    def _lines(self, whole: bool = False) -> list[list[Segment]]:
        """Of the picture, no more than the screen has room for; whole: all of them."""
        lines = self._console.render_lines(_Narrowed(self._picture()), pad=False)
        most = max(1, self._console.size.height - 1)
        return lines if whole or len(lines) <= most else [*lines[: most - 1], [Segment("…")]]

    def _draw(self, lines: list[list[Segment]], above: Sequence[list[Segment]] = (), ends: bool = False) -> None:
        """In one write: erase what stands there, then the lines. ends: with a line break after the last one."""
        parts = [Control(*self._erasing()).segment]
        for line in above:
            parts += [*line, Segment.line()]
        for number, line in enumerate(lines):
            parts += [*([Segment.line()] if number else []), *line]
        self._console.print(_Ready([*parts, *([Segment.line()] if ends and lines else [])]), end="", crop=False)
        self._drawn = [Segment.get_line_length(line) for line in lines]

    def _erasing(self) -> list[Any]:
        """Back to where the picture begins. A terminal that was made narrower has broken its longer lines in two."""
        width = max(1, self._console.size.width)
        rows = sum(max(1, -(-length // width)) for length in self._drawn)
        up = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)) * max(0, rows - 1)
        return [ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2), *up]


class _Narrowed:
    """One column narrower than the screen."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        narrower = options.update(width=max(LEAST_WIDTH, options.max_width - 1))
        for line in console.render_lines(self._content, narrower, pad=False):
            yield from _without_trailing_blanks(line)
            yield Segment.line()


def _without_trailing_blanks(line: list[Segment]) -> list[Segment]:
    """Blanks that fill a line up would be broken off into a line of their own on a terminal that is made narrower."""
    kept = list(line)
    while kept and not kept[-1].control and not kept[-1].text.strip(" "):
        kept.pop()
    if kept and not kept[-1].control:
        kept[-1] = Segment(kept[-1].text.rstrip(" "), kept[-1].style)
    return kept


class _Ready:
    """Segments as they are."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._segments


class _Above(io.TextIOBase):
    """Standard error for whoever else writes to it, as Python's warnings: whole lines, above the picture."""

    def __init__(self, above: Callable[[Text], None]) -> None:
        self._above, self._begun = above, ""

    def write(self, text: str) -> int:
        *whole, self._begun = (self._begun + text).split("\n")
        for line in whole:
            self._above(Text(line))
        return len(text)

    def isatty(self) -> bool:
        return True


def _without_echo() -> list[Any] | None:
    """What is typed meanwhile is not shown, or it would push the picture up. → the terminal's settings before."""
    with suppress(OSError, ValueError, termios.error):
        number = sys.stdin.fileno()
        if os.tcgetpgrp(number) == os.getpgrp():
            before = termios.tcgetattr(number)
            changed = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
            termios.tcsetattr(number, termios.TCSADRAIN, changed)
            return before
    return None


def _restore(before: list[Any] | None) -> None:
    with suppress(OSError, ValueError, termios.error):
        if before is not None and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp():
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, before)
