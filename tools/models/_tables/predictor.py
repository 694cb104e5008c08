"""What every family for tables leaves in `model/`, and how it predicts.

encoding.json [text-0.json text-0.safetensors …]   how columns become numbers
target.json                                        how a learner's numbers become classes or values
…                                                  the learner, see `learned`
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.models._tables import learned as learners
from noglue.tools.models._tables.encoding import Encoding, arrow
from noglue.tools.models._tables.target import Target

if TYPE_CHECKING:
    import datasets

CHUNK = 65_536  # rows at a time


class TablePredictor:
    """An encoding, a learner and a target's way out, together."""

    def __init__(self, encoding: Encoding, learned: learners.Learned, target: Target) -> None:
        self._encoding, self._learned, self._target = encoding, learned, target

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        table = arrow(rows)
        parts: list[np.ndarray] = []
        for start in range(0, len(table), CHUNK):
            encoded = self._encoding.encode(table.slice(start, CHUNK))
            parts.append(self._target.decode(self._learned.predict(encoded)))
            if progress is not None:
                progress(min(start + CHUNK, len(table)), len(table))
        if parts:
            return np.concatenate(parts)
        return np.zeros((0, self._target.classes), np.float32) if self._target.classes else np.zeros(0)


def save(model: Path, encoding: Encoding, learned: learners.Learned, target: Target) -> None:
    model.mkdir(parents=True, exist_ok=True)
    encoding.save(model)
    learners.save(learned, model)
    (model / "target.json").write_text(target.model_dump_json(indent=1), encoding="utf-8")


def load(model: Path) -> TablePredictor:
    target = Target.model_validate_json((model / "target.json").read_text(encoding="utf-8"))
    return TablePredictor(Encoding.load(model), learners.load(model), target)
