"""What a request sets aside: what others want, what was wanted at first, what something else stands in the place of.

>>> [part.words for part in parts("My boss wants R2, but I prefer the absolute error") if part.is_of_others]
['My boss wants R2']
>>> next(parts("predict the fee instead of the visits")).instead
('instead of the visits',)

Others' wishes count for nothing only where the user's own stand beside them: `stretches` gives those.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from noglue.agent.request.parting import STOP

Named = TypeVar("Named")

_BUT = r"(?:but|aber|sondern|mais|pero|sino|while|whereas|während)"
_ME = r"(?:i|i'd|i'm|i've|we|ich|wir|mir|mich|uns|je|j'\w+|moi|nous|yo|quiero|prefiero|me|nos)"
_PART = re.compile(rf"{STOP}|[,;:]\s+|\s[–—-]\s|\s+(?={_BUT}\s+(?:\w+\s+)?{_ME}\b)", re.IGNORECASE)
_INSTEAD = re.compile(
    r"(?i)\b(?:instead of|rather than|in place of|statt|anstatt|anstelle|au lieu d\w+|à la place d\w+|plutôt que|"
    r"en lugar de|en vez de)\b"
)
_ENDS = re.compile(
    r"(?i)[,;:.!?]|\b(?:please|bitte|predict|estimate|tell|i|ich|je|j'|yo|quiero|sag\w*|schätz\w*|prédi\w+|predice|"
    r"using|from|with|without|aus|mit|ohne|avec|sans|con|sin)\b"
)
_ARTICLE = (
    r"(?:the|whether|predicting|learning|der|des|die|das|dem|den|le|la|les|l'|du|de|del|el|los|las|prédire|predecir)"
)
_NAMED_FIRST = re.compile(rf"(?i)\W*(?:{_ARTICLE}\s+)*")
_WORDS = 5  # behind `instead of`
_OTHERS_WANT = re.compile(
    r"(?i)\b(?:want(?:s|ed)|asked?(?: me)? (?:for|to)|asks for|insist(?:s|ed) on|swears? by|recommend(?:s|ed)|"
    r"propos(?:es|ed)|favou?rs|prefers|(?:is|are|was|were) (?:\w+ )?(?:interested in|after|keen on|obsessed with)|"
    r"(?:talk|argue|care|worr(?:y|ie)|ask)s? (?:\w+ )?about|would (?:like|love|prefer)|suggest(?:s|ed)|"
    r"will (?:\w+ )?(?:das|die|den|dass)|wollte[n]?|wollen|möchte[n]?|hätte[n]? gern\w*|fragt\w* nach|"
    r"interessier\w+ sich|schwör\w+ auf|empf\w+hl\w*|schlägt (?:\w+ )*vor|besteht auf|"
    r"red(?:et|en) (?:\w+ )?(?:über|von)|spr(?:icht|echen) (?:\w+ )?(?:über|von)|diskutier\w+|"
    r"streite[tn]\w* (?:sich )?über|ve(?:ut|ulent)(?! dire)|voula(?:it|ient)|voudrai(?:t|ent)|demand(?:e|ait|ent)|"
    r"propose(?:nt)?|recommande(?:nt)?|suggère(?:nt)?|ne jure que|insiste|s'intéresse(?:nt)?|parle(?:nt)? d\w+|"
    r"aimerai(?:t|ent)|préfère(?:nt)?|quiere[n]?(?! decir)|quería[n]?|pid(?:e|ió|en)|propone[n]?|recomienda[n]?|"
    r"prefiere[n]?|habla[n]? de|discute[n]? (?:sobre|de))\b"
)
_BEFORE = re.compile(
    r"(?i)\b(?:at first|originally|initially|in the beginning|zuerst|zunächst|ursprünglich|anfangs|d'abord|au début|"
    r"au départ|al principio|en un principio|inicialmente)\b"
)
_I = re.compile(
    r"(?i)\b(?:i|i'd|i'm|i've|we|we'd|our|on|ich|wir|mir|mich|uns|je|j'\w+|moi|nous|m'\w+|yo|quiero|prefiero|necesito|queremos|"
    r"me (?:interesa|gustaría|importa))\b"
)
_NO_TARGET = re.compile(  # what is to be learned from, or told besides
    r"(?i)\b(?:us(?:e|ing)|utilis\w*|verwend\w*|benutz\w*|usar|need|brauch\w*|besoin|necesit\w*|only|nur|seulement|"
    r"sol[oa]|too|also|auch|aussi|también|each|keep|already)\b"
)
_MY_WISH = re.compile(
    r"(?i)\b(?:want|need|rather|prefer|like to|would like|care|interested|after|wish|curious|predict|estimate|tell me|"
    r"know|will|möchte\w*|brauch\w*|lieber|gern\w*|interessier\w*|wissen|geht (?:es|\w+ um)|"
    r"veux|voudrais|voulons|préfère|aimerais|besoin|intéress\w*|savoir|quiero|prefiero|necesito|queremos|saber|"
    r"gustaría|interesa|importa|vorher\w*|schätz\w*|prédi\w+|estim\w+|predec\w+|predi\w+)\b"
)


@dataclass(frozen=True)
class Part:
    """paragraph[start:end]. instead: the stretches of it that say what something else stands in the place of."""

    start: int
    end: int
    words: str
    instead: tuple[str, ...]

    @property
    def rest(self) -> str:
        """Without those."""
        words = self.words
        for stretch in self.instead:
            words = words.replace(stretch, " ")
        return words

    @property
    def is_of_others(self) -> bool:
        """Whether it says what others want, or what was wanted at first."""
        wants = _OTHERS_WANT.search(self.rest) is not None and _I.search(self.rest) is None
        return wants or _BEFORE.search(self.rest) is not None

    @property
    def is_mine(self) -> bool:
        """Whether it has words of wishing or of asking, which are no one else's."""
        return not self.is_of_others and _MY_WISH.search(self.rest) is not None


def parts(paragraph: str) -> Iterator[Part]:
    """What stands between its stops, commas and colons, in order."""
    at = 0
    for cut in [*_PART.finditer(paragraph), None]:
        start, end = at, cut.start() if cut else len(paragraph)
        at = cut.end() if cut else at
        words = paragraph[start:end]
        if words.strip():
            yield Part(start, end, words, tuple(_stretch(words, match) for match in _INSTEAD.finditer(words)))


def asks_for_a_target(part: Part) -> bool:
    """Whether it is the user's own wish, and of what is to be learned."""
    return part.is_mine and _NO_TARGET.search(part.rest) is None


def names_something_instead(words: str) -> bool:
    return _INSTEAD.search(words) is not None


def without_instead(words: str) -> str:
    """The words without those of `instead of` themselves."""
    return _INSTEAD.sub(" ", words)


def stretches(paragraph: str) -> list[tuple[int, int]]:
    """What others want, where the user's own wish stands in the part before it or in the two behind it."""
    each = list(parts(paragraph))
    return [
        (part.start, part.end)
        for place, part in enumerate(each)
        if part.is_of_others and any(beside.is_mine for beside in each[max(0, place - 1) : place + 3])
    ]


def preferred(paragraph: str, named: Sequence[Named], place: Callable[[Named], int]) -> list[Named]:
    """Without what stands in others' wishes alone; all of them where nothing else would be left."""
    aside = stretches(paragraph)
    kept = [one for one in named if not any(start <= place(one) < end for start, end in aside)]
    return kept or list(named)


def _stretch(part: str, match: "re.Match[str]") -> str:
    """`instead of` and what it names: up to five words, before the sentence goes on."""
    article = _NAMED_FIRST.match(part, match.end())
    start = article.end() if article else match.end()
    ends = _ENDS.search(part, start)
    words = list(re.finditer(r"\S+", part[start : ends.start() if ends else len(part)]))[:_WORDS]
    return part[match.start() : start + (words[-1].end() if words else 0)]
