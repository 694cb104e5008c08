"""How a command's words leave it: the answer on standard output, errors on standard error, or one JSON object."""

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from noglue.agent import redact
from noglue.agent.ui.wording import clean
from noglue.tools.showing import visible


def say(*lines: str) -> None:
    """Each on a line of its own, whatever stands in it."""
    for line in lines:
        print(clean(line))


def complain(failure: dict[str, Any]) -> None:
    """An `error` object of run.json, as one paragraph on standard error."""
    for line in paragraph(failure):
        print(line, file=sys.stderr)


def paragraph(failure: dict[str, Any]) -> list[str]:
    """Its lines, at most 100 letters each."""
    where = f"In {failure['step']}: " if failure.get("step") else ""
    text = " ".join(f"{where}{failure['message']} {failure['hint']}".split())
    return textwrap.wrap(clean(text), width=100, break_long_words=False, break_on_hyphens=False)


def print_json(content: Any) -> None:
    text = json.dumps(redact.shown(content), ensure_ascii=False, indent=2)
    sys.stdout.write(f"{visible.json_text(text)}\n")


def short(path: Path) -> Path:
    """Relative to where the user stands, when that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
