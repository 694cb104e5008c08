"""A multilayer perceptron for tables: two hidden layers of 64 and 32 rectified linear units, trained with Adam.

How hard its weights are held back is chosen by cross-validation. options: `layers`, how many hidden ones or their
widths.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "neural network",
    "neural networks",
    "neural net",
    "neural nets",
    "mlp",
    "multilayer perceptron",
    "multi-layer perceptron",
    "feedforward network",
    "feed-forward network",
    "deep neural network",
    "neuronales netz",
    "neuronale netze",
    "neuronalem netz",
    "neuronalen netz",
    "réseau de neurones",
    "réseaux de neurones",
    "réseau neuronal",
    "perceptron multicouche",
    "red neuronal",
    "redes neuronales",
    "perceptrón multicapa",
)
KINDS = (
    "neural networks",
    "deep learning",
)
MEMBERS = ("neural net", "network")
SETTINGS = ("epochs", "batch_size", "learning_rate")


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; taken where it is asked for."""
    if schema.goal not in ("classify", "regress"):
        return 0.0
    return {"table": 0.3, "text": 0.1}.get(schema.modality, 0.0)


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import contest, named

    entry = contest.Entry("neural_net", MEMBERS, named.networks, most_rows=100_000)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
