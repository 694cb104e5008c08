"""The models of a folder: one, or of several targets a whole one for each.

    model/model.json     family and measures of all, `"targets": ["targets/0", "targets/1"]`; written last
    model/schema.json    with every target
    model/targets/0/     the model of the first target, as `tools/train.py` leaves one

>>> [one.schema.target for one in parts(run / "model", schema, "cpu")]
['yield', 'protein']
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noglue.tools.evaluation import decision_threshold
from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.modelstore import load_model
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

FOLDER = "targets"


@dataclass(frozen=True)
class Part:
    """One target's model. schema: with it for the only target. folder: where the model lies."""

    folder: Path
    schema: Schema
    model: Predictor
    threshold: Threshold | None


def folder_of(model: Path, number: int) -> Path:
    return model / FOLDER / str(number)


def parts(model: Path, schema: Schema, device: str) -> list[Part]:
    """The model of each target, in the schema's order; of a single one the model itself.

    Raises as `load_model.predictor` does.
    """
    folders = [folder_of(model, number) for number in range(len(schema.targets))] or [model]
    return [Part(folder, *load_model.predictor(folder, device), decision_threshold.load(folder)) for folder in folders]


def about(model: Path, family: str, baseline: str | None, learned_from: Sequence[str], step: Step) -> dict[str, Any]:
    """What goes into model.json: what the targets' own say alike, and where these are."""
    folders = sorted((model / FOLDER).iterdir(), key=lambda folder: int(folder.name))
    own = [json.loads((folder / "model.json").read_text(encoding="utf-8")) for folder in folders]
    shared = {name: own[-1][name] for name in ("created", "device", "noglue")}
    versions = {name: number for one in own for name, number in one["versions"].items()}
    return {
        "family": family,
        "baseline": baseline,
        "metric": own[0]["metric"],
        "seed": step.seed,
        **shared,
        "versions": versions,
        "learned_from": list(learned_from),
        "targets": [f"{FOLDER}/{folder.name}" for folder in folders],
    }
