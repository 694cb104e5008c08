"""The test rows of a run, as `noglue compare` needs them: read as data alone, within bounds, for a run may be anyone's.

    input,prediction,confidence,truth         input,series,time,prediction,lower,upper,truth     (a forecast)
    1,0,0.994617,0                            paris 2026-01-01,paris,2026-01-01,4.1,2.0,6.3,4.4

`predictions.csv` has what the model said and the truth; `run.json` what is measured; `data/schema.json` the class that
measures of one class are about, and whether rows depend on one another. Which of them do, the step `evaluate` has left
in `units.json` (`tools/evaluation/independent_units.py`).
"""

import csv
import math
import os
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from noglue.agent import run_status
from noglue.agent.run_folder import RunFolder
from noglue.tools.evaluation.independent_units import FILE as UNITS
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.spec import goals
from noglue.tools.spec.errors import BadUsage, DataError, Kind

MOST_BYTES, MOST_ROWS = 512 << 20, 5_000_000  # of one predictions.csv
UNITS_BYTES = 64 << 20
UNDONE = "noglue show RUN says what became of a run."


class KnownSchema(BaseModel):
    """Of `data/schema.json`, what matters here; see `tools/spec/schema.py`."""

    positive: str | None = None
    group: str | None = None
    time: str | None = None
    split: str = ""
    targets: list[Any] = []

    @property
    def rows_depend(self) -> bool:
        return self.split in ("grouped", "time") or self.group is not None or self.time is not None


@dataclass(frozen=True)
class TestRows:
    """One run's test rows, in the order of its file.

    inputs: what each row is known by. predicted, truth: cells as they stand there. confidence: of the answer, NaN where
    there is none. units: the unit of each row, where rows depend on one another and the run says how; of: the column.
    series, times: of a forecast.
    """

    folder: RunFolder
    content: dict[str, Any]
    schema: KnownSchema
    inputs: list[str]
    predicted: list[str]
    truth: list[str]
    confidence: list[float]
    units: list[int] | None = None
    of: str | None = None
    series: list[str] | None = None
    times: list[str] | None = None

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def goal(self) -> str:
        return str(self.content["task"]["goal"])


def load(folder: RunFolder) -> TestRows:
    """Raises BadUsage `compare` for a run that has no scored test rows to compare, DataError for damaged files."""
    content = run_status.read(folder)
    _must_be_scored(folder, content)
    schema = _schema(folder)
    if schema.targets:
        raise BadUsage(
            Kind.COMPARE,
            f"{folder.name} has several targets; runs are compared on one.",
            hint="`noglue show` gives the score of each target; run with one --target to compare.",
        )
    rows = _rows(folder)
    if rows["truth"] is None:
        raise BadUsage(
            Kind.COMPARE,
            f"The predictions.csv of {folder.name} is about the rows that were to be predicted, not about test rows.",
            hint="Run without those rows (--data with the labelled table alone) to compare.",
        )
    units, of = _units(folder, len(rows["input"]))
    return TestRows(
        folder=folder,
        content=content,
        schema=schema,
        inputs=rows["input"],
        predicted=rows["prediction"],
        truth=rows["truth"],
        confidence=[_number(cell) for cell in rows["confidence"] or [""] * len(rows["input"])],
        units=units,
        of=of,
        series=rows["series"],
        times=rows["time"],
    )


def _must_be_scored(folder: RunFolder, content: dict[str, Any]) -> None:
    status, goal = content["status"], content["task"].get("goal")
    scores = content.get("metrics")
    if goal is not None and goal not in goals.names():
        raise run_status.not_of_a_run(folder)
    if goal is not None and goals.makes_new(goal):
        raise BadUsage(
            Kind.COMPARE,
            f"{folder.name} is a generator, and each run judges its samples with a judge that it trained itself: their "
            "scores can't be set against each other row by row.",
            hint="Look at their reports side by side; `noglue show` gives each score with its interval.",
        )
    if status != "succeeded" or not isinstance(scores, dict) or not isinstance(scores.get("test"), dict):
        state = run_status.as_a_sentence(content)
        raise BadUsage(Kind.COMPARE, f"{folder.name} has no test scores to compare: {state}.", hint=UNDONE)


def _schema(folder: RunFolder) -> KnownSchema:
    try:
        return KnownSchema.model_validate(folder.read_json("data/schema.json"))
    except ValidationError as error:
        raise DataError(Kind.DAMAGED_RUN, f"{folder.path / 'data/schema.json'} was not written by a run.") from error


def _rows(folder: RunFolder) -> dict[str, Any]:
    """Column → cells, of those that are wanted; None for one that is not there."""
    wanted = ("input", "prediction", "truth", "confidence", "series", "time")
    place = beneath.shown(folder.path / "predictions.csv")
    try:
        descriptor = beneath.open_plain(folder.path, "predictions.csv")
    except FileNotFoundError:
        raise BadUsage(Kind.COMPARE, f"{folder.name} has no predictions.csv.", hint=UNDONE) from None
    with os.fdopen(descriptor, encoding="utf-8", newline="") as file:
        if os.fstat(descriptor).st_size > MOST_BYTES:
            raise DataError(Kind.TOO_LARGE, f"{place} is larger than {MOST_BYTES:,} bytes.")
        try:
            reader = csv.reader(file)
            header = next(reader, [])
            places = {name: header.index(name) for name in wanted if name in header}
            if not {"input", "prediction"} <= places.keys():
                raise DataError(Kind.DAMAGED_RUN, f"{place} has no columns `input` and `prediction`.")
            found: dict[str, list[str]] = {name: [] for name in places}
            for number, row in enumerate(reader, 1):
                if number > MOST_ROWS or len(row) != len(header):
                    what = f"more than {MOST_ROWS:,} rows" if number > MOST_ROWS else f"a line {number} of another form"
                    raise DataError(Kind.DAMAGED_RUN, f"{place} has {what}.")
                for name, at in places.items():
                    found[name].append(row[at])
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(Kind.DAMAGED_RUN, f"{place} can't be read: {error}.") from error
    return {name: found.get(name) for name in wanted}


def _units(folder: RunFolder, rows: int) -> tuple[list[int] | None, str | None]:
    """What the newest `evaluate` has left; None where it left nothing that fits."""
    steps = folder.path / "steps"
    names = sorted((entry.name for entry in steps.iterdir() if entry.name.endswith("-evaluate")), key=_number_of)
    try:
        content = parsed(beneath.read(folder.path, f"steps/{names[-1]}/{UNITS}", UNITS_BYTES))
        codes, of = content["codes"], content["of"]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None, None
    fits = isinstance(codes, list) and len(codes) == rows and all(isinstance(code, int) for code in codes)
    return (codes, str(of) if of else None) if fits else (None, None)


def _number_of(step: str) -> tuple[int, str]:
    number = step.partition("-")[0]
    return (int(number) if number.isdecimal() else 0, step)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
