"""New examples and coming steps in Python, beside what the command line writes."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import noglue
from noglue.tools.spec.errors import BadUsage
from tests.agent.command_line import environment
from tests.agent.command_line import noglue as command
from tests.tools.forecasting.series import monthly, table


@pytest.mark.slow
def test_digits_are_made_as_the_command_line_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    words = "make new handwritten digits with a gaussian of the pixels"
    with noglue.run(words, runs=tmp_path / "runs", planner="rules", budget=60) as model:
        made, labels = model.generate_labelled(12, seed=5)
        assert made.shape == (12, 8, 8, 1)
        assert made.dtype == np.uint8
        assert len(labels) == 12
        assert np.array_equal(model.generate(12, seed=5), made), "a seed makes the same"
        sevens, only = model.generate_labelled(4, label="7", seed=1)
        assert {str(one) for one in only} == {"7"}
        with pytest.raises(BadUsage, match="no class 'x'"):
            model.generate(3, label="x")
        with pytest.raises(BadUsage, match="1 to 100,000"):
            model.generate(0)
        with pytest.raises(BadUsage, match="can't predict"):
            model.predict(made)
        ended = command(tmp_path, "generate", "latest", "--count", "4", "--label", "7", "--seed", "1", "--out", "new")
        assert ended.returncode == 0, ended.stderr
        files = [np.asarray(Image.open(file)) for file in sorted((tmp_path / "new").glob("*-7.png"))]
        assert np.array_equal(np.stack(files), sevens[..., 0])


@pytest.mark.slow
def test_the_next_months_are_those_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    values = monthly(90)
    table(values[:84], shop="a").to_csv(tmp_path / "sales.csv", index=False)
    words = f"Forecast sales for each shop for the next 6 months, in {tmp_path / 'sales.csv'}"
    with noglue.run(words, runs=tmp_path / "runs", planner="rules", budget=60) as model:
        coming = model.forecast()
        assert isinstance(coming, pd.DataFrame)
        assert list(coming.columns) == ["series", "time", "forecast", "lower", "upper"]
        assert coming["time"].iloc[0] == pd.Timestamp("2017-01-01")
        with (model.path / "forecast.csv").open(newline="") as file:
            told = list(csv.DictReader(file))
        assert np.allclose([float(row["forecast"]) for row in told], coming["forecast"], rtol=1e-5)
        new = table(values[84:87], start="2017-01-01", shop="a")
        new.to_csv(tmp_path / "new.csv", index=False)
        ended = command(tmp_path, "predict", "latest", "new.csv", "--out", "next.csv")
        assert ended.returncode == 0, ended.stderr
        with (tmp_path / "next.csv").open(newline="") as file:
            told = list(csv.DictReader(file))
        for given in (new, tmp_path / "new.csv"):
            later = model.forecast(given)
            assert np.allclose([float(row["prediction"]) for row in told], later["forecast"], rtol=1e-6)
        wide = model.forecast(level=0.99)
        assert ((wide["upper"] - wide["lower"]) > (coming["upper"] - coming["lower"])).all()
        with pytest.raises(BadUsage, match="forecast"):
            model.predict(new)
