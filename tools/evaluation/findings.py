"""What `evaluate` says of a model; the report and `run.json` are made from it. Pydantic alone, quick to import."""

import math
from typing import Literal

from pydantic import BaseModel

from noglue.tools.evaluation.explained import Explained
from noglue.tools.evaluation.generation_findings import Generation
from noglue.tools.evaluation.scores import CHANCE, Outcome, Rival, Score
from noglue.tools.spec.profiles import DataWarning, GoalName, ModalityName
from noglue.tools.spec.step_paths import StepPath


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
    """One test row. row: its place among them; input: where it came from. image: step path of a small PNG.

    values: at most a dozen features, as text.
    """

    row: int
    input: str = ""
    truth: str
    predicted: str
    confidence: float | None = None
    error: float | None = None
    image: StepPath | None = None
    values: dict[str, str] = {}


class ThresholdRow(BaseModel):
    """What it comes to on the test rows to answer the positive class from this probability on.

    flagged: how many rows are so answered. cost: the mean of a row, where costs were told. chosen: the model's own.
    """

    threshold: float
    recall: float
    precision: float | None
    flagged: int
    cost: float | None = None
    chosen: bool = False


class Curves(BaseModel):
    """How well the positive class is told from the others at every threshold, on the test rows.

    rows, positives: counts. roc: (false alarms among the others, recall), from none to all. recalled: (recall,
    precision). here: the model's own threshold as points of both. area: under the first; average: precision.
    """

    positive: str
    rows: int
    positives: int
    area: float
    average: float
    roc: list[tuple[float, float]]
    recalled: list[tuple[float, float]]
    here: tuple[tuple[float, float], tuple[float, float]]
    table: list[ThresholdRow]


class Segment(BaseModel):
    """Test rows that share a value of a feature, or whose values lie in a range.

    error: their mean error, the share of wrong answers or the mean distance, with its 95 % interval. bias: mean
    predicted less true, of values. quartiles: of predicted less true. apart: it differs from the other rows, the number
    of segments looked at considered. place: among the segments of its feature.
    """

    feature: str
    value: str
    rows: int
    error: float
    low: float
    high: float
    bias: float | None = None
    quartiles: tuple[float, float, float] | None = None
    apart: bool = False
    place: int = 0


class Decided(BaseModel):
    """What a threshold comes to on the test rows. text: the same in words.

    cost, cost_at_half: the mean of a row, with it and with 0.5. measure, least, reached_value, reached: what was
    demanded, and whether it holds.
    """

    positive: str
    threshold: float
    why: str
    rows: int
    recall: float | None = None
    precision: float | None = None
    cost: float | None = None
    cost_at_half: float | None = None
    measure: str | None = None
    least: float | None = None
    reached_value: float | None = None
    reached: bool | None = None
    text: str = ""


class TopRow(BaseModel):
    """score: the probability or the value that it is ranked by. truth: None where there is none."""

    rank: int
    row: int | str
    score: float
    prediction: str
    truth: str | None = None
    values: dict[str, str] = {}


class Ranked(BaseModel):
    """The rows at the top. of: `rows to predict` or `test rows`; rows: how many these are. file: with all `count`."""

    of: str
    by: str
    asked: int
    count: int
    rows: int
    shown: list[TopRow]
    file: StepPath


class Covered(BaseModel):
    """One class: for which share of its test rows the truth is in the set, and the mean number of labels in theirs."""

    name: str
    rows: int
    share: float
    labels: float


class Guaranteed(BaseModel):
    """How often sets and intervals hold the truth, as promised and as counted on the test rows. text: in words.

    level: the share that is promised, give or take `give` for such a number of rows set aside, `rows`.
    by: whether it holds for new rows, or for those of new groups of the column `group`, of which there were `units`.
    ordered: for later rows it can't be promised.
    labels: of a set on average; single: the share of sets with one label, single_right: of these, those that are right.
    shared: classes with too few rows for a promise of their own.
    widths: of intervals, the 10th, 50th and 90th percentile; spread: of the middle 90 % of the true values.
    """

    level: float
    rows: int
    by: Literal["rows", "groups"]
    give: float = 0.0
    group: str | None = None
    units: int | None = None
    ordered: bool = False
    coverage: Score | None = None
    labels: float | None = None
    single: float | None = None
    single_right: float | None = None
    shared: int = 0
    classes: list[Covered] = []
    widths: list[float] = []
    spread: float | None = None
    text: str = ""

    @property
    def short(self) -> bool:
        """Whether it holds less often than chance explains."""
        if self.coverage is None:
            return False
        test = self.coverage.high - self.coverage.value
        return self.level - self.coverage.value > math.hypot(test, self.give)


class Drawn(BaseModel):
    """One series as the report draws it: its last steps, what was forecast of the test and came, what comes next.

    history: the values before the test, None in gaps; of the test and the next steps each (mean, low, high), and truth.
    times: as written, of the first and last step of each part.
    """

    name: str
    history: list[float | None]
    test: list[tuple[float, float, float]]
    truth: list[float | None]
    next: list[tuple[float, float, float]]
    times: dict[str, str] = {}


class Forecasting(BaseModel):
    """What `evaluate` says of a forecaster beside its scores.

    horizon: steps; step: one, in words; season: steps, 1 where there is none. series: how many; independent: what the
    intervals are drawn over, in words. file: with the steps after the end of all that is known; rows: of it.
    drawn: some of the series.
    """

    horizon: int
    step: str
    season: int
    level: float
    series: int
    independent: str
    file: StepPath
    rows: int
    drawn: list[Drawn] = []


class Evaluation(BaseModel):
    """metric: the measure that decides.

    metrics: `test`, `validation`, `baseline` (chance), `last_value`, `last_season` (of a series) and `baseline_model`
    (the simple model), those that there are → module of `tools/metrics/` → score.

    outcome: `better`, `no-better`, `worse` than the best answer that looks at no feature (chance, in a series the last
    value and the last season); `undecided`: too few rows to tell; `mixed`: no better by the main measure, yet better by
    another. against: the rival that decided it, by name. verdict: the same in words, beside the baselines.
    confusion: rows truth, columns predicted; None above 30 classes.
    decision: where another threshold than the likeliest class was chosen. top: the rows that were asked for.
    curves: of a positive class. segments: parts of the test rows by their features, as far as these are columns.
    overall: the mean error of all test rows, as of a segment.
    not_measured: measures asked for that have no value here, with the reason.
    explained: how the model works, as far as there was time for it.
    guarantee: of sets and intervals, where rows were set aside for them.
    predictions: what predictions.csv holds, `test` or `unlabelled`, and how many rows; intervals_written: beside each
    its interval, or its set of labels. generation: of a generator.
    targets: of several targets each one's own, by name; the scores then are means (`tools/goals/_each_target.py`).
    forecast: of what tells the next steps.
    """

    goal: GoalName
    modality: ModalityName
    metric: str
    metrics: dict[str, dict[str, Score]]
    rivals: list[Rival]
    outcome: Outcome
    against: str = CHANCE
    verdict: str
    warnings: list[DataWarning] = []
    classes: list[ClassRow] = []
    confusion: list[list[int]] | None = None
    confused: list[Confused] = []
    calibration: list[CalibrationBin] = []
    residuals: Residuals | None = None
    typical: list[Example] = []
    errors: list[Example] = []
    decision: Decided | None = None
    top: Ranked | None = None
    curves: Curves | None = None
    segments: list[Segment] = []
    overall: float | None = None
    not_measured: dict[str, str] = {}
    guarantee: Guaranteed | None = None
    explained: Explained | None = None
    predictions: Literal["test", "unlabelled"] = "test"
    prediction_rows: int = 0
    intervals_written: bool = False
    generation: Generation | None = None
    targets: "dict[str, Evaluation]" = {}
    forecast: Forecasting | None = None
    seconds_predicting: float = 0.0
    device: str = "cpu"
