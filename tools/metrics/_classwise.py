"""Measures of one class: of the positive one of two, the mean over classes of more.

    >>> METRIC = of_class("recall", "recall", lambda right, of, told: ratio(right, of), …)
    >>> METRIC.bind(["healthy", "ill"], None).title
    'recall of ill'

Right, of, told: the shares of rows that are of a class and told as it, that are of it, that are told as it. Classes
for which the formula has no value (NaN) are left out of the mean.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Combine, computer, counts, rows_behind_a_mean_over_classes

if TYPE_CHECKING:
    import numpy as np

Formula = Callable[["np.ndarray", "np.ndarray", "np.ndarray"], "np.ndarray"]


def of_class(name: str, title: str, formula: Formula, aliases: tuple[str, ...], **more: Any) -> Metric:
    """The measure that `formula` makes of (right, of, told), each float64 (…, k)."""

    def bind(classes: Sequence[str], positive: str | None) -> Metric:
        place = place_of(classes, positive)
        combine = combined(formula, place)
        about = f"{title} of {classes[place]}" if place is not None else f"{title} (mean over classes)"
        effective = rows_behind_a_mean_over_classes if place is None else rows_of(place)
        return replace(metric, title=about, compute=computer(counts, combine), combine=combine, effective=effective)

    combine = combined(formula, None)
    metric = Metric(
        name=name,
        title=title,
        goal="classify",
        higher=True,
        unit="fraction",
        aliases=aliases,
        compute=computer(counts, combine),
        parts=counts,
        combine=combine,
        effective=rows_behind_a_mean_over_classes,
        on_request=True,
        answers=True,
        no_value_without="test rows of the class that it is about",
        bind=bind,
        **more,
    )
    return metric


def f_beta(beta: float) -> Formula:
    """(1 + β²) · precision · recall / (β² · precision + recall)."""

    def formula(right: "np.ndarray", of: "np.ndarray", called: "np.ndarray") -> "np.ndarray":
        return ratio((1 + beta**2) * right, beta**2 * of + called)

    return formula


def ratio(a: "np.ndarray", b: "np.ndarray") -> "np.ndarray":
    """a / b, NaN where there is nothing to divide by."""
    import numpy as np

    return np.asarray(np.where(b > 0, a / np.where(b > 0, b, 1), np.nan))


def place_of(classes: Sequence[str], positive: str | None) -> int | None:
    """The class that a measure of one class is about: the one named, the second of two, none of more."""
    if positive is not None and positive in classes:
        return list(classes).index(positive)
    return 1 if len(classes) == 2 else None


def rows_of(place: int) -> Callable[["np.ndarray"], float]:
    return lambda truth: float(max(1, int((truth == place).sum())))


def combined(formula: Formula, place: int | None) -> Combine:
    """From `counts`' means to the score of one class, or of the second of two, or the mean over all."""

    def combine(means: "np.ndarray") -> "np.ndarray":
        import numpy as np

        right, of, called = np.split(means, 3, axis=-1)
        scores = formula(right, of, called)
        single = place if place is not None else 1 if scores.shape[-1] == 2 else None
        if single is not None:
            return np.asarray(scores[..., single])
        known = np.isfinite(scores)
        total = np.where(known, scores, 0.0).sum(axis=-1)
        return ratio(total, known.sum(axis=-1))

    return combine
