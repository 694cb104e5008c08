"""Support vector machines with a Gaussian kernel for tables, a softmax making probabilities of their decisions.

How hard errors count is chosen by cross-validation. options: `strength`, C. At most 10,000 rows are learned from.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "support vector machine",
    "support vector machines",
    "svm",
    "svms",
    "svc",
    "svr",
    "support vector classifier",
    "support vector regression",
    "kernel machine",
    "stützvektormaschine",
    "support-vektor-maschine",
    "support-vector-machine",
    "machine à vecteurs de support",
    "machines à vecteurs de support",
    "séparateur à vaste marge",
    "máquina de vectores de soporte",
    "máquinas de vectores de soporte",
    "máquina de soporte vectorial",
)
KINDS = ("kernels",)
MEMBERS = ("kernel", "gaussian process")
OPTIONS = ("strength",)


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("svm", MEMBERS, named.machines, most_rows=10_000)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
