"""noglue from Python.

    import noglue

    model = noglue.run("Predict Survived from titanic.csv", budget="5m")
    model.metrics["test"]["accuracy"].value            # 0.83, on rows that training could not have read
    model.predict(frame)                               # a Series for a data frame, an array for an array
    noglue.load("latest").predict({"Age": 31, …})      # the same model, another day: one row, one value

What they take and give is in `agent/api.py` and `agent/model/model.py`. Nothing is imported until one of them is used,
of Python's own library neither: for the command, the working directory is first taken off the path
(`agent/import_path.py`).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from noglue.agent.api import RequestWarning as RequestWarning
    from noglue.agent.api import compare as compare
    from noglue.agent.api import load as load
    from noglue.agent.api import plan as plan
    from noglue.agent.api import report as report
    from noglue.agent.api import resume as resume
    from noglue.agent.api import run as run
    from noglue.agent.api import runs as runs
    from noglue.agent.model.anew import FitWarning as FitWarning
    from noglue.agent.model.model import InputWarning as InputWarning
    from noglue.agent.model.model import Model as Model

_PLACES = {
    "FitWarning": "noglue.agent.model.anew",
    "InputWarning": "noglue.agent.model.model",
    "Model": "noglue.agent.model.model",
    "RequestWarning": "noglue.agent.api",
    "compare": "noglue.agent.api",
    "load": "noglue.agent.api",
    "plan": "noglue.agent.api",
    "report": "noglue.agent.api",
    "resume": "noglue.agent.api",
    "run": "noglue.agent.api",
    "runs": "noglue.agent.api",
}
__all__ = [
    "FitWarning",
    "InputWarning",
    "Model",
    "RequestWarning",
    "compare",
    "load",
    "plan",
    "report",
    "resume",
    "run",
    "runs",
]


def __getattr__(name: str) -> object:
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"noglue has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
