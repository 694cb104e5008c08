"""What came of a run, with types: `run.json` as Python sees it, and one row of predictions.csv."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from noglue.agent.fail_under import Threshold
from noglue.agent.request.wish import Wish
from noglue.agent.task import Task
from noglue.tools.spec.ledgers import FileLedger, RowLedger


class Score(BaseModel):
    """A measure's value, its 95 % interval, and on how many rows."""

    model_config = ConfigDict(extra="allow")

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


class ModelFacts(BaseModel):
    """family: a module of `tools/models/`. path: relative to the run folder; bytes: of all that lies there."""

    family: str
    parameters: int | None = None
    bytes: int | None = None
    path: str


class Prediction(BaseModel):
    """One row. input: the file's path as given, or the row's number from 0. probabilities: class → share.

    kept: column of the input → its cell, of those asked for. lower, upper: the interval, labels: the set of labels, the
    likeliest first, where these were asked for. because: what speaks most for the answer; unlike: why the input is
    unlike the training rows, if it is; where either was asked for. problem: why there is no prediction, or what is
    to be known of it.
    targets: of several targets each one's answer, all of which `prediction` has as JSON; beside: what was asked for
    beside each, by its column (`yield: lower`).
    """

    input: str
    prediction: str
    confidence: float | None = None
    probabilities: dict[str, float] = {}
    kept: dict[str, str] = {}
    lower: float | None = None
    upper: float | None = None
    labels: list[str] = []
    because: str = ""
    unlike: str = ""
    targets: dict[str, str] = {}
    beside: dict[str, str] = {}
    problem: str = ""


class Outcome(BaseModel):
    """`run.json` of a run that succeeded. metrics: `test`, `validation`, `baseline` → measure → score.

    wishes: each part of the request and what became of it. files, rows: what became of every file and every row of the
    data; None where no step counted them. candidates: the models that were tried, where there were several.
    fail_under: what was asked of the scores, and whether they reach it.
    """

    model_config = ConfigDict(extra="allow")

    run: str
    status: str
    task: Task
    wishes: list[Wish] = []
    files: FileLedger | None = None
    rows: RowLedger | None = None
    data: dict[str, Any] | None = None
    candidates: list[dict[str, Any]] = []
    model: ModelFacts | None = None
    metrics: dict[str, dict[str, Score]] = {}
    fail_under: list[Threshold] = []
    verdict: str | None = None
    generation: dict[str, Any] | None = None
    seconds: dict[str, float] = {}
    device: str
    planner: str
    sandbox: str
    seed: int
    path: Path
    error: dict[str, Any] | None = None

    @field_validator("metrics", mode="before")
    @classmethod
    def _none_yet(cls, value: Any) -> Any:
        """A run that did not come so far has null."""
        return {} if value is None else value

    @property
    def report(self) -> Path:
        return self.path / "report.html"
