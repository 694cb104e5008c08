"""The warnings of a run, each said once: what two steps found is told by the later one, and many of a kind are folded.

>>> [group.first for group in groups(evaluated, prepared, inspected)]
[['cabin lacks more than 20 % of its values.'], ['Of 570 train rows, 3 are equal to an earlier one.']]
"""

from collections.abc import Sequence
from dataclasses import dataclass

from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.warning_order import by_weight

SHOWN = 3  # of one kind, before the others are folded


@dataclass(frozen=True)
class Group:
    """Messages of one kind: those that are shown, and those that are folded away."""

    first: list[str]
    more: list[str]


def groups(*steps: Sequence[DataWarning]) -> list[Group]:
    """steps: the warnings of each step, the last step's first. The weightiest kind first."""
    kept: list[DataWarning] = []
    for warnings in steps:
        known = {(warning.kind, tuple(sorted(warning.columns))) for warning in kept}
        kinds = {warning.kind for warning in kept if not warning.columns}
        kept += [
            one for one in warnings if (one.kind, tuple(sorted(one.columns))) not in known and one.kind not in kinds
        ]
    messages: dict[str, list[str]] = {}
    for warning in by_weight(kept):
        messages.setdefault(warning.kind, []).append(warning.message)
    return [Group(said[:SHOWN], said[SHOWN:]) for said in messages.values()]
