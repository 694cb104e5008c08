"""Pictures of the terminal for the documentation: a real run in tmux, drawn as SVG.

    python -m tests.bench.terminal_pictures docs/pictures

Leaves `terminal-80.svg` and `terminal-120.svg`, a run's end at 80 and 120 columns, and `terminal-gan.svg`, a generator
while it trains, with its samples. Takes about eight minutes on two cores. Nothing in them comes from elsewhere: the
letters are the reader's own.
"""

import io
import re
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from tests.agent.command_line import COMMAND, environment
from tests.agent.ui.screens import ENDED, Screen

DIGITS = "Recognise handwritten digits."
GAN = "Train a GAN that draws handwritten digits"
SECONDS = 600.0
BLOCK = re.compile(r' textLength="[\d.]+" clip-path="[^"]+">▀')  # a third of the bytes, of letters that need no fitting
SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px;
line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def main(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for width in (80, 120):
        draw(place / f"terminal-{width}.svg", width, _ended(width))
    draw(place / "terminal-gan.svg", 80, _training(80))


def _ended(width: int) -> list[str]:
    """The screen when the digits are learned."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, _running(Path(home), width, DIGITS) as screen:
        screen.wait_for(ENDED, SECONDS)
        return screen.lines(colours=True)


def _training(width: int) -> list[str]:
    """The screen at the end of a generator's training, with the last samples that are shown."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        _running(Path(home), width, GAN, "--budget", "6m") as screen,
    ):
        screen.wait_for("▀", SECONDS)
        shown = now = screen.lines(colours=True)
        while any("▀" in line for line in now):
            shown = now
            time.sleep(1)
            now = screen.lines(colours=True)
        return shown


def _running(home: Path, width: int, *arguments: str) -> Screen:
    command = " ".join([*COMMAND, "run", *(f'"{part}"' for part in arguments)])
    variables = environment(home) | {"COLORTERM": "truecolor"}
    return Screen(f"cd {home} && {command}", width, 40, **variables)


def draw(file: Path, width: int, lines: list[str]) -> None:
    """As long as there are letters; what tmux gives as escapes becomes colours."""
    text = "\n".join(lines).split(ENDED)[0].rstrip()
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text), crop=False)
    shown = console.export_svg(
        title="noglue", theme=MONOKAI, code_format=SVG, unique_id="t"
    )  # which is written a thousand times
    shown = BLOCK.sub(">▀", shown)
    file.write_text(shown, encoding="utf-8")
    print(f"{file}: {len(shown) / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
