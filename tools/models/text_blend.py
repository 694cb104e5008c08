"""Texts: counts of words and characters, sentence embeddings, and on many texts a convolutional network, blended.

TF-IDF with support vector machines, MiniLM embeddings with a logistic regression, machines on both together (values:
ridge regression), each in several strengths, weighed by a greedy selection on rows that they did not learn from
(Caruana et al. 2004). Columns beside the texts are learned from too, see `_texts/stacked.py`.

Claim (2 cores of a Xeon, seed 0, whole runs of 2 minutes, `make bench-texts`, no spread taken), beside the better one
of scikit-learn's TF-IDF with a logistic regression at its defaults and with C = 10 (with a ridge regression): packages
by docstrings 65.5 %, 56.6; subjects by titles 70.9, 59.8; programs by tweets 81.5, 71.8; reviews 81.3, 80.1; the year
of a work of art by its title, medium and artist 4.15 years, 4.18.
options: `balance`; `avoid`, members (or how they begin) that must not be used.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = ("text blend", "blend of text models", "ensemble of text models")
KINDS = ("ensembles",)
BLENDS = ("tf-idf", "sentence embeddings", "convolutional network")
FEW_OTHERS = 4  # columns beside the texts, up to which the texts are what the table is about
FEWEST_STACKED = 750  # rows: with fewer, what the texts say of each row knows too much of those that judge it


def suits(schema: Schema) -> float:
    """Tables with a column of texts: first choice where there is little else, and by name where few rows have more."""
    if schema.modality not in ("table", "text") or schema.goal not in ("classify", "regress"):
        return 0.0
    texts = sum(column.kind == "text" for column in schema.features)
    if not texts:
        return 0.0
    others = len(schema.features) - texts
    if others and schema.rows.get("train", 0) < FEWEST_STACKED:
        return 0.4
    return 0.9 if others <= FEW_OTHERS * texts else 0.6


def seconds(schema: Schema) -> float:
    """About how long counts of words alone take on two cores; embeddings take as much more as there is time for."""
    return 5.0 + 0.003 * (schema.rows.get("train", 0) + schema.rows.get("validation", 0))


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `text_contest.train` does."""
    from noglue.tools.models._texts import stacked, text_contest
    from noglue.tools.models._texts.linear_texts import Kind

    entry = text_contest.Entry("text_blend", tuple(Kind), network=True, blend=True)
    return stacked.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> "Predictor":
    """The device is not used."""
    from noglue.tools.models._texts import stacked

    return stacked.load(model, device)
