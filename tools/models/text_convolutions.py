"""Texts by a small convolutional network over words, or over the characters of names and of scripts without blanks.

Learned from nothing, so that it wants many texts: 20,000 and more. Its recipe: `_texts/convolution.py`.

Claim: 7 s of processor time (one busy core of a Xeon, seed 0) for 1,900 titles of courses in 41 subjects, of which it
tells 37.7 % where counts of words tell 61.5 %: it is for many texts, on which it has not been measured yet.
`make bench-texts ARGS="--family text_convolutions"`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = ("text cnn", "convolutional network on texts", "word cnn", "character cnn")
KINDS = ("neural networks", "deep learning")
MEMBERS = ("convolutional network",)
SETTINGS = ("epochs", "batch_size", "learning_rate")


def suits(schema: Schema) -> float:
    """Texts and nothing else, where it is named."""
    able = schema.modality in ("table", "text") and schema.goal in ("classify", "regress")
    alone = bool(schema.features) and all(column.kind == "text" for column in schema.features)
    return 0.1 if able and alone else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `text_contest.train` does."""
    from noglue.tools.models._texts import text_contest

    return text_contest.train(
        text_contest.Entry("text_convolutions", (), network=True, always=True), data, model, schema, settings, step
    )


def load(model: Path, device: str) -> "Predictor":
    """The device is not used."""
    from noglue.tools.models._texts import text_predictor

    return text_predictor.TextPredictor(text_predictor.load(model))
