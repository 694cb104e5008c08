"""Recordings to a model folder: a residual network on their spectrograms, the linear model on their summaries beside
it, and how much each of the two has to say, by validation.

model/config.json   `Config`: the rate, the size of the pictures, the network's share
model/network/      as of an image network (`image_model.py`)
model/linear/       as of `sound_summary.py`
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel

from noglue.tools.sound.features import Frame, pictures_and_summaries
from noglue.tools.sound.log_mel import BANDS
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training import image_model, sound_summary
from noglue.tools.training.image_training import Training
from noglue.tools.training.machine import keep_freed_memory
from noglue.tools.training.pixels import Size
from noglue.tools.training.sound_splits import rate_of, seconds, splits
from noglue.tools.training.split_arrays import Split
from noglue.tools.training.trainer import run

if TYPE_CHECKING:
    import datasets

SHARES = (0.5, 0.75, 0.25, 1.0, 0.0)  # of the network; of equally good ones the surest
WIDTH = 0.5  # factor on the number of filters where there is no GPU
ROWS = 256  # recordings predicted at a time


class Config(BaseModel):
    rate: int
    frame: Frame
    share: float


class SoundTraining(Training):
    """An image network's training on spectrograms, which are never mirrored."""

    noun = "recordings"

    def splits(self, data: Path, schema: Schema, limit: int, balance: str | None) -> tuple[Size, Split, Split]:
        self.rate = rate_of(schema)
        known, held = splits(data, schema, self.step, balance)
        self.frame = Frame.of(seconds(known.rows, self.rate))
        self.note(f"of each recording the first {self.frame.seconds:.1f} s are seen by the network")
        pictures, self.known_summaries = pictures_and_summaries(known.rows, self.rate, self.frame)
        shown, self.held_summaries = pictures_and_summaries(held.rows, self.rate, self.frame)
        self.known_values = known.values
        self._shown = shown
        size = Size(height=self.frame.moments, width=BANDS, channels=1)
        return size, Split(pictures, known.values), Split(shown, held.values)

    def shown(self, rows: np.ndarray) -> np.ndarray:
        """The pictures of these validation rows."""
        found: np.ndarray = self._shown[rows]
        return found

    def may_flip(self, schema: Schema) -> tuple[bool, str]:
        return False, "a recording played backwards is another sound"


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    narrow = {} if step.device.startswith("cuda") else {"width": WIDTH}
    settings = settings.model_copy(update={"options": narrow | settings.options})
    training = SoundTraining(data, schema, settings, step)
    fitted = time.monotonic()
    linear = sound_summary.fit(
        training.known_summaries, training.known_values, training.held_summaries, training.values, training.target,
        training.rate, step,
    )  # fmt: skip
    linear.save(model / "linear")
    began_network = time.monotonic()
    job = training.job()
    outcome = run(job, training.seconds(), step)
    measures = training.finish(family, model / "network")
    network = image_model.load(model / "network", step.device)
    rows = training.judged
    answers = [network.answers(network.outputs(training.shown(rows))), linear.answers(training.held_summaries[rows])]
    metric, truth = training.target.metric, training.values[rows]
    mixed = {share: _mixed(answers, share) for share in SHARES}
    scores = {share: metric.compute(truth, mixed[share]) for share in SHARES}
    share = min(SHARES, key=lambda one: _doubt(mixed[one], truth))
    for other in SHARES:
        share = other if metric.better(scores[other], scores[share]) else share
    config = Config(rate=training.rate, frame=training.frame, share=share)
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")
    job.checkpoint.unlink(missing_ok=True)
    spent = {"sound_linear": began_network - fitted, family: time.monotonic() - began_network}
    training.note(f"the network has a share of {share:.0%} in each answer, the linear model the rest, by validation")
    trained = training.trained(family, outcome, measures, time.monotonic() - began)
    trained.validation = {metric.name: scores[share]}
    trained.parameters = (trained.parameters or 0) + linear.parameters
    trained.candidates = [
        Tried(
            family=name,
            title=title,
            validation={metric.name: scores[alone]},
            seconds=spent[name],
            share=part,
            chosen=part > 0,
        )
        for name, title, alone, part in (
            (family, "residual network on spectrograms", 1.0, share),
            ("sound_linear", "linear model on summaries", 0.0, 1 - share),
        )
    ]
    return trained


def _doubt(answers: np.ndarray, truth: np.ndarray) -> float:
    """Mean negative log likelihood, or mean squared error: which of equally good answers is the surer."""
    if answers.ndim == 1:
        return float(np.square(answers - truth).mean())
    return float(-np.log(np.maximum(answers[np.arange(len(truth)), truth], 1e-9)).mean())


def _mixed(answers: list[np.ndarray], share: float) -> np.ndarray:
    """Of the network and of the linear model, probabilities or values alike."""
    found: np.ndarray = share * answers[0] + (1 - share) * answers[1]
    return found.astype(answers[0].dtype)


class SoundPredictor:
    """See `Predictor`."""

    def __init__(self, config: Config, network: image_model.ImagePredictor, linear: sound_summary.SummaryModel) -> None:
        self.config, self.network, self.linear = config, network, linear

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        parts = []
        for start in range(0, max(1, len(rows)), ROWS):
            some = rows.select(range(start, min(len(rows), start + ROWS)))
            pictures, summaries = pictures_and_summaries(some, self.config.rate, self.config.frame)
            parts.append(self._answers(pictures, summaries))
            if progress is not None and len(rows):
                progress(start + len(some), len(rows))
        return np.concatenate(parts)

    def _answers(self, pictures: np.ndarray, summaries: np.ndarray) -> np.ndarray:
        outputs = np.zeros((0, self.network.config.shape.outputs), np.float32)
        seen = self.network.answers(self.network.outputs(pictures) if len(pictures) else outputs)
        return _mixed([seen, self.linear.answers(summaries)], self.config.share)


def load(folder: Path, device: str) -> SoundPredictor:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no sound model: {error}.", hint="Train one first.") from error
    return SoundPredictor(config, image_model.load(folder / "network", device), sound_summary.load(folder / "linear"))
