"""How well words say a column's name: exact, compound, abbreviated, with a slip, translated, by its head.

    >>> by_name("who survived", "Survived")
    ByName(score=0.9, why='"survived" is in the name', beside=False)

Of a thing's name the head counts, not what goes before it: `car price` is `selling_price`, not `car_age`.
"""

import re
from typing import NamedTuple

from noglue.agent.request.spelling import one_slip
from noglue.agent.settle.plain_words import content, folded, little, plain, table
from noglue.agent.settle.translations import translated

_COUNTED = re.compile(
    r"(?i)^\W*(?:the |die |le |el |la )?(?:number|amount|count|value|level|anzahl|zahl|höhe|wert|nombre|valeur|montant|"
    r"número|cantidad|valor)\s+(?:of|der|des|de la|de los|de las|de|du|d')\s*(?:the |die |les |los |las )?"
)
_RECOGNISED = re.compile(
    r"(?i)[\s-]+(?:recognition|identification|detection|classification|prediction|estimation)\s*$"
    r"|^\W*(?:reconnaissance|identification|reconocimiento|identificación)\s+(?:du|des|de la|de l'|del|de los|de|d')\s*"
)
_HOW_OLD = re.compile(r"(?i)^\W*(?:how old\b|wie alt\b|quel âge\b|qué edad\b|cuántos años\b)")
_YES_OR_NO = frozenset(
    ("is", "are", "was", "were", "will", "does", "do", "did", "has", "have", "can", "ist", "sind", "hat", "wird")
)
_CHANCE = re.compile(
    r"(?i)^\W*(?:the )?(?:risk|probability|chances?|likelihood|odds|propensity)\s+(?:of|for|that)\s+(?:an? |the )?"
    r"|\s+(?:risk|probability|chances?|likelihood|propensity)(?=\s+(?:of|for|in|among)\b|\s*$)"
)
_MOST_INITIALS, _LEAST_STEM = 4, 4
_ENDS_OF_NOUNS = frozenset(("ission", "ssion", "sion", "tion", "ation", "lation", "ption", "al", "ure", "ment", "ion"))
_ENDS_OF_VERBS = frozenset(
    ("itted", "tted", "ded", "ted", "ed", "led", "bed", "t", "ts", "e", "es", "ing", "tting", "s")
)
HEAD = 0.7  # least likeness of a name's part to the head of what is asked for
_BESIDE_THE_HEAD = 0.38  # most that a name can count that says all but the head
_WRITTEN, _OTHER_WORD = 0.9, 0.85  # likeness of a word that is the head itself; most that another word for it can count
_LONGEST_NAME = 8  # words; what is longer is a sentence


class ByName(NamedTuple):
    """beside: the words share something with the name that is not what they ask for."""

    score: float
    why: str
    beside: bool = False


def by_name(description: str, name: str, head_first: bool = False) -> ByName:
    """0…1 and why: how much of the column's name the description says, and how much of what it says is there.

    Of a thing's name the head counts, not what goes before it: `car price` is `selling_price`, not `car_age`.
    """
    if description.strip(" \"'").lower() == name.strip().lower():
        return ByName(1.0, "named exactly")
    if folded(description) == folded(name):
        return ByName(0.98, "named, but for case and punctuation")
    if len(plain(name)) >= 5 and one_slip(plain(description).replace(" ", ""), plain(name).replace(" ", "")):
        return ByName(0.95, "named, but for a slip")
    initials = "".join(word[0] for word in plain(description).split())
    if len(plain(name)) >= 3 and plain(name) in initials:
        return ByName(0.85, "its initials")
    if _by_initials(description, name):
        return ByName(0.85, "initials of its words")
    described, parts = content(translated(plain(description))), content(translated(plain(name))) or [plain(name)]
    literal = content(plain(description))
    said = {word: max(same(part, word) for part in parts) for word in dict.fromkeys(described)}
    covered = [max((same(part, word) for word in [*described, *literal]), default=0.0) for part in parts]
    if not described or not any(covered):
        return ByName(0.0, "")
    met = ", ".join(part for part, share in zip(parts, covered, strict=True) if share)
    whole = 0.3 + 0.3 * sum(covered) / len(parts) + 0.35 * sum(said.values()) / len(said)
    heads = _heads(description, head_first)
    if heads is None:
        return ByName(whole, f'"{met}" is in the name')
    head = max((same(part, word) for part in parts for word in heads), default=0.0)
    if head < HEAD:
        why = f'"{met}" is in the name, but not what is asked for'
        return ByName(min(_BESIDE_THE_HEAD, 0.5 * whole), why, beside=True)
    if plain(name) in heads:
        return ByName(0.9, "named by its head")
    if _is_about(plain(name).split(), plain(description).split(), described):
        return ByName(_BESIDE_THE_HEAD, f'"{met}" is what it is about, not what it holds', beside=True)
    others = [share for word, share in said.items() if word not in heads] or [1.0]
    score = 0.55 * head + 0.25 * sum(covered) / len(parts) + 0.15 * sum(others) / len(others)
    written = max((same(part, word) for part in plain(name).split() for word in heads), default=0.0)
    if written < _WRITTEN and described == literal:  # in English, where another word for it stands in the name
        score = min(score, _OTHER_WORD)
    return ByName(score, f'"{met}" is in the name')


def _is_about(name: list[str], words: list[str], described: list[str]) -> bool:
    """Whether a name ends in a word for something about what is asked for: `income_source`, where incomes are."""
    return len(name) > 1 and name[-1] in table()["about"] and not any(same(name[-1], w) for w in (*words, *described))


def ways_to_say(description: str) -> list[str]:
    """The words, and without those of counting and of recognising: the number of stars is what stars are.

    `how old is the speaker` asks for the age, and not for the speaker.
    """
    if _HOW_OLD.match(description):
        return ["age"]
    short = [pattern.sub("", description, count=1) for pattern in (_COUNTED, _RECOGNISED, _CHANCE)]
    return list(dict.fromkeys([description, *(one for one in short if one)]))


def _heads(description: str, head_first: bool) -> list[str] | None:
    """The word that says what a thing is, as it was written and in English; None of a question or a sentence.

    `median price of a flat` → price, `Preis eines Hauses` → preis, price. head_first: as in French and Spanish.
    """
    words = plain(description).split()
    if not words or (words[0] in table()["asking"] and words[0] not in _YES_OR_NO) or len(words) > _LONGEST_NAME:
        return None
    head_first = head_first and words[0] not in _YES_OR_NO
    before = next((place for place, word in enumerate(words) if word in table()["of"] and place), None)
    named = [word for word in words[:before] if word not in little()]
    if not named:
        return None
    ends = [named[0], *named[1:2]] if head_first and before is None else [named[-1]]
    return [*ends, *(word for end in ends for word in content(translated(end)))]


def same(part: str, word: str) -> float:
    """0…1: `survived` and `survive`, `temp` and `temperature`, `cnt` and `count`, `price` and `value`."""
    if part == word:
        return 1.0
    short, long = sorted((part, word), key=len)
    prefix = (len(short) >= 4 or (len(short) == 3 and len(long) == 4)) and long.startswith(short)
    stem = len(short) >= 5 and short[:-1] == long[: len(short) - 1] and len(long) - len(short) <= 3
    if prefix or stem or (len(short) >= 5 and one_slip(part, word)):
        return 0.9 if len(long) - len(short) <= 3 else 0.7
    if len(part) == 3 and part == short and len(word) >= 6 and word.startswith(part):
        return 0.7  # lifeExp, avgTemp
    if (
        2 <= len(short) <= 4
        and short[0] == long[0]
        and not re.search("[aeiou]", short)
        and re.search(".*".join(short), long)
    ):
        return 0.7
    if _same_stem(short, long):
        return 0.85
    return 0.8 if part in _alike().get(word, ()) or word in _alike().get(part, ()) else 0.0


def is_guess(description: str, name: str) -> bool:
    """Whether nothing but initials or a common stem leads from the words to the name: `readmission`, `readmitted`."""
    return any(_is_guess(words, name) for words in ways_to_say(description) if words)


def _is_guess(description: str, name: str) -> bool:
    words = content(plain(description))
    if _by_initials(description, name):
        return True
    pairs = [(part, word) for part in content(plain(name)) for word in words]
    stems = [part for part, word in pairs if _same_stem(*sorted((part, word), key=len))]
    return bool(stems) and not any(part == word or word.startswith(part) for part, word in pairs)


def _by_initials(description: str, name: str) -> bool:
    """Whether the words are those of the name in order, some by initials: `systolic blood pressure`, `systolic_bp`."""
    words, parts = content(plain(description)), plain(name).split()
    at, short = 0, False
    for part in parts:
        initials = "".join(word[0] for word in words[at : at + len(part)])
        if at < len(words) and same(part, words[at]) >= HEAD:
            at += 1
        elif 2 <= len(part) <= _MOST_INITIALS and initials == part:
            at, short = at + len(part), True
        else:
            return False
    return short and at == len(words)


def _same_stem(short: str, long: str) -> bool:
    """Two forms of one word: `readmission` and `readmitted`, `cancellation` and `canceled`."""
    common = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    for at in range(common, _LEAST_STEM - 1, -1):
        ends = (short[at:], long[at:])
        if all(end in _ENDS_OF_NOUNS or end in _ENDS_OF_VERBS for end in ends):
            return len(set(ends) & _ENDS_OF_NOUNS) == 1
    return False


def _alike() -> dict[str, list[str]]:
    alike: dict[str, list[str]] = table()["alike"]
    return alike
