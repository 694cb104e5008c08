"""noglue from Python.

    import noglue

    outcome = noglue.run("Predict Survived from titanic.csv", budget="5m")
    outcome.metrics["test"]["accuracy"].value          # 0.83, on rows that training could not have read
    outcome.predict("new.csv")[0].prediction           # '1'
    noglue.load("latest").predict("new.csv")           # the same model, another day

What they take and give is in `agent/api.py`. Nothing is imported until one of them is used, of Python's own
library neither: for the command, the working directory is first taken off the path (`agent/import_path.py`).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from noglue.agent.api import load as load
    from noglue.agent.api import plan as plan
    from noglue.agent.api import run as run

__all__ = ["load", "plan", "run"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("noglue.agent.api"), name)
    raise AttributeError(f"noglue has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
