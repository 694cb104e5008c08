"""What a session works with: where things lie, who plans and who consents, who confines, who shows."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noglue.agent import user_key
from noglue.agent.config import settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.config.settings import Places
from noglue.agent.protocols import Observer, Planner, Policy
from noglue.agent.redact import SESSION, Redactor
from noglue.agent.ui.terminal import Terminal
from noglue.agent.ui.terminal_kind import redraws
from noglue.agent.user_key import NO_KEY, Found
from noglue.tools import sandbox
from noglue.tools.spec.sandboxes import Sandbox


@dataclass(frozen=True)
class RunContext:
    """What flags and the machine come to. sandbox_note: why it is not the first choice, or empty. key: this user's.

    environment_notes: what is said of `.env` in the working directory.
    """

    places: Places
    planner: Planner
    policies: Sequence[Policy]
    sandbox: Sandbox
    sandbox_name: str
    sandbox_note: str
    observers: Sequence[Observer]
    device: str
    redact: Redactor
    terminal: Terminal
    environment_notes: tuple[str, ...] = ()
    key: Found = NO_KEY


def build(
    config: RunConfig,
    planner: Planner,
    observers: Sequence[Observer],
    *,
    device: str | None = None,
    policies: Sequence[Policy] = (),
    terminal: Terminal | None = None,
) -> RunContext:
    """device: of the task, if stated. terminal: the budget goes by its clock. Raises BadUsage, NoSandbox."""
    resolved = settings.device(device or config.device or "auto")
    chosen = sandbox.choose(config.sandbox)
    return RunContext(
        places=settings.places(config.runs),
        planner=planner,
        policies=policies,
        sandbox=chosen.sandbox,
        sandbox_name=chosen.name,
        sandbox_note=chosen.why,
        observers=observers,
        device=resolved,
        redact=SESSION,
        terminal=terminal or Terminal(may_ask=False),
        environment_notes=settings.environment_notes(),
        key=user_key.own(),
    )


def console(config: RunConfig, terminal: Terminal | None = None) -> Any:
    """Progress as a live picture where a person watches, else as lines. terminal: whose questions pause the picture."""
    if not config.as_json and redraws(sys.stderr, os.environ):
        from noglue.agent.ui.live import LiveConsole

        return LiveConsole(terminal or Terminal(may_ask=False))
    from noglue.agent.ui.plain import PlainConsole

    return PlainConsole()
