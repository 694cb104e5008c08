"""Rows of one group are judged by a model that saw none of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from noglue.tools.data import folds
from noglue.tools.models import forest
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.step import Step
from tests.tools.preparing import Run


def test_groups_are_dealt_whole_and_evenly() -> None:
    group = np.repeat(np.arange(23), np.arange(1, 24))
    dealt = folds.grouped(group, 5, seed=3)
    assert all(len(np.unique(dealt[group == one])) == 1 for one in range(23))
    rows = np.bincount(dealt)
    assert len(rows) == 5
    assert rows.max() - rows.min() <= 3
    assert folds.grouped(np.zeros(4, np.int64), 5, seed=0).tolist() == [0, 0, 0, 0]


def test_what_is_known_of_a_patient_does_not_help_with_another(tmp_path: Path) -> None:
    """A patient's rows are nearly alike and have one answer, which is chance: whoever sees some knows the rest."""
    draw = np.random.default_rng(0)
    patient = np.repeat(np.arange(60), 8)
    cells = draw.normal(size=(60, 4))[patient] + 0.01 * draw.normal(size=(480, 4))
    table = pd.DataFrame(cells, columns=list("abcd")).assign(
        patient=[f"p{one:02}" for one in patient], answer=np.array(["no", "yes"])[draw.integers(0, 2, 60)[patient]]
    )
    table.to_csv(tmp_path / "patients.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "patients.csv", target="answer", group="patient")
    step = Step(folder=tmp_path, run=run.folder, seed=0)
    trained = forest.train(run.folder / "data", tmp_path / "model", run.schema, Settings(), step)
    assert run.schema.group == "patient"
    assert trained.settings["folds"] == 5
    assert trained.validation["accuracy"] < 0.75
