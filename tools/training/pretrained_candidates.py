"""What competes in `pretrained_training.py`, and how the winner is kept and told of."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.pretrained.efficientnet_lite import EfficientNetLite0
from noglue.tools.spec.protocols import Trained, Tried
from noglue.tools.training import confidence, pretrained_model
from noglue.tools.training.linear_probe import Probe
from noglue.tools.training.pretrained_model import Resolution

if TYPE_CHECKING:
    from noglue.tools.training.pretrained_training import PretrainedTraining


@dataclass
class Candidate:
    """One of the models that compete. outputs: for the judged validation rows, (n, outputs), by a head that did not
    learn from them. learned_from: the splits that the head in `probe` was fitted to. epochs: how long the network was
    trained further.
    """

    title: str
    network: EfficientNetLite0
    probe: Probe
    resolution: Resolution
    outputs: np.ndarray
    seconds: float
    learned_from: list[str]
    tuned: bool = False
    epochs: float = 0.0
    by_clock: bool = False

    def tried(self, family: str, measured: dict[str, float], chosen: bool) -> Tried:
        return Tried(
            family=family, title=self.title, validation=measured, seconds=round(self.seconds, 2), share=float(chosen),
            chosen=chosen,
        )  # fmt: skip


def finished(
    training: "PretrainedTraining", family: str, model: Path, best: Candidate, tried: list[Candidate], seconds: float
) -> Trained:
    """Fit the temperature, write the model, tell of it."""
    values, target = training.held.values, training.target
    config = pretrained_model.Config(
        family=family, size=training.size, resolution=best.resolution, classes=target.classes, tuned=best.tuned,
        flip=training.flip, flip_why=training.flip_why, offset=target.offset, scale=target.scale,
    )  # fmt: skip
    measures, name = dict[str, float](), target.metric.name
    if target.classes is not None:
        config.temperature = confidence.fit_temperature(best.outputs, values)
        chances = confidence.softmax(best.outputs, config.temperature)
        measures["calibration_error"] = confidence.calibration_error(chances, values)
    pretrained_model.save(model, best.network, best.probe, config)
    return Trained(
        family=family,
        parameters=sum(p.numel() for p in best.network.parameters()) + best.probe.parameters,
        seconds=round(seconds, 2),
        stopped="the time budget was used" if best.by_clock else "the schedule ended",
        by_clock=best.by_clock,
        validation={name: target.measure(best.outputs, values, config.temperature)} | measures,
        learned_from=best.learned_from,
        history=training.history,
        settings={"resolution": best.resolution.model_dump(), "strength": best.probe.strength, "tuned": best.tuned}
        | ({"epochs": round(best.epochs, 2), **training.tuning.schedule} if best.tuned else {}),
        notes=training.notes,
        candidates=[one.tried(family, {name: training.score(one.outputs)}, one is best) for one in tried],
        held=(values, pretrained_model.answers(best.outputs, config)),
    )
