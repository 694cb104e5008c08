"""Requests for what can't be learned here: groups, outliers, translations, boxes around things, counts, …

>>> [mark.value for mark in find(Heard.of("cluster my customers into 4 segments", []))]
['cluster']

Only outright words count, and none that names a column (`segment`, `count`) or what is to be told ("detect fraud").
"""

import re

from noglue.agent.request import splitting
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark

TURN = 5
_NAMED = re.compile(r"(?i)^\s*(?:column|field|spalte|colonne|columna|_|\.(?=\w))")
_FORESEES = re.compile(
    r"(?i)\b(?:predict|forecast|estimat|expect|know|will|how|what|extrapolat|project|prognos|sage|vorhersag|schätz|wie|"
    r"prévo|prédi|estime|combien|savoir|predi|pronostic|estima|cuánt|saber)\w*"
)
_NOT_WANTED = re.compile(r"(?i)\b(?:not|don't|do not|never|no|nicht|kein\w*|pas|without|ohne|sans|sin)\s+(?:to\s+)?$")


def find(heard: Heard) -> list[Mark]:
    """At most one mark of `goal`: the first words that ask for such a thing."""
    met = []
    for name in groups(__file__):
        for match in matches(__file__, name, heard.left):
            after, before = heard.left[match.end() :], heard.left[: match.start()]
            if not (
                _NAMED.match(after)
                or _NOT_WANTED.search(before)
                or re.search(r"(?i)\b(?:predict|classify)\s+(?:the\s+)?$", before)
            ):
                met.append(Mark(match.start(), match.end(), "goal", name, match[0]))
    return sorted(met, key=lambda mark: (mark.start, -mark.end))[:1] or _ahead(heard)


def _ahead(heard: Heard) -> list[Mark]:
    """`tomorrow's`, `the next 12 months`: what comes after the rows that there are. What of it is still to be read."""
    words = splitting.ahead(heard.left)
    if words is None:
        return []
    start = heard.left.index(words)
    clause = next((one.text for one in heard.clauses if one.start <= start < one.end), heard.left)
    if not _FORESEES.search(clause) and len(heard.clauses) > 2:
        return []
    return [Mark(start, start + len(words), "goal", "forecast", words)]
