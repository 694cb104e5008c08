"""How a server gives JSON: by a schema, by a tool call, or as text. Found out once, remembered per server and model.

    ~/.cache/noglue/llm/modes.json     {"http://127.0.0.1:8000/v1 openai:qwen3": "tools"}

The cache is writable to steps, so what stands in it is believed only as far as it is one of three words.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from noglue.agent.llm.choice import Choice
from noglue.tools.files.step_result import read_result
from noglue.tools.spec.errors import StepFailed

MODES = ("schema", "tools", "text")
LARGEST = 1 << 20


class Modes:
    """What is known of one model."""

    def __init__(self, cache: Path | None, choice: Choice) -> None:
        self._path = None if cache is None else cache / "llm" / "modes.json"
        self._key = f"{choice.base_url or ''} {choice.provider}:{choice.name}".strip()
        self._only_text = choice.provider == "recorded"
        self._known: str | None = None  # in this run

    def to_try(self) -> list[str]:
        """The remembered one first, then those that ask less of a server."""
        if self._only_text:
            return ["text"]
        known = self._known or self._read().get(self._key)
        return list(MODES[MODES.index(known) :]) if known in MODES else list(MODES)

    def remember(self, mode: str) -> None:
        """A cache that can't be written is no trouble: it is found out again."""
        self._known, kept = mode, self._read()
        if self._path is None or self._only_text or kept.get(self._key) == mode:
            return
        partial = f"modes.{os.getpid()}.partial"
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(
                self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            )  # a step's link is not followed
            try:
                file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
                with os.fdopen(file, "w", encoding="utf-8") as kept_file:
                    json.dump(kept | {self._key: mode}, kept_file)
                os.replace(partial, self._path.name, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                with suppress(OSError):
                    os.unlink(partial, dir_fd=folder)
                os.close(folder)

    def _read(self) -> dict[str, str]:
        if self._path is None:
            return {}
        try:
            content = json.loads(read_result(self._path, LARGEST))
        except (OSError, ValueError, RecursionError, StepFailed):
            return {}
        return {str(key): str(mode) for key, mode in content.items()} if isinstance(content, dict) else {}
