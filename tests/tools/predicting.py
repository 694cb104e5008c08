"""A model trained on real files, and what it predicts from others."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from noglue.tools import predict, train
from tests.tools.preparing import Run


def trained(folder: Path, *roots: str | Path, family: str, **wishes: object) -> Run:
    run = Run(folder)
    run.prepare(*roots, **wishes)
    train.run(train.Args(family=family, baseline=False), run.step("train"))
    shutil.rmtree(run.folder / "data")  # `model/` alone is enough
    return run


def predicted(
    run: Run, *inputs: tuple[str, Path], proba: bool = False, keep: Sequence[str] = ()
) -> tuple[predict.Result, list[dict[str, str]]]:
    given = [{"as_given": as_given, "path": str(path)} for as_given, path in inputs]
    result = predict.run(
        predict.Args.model_validate({"inputs": given, "proba": proba, "keep": keep}), run.step("predict")
    )
    with (run.folder / result.file).open(encoding="utf-8", newline="") as file:
        return result, list(csv.DictReader(file))


def without_form(run: Run) -> None:
    """The model as it was written before the form of the data was kept."""
    file = run.folder / "model" / "schema.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    del kept["form"]
    file.write_text(json.dumps(kept), encoding="utf-8")
