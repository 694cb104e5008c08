"""Texts by what they mean: MiniLM's sentence embeddings and a linear model, logistic or ridge regression.

384 numbers a text from weights that others trained (`tools/pretrained/`), which the model takes along. Strong where few
texts have labels; blind to spelling, which `text_blend` counts beside it.

Claim (one core of a Xeon, 5-fold-like split of 30 %, seed 0): titles of courses in 41 subjects 67.6 % where TF-IDF with
support vector machines reaches 62.9 %; docstrings of 26 packages, told by spelling, 54.1 against 64.8 %; 1.8 to 19 ms a
text of 9 to 91 tokens. `make bench-texts ARGS="--family text_embedding"`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = (
    "sentence embeddings", "sentence transformer", "sentence-transformers", "minilm", "text embeddings", "embeddings",
    "satz-embeddings", "satzembeddings", "text-embeddings", "embeddings de phrases", "plongements de phrases",
    "embeddings de frases",
)  # fmt: skip
KINDS = ("neural networks", "deep learning", "pretrained models")
MEMBERS = ("sentence embeddings",)


def suits(schema: Schema) -> float:
    """Texts and nothing else, where it is named."""
    able = schema.modality in ("table", "text") and schema.goal in ("classify", "regress")
    alone = bool(schema.features) and all(column.kind == "text" for column in schema.features)
    return 0.15 if able and alone else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `text_contest.train` does."""
    from noglue.tools.models._texts import text_contest
    from noglue.tools.models._texts.linear_texts import Kind

    return text_contest.train(
        text_contest.Entry("text_embedding", (Kind.EMBEDDED,)), data, model, schema, settings, step
    )


def load(model: Path, device: str) -> "Predictor":
    """The device is not used."""
    from noglue.tools.models._texts import text_predictor

    return text_predictor.TextPredictor(text_predictor.load(model))
