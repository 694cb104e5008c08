"""The files that make a family's model one that can be handed on, and how they get into the run folder whole.

model/model.json     which family, the metric, the seed, versions; written last, so that a model with it is whole
model/schema.json    the data's columns and classes
model/decision.json  where 0.5 is not the threshold (see `deciding`)
model/calibration.arrow  rows that it did not learn from (see `tools/evaluation/conformal.py`)
model/reader.py      where the data's form was read by code written for it (see `tools/read_with.py`)
"""

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.step import Step

READER = "reader.py"
LIBRARIES = {
    "torch": "torch",
    "sklearn": "scikit-learn",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "numpy": "numpy",
}


def about(name: str, baseline: str | None, trained: Trained, metric: str | None, step: Step) -> dict[str, Any]:
    """What goes into model.json."""
    used = {"python": ".".join(map(str, sys.version_info[:3]))}
    used |= {package: version(package) for module, package in LIBRARIES.items() if module in sys.modules}
    return {
        "family": name,
        "baseline": baseline,
        "metric": metric,
        "seed": step.seed,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": used,
        "learned_from": trained.learned_from,
        "validation": trained.validation,
        "alarms": trained.alarms,
        "seconds": trained.seconds,
        "parameters": trained.parameters,
        "device": step.device,
        "short": None if trained.short is None else trained.short.model_dump(),
        "noglue": own_version(),
    }


def families(folder: Path) -> tuple[str, str | None]:
    """The model's family, and the baseline's if one was trained beside it. Raises DataError `no-model`."""
    try:
        said = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        return str(said["family"]), said.get("baseline")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.NO_MODEL, "There is no trained model to score: model/model.json can't be read.") from error


def alarms(folder: Path) -> list[str]:
    """What rang in the training of the generator in `folder`."""
    rang: list[str] = json.loads((folder / "model.json").read_text(encoding="utf-8")).get("alarms", [])
    return rang


def seconds(folder: Path) -> float | None:
    """What the training of the model in `folder` took; None of a model from before that was kept."""
    took: float | None = json.loads((folder / "model.json").read_text(encoding="utf-8")).get("seconds")
    return took


def short(folder: Path) -> ShortTime | None:
    """Where the training of the model in `folder` had too little time to be of use."""
    said = json.loads((folder / "model.json").read_text(encoding="utf-8")).get("short")
    return None if said is None else ShortTime.model_validate(said)


def own_version() -> str:
    try:
        return version("noglue")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"


def finish(model: Path, schema: Schema, said: dict[str, Any]) -> None:
    schema.save(model)
    (model / "model.json").write_text(json.dumps(said, indent=2), encoding="utf-8")


def publish(made: Path, model: Path) -> None:
    """Copy a finished model into the run's `model/`, which may be a mount and is therefore filled, not replaced.

    `model.json` goes first and comes last: whenever this is killed, what lies there is whole or has no `model.json`.
    """
    model.mkdir(exist_ok=True)
    (model / "model.json").unlink(missing_ok=True)
    for old in model.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    shutil.copytree(
        made, model, dirs_exist_ok=True, ignore=lambda folder, _: ["model.json"] if Path(folder) == made else []
    )
    for file in model.rglob("*"):
        if file.is_file():
            _sync(file)
    partial = model / "model.json.partial"
    shutil.copyfile(made / "model.json", partial)
    _sync(partial)
    partial.replace(model / "model.json")
    shutil.rmtree(made)


def size(model: Path) -> int:
    """Bytes of all its files."""
    return sum(file.stat().st_size for file in model.rglob("*") if file.is_file())


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
