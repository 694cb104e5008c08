"""Everything that the templates say, computed beforehand, so that they hold words and no reckoning."""

import base64
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from noglue.tools import metrics
from noglue.tools.evaluation.findings import CHANCE, Evaluation, Score
from noglue.tools.evaluation.wording import PERCENT, cut, number, score_text, value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting import (
    charts,
    explanations,
    forecast_section,
    generator_section,
    ledger_rows,
    targets_section,
    training_section,
    where_wrong,
)  # fmt: skip
from noglue.tools.reporting.advice import advice
from noglue.tools.reporting.drawing import tick_text
from noglue.tools.reporting.facts import Asked, Origin, Prepared, Trained, Wished, Written
from noglue.tools.reporting.learning_curve import curves
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.profiles import DataWarning, Profile
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.warning_order import by_weight

MOST_IN_MATRIX = 20
MOST_CLASSES = 20  # in a table that is open from the start
OUTCOMES = {
    "better": "better than {against}",
    "no-better": "no better than {against}",
    "worse": "worse than {against}",
    "undecided": "too few rows to tell",
    "mixed": "mixed: depends on the measure",
}


@dataclass(frozen=True)
class Material:
    """What the step was given. picture: a step path → the PNG's bytes, or None."""

    run: str
    seed: int
    asked: Asked
    profile: Profile | None
    prepared: Prepared
    trained: Trained | None
    evaluated: Evaluation | None
    origins: list[Origin]
    seconds: dict[str, float]
    planner: str
    picture: Callable[[str], bytes | None]
    reader: Written | None = None
    wishes: list[Wished] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    files: FileLedger | None = None
    rows: RowLedger | None = None


@dataclass
class Measured:
    """One measure's row in the table of scores. others: as text, what stands beside the test score. apart: it has a
    meaning against train rows alone.
    """

    title: str
    meaning: str
    better: str
    test: str
    others: list[str] = field(default_factory=list)
    main: bool = False
    apart: bool = False


def context(given: Material) -> dict[str, Any]:
    """The templates' variables."""
    schema, found = given.prepared.schema_, given.evaluated
    facts: dict[str, Any] = {
        "given": given,
        "schema": schema,
        "found": found,
        "title": cut(" ".join(given.asked.paragraph.split()), 160)
        or f"{schema.goal} {', '.join(one.name for one in schema.targets) or schema.target or schema.modality}",
        "things": modalities.load(schema.modality).plural,
        "warnings": _warnings(given),
        "predict": _commands(given),
        "curves": curves(given.trained) if given.trained else [],
        "advice": advice(found, given.prepared, given.trained) if found else [],
        "inline": lambda path: _inline(given, path),
        "independent": found.forecast.independent if found and found.forecast else _independent(schema),
        **ledger_rows.facts(given.wishes, given.unread, given.files, given.rows),
        **training_section.facts(given.trained, schema),
        **where_wrong.facts(found),
        **explanations.facts(found, schema),
        **forecast_section.facts(found),
        **generator_section.facts(given.run, found, given.trained, schema.classes),
        **targets_section.facts(found, schema),
    }
    if found:
        main = targets_section.measure_named(found.metric, schema) or metrics.load(found.metric)
        outcomes = generator_section.OUTCOMES if found.generation else OUTCOMES
        against = next((one.title for one in found.rivals if one.name == found.against != CHANCE), CHANCE)
        outcome = outcomes[found.outcome].format(against=against)
        facts |= {"main": main, "score": found.metrics["test"][main.name], "outcome": outcome}
        facts |= {
            "headline": _headline(main, found),
            "beside": list(_beside(found)),
            "measures": _measures(found, schema),
        }
        facts |= {"interval_chart": _interval_chart(main, found), **_details(found)}
    return facts


def _independent(schema: Schema) -> str:
    """What the intervals are drawn over."""
    if schema.group is not None:
        return f"the values of {schema.group}, each left out in turn, as rows of one are alike"
    if schema.time is not None:
        return f"stretches of {schema.time}, each left out in turn, as rows that follow one another are alike"
    return "1,000 resamples of the test rows"


def _headline(main: Metric, found: Evaluation) -> dict[str, str]:
    """The score and its interval apart: `97.2 %` and `95.1–98.6 %`."""
    value, _, interval = score_text(main, found.metrics["test"][main.name]).partition(" (")
    return {"value": value, "range": interval.removesuffix(")")}


def _details(found: Evaluation) -> dict[str, Any]:
    """Charts and tables of where the model is right and wrong."""
    worst_first = sorted(found.classes, key=lambda row: (row.recall is None, row.recall or 0.0))
    many = len(found.classes) > MOST_CLASSES
    details: dict[str, Any] = {
        "matrix": found.confusion if found.confusion and not many and len(found.classes) <= MOST_IN_MATRIX else None,
        "class_rows": worst_first[:MOST_CLASSES] if many else found.classes,
        "more_classes": worst_first[MOST_CLASSES:] if many else [],
    }
    if found.calibration:
        details["calibration_chart"] = charts.reliability("Fraction right against stated confidence", found.calibration)
    if found.residuals:
        details["scatter"] = charts.scatter("Predicted against true values", found.residuals.points)
        details["histogram"] = charts.histogram("How far off: predicted minus true", found.residuals)
    return details


def _beside(found: Evaluation) -> dict[str, tuple[dict[str, Score], bool]]:
    """The table's columns after the test score: heading → scores, and whether their intervals are shown."""
    columns = {}
    if found.generation:
        columns["Against train rows"] = (found.metrics.get("train", {}), True)
        columns[f"Real {modalities.load(found.modality).plural}"] = (found.generation.reference, False)
    else:
        columns["Validation"] = (found.metrics.get("validation", {}), True)
    for rival in found.rivals:
        heading = "Chance" if rival.name == CHANCE else cut(rival.title[:1].upper() + rival.title[1:], 40)
        columns[heading] = (rival.metrics, False)
    return columns


def _measures(found: Evaluation, schema: Schema) -> list[Measured]:
    rows, columns = [], _beside(found)
    for name, score in found.metrics["test"].items():
        metric = targets_section.measure_named(name, schema)
        if metric is None:
            continue
        known = name in catalogue.names("noglue.tools.metrics")
        about = catalogue.load("noglue.tools.metrics", name).__doc__ if known else ""
        meaning = (about or "").strip().split("\n\n")[0].replace("\n", " ")
        better = "higher is better" if metric.higher else "lower is better"
        apart = found.generation is not None and metric.against_train
        rows.append(
            Measured(
                title=metric.title,
                meaning=meaning,
                better=f"{better}; against train rows alone" if apart else better,
                test="–" if apart else score_text(metric, score),
                others=[_value(metric, scores.get(name), whole) for scores, whole in columns.values()],
                main=name == found.metric,
                apart=apart,
            )
        )
    return sorted(rows, key=lambda row: not row.main)


def _value(metric: Metric, score: Score | None, whole: bool) -> str:
    if score is None:
        return "–"
    return score_text(metric, score) if whole else value_text(metric, score.value)


def _interval_chart(main: Metric, found: Evaluation) -> Markup:
    """The model beside what it is set against, by the main measure."""

    def bar(name: str, score: Score, chosen: bool) -> charts.Bar:
        return charts.Bar(name, score_text(main, score), score.value, score.low, score.high, chosen)

    bars = [bar("this model", found.metrics["test"][main.name], True)]
    if found.generation and main.name in found.generation.reference:
        bars.append(
            bar(f"real training {modalities.load(found.modality).plural}", found.generation.reference[main.name], False)
        )
    for rival in reversed(found.rivals):
        if main.name in rival.metrics:
            bars.append(bar(rival.title if rival.name != CHANCE else _guess(found), rival.metrics[main.name], False))
    return charts.intervals(
        f"{main.title} with 95 % intervals, beside the baselines",
        bars,
        lambda value: value_text(main, value, 0) if main.unit in PERCENT else tick_text(value),
    )


def _guess(found: Evaluation) -> str:
    return goals.load(found.goal).chance


def _warnings(given: Material) -> list[DataWarning]:
    """Of every step, each said once, the weightiest first; of the same weight those about the score."""
    said = [
        *(given.evaluated.warnings if given.evaluated else []),
        *_alarms(given.trained),
        *given.prepared.schema_.warnings,
        *(given.profile.warnings if given.profile else []),
    ]
    return by_weight(said)


def _alarms(trained: Trained | None) -> list[DataWarning]:
    """What rang in a generator's training, and what was done about it."""
    said = [] if trained is None else trained.alarms
    return [DataWarning(kind="alarm", message=f"Alarm in training: {alarm.rstrip('.')}.") for alarm in said]


def _commands(given: Material) -> list[str]:
    run, inputs = shlex.quote(given.run), modalities.load(given.prepared.schema_.modality).example
    plain = f"noglue predict {run} {inputs} --out predictions.csv"
    return [plain, f"{plain} --proba"] if given.prepared.schema_.predicts == "classes" else [plain]


def _inline(given: Material, path: str | None) -> str | None:
    """A `data:` URL, so that the page needs no other file."""
    content = given.picture(path) if path else None
    return None if content is None else "data:image/png;base64," + base64.b64encode(content).decode()


def percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{100 * fraction:.1f} %"


def shown(value: Any) -> str:
    """A setting's value for a person: `yes`, `6`, `0.24`, `height 8, width 8`."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    if isinstance(value, dict):
        return cut(", ".join(f"{name} {shown(part)}" for name, part in value.items()), 120)
    return cut(", ".join(shown(part) for part in value) if isinstance(value, list) else str(value), 120)
