"""How a command's words leave it: the answer on standard output, errors on standard error, or one JSON object."""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

from noglue.agent import redact
from noglue.agent.ui.wording import clean
from noglue.agent.ui.wrapping import Whole, fitted
from noglue.tools.showing import visible


def say(*lines: str) -> None:
    """Each on a line of its own, whatever stands in it."""
    tell(sys.stdout, *lines)


def tell(stream: TextIO, *lines: str) -> None:
    """Broken at words where the stream is a terminal."""
    for line in lines:
        plain = clean(line)
        for part in fitted(Whole(plain) if isinstance(line, Whole) else plain, stream):
            print(part, file=stream)


def complain(failure: dict[str, Any]) -> None:
    """An `error` object of run.json, as one paragraph on standard error."""
    tell(sys.stderr, paragraph(failure))


def paragraph(failure: dict[str, Any]) -> str:
    where = f"In the step {failure['step']}: " if failure.get("step") else ""
    return " ".join(f"{where}{failure['message']} {failure['hint']}".split())


def print_json(content: Any) -> None:
    text = json.dumps(redact.shown(content), ensure_ascii=False, indent=2)
    sys.stdout.write(f"{visible.json_text(text)}\n")


def short(path: Path) -> Path:
    """Relative to where the user stands, when that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
