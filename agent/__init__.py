"""noglue from Python: `from agent import run, plan`.

    outcome = run("Predict Survived from titanic.csv", budget="5m")
    outcome.metrics["test"]["accuracy"].value          # 0.83, on rows that training could not have read
    outcome.predict("new.csv")[0].prediction           # '1'

What they take and give is in `agent/interface.py`. Nothing is imported until one of them is used.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.interface import plan as plan
    from agent.interface import run as run


class _Package(ModuleType):
    """`agent.plan` is the function; the module of that name is reached by `from agent.plan import Plan`, as ever."""

    @property
    def run(self) -> Any:
        from agent.interface import run

        return run

    @property
    def plan(self) -> Any:
        from agent.interface import plan

        return plan

    @plan.setter
    def plan(self, _module: ModuleType) -> None:
        """The import system hangs the module here when it is first imported."""


sys.modules[__name__].__class__ = _Package
