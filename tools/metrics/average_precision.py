"""Average precision, the area under the precision-recall curve: precision at each row of the class, averaged.

Of two classes that of the positive one; of more the mean over classes, each against the rest. Chance scores the
share of the class.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._classwise import place_of

if TYPE_CHECKING:
    import numpy as np


def computer(place: int | None) -> Callable[["np.ndarray", "np.ndarray"], float]:
    """place: the class that counts; None: the second of two, each of more."""

    def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
        import numpy as np

        if len(truth) != len(predicted):
            raise ValueError(f"{len(truth)} rows of truth beside {len(predicted)} predictions")
        if len(truth) == 0 or not np.isfinite(predicted).all():
            return float("nan")
        count = predicted.shape[1]
        places = [place] if place is not None else [1] if count == 2 else range(count)
        found = [area(truth == one, predicted[:, one]) for one in places if (truth == one).any()]
        return float(np.mean(found)) if found else float("nan")

    return compute


def area(positive: "np.ndarray", score: "np.ndarray") -> float:
    """Σ (recall gained) · precision over the distinct scores, highest first; as scikit-learn's."""
    import numpy as np

    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))  # the last row of each distinct score
    found = np.cumsum(positive[order])[ends]
    return float((np.diff(found, prepend=0) * found / (ends + 1)).sum() / found[-1])


def bind(classes: Sequence[str], positive: str | None) -> Metric:
    place = place_of(classes, positive)
    about = "mean over classes" if place is None else f"of {classes[place]}"
    title = f"{METRIC.title} ({about})" if place is None else f"{METRIC.title} {about}"
    return replace(METRIC, title=title, compute=computer(place))


METRIC = Metric(
    name="average_precision",
    title="average precision",
    goal="classify",
    higher=True,
    aliases=(
        "average precision",
        "average precision score",
        "pr auc",
        "pr-auc",
        "auprc",
        "aucpr",
        "auc-pr",
        "area under the precision-recall curve",
        "area under the precision recall curve",
        "precision-recall auc",
        "precision recall auc",
        "mean average precision",
        "durchschnittliche präzision",
        "mittlere präzision",
        "fläche unter der precision-recall-kurve",
        "précision moyenne",
        "aire sous la courbe précision-rappel",
        "precisión media",
        "precisión promedio",
        "área bajo la curva precisión-recall",
    ),
    compute=computer(None),
    on_request=True,
    no_value_without="test rows of the class that it is about",
    bind=bind,
)
