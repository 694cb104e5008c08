"""Everything that the templates say, computed beforehand, so that they hold words and no reckoning."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.overview.findings import Overview
from noglue.tools.reporting import (
    charts,
    explanations,
    forecast_section,
    generator_section,
    ledger_rows,
    overview_section,
    scores_section,
    targets_section,
    training_section,
    warning_list,
    where_wrong,
)  # fmt: skip
from noglue.tools.reporting.advice import Advice, Known, advice
from noglue.tools.reporting.facts import Asked, Origin, Prepared, Trained, Wished, Written
from noglue.tools.reporting.glossary import Glossary
from noglue.tools.reporting.learning_curve import curves
from noglue.tools.reporting.pictures import Pictures
from noglue.tools.reporting.warning_list import Group
from noglue.tools.spec import modalities
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.profiles import DataWarning, Profile

MOST_IN_MATRIX = 20
MOST_CLASSES = 20  # in a table that is open from the start
MOST_LISTED = 500  # in all, so that the page stays small


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
    overview: Overview | None = None


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
        "advice": _advice(given) if found else [],
        "inline": Pictures(given.picture),
        "term": Glossary(),
        "independent": scores_section.independent(found, schema),
        **ledger_rows.facts(given.wishes, given.unread, given.files, given.rows, given.asked.paragraph),
        **training_section.facts(given.trained, schema),
        **where_wrong.facts(found),
        **explanations.facts(found, schema),
        **forecast_section.facts(found),
        **generator_section.facts(given.run, found, given.trained, schema.classes),
        "first_row": generator_section.first_row(schema.image),
        **targets_section.facts(found, schema),
        **overview_section.facts(given.overview, schema.modality),
    }
    if found:
        facts |= scores_section.facts(found, schema) | _details(found)
    return facts


def _advice(given: Material) -> list[Advice]:
    assert given.evaluated is not None, "nothing was evaluated"
    known = Known(
        given.evaluated, given.prepared, given.trained, given.asked, given.wishes, given.seconds, given.overview
    )
    return advice(known)


def _details(found: Evaluation) -> dict[str, Any]:
    """Charts and tables of where the model is right and wrong."""
    worst, many = targets_section.worst_first(found.classes), len(found.classes) > MOST_CLASSES
    details: dict[str, Any] = {
        "matrix": found.confusion if found.confusion and not many and len(found.classes) <= MOST_IN_MATRIX else None,
        "class_rows": worst[:MOST_CLASSES] if many else found.classes,
        "more_classes": worst[MOST_CLASSES:MOST_LISTED] if many else [],
        "classes_beyond": max(0, len(worst) - MOST_LISTED),
    }
    if found.calibration:
        details["calibration_chart"] = charts.reliability("Fraction right against stated confidence", found.calibration)
    if found.residuals:
        details["scatter"] = charts.scatter("Predicted against true values", found.residuals.points)
        details["histogram"] = charts.histogram("How far off: predicted minus true", found.residuals)
    return details


def _warnings(given: Material) -> list[Group]:
    return warning_list.groups(
        given.evaluated.warnings if given.evaluated else [],
        _alarms(given.trained),
        given.prepared.schema_.warnings,
        given.profile.warnings if given.profile else [],
    )


def _alarms(trained: Trained | None) -> list[DataWarning]:
    """What rang in a generator's training, and what was done about it."""
    said = [] if trained is None else trained.alarms
    return [DataWarning(kind="alarm", message=f"Alarm in training: {alarm.rstrip('.')}.") for alarm in said]


def _commands(given: Material) -> list[str]:
    run, inputs = shlex.quote(given.run), modalities.load(given.prepared.schema_.modality).example
    plain = f"noglue predict {run} {inputs} --out predictions.csv"
    return [plain, f"{plain} --proba"] if given.prepared.schema_.predicts == "classes" else [plain]


def percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{100 * fraction:.1f} %"


def side(difference: float) -> str:
    """Predicted minus true in words: `45.3 too low`."""
    return f"{number(abs(difference))} too {'low' if difference < 0 else 'high'}"


def shown(value: Any) -> str:
    """A setting's value for a person: `yes`, `6`, `0.24`, `height 8, width 8`."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    if isinstance(value, dict):
        return cut(", ".join(f"{name} {shown(part)}" for name, part in value.items()), 120)
    return cut(", ".join(shown(part) for part in value) if isinstance(value, list) else str(value), 120)
