"""Fitted learners in their plainest form, as arrays: nothing of scikit-learn is needed to predict with them.

Each gives class probabilities (n, m), or standardised values (n,) where it was fitted to values (m = 1). `arrays` and
`of` take them to safetensors and back; `save` and `load` do so for any of them, the form's name among the metadata.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.target import softmax
from noglue.tools.training import grown_trees

BLOCK = 20_000_000  # elements of the largest array made at a time


@dataclass(frozen=True)
class _Standardised:
    """What every form begins with: its inputs, and what else it learned as arrays."""

    dense: Dense

    @classmethod
    def of(cls, dense: Dense, arrays: Mapping[str, np.ndarray]) -> Self:
        kind: Any = cls  # each form has fields of its own
        found: Self = kind(dense, **arrays)
        return found

    def arrays(self) -> dict[str, np.ndarray]:
        return {name: array for name, array in vars(self).items() if name != "dense"}

    @property
    def parameters(self) -> int:
        """Numbers learned, those of the standardisation left out."""
        return sum(int(array.size) for array in self.arrays().values())


@dataclass(frozen=True)
class Linear(_Standardised):
    """x·weights + intercept: weights float64 (width, m), intercept (m,). m = 1: values, else a softmax."""

    weights: np.ndarray
    intercept: np.ndarray

    def predict(self, rows: Encoded) -> np.ndarray:
        found = self.dense.matrix(rows) @ self.weights + self.intercept
        return found[:, 0] if found.shape[1] == 1 else softmax(found)


@dataclass(frozen=True)
class Kernel(_Standardised):
    """K(x, points)·weights + intercept with K = exp(-|x - p|²), over inputs multiplied by `stretch` (width,).

    points: float64 (p, width), stretched already; weights (p, m); intercept (m,). m = 1: values, else a softmax.
    """

    stretch: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    intercept: np.ndarray

    def predict(self, rows: Encoded) -> np.ndarray:
        matrix = self.dense.matrix(rows) * self.stretch
        near = [np.exp(-distances(part, self.points)) @ self.weights for part in _blocks(matrix, len(self.points))]
        found = np.concatenate(near) + self.intercept
        return found[:, 0] if found.shape[1] == 1 else softmax(found)


@dataclass(frozen=True)
class Neighbours(_Standardised):
    """The mean of the nearest rows' labels, nearer ones counting more. values: float64 (p, m); count: int64 (1,)."""

    points: np.ndarray
    values: np.ndarray
    count: np.ndarray

    def predict(self, rows: Encoded) -> np.ndarray:
        nearest = min(int(self.count[0]), len(self.points))
        parts = []
        for part in _blocks(self.dense.matrix(rows), len(self.points)):
            apart = distances(part, self.points)
            chosen = np.argpartition(apart, nearest - 1, axis=1)[:, :nearest]
            weight = 1 / (np.sqrt(np.take_along_axis(apart, chosen, axis=1)) + 1e-3)
            parts.append(np.einsum("ij,ijm->im", weight / weight.sum(axis=1, keepdims=True), self.values[chosen]))
        found = np.concatenate(parts)
        return found[:, 0] if found.shape[1] == 1 else (found + 0.02) / (found + 0.02).sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Forest(_Standardised):
    """The mean of many trees. roots: int64 (t,), the first node of each.

    A node: feature int64 (-1 at a leaf), threshold float64, the node to the left (x ≤ threshold) and to the right,
    values float64 (m,).
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray

    def predict(self, rows: Encoded) -> np.ndarray:
        matrix = self.dense.matrix(rows).astype(np.float32)  # as scikit-learn's trees see it
        found = np.concatenate([grown_trees.mean(self, part) for part in _blocks(matrix, 8 * len(self.roots))])
        return found[:, 0] if found.shape[1] == 1 else found


@dataclass(frozen=True)
class Network(_Standardised):
    """A multilayer perceptron: rectified linear layers, then a softmax, or a value (m = 1).

    sizes: int64 (layers + 1,), the width of each layer, inputs and outputs among them. weights: float64, one layer
    after the other, each its matrix (width below, width) row by row and then its offsets.
    """

    sizes: np.ndarray
    weights: np.ndarray

    @property
    def parameters(self) -> int:
        return int(self.weights.size)

    def predict(self, rows: Encoded) -> np.ndarray:
        found, start, last = self.dense.matrix(rows), 0, len(self.sizes) - 2
        for layer, (below, width) in enumerate(pairwise(self.sizes.tolist())):
            matrix = self.weights[start : start + below * width].reshape(below, width)
            start += below * width
            found = found @ matrix + self.weights[start : start + width]
            start += width
            found = found if layer == last else np.maximum(found, 0.0)
        return found[:, 0] if found.shape[1] == 1 else softmax(found)


@dataclass(frozen=True)
class Networks(_Standardised):
    """Several networks of one shape, averaged; see `networks`. Their inputs: numbers first, scaled again and smoothly
    cut off, then levels. Each number through cosines: frequency, phase (k, numbers, c), mixing (k, numbers, c, e); then
    layers with x·sigmoid(x) between: matrix_0 (k, inputs + e·numbers, width), offset_0 (k, 1, width), … All float32.
    """

    centre: np.ndarray
    scale: np.ndarray
    frequency: np.ndarray
    phase: np.ndarray
    mixing: np.ndarray
    layers: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, dense: Dense, arrays: Mapping[str, np.ndarray]) -> "Networks":
        own = {name: arrays[name] for name in ("centre", "scale", "frequency", "phase", "mixing")}
        return cls(dense, **own, layers={name: array for name, array in arrays.items() if name not in own})

    def arrays(self) -> dict[str, np.ndarray]:
        own = {name: getattr(self, name) for name in ("centre", "scale", "frequency", "phase", "mixing")}
        return {**own, **self.layers}

    @staticmethod
    def scaled(matrix: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
        numbers = (matrix[:, : len(centre)] - centre) / scale
        return np.concatenate([numbers / np.sqrt(1 + (numbers / 3) ** 2), matrix[:, len(centre) :]], axis=1)

    def each(self, rows: Encoded) -> np.ndarray:
        """What each network says: probabilities (k, n, m), or values (k, n)."""
        given = self.scaled(self.dense.matrix(rows), self.centre, self.scale).astype(np.float32)
        width = self.frequency.size + sum(array[:, 0].size for array in self.layers.values())
        logits = np.concatenate([self._logits(part) for part in _blocks(given, width)], axis=1).astype(np.float64)
        return logits[..., 0] if logits.shape[2] == 1 else softmax(logits)

    def _logits(self, given: np.ndarray) -> np.ndarray:
        found = np.repeat(given[None], len(self.frequency), axis=0)
        if len(self.centre):
            numbers = given[None, :, : len(self.centre), None]
            waves = np.cos(np.float32(2 * np.pi) * (numbers * self.frequency[:, None] + self.phase[:, None]))
            mixed = np.einsum("kndc,kdce->knde", waves, self.mixing, optimize=True)
            found = np.concatenate([found, mixed.reshape(*found.shape[:2], -1)], axis=2)
        last = len(self.layers) // 2 - 1
        for layer in range(last + 1):
            found = found @ self.layers[f"matrix_{layer}"] + self.layers[f"offset_{layer}"]
            if layer < last:
                found = found / (1 + np.exp(-np.clip(found, -60, 60)))
        return found

    def predict(self, rows: Encoded) -> np.ndarray:
        return np.asarray(self.each(rows).mean(axis=0))


@dataclass(frozen=True)
class Quadratic(_Standardised):
    """A softmax of x²·squares + x·weights + intercept, each (width, m): what Gaussian and Bernoulli classes come to."""

    squares: np.ndarray
    weights: np.ndarray
    intercept: np.ndarray

    def predict(self, rows: Encoded) -> np.ndarray:
        matrix = self.dense.matrix(rows)
        return softmax(matrix**2 @ self.squares + matrix @ self.weights + self.intercept)


KINDS = (Linear, Kernel, Neighbours, Forest, Network, Networks, Quadratic)
FORMS: dict[str, Any] = {form.__name__: form for form in KINDS}
Form = Linear | Kernel | Neighbours | Forest | Network | Networks | Quadratic


def save(form: Form, file: Path) -> None:
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in {**form.arrays(), **form.dense.arrays()}.items()}
    save_file(arrays, file, metadata={"form": type(form).__name__})


def load(file: Path) -> Form:
    from safetensors import safe_open

    with safe_open(file, framework="numpy") as opened:
        kind = FORMS[opened.metadata()["form"]]
        arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (not a dict)
    own = {name: array for name, array in arrays.items() if not name.startswith("dense.")}
    form: Form = kind.of(Dense.of(arrays), own)
    return form


def distances(rows: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Squared Euclidean, (n, p), never below 0."""
    apart = (rows**2).sum(axis=1)[:, None] + (points**2).sum(axis=1)[None, :] - 2 * rows @ points.T
    return np.asarray(np.maximum(apart, 0.0))


def _blocks(matrix: np.ndarray, width: int) -> Iterator[np.ndarray]:
    """Rows at a time, so that an array of `width` columns beside them stays within bounds; at least one block."""
    size = max(1, BLOCK // max(1, width))
    for start in range(0, max(1, len(matrix)), size):
        yield matrix[start : start + size]
