"""How a server gives JSON: by a schema, by a tool call, or as text. Found out once, remembered per server and model.

    ~/.cache/noglue/llm/modes.json     {"http://127.0.0.1:8000/v1 openai:qwen3": "tools"}

The cache is writable to steps, so what stands in it is believed only as far as it is one of three words.
"""

import json
from pathlib import Path

from noglue.agent.llm.choice import Choice

MODES = ("schema", "tools", "text")
LARGEST = 1 << 20


class Modes:
    """What is known of one model."""

    def __init__(self, cache: Path | None, choice: Choice) -> None:
        self._path = None if cache is None else cache / "llm" / "modes.json"
        self._key = f"{choice.base_url or ''} {choice.provider}:{choice.name}".strip()
        self._only_text = choice.provider == "recorded"

    def to_try(self) -> list[str]:
        """The remembered one first, then those that ask less of a server."""
        if self._only_text:
            return ["text"]
        known = self._read().get(self._key)
        return list(MODES[MODES.index(known) :]) if known in MODES else list(MODES)

    def remember(self, mode: str) -> None:
        """A cache that can't be written is no trouble: it is found out again."""
        kept = self._read()
        if self._path is None or self._only_text or kept.get(self._key) == mode:
            return
        partial = self._path.with_suffix(".partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            with partial.open("x", encoding="utf-8") as file:
                json.dump(kept | {self._key: mode}, file)
            partial.replace(self._path)
        except OSError:
            partial.unlink(missing_ok=True)

    def _read(self) -> dict[str, str]:
        try:
            if self._path is None or self._path.stat().st_size > LARGEST:
                return {}
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(mode) for key, mode in content.items()} if isinstance(content, dict) else {}
