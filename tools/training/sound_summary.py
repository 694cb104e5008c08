"""A linear layer on the summaries of recordings: logistic regression, or ridge regression for values. Needs no torch.

model/config.json           `Config`: the rate, the classes, the temperature
model/weights.safetensors   the summaries' means and spreads, the layer
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.step import Step
from noglue.tools.training.confidence import fit_temperature, softmax
from noglue.tools.training.logistic import softmax_regression
from noglue.tools.training.target_arrays import Target

STRENGTHS = (10.0, 1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
PARTS = ("middle", "spread", "weights", "intercept")
MOST_SPREADS = 6.0  # from the mean, beyond which a number of a summary is cut off


class Config(BaseModel):
    """offset, scale: of a value to be told. strength: of the regularisation."""

    rate: int
    classes: list[str] | None
    temperature: float = 1.0
    offset: float = 0.0
    scale: float = 1.0
    strength: float = 0.0


@dataclass
class SummaryModel:
    """middle, spread: of each number of the training summaries. weights (width, outputs), intercept (outputs,)."""

    config: Config
    middle: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    intercept: np.ndarray
    converged: bool = True

    def outputs(self, summaries: np.ndarray) -> np.ndarray:
        """float64 (n, outputs)."""
        found: np.ndarray = self._standardised(summaries) @ self.weights + self.intercept
        return found

    def answers(self, summaries: np.ndarray) -> np.ndarray:
        """Probabilities or values."""
        outputs = self.outputs(summaries)
        if self.config.classes is None:
            values: np.ndarray = outputs[:, 0].astype(np.float64) * self.config.scale + self.config.offset
            return values
        return softmax(outputs, self.config.temperature)

    def _standardised(self, summaries: np.ndarray) -> np.ndarray:
        return _standardised(summaries, self.middle, self.spread)

    @property
    def parameters(self) -> int:
        return int(self.weights.size + self.intercept.size)

    def save(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: np.ascontiguousarray(getattr(self, name), np.float32) for name in PARTS}
        save_file(arrays, str(folder / "weights.safetensors"))
        (folder / "config.json").write_text(self.config.model_dump_json(indent=2), encoding="utf-8")


def load(folder: Path) -> SummaryModel:
    """Raises DataError `unreadable` when the folder holds no such model."""
    from safetensors.numpy import load_file

    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        arrays = load_file(str(folder / "weights.safetensors"))
        return SummaryModel(config, *(arrays[name] for name in PARTS))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no linear model of sounds: {error}.") from error


def fit(
    known: np.ndarray, values: np.ndarray, held: np.ndarray, held_values: np.ndarray, target: Target, rate: int,
    step: Step,
) -> SummaryModel:  # fmt: skip
    """known, held: summaries float32 (n, width) of train and validation. Raises BudgetSpent before the first step."""
    middle, spread = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-3)
    rows, others = _standardised(known, middle, spread), _standardised(held, middle, spread)
    config = Config(rate=rate, classes=target.classes, offset=target.offset, scale=target.scale)
    if target.classes is None:
        weights, intercept, config.strength = _ridge(
            rows, target.taught(values).astype(np.float64), others, target.taught(held_values).astype(np.float64)
        )
        return SummaryModel(config, middle, spread, weights, intercept)
    found = softmax_regression(
        rows, values, target.outputs, (others, held_values), STRENGTHS, step.remaining, target.weights
    )
    if found is None:
        message = "The time was up before the linear model's first step."
        raise BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give more time.")
    config.strength = found.strength
    weights, intercept = found.weights.astype(np.float32), found.intercept.astype(np.float32)
    model = SummaryModel(config, middle, spread, weights, intercept, found.converged)
    config.temperature = fit_temperature(model.outputs(held), held_values)
    return model


def _standardised(summaries: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.clip((summaries - middle) / spread, -MOST_SPREADS, MOST_SPREADS)
    return found


def _ridge(
    rows: np.ndarray, taught: np.ndarray, others: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """By the eigenvectors of the covariance, which serve every strength."""
    middle, level = rows.mean(axis=0), taught.mean()
    centred = (rows - middle).astype(np.float64)
    spread, directions = np.linalg.eigh(centred.T @ centred / len(rows))
    towards = directions.T @ (centred.T @ (taught - level) / len(rows))
    best: tuple[float, float, np.ndarray] | None = None
    for strength in (100.0, *STRENGTHS):
        weights = directions @ (towards / (np.maximum(spread, 0.0) + strength))
        error = float(np.square((others - middle) @ weights + level - wanted).mean())
        if best is None or error < best[0]:
            best = error, strength, weights
    assert best is not None
    weights = best[2][:, None].astype(np.float32)
    return weights, np.array([level - middle @ best[2]], np.float32), best[1]
