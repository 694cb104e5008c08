"""The kind of model that the user names, by the aliases that the files of `tools/models/` give themselves.

>>> find("classify them with logistic regression")[0].value
'linear'
"""

import re
from dataclasses import replace
from functools import cache

from agent.reading.marks import Mark
from agent.reading.measures import refused

# Well-known kinds that no file of tools/models/ is, so that asking for one is answered rather than passed over.
ELSEWHERE = (
    "random forest", "decision tree", "support vector machine", "svm", "nearest neighbours", "nearest neighbors", "knn",
    "naive bayes", "transformer", "vision transformer", "vit",
    "mlp", "multilayer perceptron", "lstm", "gaussian process",
)  # fmt: skip


@cache
def aliases() -> dict[str, str]:
    """Alias in lower case → module of `tools/models/`."""
    from tools.core import catalogue

    known: dict[str, str] = {}
    for name in catalogue.names("tools.models"):
        own = getattr(catalogue.load("tools.models", name), "ALIASES", ())
        known |= dict.fromkeys([name, name.replace("_", " "), *own], name)
    return known


def find(text: str) -> list[Mark]:
    """At most one mark of kind `family`: the longest alias met. `text`: sources already masked."""
    return _longest(text, aliases())


def missing(text: str) -> list[Mark]:
    """At most one mark of kind `lacking`: a kind of model that the text names and that is not to be had here."""
    return [replace(mark, kind="lacking") for mark in _longest(text, dict.fromkeys(ELSEWHERE, ""))]


def _longest(text: str, known: dict[str, str]) -> list[Mark]:
    met = []
    for alias, name in known.items():
        pattern = r"(?<![\w-])" + r"[\s_-]+".join(map(re.escape, alias.split())) + r"s?(?![\w-])"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not refused(text, match.start(), match.end()):
                met.append(Mark(match.start(), match.end(), "family", name, match[0]))
    return sorted(met, key=lambda mark: (mark.start - mark.end, mark.start))[:1]
