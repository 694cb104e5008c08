"""`.env` in the working directory: which of its lines count.

The folder may be a stranger's (a clone, an archive), so it is no configuration like the user's own environment. Nothing
of it comes into `os.environ`, where libraries and child processes would find it; nothing in it is expanded.

    OPENAI_API_KEY=sk-…                     taken, unless the environment has one
    NOGLUE_MODEL=anthropic:claude-haiku-4-5 taken; a URL, a server on this machine or a file of answers is not
    NOGLUE_RUNS=results                     taken: below the working directory
    OPENAI_BASE_URL=https://eu.example.com  taken only with a key of this file, where no other one could go there
    LD_PRELOAD=…  HTTPS_PROXY=…             ignored, and said
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from noglue.tools.spec import catalogue

FILE = ".env"
LARGEST = 64 << 10
WORDS = frozenset({"NOGLUE_SOURCES"})
PLACES = frozenset({"NOGLUE_RUNS", "NOGLUE_INCEPTION"})
# address → the keys that go there, of which the file must hold one; names of the environment that forbid it, because
# this program or a provider's package would send what they hold to that address too
ADDRESSES: Mapping[str, tuple[frozenset[str], str]] = {
    "OPENAI_BASE_URL": (frozenset({"OPENAI_API_KEY"}), r"OPENAI_\w+|NOGLUE_MODEL_KEY"),
    "OPENAI_API_BASE": (frozenset({"OPENAI_API_KEY"}), r"OPENAI_\w+|NOGLUE_MODEL_KEY"),
    "ANTHROPIC_BASE_URL": (frozenset({"ANTHROPIC_API_KEY"}), r"ANTHROPIC_\w+"),
    "HF_ENDPOINT": (frozenset({"HF_TOKEN"}), r"HF_TOKEN|HF_ENDPOINT"),
    "NOGLUE_SEARXNG_URL": (frozenset(), r"NOGLUE_SEARXNG_URL"),  # wants no key
}
_NAME = re.compile(r"[A-Za-z_]\w{0,60}", re.ASCII)
_TOLD = 8
# names that noglue, Python, the loader or a library would heed in the environment: worth a word when they are ignored
_HEEDED = re.compile(
    r"(?i:NOGLUE|LD|DYLD|GIT|HF|HUGGINGFACE|HUGGING_FACE|OPENAI|ANTHROPIC|AZURE_OPENAI|OLLAMA|LANGCHAIN|LANGSMITH|XDG"
    r"|CUDA|OMP|MKL|TORCH|KAGGLE|SSL|REQUESTS|CURL|GLIBC|MALLOC|RAY|NUMBA)_\w+|PYTHON\w+|(?i:\w+_PROXY)|PATH|HOME"
    r"|TMPDIR|IFS|BASH_ENV|\w*BASE_URL|\w*ENDPOINT"
)


@dataclass(frozen=True)
class EnvFile:
    """values: what counts. secrets: all that stands in the file, to be kept out of sight. notes: for people."""

    values: Mapping[str, str]
    secrets: Mapping[str, str]
    notes: tuple[str, ...] = ()


def read(folder: Path, environment: Mapping[str, str]) -> EnvFile:
    """`.env` of that folder beside the real environment, which wins. A file that can't be used makes a note."""
    text, trouble = _text(folder / FILE)
    if text is None:
        return EnvFile({}, {}, (f"{FILE} in the working directory is not read: {trouble}.",) if trouble else ())
    written = _pairs(text)
    found = {name: value for name, value in written.items() if name not in environment}
    taken = {name: value for name, value in found.items() if _counts(name, value, folder, found, environment)}
    hidden = {f"{FILE} {name}": value for name, value in written.items()}
    return EnvFile(taken, hidden, _notes(found, taken))


def _text(path: Path) -> tuple[str | None, str]:
    """What stands in a plain, small text file; None, and why, for anything else. Never waits, follows no link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, "it is a link" if path.is_symlink() else str(error.strerror)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None, "it is no file"
        content = os.read(descriptor, LARGEST + 1)
    except OSError as error:
        return None, str(error.strerror)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST:
        return None, f"it has more than {LARGEST >> 10} kB"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, "it is no text"
    return (None, "it is no text") if "\0" in text else (text, "")


def _pairs(text: str) -> dict[str, str]:
    """NAME → value, as it stands there: `${OTHER}` stays what it is. Lines of another form say nothing."""
    from dotenv.parser import parse_stream

    lines = [(line.key, line.value) for line in parse_stream(StringIO(text)) if not line.error]
    return {name: value.strip() for name, value in lines if name and value and _NAME.fullmatch(name)}


def _counts(name: str, value: str, folder: Path, found: Mapping[str, str], environment: Mapping[str, str]) -> bool:
    """Whether a line of the file may say this."""
    if not value.isprintable():
        return False
    if name == "NOGLUE_MODEL":
        from noglue.agent.llm.choice import is_hosted

        return is_hosted(value)
    if name in PLACES:
        return _is_below(folder, value)
    if name in ADDRESSES:
        own, others = ADDRESSES[name]
        another = any(re.fullmatch(others, one) for one in environment)
        return not another and _is_public(value) and (not own or any(found.get(key) for key in own))
    if name in WORDS:
        return True
    group = next((group for group in _keys() if name in group), None)
    # keys that make a pair come from one place: a stranger's name is not sent with the user's key
    return group is not None and environment.keys().isdisjoint(group)


def _is_below(folder: Path, value: str) -> bool:
    """A relative path that stays in the working directory, links included."""
    path = Path(value)
    if path.is_absolute() or value.startswith("~") or ".." in path.parts:
        return False
    return Path(os.path.realpath(folder / path)).is_relative_to(os.path.realpath(folder))


def _is_public(url: str) -> bool:
    """https, to a name of the internet or a public number. A name that leads inside after all meets no certificate."""
    from noglue.tools.sandbox._addresses import is_inner, normal, why_not_public
    from noglue.tools.spec.errors import DataError

    try:
        parts = urlsplit(url)
        host = normal(parts.hostname or "")
        _ = parts.port
    except (ValueError, DataError):
        return False
    if parts.scheme != "https" or not {".", ":"} & set(host):
        return False
    try:
        return why_not_public(host) is None
    except ValueError:  # a name
        return not is_inner(host)


@cache
def _keys() -> tuple[frozenset[str], ...]:
    """Names of keys, those together that belong to one login."""
    from noglue.agent.llm import choice

    return (
        *(frozenset({name}) for names in choice.KEYS.values() for name in names),
        frozenset({choice.SERVER_KEY}),
        *map(frozenset, logins()),
    )


def logins() -> list[tuple[str, ...]]:
    """What each place of data can be opened with, as it says itself: `("KAGGLE_USERNAME", "KAGGLE_KEY")`."""
    places = [catalogue.load("noglue.tools.sources", name) for name in catalogue.names("noglue.tools.sources")]
    return [keys for place in places if (keys := tuple(getattr(place, "KEYS", ())))]


def _notes(found: Mapping[str, str], taken: Mapping[str, str]) -> tuple[str, ...]:
    """What a person should hear: addresses that come from the file, and what of it is not heeded though it looks so."""
    ignored = sorted(name for name in found.keys() - taken.keys() if _HEEDED.fullmatch(name))
    notes = [
        f"{name} comes from {FILE} in the working directory: {urlsplit(taken[name]).hostname}."
        for name in sorted(ADDRESSES.keys() & taken.keys())
    ]
    if ignored:
        some = ", ".join(ignored[:_TOLD]) + (f" and {len(ignored) - _TOLD} more" if len(ignored) > _TOLD else "")
        notes.append(
            f"{FILE} in the working directory can't set {some}: ignored. If you mean it, set it in the environment."
        )
    return tuple(notes)
