"""Which warnings come first: those that say that the score may be of something else, then what to know of the data.

by_weight([imbalance, leak, leak]) → [leak, imbalance]     # the same message is said once
"""

from collections.abc import Iterable

from noglue.tools.spec.profiles import DataWarning

MISSPELT = "misspelt"  # a name of the request, taken in spite of a slip

ORDER = (
    MISSPELT,
    "unread-pages",
    "mismatched-labels",
    "numbered-target",
    "spelled-alike",
    "given-away",
    "leak",
    "known-afterwards",
    "near-duplicates-across-splits",
    "duplicates-across-splits",
    "torn-groups",
    "nameless",
    "order",
    "label-noise",
    "drift",
    "conflicting-labels",
    "unknown-class",
    "few-groups",
    "damaged",
    "unreadable",
    "missing",
    "imbalance",
    "rare-class",
    "small",
)
"""Kinds of warnings, the weightiest first; all others follow in the order in which they were found."""


def by_weight(warnings: Iterable[DataWarning]) -> list[DataWarning]:
    once = {warning.message: warning for warning in warnings}.values()
    return sorted(once, key=lambda warning: ORDER.index(warning.kind) if warning.kind in ORDER else len(ORDER))
