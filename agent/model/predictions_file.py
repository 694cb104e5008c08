"""The rows of predictions.csv, as `noglue predict` writes them, with types."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.agent.commands.predict import Wanted
from noglue.agent.model.outcome import Prediction

ENDS = ("lower", "upper")


def read(file: Path, wanted: Wanted, several: Sequence[str]) -> list[Prediction]:
    """wanted: what was to stand beside the answers. several: the columns of several targets."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [_prediction(row, wanted, several) for row in csv.DictReader(opened)]


def _prediction(row: dict[str, str], wanted: Wanted, several: Sequence[str]) -> Prediction:
    """A row of the answers: what was kept stands between `input` and `prediction`. several: columns of targets."""
    names = list(row)
    kept = {name: row.pop(name) for name in names[1 : names.index("prediction")]}
    confidence = row.pop("confidence", "") or None
    known: dict[str, Any] = {name: row.pop(name) for name in ("input", "prediction")}
    known["problem"] = row.pop("problem", "")
    if not wanted.proba or wanted.intervals is not None:  # those of a forecast stand there unasked
        known |= {name: float(cell) if (cell := row.pop(name)) else None for name in ENDS if name in row}
    if wanted.intervals is not None:
        known |= {"labels": _labels(row.pop("set"))} if "set" in row else {}
    known |= {name: row.pop(name) for name in ("because", "unlike") if name in row and wanted.beside}
    targets = {name: row.pop(name) for name in several if name in row}
    asked = tuple(f"{name}: {part}" for name in several for part in (*ENDS, "set", "because"))
    beside = {name: row.pop(name) for name in asked if name in row and wanted.beside}
    return Prediction(
        **known,
        kept=kept,
        targets=targets,
        beside=beside,
        confidence=None if confidence is None else float(confidence),
        probabilities={name: float(share) for name, share in row.items() if share},
    )


def _labels(cell: str) -> list[str]:
    """`cat|dog`, a `|` or `\\` within a label behind a `\\`."""
    return [re.sub(r"\\(.)", r"\1", label) for label in re.findall(r"(?:[^|\\]|\\.)+", cell)]
