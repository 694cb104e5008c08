"""At a terminal, what a search found is shown, and a person chooses; Enter takes the best.

    Which data should be learned from?
      1  Wine recognition data  (csv, about 178 rows, CC BY 4.0)  fits 91%
         mentions wines, chemistry; has the column cultivar; its first bytes are csv
      2  Wine quality  (342 kB, CC BY 4.0)  fits 64%
         but none of its 12 columns is called 'cultivar'
    [1–2, Enter for 1, 0 for none]

The choice is kept as the plan's own download, so that a resumed run does not ask again.
"""

from collections.abc import Callable

from noglue.agent.plan import Plan
from noglue.agent.protocols import Attempt, Policy
from noglue.agent.settle import candidates
from noglue.agent.task import Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.reporting.quantities import size
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.sources import Candidate

MOST = 5


class ChooseData(Policy):
    """After a search that found several data sets, a person says which of them is taken."""

    def __init__(self, ask: Callable[[list[Candidate]], int | None]) -> None:
        """ask: shows candidates, best first, and answers with the place of the one chosen, or None for none of them."""
        self._ask = ask

    def revise(self, task: Task, plan: Plan, history: list[Attempt], proposed: Plan | None) -> Plan | None:
        """Raises DataError `declined` when the person wants none of what was found."""
        if history[-1].tool != "search" or proposed is None or proposed == plan:
            return proposed
        best = candidates.current(proposed, history)
        if best is None:
            return proposed
        offered = [best, *(one for one in candidates.candidates(history) if one != best)][:MOST]
        chosen = self._ask(offered) if len(offered) > 1 else 0
        if chosen is None:
            raise DataError(
                Kind.DECLINED,
                "None of the data that was found is wanted.",
                hint="Say more of what the data is about, or give it with --data.",
            )
        return proposed if chosen == 0 else _with(task, plan, history, offered[chosen])


def _with(task: Task, plan: Plan, history: list[Attempt], chosen: Candidate) -> Plan:
    """The plan that would have come about had this candidate been the best one."""
    result = history[-1].result or {}
    alone = history[-1].model_copy(update={"result": result | {"candidates": [chosen.model_dump(mode="json")]}})
    filled = candidates.fill_in(task, plan, [*history[:-1], alone])
    steps = [
        step.model_copy(update={"why": f"{chosen.title}, chosen at the terminal; {chosen.why}"[:400]})
        if step.tool == "download" and step != plan.step(step.id)
        else step
        for step in filled.steps
    ]
    return Plan(steps=steps)


def ask_which_data(terminal: Terminal, offered: list[Candidate]) -> int | None:
    """What a stranger's page said of itself is shown without control characters."""
    titles, shown = [one.title for one in offered], ["\n".join(_shown(one)) for one in offered]
    hint = "Enter for 1, 0 for none"
    return terminal.choose("Which data should be learned from?", titles, shown=shown, usual=1, hint=hint)


def _shown(one: Candidate) -> list[str]:
    known = [one.format, size(one.bytes) if one.bytes else None, f"about {one.rows:,} rows" if one.rows else None]
    facts = ", ".join(fact for fact in [*known, one.licence] if fact)
    lines = [f"{_line(one.title, 80)}{f'  ({_line(facts, 80)})' if facts else ''}  fits {one.score:.0%}"]
    lines += [_line(one.page, 110)] if one.page else []
    lines += [_line(one.why, 110)] if one.why else []
    return lines + ([f"but {_line('; '.join(one.doubts), 110)}"] if one.doubts else [])


def _line(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
