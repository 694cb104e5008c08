"""Budget, device, seed, no network, number of labels, attacks: what `agent/request/limits.py` finds."""

from noglue.agent.request import limits
from noglue.agent.request.heard import Heard
from noglue.agent.request.marks import Mark

TURN = 40


def find(heard: Heard) -> list[Mark]:
    """Marks named as the constraints: `budget_seconds`, `device`, `seed`, `offline`, `labels`, `max_rows`, …"""
    return limits.find(heard.left, list(heard.marks))
