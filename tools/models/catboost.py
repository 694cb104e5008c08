"""Gradient boosting by CatBoost for tables, where the library is installed: `pip install 'noglue[tables]'`.

Ordered target statistics for categories, oblivious trees (Prokhorenkova et al. 2018). Stopped at the round that is best
for all folds together. `settings.epochs`: at most so many
rounds.
"""

from importlib.util import find_spec
from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "catboost",
    "cat boost",
)
KINDS = (
    "boosting",
    "trees",
    "ensembles",
)
MEMBERS = ("catboost",)
SETTINGS = ("learning_rate",)


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def lacks() -> str | None:
    """The library."""
    if find_spec("catboost") is not None:
        return None
    return "CatBoost can't be tried: the library is not installed. pip install 'noglue[tables]' installs it"


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("catboost", MEMBERS, named.none)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
