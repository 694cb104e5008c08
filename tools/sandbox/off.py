"""No confinement at all, for people who accept that: `--sandbox off`. Never chosen for anybody.

Limits, the clean environment and the end of everything that a step started are kept all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noglue.tools.sandbox import _python, _start, _watch
from noglue.tools.sandbox._pipes import Orders
from noglue.tools.sandbox._places import checked
from noglue.tools.sandbox._process import Process
from noglue.tools.spec.sandboxes import Confinement


@dataclass(frozen=True)
class Unconfined:
    name: str = "off"
    holds: str = "nothing but limits of memory, folders, processes and time"

    def available(self) -> str | None:
        return None

    def start(self, command: Sequence[str], inside: Confinement, stderr: Any) -> Process:
        """Run `command` as this user, with all that this user may do."""
        places = checked(inside)
        scratch = _python.scratch(places.folder)
        orders = Orders(
            command=tuple(command),
            folder=str(places.folder),
            descriptors=inside.descriptors,
            limits=_start.resource_limits(inside.limits),
            confined=False,
        )
        environment = _python.environment(scratch, inside.environment)
        process = _start.start(orders, environment=environment, stderr=stderr, scratch=scratch)
        _watch.over(process, places, inside.limits)
        return process
