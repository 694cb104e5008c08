"""A clause beside the data that it speaks of: the columns that it names whole, and whether what it names stays."""

import re
from dataclasses import dataclass

from noglue.agent.request import gloss
from noglue.agent.request.phrasing import COLUMN
from noglue.agent.settle import masking
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room

_ONLY_IN_FRENCH = re.compile(r"(?i)\bn(?:e |')(\w+)(?: \w+){0,2} (?:que |qu')")
OUT = re.compile(
    r"\b(?:(?<!work )(?<!worked )(?<!find )(?<!found )(?<!turn )(?<!figure )(?<!carried )out|drop\w*|remov\w*|skip\w*|"
    r"forget|ignor\w*|without|not|never|no|don't|away|discard\w*|throw|thrown|exclud\w*|except|left|leave|strike|cut|"
    r"broken|useless|worthless|invalid|irrelevant|other project|bin|spoil|omit\w*|delet\w*|"
    r"neither|nor|sort|aside|(?:of|on) side|go(?! (?:it )?(?:only|just|about|around)))\b"
)
ALONE = re.compile(
    r"\b(?:only|just|alone|solely|exclusively|nothing (?:but|else|more|besides)|no (?:other|more|further)|not one|"
    r"else|sole|restrict\w*|limit\w*|keep|stick)\b(?! exist| known| later| after)"
)
_REASON = re.compile(
    r"(?i)\b(?:because|since|as it|as they|weil|denn|da (?:sie|es|er)|"
    r"car (?=(?:il|elle|on|ils|elles|je|nous|le|la|les|ça|cela)\b)|parce qu\w*|puisqu\w*|porque|ya que)\b"
)
CELL_WORDS = re.compile(
    r"(?<![\w.])-?\d+(?:[.,]\d+)?(?!\w)|\"[^\"]+\"|(?<!\w)'[^']+'(?!\w)|„[^“”]+[“”]|“[^”]+”|«[^»]+»"
    r"|(?<![\w/])(?:n/?a|nan|null|k\.\s?A\.?|n\.\s?d\.)(?![\w/])|(?<!\w)(?:\?+|-+)(?=[\s,.;)]|$)"
    r"|(?<![\w/])(?:(?-i:[A-Z]{2,5})|\w{1,3}/\w{1,3}|\w{2,8}\.(?=[,;)]))(?![\w/])",
    re.I,
)
DENIES = re.compile("no|not|non|nein|nicht|pas")  # a class of that name is meant in quotes or behind an article


@dataclass(frozen=True)
class Said:
    """A clause as it was written, in rough English, and the data that it speaks of."""

    text: str
    room: Room
    language: str

    @property
    def english(self) -> str:
        """`on ne garde que les grands` is `only`, not `not`."""
        text = _ONLY_IN_FRENCH.sub(r"seulement \1", self.text) if self.language == "fr" else self.text
        return self._glossed(text)

    def _glossed(self, text: str) -> str:
        return gloss.english(text, self.language).lower()


def columns_named(text: str, room: Room) -> list[str]:
    """Columns whose whole names stand in the clause, in its order, but for the one that is learned."""
    return [name for name in columns_of(text, room) if not room.is_target(name)]


def columns_of(text: str, room: Room) -> list[str]:
    """Columns whose whole names stand in the clause, in its order."""
    met = [text[start:end] for start, end, word in masking.spans(text, room) if word == COLUMN]
    names = [next((one.name for one in room.columns if _same(words, one.name)), None) for words in met]
    return [name for name in dict.fromkeys(names) if name is not None]


def _same(words: str, name: str) -> bool:
    return words == name or plain(words).replace(" ", "").rstrip("sen") == plain(name).replace(" ", "").rstrip("sen")


def before_reason(text: str, room: Room) -> str:
    """Without the reason that stands behind a column that is named: `drop the date because the age says the same`."""
    reason = _REASON.search(text)
    return text[: reason.start()] if reason is not None and columns_named(text[: reason.start()], room) else text


def keeps(said: Said) -> bool:
    """Whether the rows that are named stay: where words for both stand, the ones that come first decide."""
    out, alone = OUT.search(said.english), ALONE.search(said.english)
    return out is None or (alone is not None and alone.start() < out.start())
