"""What `speech_embedding` does: recordings embedded once, a linear model on them, as validation wants it.

>>> train(run / "data", run / "model", schema, Settings(), step).validation
{'accuracy': 0.995}
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noglue.tools.data import labels
from noglue.tools.pretrained.speech import SpeechEmbedder
from noglue.tools.sound.content import COLUMN
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training import sound_summary, speech_summary
from noglue.tools.training.pseudo_labelling import named, stands
from noglue.tools.training.sound_splits import rate_of, splits
from noglue.tools.training.sound_summary import SummaryModel
from noglue.tools.training.target_arrays import Target

FAMILY = "speech_embedding"
BESIDE_SPECTROGRAM = "spectrogram.json"
READING_SHARE = 0.4  # of the time left may go into embeddings
PROBED = 16
MOST_OTHERS, FEWEST_OTHERS = 20_000, 20  # recordings without a label that are learned from


@dataclass(frozen=True)
class Fitted:
    model: SummaryModel
    spectrogram: bool
    tried: Tried


class SpeechTraining:
    """One training's parts. seconds: that embedding the labelled recordings took."""

    def __init__(self, data: Path, schema: Schema, settings: Settings, step: Step) -> None:
        began = time.monotonic()
        self.data, self.schema, self.step = data, schema, step
        self.rate, self.embedder = rate_of(schema), SpeechEmbedder.published()
        self.most = self._in_time()
        known, held = splits(data, schema, step, settings.options.get("balance"), self.most)
        self.target = Target.of(known.values, schema, settings)
        step.progress("embedding")
        self.known, self.values = speech_summary.of_all(known.rows, self.rate, self.embedder), known.values
        self.held, self.held_values = speech_summary.of_all(held.rows, self.rate, self.embedder), held.values
        self.seconds = time.monotonic() - began
        there = schema.rows.get("train", 0) - schema.unlabelled_train
        if len(self.values) < there and self.most is not None and self.most < there:
            step.note(f"time is short: {len(self.values):,} of {there:,} recordings are learned from")

    def _in_time(self) -> int | None:
        """So many recordings that embedding them takes a part of the time that is left."""
        rows, left = load_split(self.data, "train"), self.step.remaining()
        if left is None or not len(rows):
            return None
        probe = rows.select(np.linspace(0, len(rows) - 1, min(PROBED, len(rows))).astype(int))
        speech_summary.of_all(probe.select([0]), self.rate, self.embedder)
        began = time.monotonic()
        speech_summary.of_all(probe, self.rate, self.embedder)
        each = (time.monotonic() - began) / len(probe)
        return max(100, int(READING_SHARE * left / max(each, 1e-6)))

    def fitted(self, title: str, known: np.ndarray, values: np.ndarray, spectrogram: bool) -> Fitted:
        """Judged by the held rows."""
        began = time.monotonic()
        seen, held = (speech_summary.seen(rows, spectrogram) for rows in (known, self.held))
        model = sound_summary.fit(seen, values, held, self.held_values, self.target, self.rate, self.step)
        score = self.target.measure(model.outputs(held), self.held_values, model.config.temperature)
        spent = round(time.monotonic() - began, 3)
        return Fitted(
            model,
            spectrogram,
            Tried(family=FAMILY, title=title, validation={self.target.metric.name: score}, seconds=spent),
        )

    def beside_unlabelled(self, best: Fitted) -> Fitted | None:
        """Once more, from recordings without a label too, named by their neighbours; None where there are none."""
        if self.target.classes is None or self.step.is_over() or not labels.has_unlabelled(self.data, self.schema):
            return None
        most = MOST_OTHERS if self.most is None else max(0, self.most - len(self.values))
        rows = labels.unlabelled(self.data, self.schema, COLUMN, min(MOST_OTHERS, most), self.step.seed)
        if len(rows) < FEWEST_OTHERS:
            return None
        others = speech_summary.of_all(rows, self.rate, self.embedder)
        known, unknown = (speech_summary.seen(one, best.spectrogram) for one in (self.known, others))
        which, guessed = named(known, self.values, unknown, self.target.outputs)
        title = f"{best.tried.title}, {len(which):,} of {len(others):,} recordings named by their neighbours"
        every, values = np.concatenate([self.known, others[which]]), np.concatenate([self.values, guessed])
        return self.fitted(title, every, values, best.spectrogram)

    def lets_stand(self, before: Fitted, after: Fitted) -> bool:
        seen = speech_summary.seen(self.held, before.spectrogram)
        return stands(before.model.outputs(seen), after.model.outputs(seen), self.held_values)

    def better(self, one: Fitted, other: Fitted) -> bool:
        name = self.target.metric.name
        return self.target.metric.better(one.tried.validation[name], other.tried.validation[name])


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when the time was up before the first step, DataError `too-few-rows`."""
    began, training = time.monotonic(), SpeechTraining(data, schema, settings, step)
    best = training.fitted("speech embedding", training.known, training.values, spectrogram=False)
    tried = [best]
    if not step.is_over():
        tried.append(
            training.fitted("speech embedding and spectrogram", training.known, training.values, spectrogram=True)
        )
        best = tried[1] if training.better(tried[1], best) else best
    if (found := training.beside_unlabelled(best)) is not None:
        tried.append(found)
        best = found if training.lets_stand(best, found) else best
    best.tried.share, best.tried.chosen = 1.0, True
    best.model.save(model)
    training.embedder.save(model)
    (model / BESIDE_SPECTROGRAM).write_text("true" if best.spectrogram else "false", encoding="utf-8")
    config = best.model.config
    return Trained(
        family=FAMILY,
        parameters=best.model.parameters,
        seconds=round(time.monotonic() - began, 2),
        stopped="converged" if best.model.converged else "the time budget was used",
        by_clock=not best.model.converged,
        validation=best.tried.validation,
        settings={"rows": len(training.values), "strength": config.strength, "spectrogram": best.spectrogram},
        notes=[
            *training.target.notes,
            f"the embedding took {training.seconds:.1f} s; {best.tried.title} was chosen of {len(tried)} tried",
        ],
        candidates=[one.tried for one in tried],
    )
