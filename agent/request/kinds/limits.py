"""Budget, device, seed, no network, number of labels, attacks: what `agent/request/limits.py` finds, as wishes."""

from agent.request import limits
from agent.request.heard import Heard
from agent.request.marks import Mark

TURN = 40


def find(heard: Heard) -> list[Mark]:
    """Marks of `budget_seconds`, `device`, `seed`, `offline`, `labels`, `max_rows`, … as the constraint of that name."""
    return limits.find(heard.left, [mark for mark in heard.marks])
