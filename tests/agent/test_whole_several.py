"""Several targets, the whole path: one command, three ledgers that balance, answers from the shell and from Python."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_wine

import noglue as package
from tests.agent.command_line import answer, environment


@pytest.mark.slow
def test_two_columns_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = load_wine(as_frame=True).data
    table.loc[::6, "hue"] = np.nan
    table.to_csv(tmp_path / "wines.csv", index=False)
    words = "predict both the alcohol and the hue in wines.csv with a linear model"
    content = answer(tmp_path, "run", words, "--yes")
    assert (content["exit"], content["status"]) == (0, "succeeded"), content["error"]
    assert content["task"]["target"] == ["alcohol", "hue"]
    assert {wish["state"] for wish in content["wishes"]} == {"done"}
    assert content["task"]["unread"] == []
    rows = content["rows"]
    assert rows["found"] == rows["train"] + rows["validation"] + rows["test"] == len(table)
    assert set(content["data"]["targets"]) == {"alcohol", "hue"}
    assert {one["target"] for one in content["candidates"]} == {"alcohol", "hue"}
    test = content["metrics"]["test"]
    assert test["r2"]["value"] == pytest.approx((test["r2[alcohol]"]["value"] + test["r2[hue]"]["value"]) / 2)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    table.drop(columns=["alcohol", "hue"]).head(3).to_csv(tmp_path / "new.csv", index=False)
    told = package.load(content["path"]).predictions(tmp_path / "new.csv")
    assert [set(one.targets) for one in told] == [{"alcohol", "hue"}] * 3
    assert json.loads(told[0].prediction)["hue"] == pytest.approx(float(told[0].targets["hue"]))
