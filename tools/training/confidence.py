"""Probabilities that mean what they say: one temperature, fitted on validation.

    >>> temperature = fit_temperature(logits, labels)      # of a network trained with label smoothing
    >>> temperature
    0.42

Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599.
"""

import numpy as np

BINS = 15


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """float (n, k) → float32 (n, k), rows adding up to 1."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32)


def negative_log_likelihood(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Of labels over which one row more is spread, every class equally likely: a perfect score proves no certainty."""
    scaled = logits.astype(np.float64) / temperature
    highest = scaled.max(axis=1)
    whole = highest + np.log(np.exp(scaled - highest[:, None]).sum(axis=1))
    of_truth = scaled[np.arange(len(labels)), labels]
    share = 1 / (len(labels) + 1)
    return float((whole - (1 - share) * of_truth - share * scaled.mean(axis=1)).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature in 0.05…20 with the least negative log likelihood (convex in 1/T), by golden section."""
    low, high, golden = np.log(0.05), np.log(20.0), (5**0.5 - 1) / 2
    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        losses = [negative_log_likelihood(logits, labels, float(np.exp(at))) for at in (left, right)]
        low, high = (low, right) if losses[0] <= losses[1] else (left, high)
    return float(np.exp((low + high) / 2))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Expected calibration error: |confidence - accuracy|, weighted over 15 equal bins of confidence."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.abs(np.bincount(bins, sure, BINS) - np.bincount(bins, right.astype(float), BINS))
    return float(gaps.sum() / max(1, len(labels)))
