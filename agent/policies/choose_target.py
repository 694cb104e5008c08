"""At a terminal, a request that fits the data in several ways is asked about once; the answer settles it.

    'score' may mean several columns: score_home, score_away.
      1  score_home
      2  score_away
    [1–2, 0 for none]

The choice is kept as the plan's own target, so that a resumed run does not ask again.
"""

from collections.abc import Callable, Sequence

from noglue.agent.protocols import Policy
from noglue.agent.settle.settling import with_target
from noglue.agent.task import Task
from noglue.tools.spec.errors import Remedy, TaskUnclear

MOST = 40  # choices; of more columns none is picked from a list


class ChooseTarget(Policy):
    """A person says which column is to be learned, where the request leaves it open."""

    def __init__(self, choose: Callable[[str, Sequence[str]], int | None]) -> None:
        """choose: puts a question with its choices, and answers with the place of one, or None."""
        self._choose = choose

    def clarify(self, task: Task, unclear: TaskUnclear) -> Task | None:
        """None where a column's name is no answer, or none of the choices is meant."""
        choices = list(unclear.data.get("choices", []))
        if Remedy.ASK_TARGET not in unclear.kind.remedies or not 2 <= len(choices) <= MOST:
            return None
        chosen = self._choose(unclear.message, choices)
        return None if chosen is None else with_target(task, choices[chosen])
