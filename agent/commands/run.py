"""`noglue run`, `plan` and `resume`, for the command line and for Python: from what was asked to `run.json`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from noglue.agent import authorship, context, fail_under, run_status, session, strangers, user_key
from noglue.agent import resume as resume_run
from noglue.agent.config import choose_planner, flags, settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.events import Understood
from noglue.agent.plan import Plan
from noglue.agent.planners.fixed import KEPT, Given
from noglue.agent.policies.choose_data import ChooseData, ask_which_data
from noglue.agent.policies.choose_target import ChooseTarget
from noglue.agent.policies.fail_under import FailUnder
from noglue.agent.policies.large_downloads import LargeDownloads, ask_for_consent
from noglue.agent.protocols import Planner, Policy
from noglue.agent.redact import learn
from noglue.agent.request import database_addresses, understand
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import next_step
from noglue.agent.task import Constraints, Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed, ToolError

GivenPlan = Path | tuple[Task, Plan]
HOW = 'noglue run "PARAGRAPH", or noglue run --plan FILE'


def run(
    config: RunConfig, paragraph: str | None, given: GivenPlan | Plan | None, terminal: Terminal, console: Any
) -> dict[str, Any]:
    """A new run. given: a plan instead of a paragraph; steps alone go with one. → run.json's content."""
    learn(paragraph, *(config.data or []), config.model)
    database_addresses.refuse(paragraph, *(config.data or []))
    asked = flags.constraints(config)
    planner = choose_planner.choose(config)
    if given is not None:
        planner = _with_plan(planner, given, paragraph, config.data or [], asked)
    elif paragraph is None and not config.data:
        raise BadUsage(Kind.USAGE, "The request is missing.", hint=HOW)
    task, plan = _understood(config, paragraph or "", planner, asked, terminal)
    consenting = policies(config, terminal, task)
    for policy in consenting:
        plan = policy.approve(plan, [])
    with console:
        console.event(Understood(text=understand.in_words(task, plan)))
        device = task.constraints.device
        ctx = context.build(config, planner, [console], device=device, policies=consenting, terminal=terminal)
        return session.begin(task, plan, ctx, terminal.clock() - terminal.began)


def preview(config: RunConfig, paragraph: str, terminal: Terminal) -> tuple[Task, Plan, Planner]:
    """What was understood and would be done, without doing it."""
    learn(paragraph, *(config.data or []), config.model)
    database_addresses.refuse(paragraph, *(config.data or []))
    asked = flags.constraints(config)
    planner = choose_planner.choose(config)
    return *_understood(config, paragraph, planner, asked, terminal), planner


def resume(config: RunConfig, name: str, terminal: Terminal, console: Any) -> dict[str, Any]:
    """A run that is gone on with; a plan that it was given still binds it. → run.json's content, with `already` where
    nothing was left to do.

    Raises StepFailed `busy` for one that runs at this moment, BadUsage `strangers-run` for one that this user's noglue
    did not make, where nobody consents.
    """
    folder = RunFolder.find(settings.places(config.runs).runs, name)
    folder.must_be_plain()
    _must_be_idle(folder)
    key = user_key.own()
    author = authorship.author(folder.path, key.key)
    wanted = fail_under.asked(config.fail_under or []) or None
    if author == "you" and (content := _finished(folder)) is not None:
        task = Task.model_validate(content["task"])
        thresholds = wanted or task.constraints.fail_under
        judged = [one.model_dump() for one in fail_under.judged(thresholds, content["metrics"])]
        return content | {"fail_under": judged, "already": True}
    strangers.must_consent(folder, author, key, config.trust, terminal)
    fence = None if author == "you" else strangers.Fence(folder, tuple(filter(None, [settings.inception()])))
    if fence is not None and config.sandbox == "off":
        raise BadUsage(
            Kind.SANDBOX,
            f"The steps of {folder.name} may come from anyone, so they run only in a sandbox.",
            hint="Leave --sandbox off out.",
        )
    task = resume_run.task_and_plan(folder)[0]
    task.constraints.fail_under = wanted or task.constraints.fail_under
    planner = choose_planner.choose(config, folder.path)
    if (folder.path / KEPT).exists():
        planner = Given(folder.path / KEPT, planner)
    with console:
        ctx = context.build(
            config,
            planner,
            [console],
            device=task.constraints.device,
            policies=policies(config, terminal, task),
            terminal=terminal,
        )
        budget = settings.seconds(config.budget) if config.budget else None
        return session.go_on(folder, ctx, Constraints(budget_seconds=budget, fail_under=wanted), fence)


def _must_be_idle(folder: RunFolder) -> None:
    """Raises StepFailed `busy` for a run that another noglue works on, with how far it is."""
    if folder.busy():
        raise StepFailed(
            Kind.BUSY,
            f"{folder.name} is {run_status.in_words(run_status.read(folder))} already: another noglue works on it.",
            hint=f"`noglue show {folder.name}` says how far it is. Wait for it to end, or end it.",
        )


def _finished(folder: RunFolder) -> dict[str, Any] | None:
    """run.json's content of a run that has succeeded and whose files are all still there; None where there is something
    left to do."""
    try:
        content = run_status.read(folder)
        plan = resume_run.task_and_plan(folder)[1]
        left = next_step(plan, resume_run.history(folder))
    except ToolError:  # going on says what is wrong
        return None
    return content if content["status"] == "succeeded" and left is None else None


def policies(config: RunConfig, terminal: Terminal, task: Task) -> Sequence[Policy]:
    """A person chooses among what was found, and agrees to large downloads; with --yes there is no question. The
    thresholds of the task are seen to be measured.
    """
    measured = (FailUnder(task.constraints.fail_under),) if task.constraints.fail_under else ()
    if config.yes:
        return measured
    if not terminal.may_ask:
        return (LargeDownloads(None), *measured)
    return (
        *measured,
        ChooseTarget(terminal.choose),
        ChooseData(partial(ask_which_data, terminal)),
        LargeDownloads(partial(ask_for_consent, terminal)),
    )


def _understood(
    config: RunConfig, paragraph: str, planner: Planner, asked: Constraints, terminal: Terminal
) -> tuple[Task, Plan]:
    stated = flags.limits(config) | asked
    return understand.understand(planner, paragraph, config.data or [], stated, terminal if terminal.may_ask else None)


def _with_plan(
    planner: Planner, given: GivenPlan | Plan, paragraph: str | None, data: list[str], asked: Constraints
) -> Planner:
    """The plan that the user gave, with that planner to revise it. Raises BadUsage."""
    if stated := asked.stated():
        named = ", ".join(f"--{name.split('_')[0]}" for name in stated)
        raise BadUsage(Kind.USAGE, f"A plan already says what is wanted; {named} can't change it.",
                       hint="Change the plan, or give a paragraph with these flags.")  # fmt: skip
    if isinstance(given, Plan):
        if paragraph is None and not data:
            raise BadUsage(Kind.USAGE, "Steps alone don't say what is wanted.", hint="Give a paragraph, or a Preview.")
        return Given((planner.understand(paragraph or "", data, Constraints()), given), planner)
    if paragraph or data:
        raise BadUsage(
            Kind.USAGE, "A plan already says what is wanted.", hint="Give a paragraph and --data, or --plan."
        )
    return Given(given, planner)
