"""Well-known data sets: one TOML file each under `entries/`. Adding one edits nothing else.

    >>> described("recognise handwritten digits")[0].name
    'digits'
    >>> known_names()["cifar-10"]
    'cifar10'

An entry:

    name = "cifar10"                      # the file's name
    title = "CIFAR-10"
    aliases = ["cifar-10"]                # how people write it; lower case
    everyday = []                         # those of name and aliases that are ordinary words too
    phrases = ["small photos of …"]       # how people describe it without its name
    goal = "classify"
    modality = "image"
    target = "label"                      # optional
    licence = "…"
    citation = "…"
    homepage = "https://…"
    builtin = "digits"                    # either: bundled with scikit-learn
    [[files]]                             # or: files that belong together
    url = "https://…"
    mirrors = ["https://…"]
    checksum = "sha256:…"                 # as published by its authors or by a library that checks it
    bytes = 170498071

`checksum` and `bytes` are left out where nobody published them; none is ever made up. What comes from such an address
is told in the report with the SHA-256 that it had, and as not compared with anything. A file may also be a data set's
page on the Hugging Face Hub, `https://huggingface.co/datasets/owner/name`: the Parquet files behind it are taken.

As a provider (`find`) the catalogue needs no web.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from noglue.tools.spec.profiles import GoalName, ModalityName
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "data", 0
ENTRIES = Path(__file__).parent / "entries"
_COMMON_WORDS = """
    a an and are as at be by data dataset datasets set sets do file files for from give how i in into is it me model my
    of on or please predict recognise recognize classify solve problem task tell that the their them then these they
    this to train trained use using want we what which who whether will with you
    aus das dem den der des die ein eine ihre ihrer mit nach oder und von zu
    au aux avec de des du en et la le les leur leurs ou par pour un une à
    con del el las los o para por su sus una y
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class File(BaseModel):
    """One file: its official address, other places in order, its published checksum and size where there are any."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://")
    mirrors: list[str] = []
    checksum: str | None = Field(None, pattern=r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|md5:[0-9a-f]{32})$")
    bytes: int | None = Field(None, gt=0)


class Entry(BaseModel):
    """One data set. See the module's docstring for a whole file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    aliases: list[str] = []
    everyday: list[str] = []
    phrases: list[str] = Field(min_length=1)
    goal: GoalName
    modality: ModalityName
    target: str | None = None
    licence: str
    citation: str
    homepage: str = Field(pattern=r"^https?://")
    builtin: str | None = None
    files: list[File] = []

    @model_validator(mode="after")
    def _has_one_source(self) -> "Entry":
        if (self.builtin is None) == (not self.files):
            raise ValueError("an entry has either `builtin` or `files`")
        return self

    def names(self) -> list[str]:
        return [self.name, *self.aliases]

    def _bytes(self) -> int | None:
        """Of all files; None where one of them is not known."""
        known = [file.bytes for file in self.files if file.bytes]
        return sum(known) if known and len(known) == len(self.files) else None

    def candidate(self, why: str, named: bool) -> Candidate:
        return Candidate(
            name=self.name,
            title=self.title,
            urls=[file.url for file in self.files],
            mirrors={file.url: file.mirrors for file in self.files if file.mirrors},
            checksums={file.url: file.checksum for file in self.files if file.checksum},
            builtin=self.builtin,
            modality=self.modality,
            goal=self.goal,
            target=self.target,
            licence=self.licence,
            bytes=self._bytes(),
            why=why,
            named=named,
            source="catalogue",
            page=self.homepage,
            text=". ".join(self.phrases)[:2000],
        )


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, by name. Raises ValueError, naming the file, for one that breaks the schema."""
    found = []
    for path in sorted(ENTRIES.glob("*.toml")):
        try:
            found.append(Entry.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
    return tuple(found)


def known_names() -> dict[str, str]:
    """How people write a name, lower case → the entry's name: `{"cifar-10": "cifar10", "cifar10": "cifar10", …}`."""
    return {alias.lower(): entry.name for entry in entries() for alias in entry.names()}


def everyday_names() -> set[str]:
    """Names that are ordinary words as well (`wine`, `adult`): alone in a sentence they need not mean the data set."""
    return {alias.lower() for entry in entries() for alias in entry.everyday}


def get(name: str) -> Candidate | None:
    """The data set of that name or alias."""
    canonical = known_names().get(name.strip().lower())
    return next((entry.candidate("named", named=True) for entry in entries() if entry.name == canonical), None)


def available(environment: Mapping[str, str]) -> str | None:
    return None


def find(query: Query, web: Web | None, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    """As `described`, for the words of a search; what is only described must be of the kind asked for."""
    found = described(query.words, limit)
    return [one for one in found if one.named or query.modality in (None, one.modality)]


def described(words: str, limit: int = 5) -> list[Candidate]:
    """Data sets that are named or described, best first. Of two that fit a description, the built-in one leads.

    score: 1 for a name, else the share of a description's words that are there.
    """
    inside = _inside(words)
    scored = [(_score(words, entry, inside), entry) for entry in entries()]
    scored = [(match, entry) for match, entry in scored if match.score > 0]
    scored.sort(key=lambda pair: (-pair[0].score, pair[1].builtin is None, pair[1].name))
    return [
        entry.candidate(match.why, match.named).model_copy(update={"score": min(1.0, match.score)})
        for match, entry in scored[:limit]
    ]


def _inside(query: str) -> set[str]:
    """Names that are there only as a part of longer ones: `mnist` in `fashion mnist`."""
    text = f" {' '.join(_words(query))} "
    names = {" ".join(_words(alias)) for entry in entries() for alias in entry.names()}
    there = sorted((name for name in names if f" {name} " in text), key=len, reverse=True)
    inside = set()
    for place, name in enumerate(there):
        without = text
        for longer in there[:place]:
            without = without.replace(f" {longer} ", " | ")
        if f" {name} " not in without:
            inside.add(name)
    return inside


class _Match(NamedTuple):
    score: float
    named: bool
    why: str


def _score(query: str, entry: Entry, inside: set[str]) -> _Match:
    """Named: above 10, longer names first. Described: the share of a phrase's words."""
    text = f" {' '.join(_words(query))} "
    there = [alias for alias in entry.names() if f" {' '.join(_words(alias))} " in text]
    named = [alias for alias in there if " ".join(_words(alias)) not in inside]
    distinct = [alias for alias in named if alias not in entry.everyday]
    if distinct:
        longest = max(distinct, key=len)
        return _Match(10 + len(longest) / 100, True, f"named {longest!r}")
    asked = {_root(word) for word in _words(query)} - _COMMON
    best, phrase = 0.0, ""
    for candidate in entry.phrases:
        words = {_root(word) for word in _words(candidate)} - _COMMON
        share = len(words & asked) / len(words) if len(words & asked) > 1 else 0.0
        if share > best:
            best, phrase = share, candidate
    if named and not asked - {_root(word) for word in _words(named[0])}:  # nothing else was said: `use the wine data`
        return _Match(9.0, True, f"named {named[0]!r}")
    return _Match(round(best, 2) if best >= 0.5 else 0.0, False, f"described as {phrase!r}")


def _words(text: str) -> list[str]:
    """`CIFAR-10` → cifar, 10, so that it is the same word as `cifar 10`; `cifar10` is an alias of its own."""
    return re.findall(r"[^\W_]+", text.lower())


def _root(word: str) -> str:
    """Plural and singular alike: digits → digit."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
