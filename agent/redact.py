"""Secrets never reach the journal, a report, or what is printed.

>>> Redactor({"HF_TOKEN": "hf_abcdefgh12345"}).text("token hf_abcdefgh12345 in https://me:pw@host/x?sig=abc")
'token [redacted] in https://[redacted]@host/x?sig=[redacted]'
"""

import re
from collections.abc import Mapping
from typing import Any

from noglue.agent.config import settings

HIDDEN = "[redacted]"

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL)", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{8,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{10,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,})"
)
_USERINFO = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_QUERY = re.compile(
    r"(?i)([?&;](?:[\w-]*(?:token|secret|password|signature|credential|apikey|api_key|access_key)[\w-]*|sig|key)=)[^&\s\"'#]+"
)


def shown(value: Any) -> Any:
    """What people may see of a text or of a JSON value: without the secrets of the environment and of `.env`."""
    return Redactor(settings.secrets())(value)


class Redactor:
    """Knows the environment's secrets by their names, and others by their shape."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        values = {value for name, value in environment.items() if _SECRET_NAME.search(name) and len(value) >= 8}
        self._values = sorted(values, key=len, reverse=True)

    def text(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, HIDDEN)
        text = _SECRET_VALUE.sub(HIDDEN, text)
        text = _USERINFO.sub(HIDDEN, text)
        return _QUERY.sub(lambda match: match.group(1) + HIDDEN, text)

    def __call__(self, value: Any) -> Any:
        """The same JSON value with every string in it cleaned."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(name)): self(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self(item) for item in value]
        return value
