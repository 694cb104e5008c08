"""Nothing over 1 GB is fetched unasked: at a terminal a person is asked, else `--yes` has to have been said.

Where the size is known beforehand (the catalogue, what a search found) the question comes before the download; where it
is not, the download stops at 1 GB, and the question comes then. Without anybody to ask the run ends with exit code 4
(the data can't be had as things stand; the command itself makes sense, so it is not bad usage), saying to add --yes.
"""

from collections.abc import Callable
from typing import Any

from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt, Policy
from noglue.agent.task import Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.reporting import quantities
from noglue.tools.sources import catalogue
from noglue.tools.spec.errors import DataError, Kind

LARGE = 1_000_000_000


class LargeDownloads(Policy):
    """Every download of a plan is bounded, or agreed to."""

    def __init__(self, ask: Callable[[str], bool] | None) -> None:
        """ask: puts a question to a person; None where there is nobody."""
        self._ask = ask
        self._agreed: set[tuple[str, ...]] = set()

    def approve(self, plan: Plan, history: list[Attempt]) -> Plan:
        """The plan with its downloads bounded, or agreed to. Raises DataError `large-download`.

        Where there are other candidates to go on with, a limit is enough, and nobody needs to be asked first.
        """
        done = {attempt.id for attempt in history if attempt.error is None}
        others = self._ask is None and any(step.tool == "search" for step in plan.steps)
        return Plan(steps=[step if step.id in done else self._bound(step, history, others) for step in plan.steps])

    def revise(self, task: Task, plan: Plan, history: list[Attempt], proposed: Plan | None) -> Plan | None:
        """Raises DataError `large-download` where nobody agrees."""
        last = history[-1]
        too_large = f"{_named(last.args)} is larger than {LARGE / 1e9:.0f} GB" if _stopped_at_the_limit(last) else ""
        if too_large and self._agreed_to(last.args, too_large):
            return self.approve(plan, history)
        if proposed is None and too_large:
            raise _refused(too_large)
        return None if proposed is None else self.approve(proposed, history)

    def _bound(self, step: PlannedStep, history: list[Attempt], others: bool) -> PlannedStep:
        if step.tool != "download" or not step.args.get("sources"):
            return step
        if tuple(step.args["sources"]) in self._agreed:
            return step.model_copy(update={"args": _without_limit(step.args)})
        size = known_size(step, history)
        if size is not None and size > LARGE and not others:
            what = f"{_named(step.args)} has {quantities.size(size)}"
            if not self._agreed_to(step.args, what):
                raise _refused(what)
            return step.model_copy(update={"args": _without_limit(step.args)})
        return step.model_copy(update={"args": {"max_bytes": LARGE} | step.args})

    def _agreed_to(self, args: dict[str, Any], what: str) -> bool:
        if self._ask is None or not self._ask(f"{what}. Download it?"):
            return False
        self._agreed.add(tuple(args["sources"]))
        return True


def _refused(what: str) -> DataError:
    return DataError(
        Kind.LARGE_DOWNLOAD,
        f"{what}; more than {LARGE / 1e9:.0f} GB is not downloaded without asking.",
        hint="Add --yes to allow it, or name a smaller source.",
    )


def _without_limit(args: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if not (name == "max_bytes" and value == LARGE)}


def known_size(step: PlannedStep, history: list[Attempt]) -> int | None:
    """Bytes, by the catalogue or by what a search found; None where neither knows."""
    wanted = list(step.args["sources"])
    sizes = {file.url: file.bytes for entry in catalogue.entries() for file in entry.files}
    known = [size for source in wanted if (size := sizes.get(source)) is not None]
    if len(known) == len(wanted):
        return sum(known)
    found = [one for attempt in history for one in (attempt.result or {}).get("candidates") or []]
    return next((one["bytes"] for one in found if one["urls"] == wanted and one.get("bytes")), None)


def _stopped_at_the_limit(attempt: Attempt) -> bool:
    stopped = attempt.tool == "download" and attempt.error is not None and attempt.error.kind == Kind.TOO_LARGE
    return stopped and attempt.args.get("max_bytes") == LARGE


def _named(args: dict[str, Any]) -> str:
    sources = args["sources"]
    return str(sources[0])[:200] + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")


def ask_for_consent(terminal: Terminal, question: str) -> bool:
    """Only a clear yes counts."""
    return terminal.agrees(question)
