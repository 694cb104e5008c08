"""Naive Bayes for tables: numbers as Gaussian, categories as Bernoulli variables, independent within each class.

Fitted in one pass; a simple model that few rows suffice for.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "naive bayes",
    "naïve bayes",
    "gaussian naive bayes",
    "bernoulli naive bayes",
    "bayes classifier",
    "naiver bayes",
    "naiver bayes-klassifikator",
    "naive-bayes",
    "bayes-klassifikator",
    "bayes naïf",
    "classifieur bayésien naïf",
    "bayésien naïf",
    "bayes ingenuo",
    "clasificador bayesiano ingenuo",
)
KINDS = ("bayes",)
MEMBERS = ("naive bayes",)


def suits(schema: Schema) -> float:
    """Any table to classify; taken where it is asked for."""
    if schema.goal != "classify":
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("naive_bayes", MEMBERS, named.bayes)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
