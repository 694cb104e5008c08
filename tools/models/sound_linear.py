"""Recordings, the simple way: a linear layer on a summary of each one's log-mel spectrogram. Needs no torch.

    >>> BASELINE, suits(schema)
    (True, 0.2)

What a summary holds: `tools/sound/features.py`. Regularised as validation wants it; values by ridge regression.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np

    from noglue.tools.training.sound_summary import SummaryModel

BASELINE = True
KINDS = ("linear models",)
ALIASES = ("linear model of spectrograms", "mfcc", "log-mel features")
MOST_ROWS = 20_000


def suits(schema: Schema) -> float:
    if schema.modality != "audio" or schema.target is None:
        return 0.0
    return 0.2 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when the time was up before the first step, DataError `too-few-rows`."""
    from noglue.tools.sound.features import summaries
    from noglue.tools.training import sound_summary
    from noglue.tools.training.sound_splits import rate_of, splits
    from noglue.tools.training.target_arrays import Target

    began, rate = time.monotonic(), rate_of(schema)
    known, held = splits(data, schema, step, settings.options.get("balance"), MOST_ROWS)
    target = Target.of(known.values, schema, settings)
    of_known, of_held = summaries(known.rows, rate), summaries(held.rows, rate)
    fitted = sound_summary.fit(of_known, known.values, of_held, held.values, target, rate, step)
    fitted.save(model)
    outputs = fitted.outputs(of_held)
    return Trained(
        family="sound_linear",
        parameters=fitted.parameters,
        seconds=round(time.monotonic() - began, 2),
        stopped="converged" if fitted.converged else "the time budget was used",
        by_clock=not fitted.converged,
        finished=fitted.converged,
        validation={target.metric.name: target.measure(outputs, held.values, fitted.config.temperature)},
        settings={"rows": len(known.values), "strength": fitted.config.strength},
        notes=target.notes,
    )


class Predictor:
    """See `Predictor` in `tools/spec/protocols.py`."""

    def __init__(self, model: "SummaryModel") -> None:
        self.model = model

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> "np.ndarray":
        from noglue.tools.sound.features import summaries

        return self.model.answers(summaries(rows, self.model.config.rate, progress))


def load(model: Path, device: str) -> Predictor:
    """The device is not used."""
    from noglue.tools.training import sound_summary

    return Predictor(sound_summary.load(model))
