"""Nearest neighbours for tables: the rows most like a new one answer for it, nearer ones counting more.

How many are asked is chosen by cross-validation. options: `neighbours`. At most 20,000 rows are kept.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "nearest neighbours",
    "nearest neighbors",
    "nearest neighbour",
    "nearest neighbor",
    "k nearest neighbours",
    "k nearest neighbors",
    "k-nearest neighbours",
    "k-nearest neighbors",
    "k-nearest-neighbours",
    "k-nearest-neighbors",
    "knn",
    "k-nn",
    "nächste nachbarn",
    "nächsten nachbarn",
    "k-nächste-nachbarn",
    "plus proches voisins",
    "k plus proches voisins",
    "vecinos más cercanos",
    "k vecinos más cercanos",
    "vecinos más próximos",
)
KINDS = ("neighbours",)
MEMBERS = ("neighbours",)
OPTIONS = ("neighbours",)


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("neighbours", MEMBERS, named.nearest, most_rows=20_000)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
