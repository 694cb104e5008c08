"""From flags to what a session needs: where things lie, who plans, who confines, who shows.

Imports stay inside the functions, so that `noglue --help` answers at once.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noglue.agent.config.choose_planner import Wanted
    from noglue.agent.config.settings import Places
    from noglue.agent.plan import Plan
    from noglue.agent.protocols import Planner
    from noglue.agent.session import Surroundings


def places(runs: Path | None) -> "Places":
    from noglue.agent.config import settings

    settings.load_environment()
    return settings.places(runs)


def asked(**flags: Any) -> dict[str, Any]:
    """What `--target`, `--metric`, … ask of the data, as a task's constraints. Raises BadUsage."""
    from noglue.agent.config.flags import constraints

    return constraints(**flags)


def flags(budget: str | None, device: str | None, seed: int | None, asked: dict[str, Any]) -> dict[str, Any]:
    """All that the flags state, as a task's constraints."""
    from noglue.agent.config import settings

    stated = {"budget_seconds": settings.seconds(budget) if budget else None, "device": device, "seed": seed}
    return {name: value for name, value in stated.items() if value is not None} | asked


def wanted(planner: str, model: str | None, max_cost: float | None, max_calls: int, private: bool) -> "Wanted":
    from noglue.agent.config.choose_planner import Wanted

    return Wanted(planner, model, max_cost, max_calls, private)


def planner(wanted: "Wanted", budget: str | None = None, run: Path | None = None) -> "Planner":
    """run: the folder of one that is gone on with; a plan that it was given binds it still."""
    from noglue.agent.config import choose_planner, settings

    chosen = choose_planner.choose(wanted, places(None).cache, settings.seconds(budget) if budget else None, run)
    if run is None:
        return chosen
    from noglue.agent.planners.given import KEPT, Given

    return Given(run / KEPT, chosen) if (run / KEPT).exists() else chosen


def rules() -> "Planner":
    """For commands that plan nothing."""
    return planner(wanted("rules", None, None, 0, False))


def given(
    file: Path | None, paragraph: str | None, data: list[str] | None, planner: "Planner", asked: dict[str, Any]
) -> "Planner":
    """The planner, or the plan that the user gave with that planner to revise it; asked: see there. Raises BadUsage."""
    from noglue.tools.spec.errors import BadUsage

    if file is None:
        if paragraph is None and not data:
            raise BadUsage("usage", "What shall be done?", hint='noglue run "PARAGRAPH", or noglue run --plan FILE')
        return planner
    if paragraph or data:
        raise BadUsage("usage", "A plan says itself what is wanted.", hint="Give a paragraph and --data, or --plan.")
    must_not_ask(asked)
    from noglue.agent.planners.given import Given

    return Given(file, planner)


def must_not_ask(asked: dict[str, Any]) -> None:
    """Raises BadUsage where flags beside a plan would have to change what it says."""
    from noglue.tools.spec.errors import BadUsage

    if asked:
        told = ", ".join(f"--{name.split('_')[0]}" for name in asked)
        raise BadUsage("usage", f"A plan says itself what is wanted; {told} can't change it.",
                       hint="Change the plan, or give a paragraph with these flags.")  # fmt: skip


def consenting(planner: "Planner", yes: bool, may_ask: bool) -> "Planner":
    """A person chooses among what a search found and agrees to large downloads; with --yes there is no question."""
    if yes:
        return planner
    from noglue.agent.policies import choose_data
    from noglue.agent.policies.choose_reading import Questions
    from noglue.agent.policies.large_downloads import Consent, at_the_terminal

    offered = choose_data.Offering(Questions(planner), choose_data.at_the_terminal) if may_ask else planner
    return Consent(offered, at_the_terminal if may_ask else None)


def approved(planner: "Planner", planned: "Plan") -> "Plan":
    from noglue.agent.policies.large_downloads import Consent

    return planner.approve(planned) if isinstance(planner, Consent) else planned


def surroundings(
    runs: Path | None, planner: "Planner", sandbox: str, observers: list[Any], device: str
) -> "Surroundings":
    import os

    from noglue.agent.config import settings
    from noglue.agent.redact import Redactor
    from noglue.agent.session import Surroundings
    from noglue.tools.sandbox import choose

    resolved = settings.device(device)
    chosen = choose(sandbox)
    return Surroundings(
        places(runs), planner, chosen.sandbox, chosen.name, chosen.why, observers, resolved, Redactor(os.environ)
    )


def console(quiet: bool) -> Any:
    if not quiet and sys.stderr.isatty():
        from noglue.agent.ui.live import LiveConsole

        return LiveConsole()
    from noglue.agent.ui.plain import PlainConsole

    return PlainConsole()


def may_ask(yes: bool, as_json: bool) -> bool:
    return not yes and not as_json and sys.stdin.isatty() and sys.stderr.isatty()
