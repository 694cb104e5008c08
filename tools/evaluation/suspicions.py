"""What a careful reader would ask about a score before believing it."""

import numpy as np

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.scores import Score
from noglue.tools.evaluation.wording import listing, score_text, value_text
from noglue.tools.metrics import Metric
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.schema import Schema

FEW_ROWS = 30
FEW_OF_A_CLASS = 5
MOST_FREQUENT = 0.8


def suspicions(found: Evaluation, main: Metric, schema: Schema, predicted: np.ndarray) -> list[DataWarning]:
    """Warnings that come with the score, most serious first."""
    test = found.metrics["test"][main.name]
    warnings = [
        *_too_good(main, test, schema),
        *_gap(main, found.metrics.get("validation", {}).get(main.name), test),
        *_few(test, found),
        *(_one_answer(schema, predicted, found) if schema.predicts == "classes" else _constant(predicted)),
        *_uneven(main, schema, found),
        *_calibration(found),
    ]
    known = {warning.kind for warning in schema.warnings}
    return [warning for warning in warnings if warning.kind not in known or warning.kind != "imbalance"]


def _too_good(main: Metric, test: Score, schema: Schema) -> list[DataWarning]:
    perfect = test.value == 1.0 if main.unit == "fraction" else main.higher and test.value > 0.9999
    cells = modalities.load(schema.modality).cells
    if not cells or schema.predicts is None or not perfect or test.n < FEW_ROWS:
        return []
    names = [column.name for column in schema.features]
    which = f"the only feature, {names[0]}, gives" if len(names) == 1 else "no feature gives"
    return [
        DataWarning(
            kind="perfect-score",
            message=f"A perfect score on {test.n:,} rows is rare in real data: check that {which} the target away.",
            columns=names if len(names) == 1 else [],
        )
    ]


def _gap(main: Metric, validation: Score | None, test: Score) -> list[DataWarning]:
    if validation is None or (validation.low <= test.high and test.low <= validation.high):
        return []
    easier = "validation" if main.better(validation.value, test.value) else "test"
    return [
        DataWarning(
            kind="validation-gap",
            message=f"{main.title} is {score_text(main, validation)} on the validation rows and "
            f"{score_text(main, test)} on the test rows. The {easier} rows are easier by more than chance explains: "
            "new data may differ in the same way.",
        )
    ]


def _few(test: Score, found: Evaluation) -> list[DataWarning]:
    warnings = []
    if test.n < FEW_ROWS:
        message = f"Only {test.n} test rows: the score could well be different on others, as its wide interval says."
        warnings.append(DataWarning(kind="few-test-rows", message=message, count=test.n))
    rare = [row.name for row in found.classes if 0 < row.rows < FEW_OF_A_CLASS]
    absent = [row.name for row in found.classes if row.rows == 0]
    if rare:
        message = f"Fewer than {FEW_OF_A_CLASS} test rows of {listing(rare)}: these classes' own figures say little."
        warnings.append(DataWarning(kind="rare-classes", message=message, count=len(rare)))
    if absent:
        message = f"No test row of {listing(absent)}: how well they are recognised is not known."
        warnings.append(DataWarning(kind="absent-classes", message=message, count=len(absent)))
    return warnings


def _one_answer(schema: Schema, predicted: np.ndarray, found: Evaluation) -> list[DataWarning]:
    given = [row.name for row in found.classes if row.predicted > 0]
    if len(given) != 1 or sum(row.rows > 0 for row in found.classes) < 2:
        return []
    message = f"The model answers “{given[0]}” for every test row."
    return [DataWarning(kind="one-answer", message=message, count=len(predicted))]


def _constant(predicted: np.ndarray) -> list[DataWarning]:
    if len(predicted) < 2 or np.ptp(predicted) > 0:
        return []
    return [DataWarning(kind="one-answer", message="The model answers the same number for every test row.")]


def _uneven(main: Metric, schema: Schema, found: Evaluation) -> list[DataWarning]:
    rows = sum(row.rows for row in found.classes)
    largest = max(found.classes, key=lambda row: row.rows, default=None)
    if largest is None or main.name != "accuracy" or len(found.classes) < 2 or largest.rows < MOST_FREQUENT * rows:
        return []
    share = value_text(main, largest.rows / rows)
    message = f"{share} of the test rows are “{largest.name}”, so accuracy looks too good: look at balanced accuracy."
    return [DataWarning(kind="imbalance", message=message)]


def _calibration(found: Evaluation) -> list[DataWarning]:
    error = found.metrics["test"].get("calibration_error")
    if error is None or error.low < 0.05 or error.value < 0.1:
        return []
    message = (
        f"Stated confidences are off by {100 * error.value:.0f} points on average: don't read them as probabilities."
    )
    return [DataWarning(kind="calibration", message=message)]
