"""What is asked for outright: a goal of `tools/goals/` that says which words ask for it, or what can't be learned here:
groups, outliers, translations, boxes around things, counts, …

>>> [mark.value for mark in find(Heard.of("cluster my customers into 4 segments", []))]
['cluster']

A goal's words are the groups here that it names in `heard`, and those of the TOML file beside it, group `heard`.

Only outright words count, and none that names a column (`segment`, `count`) or what is to be told ("detect fraud").
"""

import re
from functools import cache

from noglue.agent.request import splitting
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark
from noglue.tools.spec import goals

TURN = 5
_NAMED = re.compile(r"(?i)^\s*(?:column|field|spalte|colonne|columna|_|\.(?=\w))")
_OF_RESULTS = re.compile(  # what is to become of the report is no goal of learning
    r"(?i)^(?:\w+\s+)?\w+\s+(?:(?:the|your|its|this|my|den|das|le|el)\s+)?(?:report|bericht|rapport|informe)\b"
)
_FORESEES = re.compile(
    r"(?i)\b(?:predict|forecast|estimat|expect|know|will|how|what|extrapolat|project|prognos|sage|vorhersag|schätz|wie|"
    r"prévo|prédi|estime|combien|savoir|predi|pronostic|estima|cuánt|saber)\w*"
)
_NOT_WANTED = re.compile(r"(?i)\b(?:not|don't|do not|never|no|nicht|kein\w*|pas|without|ohne|sans|sin)\s+(?:to\s+)?$")


def find(heard: Heard) -> list[Mark]:
    """At most one mark of `goal`: the first words that ask for such a thing."""
    met = []
    for name, file, group in _forms():
        for match in matches(file, group, heard.left):
            after, before = heard.left[match.end() :], heard.left[: match.start()]
            if not (
                _NAMED.match(after)
                or _OF_RESULTS.search(match[0] + after)
                or _NOT_WANTED.search(before)
                or re.search(r"(?i)\b(?:predict|classify)\s+(?:the\s+)?$", before)
            ):
                met.append(Mark(match.start(), match.end(), "goal", name, heard.words[match.start() : match.end()]))
    if not met and any(mark.kind == "goal" for mark in heard.marks):
        return []  # what comes next was heard with its horizon
    return sorted(met, key=lambda mark: (mark.start, -mark.end))[:1] or _ahead(heard)


@cache
def _forms() -> tuple[tuple[str, str, str], ...]:
    """What is asked for, the file of the words, and their group in it; goals first, then what can't be done."""
    heard = {group: goal for goal in goals.names() for group in goals.load(goal).heard}
    own = [(goal, str(file), "heard") for goal in goals.names() if (file := goals.words(goal)) is not None]
    return (*own, *((heard.get(group, group), __file__, group) for group in groups(__file__)))


def _ahead(heard: Heard) -> list[Mark]:
    """`tomorrow's`, `the next 12 months`: what comes after the rows that there are. What of it is still to be read."""
    words = splitting.ahead(heard.left)
    if words is None:
        return []
    start = heard.left.index(words)
    clause = next((one.text for one in heard.clauses if one.start <= start < one.end), heard.left)
    if not _FORESEES.search(clause) and len(heard.clauses) > 2:
        return []
    return [Mark(start, start + len(words), "goal", AHEAD, words)]
