"""Quadratic weighted kappa: agreement beyond chance of ordered classes, a mistake counting by the square of its width.

The order is that of the classes' numbers (`1`, `2`, `10`) or of words like low, medium, high; without one it has no
value.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._natural_order import ranks
from noglue.tools.metrics._parts import MakeParts, Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts_of(order: list[float] | None) -> MakeParts:
    """order: the rank of each class; None: as they are numbered."""

    def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
        import numpy as np

        place = np.arange(predicted.shape[1], dtype=np.float64) if order is None else np.array(order)
        is_, called = place[truth], place[predicted.argmax(axis=1)]
        return columns((is_ - called) ** 2, is_, called, is_**2, called**2)

    return parts


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    apart, is_, called, is_square, told_square = np.moveaxis(means, -1, 0)
    expected = is_square + told_square - 2 * is_ * called  # were they independent
    score: np.ndarray = np.where(expected > 1e-12, 1 - apart / np.maximum(expected, 1e-12), np.nan)
    return score


def bind(classes: Sequence[str], positive: str | None) -> Metric:
    """For classes of these names; of those that tell no order it has no value."""
    order = [0.0, 1.0] if len(classes) == 2 else ranks(classes)
    parts = parts_of([float("nan")] * len(classes) if order is None else order)
    return replace(METRIC, parts=parts, compute=computer(parts, combine))


METRIC = Metric(
    name="quadratic_kappa",
    title="quadratic kappa",
    goal="classify",
    higher=True,
    aliases=(
        "quadratic kappa",
        "quadratic weighted kappa",
        "qwk",
        "weighted kappa",
        "quadratically weighted kappa",
        "cohen's quadratic kappa",
        "gewichtetes kappa",
        "quadratisch gewichtetes kappa",
        "kappa quadratique",
        "kappa pondéré",
        "kappa quadratique pondéré",
        "kappa cuadrático",
        "kappa ponderado",
        "kappa cuadrático ponderado",
    ),
    compute=computer(parts_of(None), combine),
    parts=parts_of(None),
    combine=combine,
    on_request=True,
    answers=True,
    no_value_without="classes whose names tell their order (1, 2, 3 or low, medium, high)",
    bind=bind,
)
