"""Score a forecaster on the sealed last steps, beside what repeats, then forecast what comes after all that is known.

    predictions.csv          input,series,time,prediction,lower,upper,truth       of the test
    forecast.csv             series,time,forecast,lower,upper                     after the end of everything
    model/history.parquet    every observation, which `predict` goes on from

The score comes first: only then do the models take the test steps into their states. No weight, width or tree changes.
"""

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from noglue.tools.evaluation import diagnosis
from noglue.tools.evaluation.asked_measures import main_metric, not_measured
from noglue.tools.evaluation.findings import Drawn, Evaluation, Forecasting
from noglue.tools.evaluation.independent_units import Units, lasts
from noglue.tools.evaluation.scores import CHANCE, LAST_SEASON, LAST_VALUE, Rival, Score
from noglue.tools.evaluation.verdict import Judge
from noglue.tools.forecasting import horizons, predicting, rivals, times
from noglue.tools.forecasting.panel import Panel, Series, of_splits, scale
from noglue.tools.metrics import Evidence
from noglue.tools.modelstore.model_folder import families
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.protocols import Forecast, Forecaster
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

DRAWN, DRAWN_STEPS = 6, 4  # series; horizons of history before the test
LEAST_DRAWN = 24
FEWEST_SERIES = 6  # from which on intervals are drawn over series
STRETCH = 3.0  # integrated autocorrelation times in a stretch that counts as independent of the next
FEWEST_STRETCHES = 4
DECIMALS = 6  # significant digits


@dataclass(frozen=True)
class _Tested:
    """The test steps of all series: row of the panel and steps ahead of its end, int64 (n,) each; truth, float64 (n,);
    place on the grid. scales: of each row of the panel.
    """

    row: np.ndarray
    ahead: np.ndarray
    truth: np.ndarray
    place: np.ndarray
    scales: np.ndarray

    def of(self, found: Forecast) -> np.ndarray:
        """float64 (n, 4): mean, low, high, scale, as measures of a forecast take them."""
        at = (self.row, self.ahead - 1)
        return np.stack([found.mean[at], found.low[at], found.high[at], self.scales[self.row]], axis=1)


def evaluate(metric: str | None, measures: list[str], schema: Schema, step: Step) -> Evaluation:
    """metric: the measure that was asked for, measures: others. Raises DataError `no-model`, StepFailed
    `nan-predictions`.
    """
    timeline = schema.timeline
    assert timeline is not None, "a forecast has a grid of times"
    parts = [load_split(step.run / "data", name) for name in ("train", "validation") if _is_there(step, name)]
    sealed = load_split(step.run / "sealed", "test")
    known = of_splits(parts, timeline, str(schema.target))
    whole = of_splits([*parts, sealed], timeline, str(schema.target))
    tested = _tested(known, whole)
    family, _ = families(step.run / "model")
    model: Forecaster = catalogue.load("noglue.tools.models", family).load(step.run / "model", step.device)
    step.progress("scoring", 0, 2)
    found = model.forecast(known, int(tested.ahead.max()), timeline.level)
    predicted = _usable(tested.of(found))
    answer = Evidence(schema, tested.truth, predicted, sealed, model)
    main, remarks = main_metric(metric, answer)
    units = _units(known, tested, predicted, timeline)
    judge = Judge(schema, main, tested.truth, step.seed, units, tuple(measures))
    scores = judge.scores(answer, None)
    beside = _rivals(judge, answer, known, tested)
    chance = replace(answer, predicted=tested.of(rivals.constant(known, int(tested.ahead.max()), timeline.level)))
    outcome, verdict = judge.verdict(scores, answer, chance, beside)
    witnesses = len(np.unique(tested.row)) * (1 if units is None else units.count // len(np.unique(tested.row)))
    if witnesses < FEWEST_STRETCHES:
        outcome, verdict = "undecided", _too_few(judge, scores, beside, step.run / "model")
    evaluation = Evaluation(
        goal=schema.goal,
        modality=schema.modality,
        metric=main.name,
        metrics={"test": scores} | {_place(rival): rival.metrics for rival in beside},
        rivals=beside,
        outcome=outcome,
        against=judge.hardest(beside).name,
        verdict=" ".join([verdict, *_of_intervals(scores, timeline)]),
        warnings=remarks,
        residuals=diagnosis.residuals(tested.truth, predicted[:, 0], step.seed),
        prediction_rows=len(tested.truth),
        device=step.device,
    )
    evaluation.not_measured = not_measured([metric, *measures], schema, scores)
    _write_tested(step.folder / "predictions.csv", known, tested, predicted, timeline)
    step.progress("forecast", 1, 2)
    coming = model.forecast(whole, timeline.horizon, timeline.level)
    _write_coming(step.folder / "forecast.csv", whole, coming, timeline)
    predicting.keep([*parts, sealed], schema, step.folder / "model" / predicting.HISTORY)
    evaluation.forecast = Forecasting(
        horizon=timeline.horizon,
        step=horizons.step_in_words(timeline),
        season=timeline.season,
        level=timeline.level,
        series=len(whole.series),
        independent=_independent(units, known),
        file=step.name(step.folder / "forecast.csv"),
        rows=int(coming.mean.size),
        drawn=_drawn(known, whole, tested, predicted, coming, timeline),
    )
    return evaluation


def _is_there(step: Step, split: str) -> bool:
    return (step.run / "data" / split).is_dir()


def _tested(known: Panel, whole: Panel) -> _Tested:
    """What came after the end of what training saw, series by series."""
    every = {one.key: one for one in whole.series}
    rows, aheads, truths, places = [], [], [], []
    for row, one in enumerate(known.series):
        later = every[one.key].values[one.end - every[one.key].first :]
        ahead = 1 + np.flatnonzero(np.isfinite(later))
        rows.append(np.full(len(ahead), row))
        aheads.append(ahead)
        truths.append(later[ahead - 1])
        places.append(one.end + ahead - 1)
    scales = np.array([scale(one.values, known.timeline.season) for one in known.series])
    usual = float(np.nanmedian(scales)) if np.isfinite(scales).any() else 1.0
    scales = np.where(np.isfinite(scales), scales, usual)
    each = [np.concatenate(part) for part in (rows, aheads, truths, places)]
    return _Tested(row=each[0], ahead=each[1], truth=each[2], place=each[3], scales=scales)


def _usable(predicted: np.ndarray) -> np.ndarray:
    if not np.isfinite(predicted).all():
        raise StepFailed(
            Kind.NAN_PREDICTIONS,
            f"The model gives no usable number for {int((~np.isfinite(predicted)).any(axis=1).sum()):,} steps.",
            hint="Look at the values of the series: some may be too large to compute with.",
        )
    return predicted


def _units(known: Panel, tested: _Tested, predicted: np.ndarray, timeline: Timeline) -> Units | None:
    """Series, where there are enough; else stretches of steps as long as errors last."""
    if len(known.series) >= FEWEST_SERIES:
        return Units(tested.row, ", ".join(timeline.series) or "series")
    count = int(tested.ahead.max())
    errors = (predicted[:, 0] - tested.truth) / tested.scales[tested.row]
    lasting = max(lasts(errors[tested.row == row]) for row in np.unique(tested.row))
    stretches = int(np.clip(count / (STRETCH * lasting), min(FEWEST_STRETCHES, count), count))
    if stretches < 2:
        return None
    stretch = (tested.ahead - 1) * stretches // count
    return Units(tested.row * stretches + stretch)


def _independent(units: Units | None, known: Panel) -> str:
    if units is not None and units.of is not None:
        return f"the {len(known.series):,} series, each left out in turn"
    alike = "stretches of steps, each left out in turn, as neighbouring steps are alike"
    return f"{alike}; it is a single forecast from one point in time, and another may score differently"


def _rivals(judge: Judge, answer: Evidence, known: Panel, tested: _Tested) -> list[Rival]:
    """The mean, the last value and, where there is a season, the last season."""
    timeline, ahead = known.timeline, int(tested.ahead.max())
    title = goals.load(judge.schema.goal).chance
    found = [(CHANCE, title, rivals.constant(known, ahead, timeline.level))]
    found.append((LAST_VALUE, "repeating the last value", rivals.repeated(known, 1, ahead, timeline.level)))
    if timeline.season > 1:
        title = f"repeating the value of {timeline.season} steps before, a season ago"
        found.append((LAST_SEASON, title, rivals.repeated(known, timeline.season, ahead, timeline.level)))
    others = [(name, title, replace(answer, predicted=tested.of(one), model=None)) for name, title, one in found]
    return [judge.rival(name, title, answer, other) for name, title, other in others]


def _too_few(judge: Judge, scores: dict[str, Score], beside: list[Rival], model: Path) -> str:
    """In words, where so few steps were held back that they show nothing."""
    main, against = judge.main, judge.hardest(beside)
    count = len(judge.truth)
    said = json.loads((model / "model.json").read_text(encoding="utf-8")).get("validation", {})
    steps = f"{count} test steps are" if count != 1 else "1 test step is"
    text = f"{steps} too few to tell whether it is better than {against.title}: {main.title} "
    text += f"{scores[main.name].value:.3g}; {against.title} gives {against.metrics[main.name].value:.3g}."
    origins = said.get(main.name)
    return text if origins is None else f"{text} At the rolling origins before, which chose the model: {origins:.3g}."


def _place(rival: Rival) -> str:
    return {CHANCE: "baseline", LAST_VALUE: "last_value", LAST_SEASON: "last_season"}[rival.name]


def _of_intervals(scores: dict[str, Score], timeline: Timeline) -> list[str]:
    """How often the intervals held the value, beside what they claim."""
    held = scores.get("interval_coverage")
    if held is None:
        return []
    claimed = f"the {100 * timeline.level:g} % intervals held {100 * held.value:.0f} % of the values"
    off = "" if held.low <= timeline.level <= held.high else ", fewer than they claim" * (held.value < timeline.level)
    return [f"{claimed[:1].upper()}{claimed[1:]}{off}."]


# ---- files and drawings ------------------------------------------------------------------------------------------


def name_of(one: Series) -> str:
    """`north/apples`; empty for the only one."""
    return "/".join(one.key)


def number(value: float) -> str:
    return f"{value:.{DECIMALS}g}" if abs(value) < 1e6 else f"{value:.2f}"


def _write_tested(path: Path, known: Panel, tested: _Tested, predicted: np.ndarray, timeline: Timeline) -> None:
    when = times.labels(tested.place, timeline)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["input", "series", "time", "prediction", "lower", "upper", "truth"])
        for row, moment, cells, truth in zip(tested.row, when, predicted, tested.truth, strict=True):
            name = name_of(known.series[int(row)])
            key = f"{name} {moment}".strip()
            writer.writerow([key, name, moment, *map(number, cells[:3]), number(truth)])


def _write_coming(path: Path, whole: Panel, coming: Forecast, timeline: Timeline) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["series", "time", "forecast", "lower", "upper"])
        for row, one in enumerate(whole.series):
            when = times.labels(one.end + np.arange(coming.mean.shape[1]), timeline)
            cells = zip(coming.mean[row], coming.low[row], coming.high[row], strict=True)
            writer.writerows(
                [name_of(one), moment, *map(number, each)] for moment, each in zip(when, cells, strict=True)
            )


def _drawn(
    known: Panel, whole: Panel, tested: _Tested, predicted: np.ndarray, coming: Forecast, timeline: Timeline
) -> list[Drawn]:
    """Some series, spread over the best and the worst forecast."""
    errors = np.abs(predicted[:, 0] - tested.truth) / predicted[:, 3]
    each = np.bincount(tested.row, errors, len(known.series)) / np.maximum(np.bincount(tested.row), 1)
    order = np.argsort(each, kind="stable")
    chosen = order[np.unique(np.linspace(0, len(order) - 1, DRAWN).round().astype(np.int64))]
    places = {one.key: place for place, one in enumerate(whole.series)}
    found = []
    for row in chosen.tolist():
        one, rows = known.series[row], np.flatnonzero(tested.row == row)
        entire = whole.series[places[one.key]]
        history = one.values[-max(LEAST_DRAWN, DRAWN_STEPS * timeline.horizon) :]
        ahead = int(tested.ahead[rows].max())
        cells = [(float("nan"), float("nan"), float("nan"))] * ahead
        truth: list[float | None] = [None] * ahead
        for at in rows.tolist():
            mean, low, high = predicted[at, :3].tolist()
            cells[int(tested.ahead[at]) - 1] = (mean, low, high)
            truth[int(tested.ahead[at]) - 1] = float(tested.truth[at])
        place = places[one.key]
        later = np.stack([coming.mean[place], coming.low[place], coming.high[place]], axis=1).tolist()
        marks = {"from": one.end - len(history), "test": one.end, "next": entire.end,
                 "to": entire.end + timeline.horizon - 1}  # fmt: skip
        when = times.labels(np.array(list(marks.values())), timeline)
        found.append(
            Drawn(
                name=name_of(one),
                history=[float(value) if np.isfinite(value) else None for value in history],
                test=[cell for cell in cells if np.isfinite(cell[0])],
                truth=[value for value in truth if value is not None],
                next=[(mean, low, high) for mean, low, high in later],
                times=dict(zip(marks, when, strict=True)),
            )
        )
    return found
