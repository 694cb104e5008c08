"""A forecast as a person asks for it, from words to the next steps, in the sandbox."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.agent.command_line import noglue
from tests.tools.forecasting.series import monthly, table


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_next_months_of_each_shop_and_then_of_new_observations(tmp_path: Path) -> None:
    values = monthly(90)
    data = pd.concat([table(values[:84], shop="a"), table(values[:84] * 3, shop="b")])
    data.to_csv(tmp_path / "sales.csv", index=False)
    words = "Forecast sales for each shop for the next 6 months with 80% intervals, in sales.csv"
    ended = noglue(tmp_path, "run", words, "--budget", "60s", "--json")
    assert ended.returncode == 0, ended.stderr
    run = tmp_path / "runs" / "latest"
    content = json.loads((run / "run.json").read_text())
    assert content["task"]["goal"] == "forecast"
    assert {wish["state"] for wish in content["wishes"]} == {"done"}
    assert content["rows"]["test"] == 12
    assert content["metrics"]["test"]["mase"]["value"] < content["metrics"]["last_season"]["mase"]["value"]
    coming = read(run / "forecast.csv")
    assert len(coming) == 12
    assert coming[0]["time"] == "2017-01-01"
    assert "Forecasts" in (run / "report.md").read_text()
    assert noglue(tmp_path, "log", "latest", "--verify").returncode == 0
    table(values[84:87], start="2017-01-01", shop="a").to_csv(tmp_path / "new.csv", index=False)
    ended = noglue(tmp_path, "predict", "latest", "new.csv", "--out", "next.csv")
    assert ended.returncode == 0, ended.stderr
    rows = read(tmp_path / "next.csv")
    assert rows[0]["time"] == "2017-04-01"
    assert len(rows) == 6


@pytest.mark.slow
def test_a_forecast_of_rows_in_no_order_ends_with_what_is_missing(tmp_path: Path) -> None:
    homes = pd.DataFrame({"size": [50 + place * 37 % 61 for place in range(120)]})
    homes["price"] = homes["size"] * 3 + 10
    homes.to_csv(tmp_path / "homes.csv", index=False)
    ended = noglue(tmp_path, "run", "forecast the price for the next 6 months in homes.csv")
    assert ended.returncode == 3
    assert "no column says when" in ended.stderr
