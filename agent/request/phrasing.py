"""The clauses that the head of clauses learns from: those of `phrases/clauses/`, as many people would write them.

    [exclude]
    en = ["leave [c:unit price] out of it", …]

What a clause names is marked: `[c:…]` a column, `[v:…]` a value, `[n:…]` a number, `[f:…]` a file, `[t:…]` what is to
be learned. Each clause is learned with general words in these places, as it is heard once the data are known, and
as it stands; and once more with a joining word, or in lower case without accents, or with a slip of the keyboard.
"""

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from noglue.agent.request import gloss, quantities

PHRASES = Path(__file__).parent / "phrases"
COLUMN, VALUE, NUMBER, FILE = "COL", "VAL", "NUM", "FILE"
_SLOT = re.compile(r"\[([cvnft]):([^\]]*)\]")
_MASK = {"c": COLUMN, "v": VALUE, "f": FILE}
_ONE = frozenset(("one", "un", "une", "uno", "una", "ein", "eine", "eins", "einen"))  # as often a pronoun as a number
_ROUND = {
    "en": ["please {}", "{}, please", "and {}", "also, {}", "{} if you can", "by the way, {}", "but {}", "so {}"],
    "de": ["bitte {}", "{}, bitte", "und {}", "außerdem {}", "{}, wenn es geht", "aber {}", "also {}", "wobei {}"],
    "fr": ["{}, s'il vous plaît", "et {}", "aussi, {}", "{} si possible", "mais {}", "au fait, {}", "donc {}"],
    "es": ["por favor, {}", "y {}", "además, {}", "{} si es posible", "pero {}", "por cierto, {}", "así que {}"],
}


@dataclass(frozen=True)
class Clause:
    """One clause of ours. kind: of wish, or `background`, `task`, `unknown`; or a measure. marked: with its marks."""

    marked: str
    kind: str
    language: str

    @property
    def text(self) -> str:
        """As it was written."""
        return _SLOT.sub(lambda slot: slot[2], self.marked)


@cache
def clauses(folder: str = "clauses") -> tuple[Clause, ...]:
    """Every clause of a folder of `phrases/`, `clauses`, `measures` or `rows`, once, in the order of the files."""
    found: dict[tuple[str, str], Clause] = {}
    for file in sorted((PHRASES / folder).glob("*.toml")):
        for kind, languages in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for language, texts in languages.items():
                found |= {(text, language): Clause(text, kind, language) for text in texts}
    return tuple(found.values())


def learned(clause: Clause, chance: random.Random) -> list[str]:
    """The forms that are learned of a clause: in rough English, numbers masked; first with all of its marks masked."""
    half = _SLOT.sub(lambda slot: _MASK.get(slot[1], slot[2]) if chance.random() < 0.5 else slot[2], clause.marked)
    around = chance.choice(_ROUND[clause.language]).format(half)
    varied = chance.choice((around, bare(half), slip(half, chance)))
    whole = _SLOT.sub(lambda slot: _MASK.get(slot[1], slot[2]), clause.marked)
    return [gloss.english(numbered(text), clause.language) for text in dict.fromkeys((whole, clause.text, varied))]


def numbered(text: str) -> str:
    """The text with its shares and numbers, in digits or in words, put as `NUM`."""
    return _numbers().sub(lambda match: match[0] if match[0].lower() in _ONE else NUMBER, text)


@cache
def _numbers() -> "re.Pattern[str]":
    date = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    return re.compile(rf"(?<!\w)(?:{date}|{quantities.SHARE}|{quantities.NUMBER})(?!\w)", re.IGNORECASE)


def bare(text: str) -> str:
    """In lower case and without accents, as many type; general words stay."""
    apart = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return " ".join(word if word.strip(".,;:!?") in (COLUMN, VALUE, FILE) else word.lower() for word in apart.split())


def slip(phrase: str, chance: random.Random) -> str:
    """Two neighbouring letters swapped, or one left out, in one of the longer words."""
    words = phrase.split()
    long = [number for number, word in enumerate(words) if len(word) > 4]
    if not long:
        return phrase
    number = chance.choice(long)
    word, at = words[number], chance.randrange(1, len(words[number]) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    words[number] = swapped if chance.random() < 0.5 else word[:at] + word[at + 1 :]
    return " ".join(words)
