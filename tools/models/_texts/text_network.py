"""The convolutional network as a member of a blend of texts, judged by what `prepare` held back or by one fold.

>>> judge(problem, settings, step, seconds=60.0).predicted.shape
(1300, 26)
"""

import time
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from noglue.tools.models._texts.counted import units_of
from noglue.tools.models._texts.judged import Judged, Problem
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.step import Step

NETWORK = "convolutional network"


def missing() -> str:
    """What must be installed for it, in words; empty where all is there."""
    if find_spec("torch") is not None:
        return ""
    return "without a convolutional network, for which torch is needed: `pip install 'noglue[images]'` brings it"


def judge(problem: Problem, settings: Settings, step: Step, seconds: float) -> Judged:
    """settings: `epochs`, `batch_size` and `learning_rate` where they were asked for."""
    from noglue.tools.models._texts import convolution
    from noglue.tools.training.machine import one_thread_if_busy

    one_thread_if_busy()
    began = time.monotonic()
    rows, weights = problem.learned_from(problem.folds != 0, None)
    unit: convolution.Unit = "words" if problem.features.counted.shape[1] and _is_spaced(problem) else "characters"
    losses: list[float] = []

    def shown(loss: float) -> None:
        losses.append(loss)
        step.progress("epoch", len(losses), settings.epochs or convolution.PASSES, loss=loss)

    wanted = problem.target.encode(problem.truth)
    held = np.flatnonzero(problem.judged & (problem.folds == 0))
    classes = len(problem.target.present) if problem.target.classes else 0
    model = convolution.fit(
        problem.features, wanted, rows, weights, held, classes, unit, problem.seed, began + seconds, settings, shown
    )
    predicted = model.predict(problem.features.take(held))
    predicted = predicted if classes else problem.target.decode(predicted)
    spent = time.monotonic() - began
    return Judged(NETWORK, predicted, spent, 0.0, model, lambda: model)


def used(done: Sequence[Judged], settings: Settings) -> dict[str, float]:
    """Of what the request sets, how the network was trained; nothing without one."""
    passes = [getattr(one.first, "passes", 0.0) for one in done if one.name == NETWORK]
    if not passes:
        return {}
    found = {"epochs": passes[0], "batch_size": settings.batch_size, "learning_rate": settings.learning_rate}
    return {name: value for name, value in found.items() if value is not None}


def _is_spaced(problem: Problem) -> bool:
    """Whether the texts are of words with blanks between them."""
    return "parts of words" in units_of(problem.features.columns[0])
