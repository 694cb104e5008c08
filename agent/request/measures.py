"""The measure the user names, by the aliases that the files of `tools/metrics/` give themselves.

>>> find("report the area under the ROC curve")[0].value
'roc_auc'
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from noglue.agent.request import cues, gloss, head
from noglue.agent.request.marks import Mark, unwanted
from noglue.agent.request.phrasing import numbered
from noglue.agent.request.spelling import close
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared

_LESS_THAN = re.compile(  # the second of two measures, of which the first counts more
    r"(?i)\b(?:more|mehr|wichtiger|plus|más|mas)\b[^.;:,]{0,40}\b(?:than|als|qu[e']|que)\s+"
    r"(?:about |on |for |the |die |la |le |el )*$"
)
_UNIMPORTANT = re.compile(
    (
        r"^\W*(?:\w+\W+){0,3}?(?:says?|tells?|means?) (?:\w+ ){0,2}(?:little|nothing|not much)\b|"
        r"^\W*(?:is|would be) (?:\w+ ){0,2}(?:misleading|useless|meaningless|no use)\b|"
        r"^\W*(?:sagt|taugt|nützt|verrät) (?:\w+ ){0,3}(?:wenig|nichts)\b|^\W*ne (?:dit|veut) (?:pas|rien)\b|"
        r"^\W*(?:no dice (?:\w+ )?(?:mucho|nada)|dice (?:\w+ )?(?:poco|nada))\b|"
        r"^\W*(?:does not|doesn'?t|is not|isn'?t|ist nicht|ist egal|n'est pas|no es|"
        r"no(?= es| importa))\b(?:\s+\w+){0,2}\s*(?:matter|important|wichtig|egal|importante?|importa)?"
    ),
    re.I,
)


@cache
def aliases() -> dict[str, tuple[str, str]]:
    """Alias in lower case → (module of `tools/metrics/`, its goal)."""
    from noglue.tools import metrics
    from noglue.tools.spec import catalogue, goals

    known: dict[str, tuple[str, str]] = {}
    for name in catalogue.names("noglue.tools.metrics"):
        metric = metrics.load(name)
        # what measures of samples are called, `density`, `coverage`, `kid`, means other things in most paragraphs
        named = () if goals.makes_new(metric.goal) else (name, name.replace("_", " "), metric.title.lower())
        for alias in (*named, *metric.aliases):
            known.setdefault(alias.lower(), (name, metric.goal))
    goal_of = dict(known.values())
    also = tomllib.loads((Path(__file__).parent / "measures.toml").read_text(encoding="utf-8"))
    for name, words in also.items():
        if name in goal_of:
            known = dict.fromkeys(words, (name, goal_of[name])) | known
    return known


def goal_of(metric: str) -> str:
    """Whether a measure is one of classes or of values."""
    return next(goal for name, goal in aliases().values() if name == metric)


def find(text: str) -> list[Mark]:
    """At most one mark of kind `metric`: the longest alias met; of equals the first. `text`: sources already masked."""
    known = aliases()
    wanted = []
    for alias in known:
        if not cues.named(alias, text):
            continue
        pattern = r"(?<![\w])" + r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", alias))) + r"(?![\w])"
        for match in re.finditer(pattern, text, re.I):
            if not refused(text, match.start(), match.end()):
                wanted.append((match.end() - match.start(), -match.start(), alias, match[0]))
    if not wanted:
        return _misspelt(text)
    length, start, alias, words = max(wanted)
    return [Mark(-start, -start + length, "metric", known[alias][0], words)]


def _misspelt(text: str) -> list[Mark]:
    """A one-letter slip in a long alias (`accurasy`)."""
    single = {alias: name for alias, (name, _) in aliases().items() if len(alias) >= 7 and alias.isalpha()}
    for match in re.finditer(r"[^\W\d_]{7,}", text):
        alias = close(match[0].lower(), single)
        if alias and not refused(text, match.start(), match.end()):
            return [Mark(match.start(), match.end(), "metric", single[alias], match[0])]
    return []


def everyday(clause: str, language: str) -> dict[str, float]:
    """Measure → how likely a clause asks for it in everyday words; empty without the encoder."""
    try:
        vectors = shared().encode([gloss.english(clause, language)])
    except WeightsMissing:
        return {}
    return head.of_clauses("measure", vectors, [gloss.english(numbered(clause), language)])[0]


def refused(text: str, start: int, end: int) -> bool:
    """Whether the words around text[start:end] say that it is not wanted: "not accuracy", "accuracy is unimportant"."""
    less = _LESS_THAN.search(text[max(0, start - 60) : start]) is not None
    return less or unwanted(text, start) or bool(_UNIMPORTANT.search(text[end : end + 40]))
