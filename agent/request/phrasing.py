"""The clauses that the head of clauses learns from: templates of `phrases/clauses/`, filled from `phrases/slots/`.

>>> filled("leave {col} out", "en", random.Random(0))
'leave unit_price out'

Every template gives a few clauses: as it stands, in lower case without accents, with a slip of the keyboard, and with
a polite word or a joining word before or behind it. Which template a clause is from is kept, so that the head can be
judged on templates that it never learnt.
"""

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"
_SLOT = re.compile(r"\{(\w+)\}")
_ROUND = {
    "en": ["please {}", "{}, please", "and {}", "also, {}", "{} if you can", "by the way, {}", "but {}", "so {}"],
    "de": [
        "bitte: {}",
        "{}, bitte",
        "und {}",
        "außerdem: {}",
        "{}, wenn es geht",
        "aber {}",
        "also {}",
        "übrigens: {}",
    ],
    "fr": ["{}, s'il vous plaît", "et {}", "aussi, {}", "{} si possible", "mais {}", "au fait, {}", "donc {}"],
    "es": ["por favor, {}", "y {}", "además, {}", "{} si es posible", "pero {}", "por cierto, {}", "así que {}"],
}


@dataclass(frozen=True)
class Clause:
    """kind: of wish, or `background`, `task`, `unknown`. language: `en` `de` `fr` `es`. template: number of its own."""

    text: str
    kind: str
    language: str
    template: int


@cache
def _slots() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for file in sorted((FOLDER / "slots").glob("*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def templates() -> list[Clause]:
    """Every template once, as it is written."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for file in sorted((FOLDER / "clauses").glob("*.toml")):
        for kind, languages in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found |= {(text, language): (kind, language) for language, texts in languages.items() for text in texts}
    return [Clause(text, *about, number) for number, ((text, _), about) in enumerate(found.items())]


def clauses(each: int = 2) -> list[Clause]:
    """The clauses that are learnt, `each` fillings of every template with slots; the same ones every time."""
    chance = random.Random(0)
    found = []
    for template in templates():
        texts = [filled(template.text, template.language, chance) for _ in range(each if "{" in template.text else 1)]
        texts += [chance.choice(_ROUND[template.language]).format(filled(template.text, template.language, chance))]
        texts += [chance.choice((slip(texts[0], chance), bare(texts[-1])))]
        found += [Clause(text, template.kind, template.language, template.template) for text in dict.fromkeys(texts)]
    return found


def filled(template: str, language: str, chance: random.Random) -> str:
    """A template with a word of ours in every slot."""
    return _SLOT.sub(lambda slot: chance.choice(_slots()[slot[1]][language]), template)


def bare(text: str) -> str:
    """In lower case and without accents, as many type."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


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
