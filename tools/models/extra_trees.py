"""Extremely randomised trees for tables: a forest whose splits are drawn at random (Geurts et al. 2006).

options: `trees` (200).
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "extra trees",
    "extra-trees",
    "extratrees",
    "extremely randomized trees",
    "extremely randomised trees",
    "extrem randomisierte bäume",
    "arbres extrêmement aléatoires",
    "árboles extremadamente aleatorios",
)
KINDS = (
    "trees",
    "forests",
    "ensembles",
)
MEMBERS = ("extra trees",)
OPTIONS = ("trees",)


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("extra_trees", MEMBERS, named.extra)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
