"""A single decision tree for tables: what can be drawn and explained, at some cost in accuracy.

How deep it may grow is chosen by cross-validation. options: `depth`.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "decision tree",
    "decision trees",
    "single tree",
    "cart",
    "classification tree",
    "regression tree",
    "entscheidungsbaum",
    "entscheidungsbäume",
    "arbre de décision",
    "arbres de décision",
    "árbol de decisión",
    "árboles de decisión",
)
KINDS = ("trees",)
MEMBERS = ("decision tree",)
OPTIONS = ("depth",)


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("decision_tree", MEMBERS, named.trees)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
