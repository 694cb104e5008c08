"""What `evaluate` says of a model; the report and `run.json` are made from it. Pydantic alone, quick to import."""

from typing import Literal

from pydantic import BaseModel

from tools.core.profiles import DataWarning, Goal, Modality


class Score(BaseModel):
    """A measure's value with its 95 % interval, over n rows."""

    value: float
    low: float
    high: float
    n: int


class Rival(BaseModel):
    """What the model is set beside.

    name: `chance` (the most frequent class of the training rows, or their mean) or a family of `tools/models/`.
    difference: the model's main score less this one's, on the same rows (paired).
    """

    name: str
    title: str
    metrics: dict[str, Score]
    difference: Score | None = None


class ClassRow(BaseModel):
    """One class: its test rows, how often it was predicted; None where there is nothing to divide by."""

    name: str
    rows: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


class Confused(BaseModel):
    """`count` of the `rows` test rows of class `truth` were taken for `predicted`."""

    truth: str
    predicted: str
    count: int
    rows: int


class CalibrationBin(BaseModel):
    """Rows whose confidence lies in (low, high]: their mean confidence, and the fraction that is right."""

    low: float
    high: float
    confidence: float
    accuracy: float
    rows: int


class Residuals(BaseModel):
    """Predicted minus true. quantiles: percent → value. points: (true, predicted) of at most 500 random rows."""

    quantiles: dict[str, float]
    edges: list[float]
    counts: list[int]
    points: list[tuple[float, float]]


class Example(BaseModel):
    """One test row. image: step path of a small PNG. values: at most a dozen features, as text."""

    row: int
    truth: str
    predicted: str
    confidence: float | None = None
    given_truth: float | None = None
    error: float | None = None
    image: str | None = None
    values: dict[str, str] = {}


class Evaluation(BaseModel):
    """metric: the measure that decides.

    metrics: `test`, `validation`, `baseline` (chance) and `baseline_model` (the simple model, where there is one) →
    module of `tools/metrics/` → score.

    outcome: `better`, `no-better`, `worse` than chance; `mixed`: no better by the main measure, yet better by another.
    verdict: the same in words, beside the baselines. confusion: rows truth, columns predicted; None above 30 classes.
    predictions: what predictions.csv holds, `test` or `unlabelled`, and how many rows.
    """

    goal: Goal
    modality: Modality
    metric: str
    metrics: dict[str, dict[str, Score]]
    rivals: list[Rival]
    outcome: Literal["better", "no-better", "worse", "mixed"]
    verdict: str
    warnings: list[DataWarning] = []
    classes: list[ClassRow] = []
    confusion: list[list[int]] | None = None
    confused: list[Confused] = []
    calibration: list[CalibrationBin] = []
    residuals: Residuals | None = None
    typical: list[Example] = []
    errors: list[Example] = []
    predictions: Literal["test", "unlabelled"] = "test"
    prediction_rows: int = 0
    seconds_predicting: float = 0.0
    device: str = "cpu"
