"""Where a model is right and wrong: classes, confusions, calibration, residuals."""

import numpy as np

from noglue.tools.evaluation.findings import CalibrationBin, ClassRow, Confused, Residuals
from noglue.tools.metrics.calibration_error import BINS, bins

MOST_CONFUSED = 20
MOST_POINTS = 500


def confusion_matrix(truth: np.ndarray, predicted: np.ndarray, k: int) -> np.ndarray:
    """Counts, int64 (k, k): rows the truth, columns the predicted class."""
    return np.bincount(truth * k + predicted, minlength=k * k).reshape(k, k)


def class_rows(confusion: np.ndarray, names: list[str]) -> list[ClassRow]:
    right, rows, given = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)

    def ratio(a: int, b: int) -> float | None:
        return float(a / b) if b else None

    return [
        ClassRow(
            name=name,
            rows=int(n),
            predicted=int(g),
            precision=ratio(r, g),
            recall=ratio(r, n),
            f1=ratio(2 * r, n + g),
        )
        for name, r, n, g in zip(names, right, rows, given, strict=True)
    ]


def most_confused(confusion: np.ndarray, names: list[str]) -> list[Confused]:
    """The commonest errors, most first."""
    wrong = confusion * (1 - np.eye(len(names), dtype=np.int64))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(place), len(names)) for place in order if wrong.flat[place] > 0]
    return [
        Confused(truth=names[i], predicted=names[j], count=int(wrong[i, j]), rows=int(confusion[i].sum()))
        for i, j in pairs
    ]


def calibration_bins(truth: np.ndarray, predicted: np.ndarray) -> list[CalibrationBin]:
    """The bins of the calibration error that hold rows."""
    confidence, right = predicted.max(axis=1), predicted.argmax(axis=1) == truth
    place = bins(confidence)
    found = []
    for b in np.unique(place):
        inside = place == b
        found.append(
            CalibrationBin(
                low=float(b / BINS),
                high=float((b + 1) / BINS),
                confidence=float(confidence[inside].mean()),
                accuracy=float(right[inside].mean()),
                rows=int(inside.sum()),
            )
        )
    return found


def residuals(truth: np.ndarray, predicted: np.ndarray, seed: int) -> Residuals:
    """Predicted minus true: quantiles, a histogram (of many rows: over the middle 99 %), and points to draw."""
    error = predicted - truth
    levels = [5, 25, 50, 75, 95]
    low, high = np.percentile(error, [0.5, 99.5]) if len(error) >= 100 else (error.min(), error.max())
    spread = (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)
    counts, edges = np.histogram(error, bins=31, range=spread)
    shown = np.sort(np.random.default_rng(seed).permutation(len(truth))[:MOST_POINTS])
    return Residuals(
        quantiles={str(level): float(q) for level, q in zip(levels, np.percentile(error, levels), strict=True)},
        edges=edges.tolist(),
        counts=counts.tolist(),
        points=[(float(truth[i]), float(predicted[i])) for i in shown],
    )
