"""What was asked and answered: `llm.jsonl` in the run folder, by which a resumed run decides as it did before.

    {"model": "openai:gpt-4.1-mini", "private": false}                                   the first line
    {"key": "41ab…", "task": "8f43…", "question": "plan", "mode": "schema", "messages": […], "answer": "{…}", …}
    {"note": "not believed, as …"}                                                       what of it was not used

Redacted like everything that is kept. The same lines go, shorter, to the file that NOGLUE_RECORD names, which
`recorded.py` replays.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from noglue.agent.redact import Redactor
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed

FILE = "llm.jsonl"
MOST_BYTES = 256 << 20

Message = tuple[str, str]  # role (`system`, `human`, `ai`) and content


class Transcript:
    """Lines wait in memory until there is a run folder."""

    def __init__(self, redact: Redactor, header: dict[str, Any], record: Path | None = None) -> None:
        self._redact, self._record = redact, record
        self._folder: Path | None = None
        self._waiting: list[dict[str, Any]] = [header]
        self._known: dict[str, str] = {}
        self.sent: list[list[Message]] = []

    def attach(self, folder: Path) -> None:
        """From here on lines go to the run folder; answers that lie there already count as given."""
        self._folder = folder
        if (before := lines(folder)) is not None:
            pairs = ((line.get("key"), line.get("answer")) for line in before)
            self._known |= {key: answer for key, answer in pairs if isinstance(key, str) and isinstance(answer, str)}
            self._waiting = self._waiting[1:]
        for line in self._waiting:
            self._append(line)
        self._waiting = []

    def find(self, key: str) -> str | None:
        return self._known.get(key)

    def add(self, key: str, paragraph: str, question: str, messages: list[Message], answer: str, **facts: Any) -> None:
        """Keep one answer, as text."""
        clean = str(self._redact(answer))
        self._known[key] = clean
        self.sent.append(messages)
        short = {"task": task_hash(paragraph), "question": question}
        line = {"key": key, **short, **facts, "messages": self._redact(messages), "answer": clean}
        self._append(line)
        if self._record is not None:
            descriptor = os.open(self._record, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            _write(descriptor, {**short, "answer": clean})

    def note(self, text: str) -> None:
        """What became of an answer, where not all of it was used."""
        self._append({"note": self._redact.text(text)})

    def _append(self, line: dict[str, Any]) -> None:
        if self._folder is None:
            self._waiting.append(line)
            return
        _write(beneath.open_plain(self._folder, FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), line)


def _write(descriptor: int, line: dict[str, Any]) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def task_hash(paragraph: str) -> str:
    """How a recording names a task: white space does not count.

    >>> task_hash("Recognise handwritten  digits.")
    '918ee27800d435c4'
    """
    return hashlib.sha256(" ".join(paragraph.split()).encode()).hexdigest()[:16]


def key_of(paragraph: str, question: str, messages: list[Message]) -> str:
    """One question in its very words."""
    return hashlib.sha256(json.dumps([task_hash(paragraph), question, messages]).encode()).hexdigest()


def lines(folder: Path) -> list[dict[str, Any]] | None:
    """What a run's questions were, None where there were none; a torn last line is passed over.

    Raises DataError `unsafe-path` for a file that is none, or too large.
    """
    found = []
    try:
        text = beneath.read(folder, FILE, MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    for line in text.splitlines():
        try:
            content = parsed(line)
        except ValueError:
            continue
        if isinstance(content, dict):
            found.append(content)
    return found
