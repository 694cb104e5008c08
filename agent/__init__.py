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
    """The package itself, so that `plan` is the function here, whatever is imported in which order.

    There is a module `agent/plan.py` too, and Python hangs a module on its package under its name as soon as anybody
    imports it. A function imported here beforehand would do, but with it comes pydantic, which `noglue --help` must
    not wait for; a `__getattr__` is not asked for what hangs here already. So the name is a property: it gives the
    function and passes over the module, which `from agent.plan import Plan` reaches through `sys.modules` as ever.
    """

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
        """Where Python would hang the module."""


sys.modules[__name__].__class__ = _Package
