"""Texts, the simple way: TF-IDF of words and of runs of characters, and a linear model: what a specialist tries first.

Support vector machines, each class against the rest, with probabilities; ridge regression for values. How strongly they
are held back is chosen on the validation rows. The simple model that others are set beside where there is nothing but
texts to learn from.

Claim (one busy core of a Xeon, seed 0): titles of courses in 41 subjects, 1,900 to learn from in 1.7 s of processor
time: 61.5 % of 520 others; scikit-learn's TF-IDF and logistic regression on another split of them 55.1 %, with C = 10
59.2 %. `make bench-texts ARGS="--family text_linear"`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = True
ALIASES = ("tf-idf", "tfidf", "bag of words", "tf-idf and a linear model")
KINDS = ("linear models",)
MEMBERS = ("tf-idf",)


def suits(schema: Schema) -> float:
    """Texts and nothing else, before the linear model of tables."""
    able = schema.modality in ("table", "text") and schema.goal in ("classify", "regress")
    alone = bool(schema.features) and all(column.kind == "text" for column in schema.features)
    return 0.3 if able and alone else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `text_contest.train` does."""
    from noglue.tools.models._texts import text_contest
    from noglue.tools.models._texts.linear_texts import Kind

    return text_contest.train(text_contest.Entry("text_linear", (Kind.COUNTED,)), data, model, schema, settings, step)


def load(model: Path, device: str) -> "Predictor":
    """The device is not used."""
    from noglue.tools.models._texts import text_predictor

    return text_predictor.TextPredictor(text_predictor.load(model))
