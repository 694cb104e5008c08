"""What the report says of the scores: the one that decides, the table of all measures, and the model beside its rivals.

>>> facts(found, schema)["headline"]
{'value': '97.2 %', 'range': '95.1–98.6 %'}
"""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from noglue.tools import metrics
from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.scores import CHANCE, FEATURELESS, Rival, Score
from noglue.tools.evaluation.wording import PERCENT, cut, score_text, value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting import forest, generator_section, targets_section
from noglue.tools.reporting.drawing import tick_text
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.schema import Schema

Columns = dict[str, tuple[dict[str, Score], bool]]
OUTCOMES = {
    "better": "better than {against}",
    "no-better": "no better than {against}",
    "worse": "worse than {against}",
    "undecided": "too few rows to tell",
    "mixed": "mixed: depends on the measure",
}


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


def facts(found: Evaluation, schema: Schema) -> dict[str, Any]:
    """The templates' variables: `main`, `score`, `outcome`, `headline`, `beside`, `measures`, `interval_chart`."""
    main = targets_section.measure_named(found.metric, schema) or metrics.load(found.metric)
    outcomes = generator_section.OUTCOMES if found.generation else OUTCOMES
    against = next((one.title for one in found.rivals if one.name == found.against != CHANCE), CHANCE)
    columns = _beside(found)
    return {
        "main": main,
        "score": found.metrics["test"][main.name],
        "outcome": outcomes[found.outcome].format(against=against),
        "headline": _headline(main, found),
        "beside": list(columns),
        "measures": _measures(found, schema, columns),
        "interval_chart": _interval_chart(main, found),
        "simple": next((_heading(rival) for rival in found.rivals if rival.name not in FEATURELESS), ""),
    }


def _headline(main: Metric, found: Evaluation) -> dict[str, str]:
    """The score and its interval apart: `97.2 %` and `95.1–98.6 %`."""
    value, _, interval = score_text(main, found.metrics["test"][main.name]).partition(" (")
    return {"value": value, "range": interval.removesuffix(")")}


def _beside(found: Evaluation) -> Columns:
    """The table's columns after the test score: heading → scores, and whether their intervals are shown; none that has
    no score."""
    columns: Columns = {}
    if found.generation:
        columns["Against train rows"] = (found.metrics.get("train", {}), True)
        columns[f"Real {modalities.load(found.modality).plural}"] = (found.generation.reference, False)
    else:
        columns["Validation"] = (found.metrics.get("validation", {}), True)
    for rival in found.rivals:
        columns[_heading(rival)] = (rival.metrics, False)
    return {heading: (scores, whole) for heading, (scores, whole) in columns.items() if scores}


def _heading(rival: Rival) -> str:
    return "Chance" if rival.name == CHANCE else cut(rival.title[:1].upper() + rival.title[1:], 40)


def _measures(found: Evaluation, schema: Schema, columns: Columns) -> list[Measured]:
    rows = []
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

    def bar(name: str, score: Score, chosen: bool) -> forest.Bar:
        return forest.Bar(name, score_text(main, score), score.value, score.low, score.high, chosen)

    bars = [bar("this model", found.metrics["test"][main.name], True)]
    if found.generation and main.name in found.generation.reference:
        bars.append(
            bar(f"real training {modalities.load(found.modality).plural}", found.generation.reference[main.name], False)
        )
    for rival in reversed(found.rivals):
        if main.name in rival.metrics:
            bars.append(bar(rival.title if rival.name != CHANCE else _guess(found), rival.metrics[main.name], False))
    return forest.intervals(
        f"{main.title} with 95 % intervals, beside the baselines",
        bars,
        lambda value: value_text(main, value, 0) if main.unit in PERCENT else tick_text(value),
    )


def _guess(found: Evaluation) -> str:
    """Chance in two or three words."""
    answered = next((one.answered for one in found.rivals if one.name == CHANCE), None)
    return goals.load(found.goal).chance if answered is None else f"always “{cut(answered, 30)}”"


def independent(found: Evaluation | None, schema: Schema) -> str:
    """What the intervals are drawn over."""
    if found is not None and found.forecast is not None:
        return found.forecast.independent
    if schema.group is not None:
        return f"the values of {schema.group}, each left out in turn, as rows of one are alike"
    if schema.time is not None:
        return f"stretches of {schema.time}, each left out in turn, as neighbouring rows are alike"
    return "1,000 resamples of the test rows"
