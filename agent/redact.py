"""Secrets never reach the journal, a report, a folder's name, a language model, or what is printed.

>>> Redactor({"HF_TOKEN": "hf_abcdefgh12345"}).text("token hf_abcdefgh12345 in https://me:pw@host/x?sig=abc")
'token [redacted] in https://[redacted]@host/x?sig=[redacted]'

What a secret is: the values of the environment's secret names; what opens an address (`tools/showing/addresses.py`);
what is called a password, a token or a key in words, or looks like one (`tools/showing/phrases.py`). Of the words that
a user gives a command, `learn` keeps the secrets, so that they are hidden too where they come back alone or encoded.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from noglue.agent.config import env_file
from noglue.tools.showing import addresses, phrases, variants
from noglue.tools.showing.addresses import HIDDEN as HIDDEN

_SECRET_NAME = re.compile(
    r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|_(PASS|PWD|AUTH|PAT|DSN)$", re.IGNORECASE
)
_PLAIN_NAME = re.compile(r"[a-z]+(_[a-z]+)*")  # of a field: run.json keeps its form whatever the secrets are
_WORDS = re.compile(  # of noglue's own files, and passwords that are none: hidden only where an address holds them
    r"accuracy|baseline|binary|boolean|category|classes|classify|column|columns|constraints|database|"
    r"default|failed|features|forecast|generate|images|integer|interrupted|labels|number|numbers|"
    r"object|password|passwort|postgres|predict|public|reader|redacted|regress|regression|report|"
    r"running|samples|secret|server|string|succeeded|tables|target|targets|training|unknown|username|"
    r"validation|values|writer"
)


def shown(value: Any) -> Any:
    """What people may see of a text or of a JSON value: without the secrets of the environment, of `.env` and of the
    request."""
    return SESSION(value)


def learn(*texts: str | None) -> None:
    """Texts that the user gave this process; their secrets are hidden from now on, however they are written."""
    SESSION.learn(*texts)


class Redactor:
    """Knows the environment's secrets by their names, the request's by what it was told, and others by their shape."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """environment: looked at anew for every text, since it may grow."""
        self._environment = environment
        self._learned: frozenset[str] = frozenset()

    def learn(self, *texts: str | None) -> None:
        found = {secret for text in texts if text for secret in addresses.secrets(text) | phrases.secrets(text)}
        self._learned |= {secret for secret in found if _telling(secret)}

    def _named(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._environment.items())

    def text(self, text: str) -> str:
        known = self._learned | _of_environment(self._named())
        for pattern in _patterns(known, any(sign in text for sign in variants.ENCODERS)):
            text = pattern.sub(HIDDEN, text)
        return addresses.redacted(phrases.redacted(addresses.redacted(text)))

    def __call__(self, value: Any) -> Any:
        """The same JSON value with every string in it cleaned."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self._name(str(name)): self(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self(item) for item in value]
        return value

    def _name(self, name: str) -> str:
        return name if _PLAIN_NAME.fullmatch(name) else self.text(name)


def _telling(secret: str) -> bool:
    """Whether a secret can be told from the words around it; `abcd` and `1234` are hidden where they are said alone."""
    if secret.isalpha() or secret.isdigit():
        return len(secret) >= 6 and not _WORDS.fullmatch(secret.casefold())
    return len(secret) >= 5


@lru_cache(8)
def _of_environment(environment: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The values of secret names, and the logins in addresses of others (`DATABASE_URL`, `HTTPS_PROXY`)."""
    found = {value for name, value in environment if _SECRET_NAME.search(name) and len(value) >= 8}
    short = {value for name, value in environment if _SECRET_NAME.search(name) and _telling(value)}
    in_addresses = {secret for _, value in environment if "@" in value for secret in addresses.secrets(value)}
    return frozenset(found | {one for one in short | in_addresses if _telling(one) and not one.isalpha()})


@lru_cache(64)
def _patterns(secrets: frozenset[str], encoded: bool) -> list[re.Pattern[str]]:
    """The longest secret first; in hundreds, since what is alternated is tried at every letter."""
    ordered: Iterable[str] = sorted(secrets, key=lambda secret: (-len(secret), secret))
    spelled = [variants.pattern(secret, variants.ENCODERS if encoded else "") for secret in ordered]
    return [re.compile("|".join(spelled[at : at + 100]), re.IGNORECASE) for at in range(0, len(spelled), 100)]


class _Session(Redactor):
    """Knows what `.env` in the working directory holds as well, whether any of it counts or not."""

    def _named(self) -> tuple[tuple[str, str], ...]:
        return (*_of_file(os.getcwd()), *super()._named())  # noqa: PTH109


@lru_cache(8)
def _of_file(folder: str) -> tuple[tuple[str, str], ...]:
    return tuple(env_file.read(Path(folder), {}).secrets.items())


SESSION = _Session(os.environ)
