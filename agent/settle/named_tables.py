"""Tables that the request names: files by their whole names, sheets and tables of a database beside a word for one.

    "predict land in the table kunden"            named: kunden
    "use orders.csv only", "nur das Blatt 2024"   alone: nothing else is read

A name that is no file's needs such a word or quotes: `orders` alone may be what the sentence is about.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from noglue.agent.request.wish import Wish
from noglue.agent.settle.room import Room
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Profile

_NOUN = (
    r"(?:(?:data\s*)?(?:tables?|sheets?|worksheets?|tabs?|files?)|tabellen?|bl[aä]tt(?:er)?|tabellenbl[aä]tt(?:er)?|"
    r"arbeitsbl[aä]tt(?:er)?|datei(?:en)?|tableaux?|feuilles?|fichiers?|tablas?|hojas?|archivos?|ficheros?)"
)
_QUOTE = r"[\"'`„“”‚‘’«»]"
_ONLY = (
    r"(?:only|just|solely|exclusively|nothing but|nur|lediglich|ausschlie(?:ß|ss)lich|seulement|uniquement|"
    r"exclusivement|solo|sólo|solamente|únicamente)"
)
_BEHIND = r"(?:only|alone|exclusively|allein|alleine|seule?s?|seulement|uniquement|solamente|únicamente|sol[oa]s?)"
_USE = r"(?:use|take|read|nimm|nehmt|nehmen sie|verwende[nt]?|benutze[nt]?|utilise[rz]?|prends|prenez|usa|use|toma)"
_LITTLE = (
    rf"(?:(?:use|take|read|want|need|learn|from|of|on|in|at|with|the|data|mit|die|der|das|dem|den|aus|von|le|la|les|l|el|"
    rf"los|las|de|du|del|en|dans|{_NOUN})[\s']+)*"
)
_NOT = (
    r"(?:without|ignor(?:e|ing)|leav(?:e|ing) out|skip(?:ping)?|except(?: for)?|but not|not|excluding|exclude|drop|"
    r"ohne|ignoriere|au(?:ß|ss)er|nicht|sans|sauf|ignore[rz]?|pas|sin|salvo|excepto|ignora)"
)
_PURPOSE = (  # `use valid.csv for testing`, but `use orders.csv to predict`
    r"(?!\W+(?:for|to|as|für|zum|zur|als|pour|comme|para|como)\b(?!\W+(?:predict|forecast|tell|prédi|predec)))"
)

_TO_TRAIN = (
    r"(?:for|to|as|für|zum|zur|als|pour|comme|para|como)\W+(?:the\W+)?(?:train|learn|fit|lern|entra[iî]n|entren)"
)


@dataclass(frozen=True)
class Alone:
    """The tables that alone are to be read, and the words that say so."""

    names: list[str]
    text: str


def of(profile: Profile) -> list[str]:
    """What a reading is made of: its files' names, or of files of several tables the tables' own."""
    sheets = json.loads(profile.reading.get("sheets", "{}"))
    found = (
        sheet or PurePath(path).name
        for split, paths in profile.files.items()
        if split != "about"
        for path, sheet in zip(paths, sheets.get(split) or [""] * len(paths), strict=True)
    )
    return list(dict.fromkeys(found))


def named(paragraph: str, profiles: Iterable[Profile]) -> frozenset[str]:
    """The tables of any of these readings that the words call a table, or whose whole file names they have."""
    known = dict.fromkeys(name for profile in profiles for name in of(profile))
    return frozenset(name for name in known if re.search(_spoken(name), paragraph, re.IGNORECASE))


def alone(paragraph: str, profile: Profile) -> Alone | None:
    """Those of a reading's tables that alone are to be read, or are left when others are not; None where the words say
    no such thing, or name all.
    """
    known, listed = of(profile), _listed(profile)
    said = (
        rf"(?P<not>\b{_NOT}\s+{_LITTLE}(?:{listed}))"
        rf"|(?:\b{_USE}\s+)?\b{_ONLY}\s+{_LITTLE}(?:{listed}){_PURPOSE}"
        rf"|(?:\b{_USE}\s+(?:(?:the|die|das|le|la|el)\s+)?)?(?:{listed})(?:\s+{_NOUN})?\s+{_BEHIND}\b"
        rf"|\b{_USE}\s+(?:(?:the|die|das|le|la|el)\s+)?(?:{listed}){_PURPOSE}"
    )
    found = re.search(said, paragraph, re.IGNORECASE)
    if found is None:
        return None
    names = [name for name in known if re.search(_spoken(name), found[0], re.IGNORECASE)]
    if found["not"] is not None:
        names = [name for name in known if name not in names]
    return Alone(names, found[0].strip()) if 0 < len(names) < len(known) else None


def learned_from(paragraph: str, profile: Profile) -> Alone | None:
    """The files that the words put into training by what they are for: `use a.csv to train`."""
    said = rf"\b{_USE}\s+(?:(?:the|die|das|le|la|el)\s+)?{_listed(profile)}\W+{_TO_TRAIN}\w*"
    found = re.search(said, paragraph, re.IGNORECASE)
    names = [name for name in of(profile) if found and re.search(_spoken(name), found[0], re.IGNORECASE)]
    return Alone(names, found[0]) if found and names else None


def is_noun(words: str) -> bool:
    """Whether words are no more than a word for a table: `the file`, `Blatt`."""
    return re.fullmatch(rf"{_LITTLE}{_NOUN}", words.strip(), re.IGNORECASE) is not None


def _listed(profile: Profile) -> str:
    one = "|".join(_spoken(name) for name in sorted(of(profile), key=len, reverse=True))
    return rf"(?>(?:{one})(?:\s*(?:,|\band\b|\bund\b|\bet\b|\by\b|&|\+)\s*(?:the\s+)?(?:{one}))*)"


def _spoken(name: str) -> str:
    """A pattern of a table's name where it is surely one."""
    own = rf"(?<![\w./\\-]){re.escape(name)}(?![\w-]|\.\w)"
    if PurePath(name).suffix and not name[-1].isdigit():
        stem = re.escape(PurePath(name).stem)
        return rf"(?:{own}|\b{_NOUN}\s+{_QUOTE}?{stem}{_QUOTE}?(?![\w.-])|(?<![\w./\\-]){stem}{_QUOTE}?\s+{_NOUN}\b)"
    called = r"(?:(?:called|named|namens|nommée?|llamad[oa])\s+)?"
    return rf"(?:\b{_NOUN}\s+{called}{_QUOTE}?{own}{_QUOTE}?|{_QUOTE}?{own}{_QUOTE}?\s+{_NOUN}\b|{_QUOTE}{own}{_QUOTE})"


def without_columns(task: Task, profile: Profile, alone: Alone | None) -> Task:
    """The task without the columns that were heard in words for tables: `only the sheet 2024`."""
    if alone is None:
        return task
    wishes = []
    for wish in task.wishes:
        heard = wish.value.get("columns") if wish.kind in ("only", "exclude") and isinstance(wish.value, dict) else None
        left = [words for words in heard or [] if not named(words, [profile]) and not is_noun(words)]
        if heard is None or left == heard:
            wishes.append(wish)
        elif left or wish.value.get("places"):
            wishes.append(wish.model_copy(update={"value": wish.value | {"columns": left}}))
    return task.model_copy(update={"wishes": wishes})


def told(alone: Alone | None, room: Room, wishes: list[Wish], unread: list[str]) -> tuple[list[Wish], list[str]]:
    """With the files that are to be learned from, or the tables that alone are to be read, where the words say so."""
    kind, value = "data", "tables"
    if "test_files" in room.prepare and "train_files" not in room.prepare:
        kind, value = "train", "train_files"
        alone = learned_from(room.task.paragraph, room.profile)
    if alone is None or "train_files" in room.prepare:
        return wishes, unread
    room.prepare[value] = alone.names
    said = [Wish(text=alone.text, kind=kind, value={"tables": alone.names})]
    return [*wishes, *said], [text for text in unread if text.strip(" .,;!") not in alone.text]
