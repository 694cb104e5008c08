"""Files through `inspect`, `prepare`, `train`, `evaluate` and `predict`: what the steps make of real tables."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from noglue.tools import evaluate, predict, train
from noglue.tools.evaluate import Result
from noglue.tools.spec.errors import BadUsage, DataError, TaskUnclear
from noglue.tools.spec.forecasting import Horizon, Timeline
from noglue.tools.spec.protocols import Settings
from tests.tools.forecasting.series import hourly, monthly, table
from tests.tools.preparing import Run, kinds

QUICK = Settings(options={"avoid": ["lag trees", "auto ets", "auto theta", "arima"]})


def prepared(folder: Path, data: pd.DataFrame, **wishes: Any) -> Run:
    folder.mkdir(exist_ok=True)
    data.to_csv(folder / "table.csv", index=False)
    run = Run(folder / "run")
    run.result = run.prepare(folder / "table.csv", goal="forecast", target="sales", **wishes)  # type: ignore[attr-defined]
    return run


def timeline(run: Run) -> Timeline:
    found = run.schema.timeline
    assert found is not None
    return found


def forecast(run: Run) -> Result:
    train.run(train.Args(family="forecast_blend", settings=QUICK, baseline=False), run.step("train"))
    return evaluate.run(evaluate.Args(), run.step("evaluate"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def adds_up(run: Run) -> bool:
    ledger = run.result.ledger  # type: ignore[attr-defined]
    return ledger.balances and ledger.train + ledger.validation + ledger.test == sum(
        run.schema.rows[split] for split in run.schema.rows
    )


@pytest.mark.parametrize(
    ("step", "count", "horizon", "steps", "season"),
    [
        ("MS", 120, Horizon(count=1, unit="year"), 12, 12),
        ("ME", 120, Horizon(count=2, unit="quarter"), 6, 12),
        ("QS", 80, Horizon(count=2, unit="year"), 8, 4),
        ("D", 200, Horizon(count=2, unit="week"), 14, 7),
        ("W", 200, Horizon(count=1, unit="quarter"), 13, 1),
        ("YS", 40, Horizon(count=5, unit="year"), 5, 1),
        ("B", 200, Horizon(count=2, unit="week"), 10, 5),
        ("h", 24 * 40, Horizon(count=2, unit="week"), 336, 24),
    ],
)
def test_a_horizon_in_any_unit_is_so_many_steps(
    tmp_path: Path, step: str, count: int, horizon: Horizon, steps: int, season: int
) -> None:
    at = np.arange(count)
    values = (
        100 + (20 * np.sin(2 * np.pi * at / season) if season > 1 else 0) + np.random.default_rng(0).normal(0, 1, count)
    )
    run = prepared(tmp_path, table(values, step=step, start="2015-01-01"), horizon=horizon)
    assert timeline(run).horizon == steps
    assert timeline(run).season == season
    assert run.schema.rows["test"] == steps
    assert adds_up(run)


def test_less_than_a_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskUnclear) as caught:
        prepared(tmp_path, table(monthly()), horizon=Horizon(count=1, unit="week"))
    assert caught.value.kind == "forecast"


def test_months_of_uneven_times_are_refused_and_rows_of_them_forecast(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    days = np.cumsum(random.choice([1, 2, 3, 5, 9, 20], 200))
    data = table(50 + np.arange(200) / 5 + random.normal(size=200))
    data["when"] = (np.datetime64("2018-01-01") + days).astype(str)
    with pytest.raises(TaskUnclear, match="uneven"):
        prepared(tmp_path, data, horizon=Horizon(count=12, unit="month"))
    assert timeline(prepared(tmp_path / "rows", data, horizon=Horizon(count=12))).horizon == 12


def test_rows_in_no_order_of_time_are_refused(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    data = pd.DataFrame(
        {"size": random.normal(size=80), "rooms": random.integers(1, 6, 80), "sales": random.normal(size=80)}
    )
    with pytest.raises(TaskUnclear) as caught:
        prepared(tmp_path, data, horizon=Horizon(count=5))
    assert (caught.value.kind, caught.value.code) == ("no-time", 3)


def test_rows_within_one_step_are_accounted_for(tmp_path: Path) -> None:
    """Monthly values, three of them corrected in the middle of their month: the correction counts, and is told of."""
    data = table(monthly())
    again = data.iloc[[10, 20, 30]].assign(when=lambda rows: rows["when"].str.slice(0, 8) + "15", sales=1000.0)
    run = prepared(tmp_path, pd.concat([data, again]), horizon=Horizon(count=12))
    assert timeline(run).grid == "months"
    left_out = run.result.ledger.left_out  # type: ignore[attr-defined]
    assert {why: one.count for why, one in left_out.items()} == {"at the same time step as a later row": 3}
    assert "repeated-times" in kinds(run.result)  # type: ignore[attr-defined]
    assert adds_up(run)


def test_a_plain_sequence_goes_on_as_its_rows_do(tmp_path: Path) -> None:
    run = prepared(tmp_path, table(monthly())[["sales"]], horizon=Horizon(count=12))
    found = forecast(run)
    assert timeline(run).season == 12
    assert found.outcome == "better"
    assert [row["time"] for row in read(run.folder / "steps/evaluate/forecast.csv")][:2] == ["120", "121"]


def test_a_forecast_is_scored_beside_the_last_season_and_goes_on_from_the_end(tmp_path: Path) -> None:
    run = prepared(tmp_path, table(monthly()), horizon=Horizon(count=12, unit="month"))
    found = forecast(run)
    assert found.metric == "mase"
    assert found.metrics["test"]["mase"].value < found.metrics["last_season"]["mase"].value
    assert {"smape", "interval_pinball", "interval_coverage"} <= found.metrics["test"].keys()
    assert found.forecast is not None
    tested = read(run.folder / "steps/evaluate/predictions.csv")
    assert [row["time"] for row in tested] == run_times("2019-01-01")
    assert float(tested[0]["lower"]) < float(tested[0]["prediction"]) < float(tested[0]["upper"])
    coming = read(run.folder / "steps/evaluate/forecast.csv")
    assert [row["time"] for row in coming] == run_times("2020-01-01")


def run_times(start: str) -> list[str]:
    return [str(day.date()) for day in pd.date_range(start, periods=12, freq="MS")]


def test_one_step_that_was_held_back_can_tell_nothing(tmp_path: Path) -> None:
    found = forecast(prepared(tmp_path, table(monthly()), horizon=Horizon(count=1, unit="month")))
    assert found.outcome == "undecided"
    assert found.verdict.startswith("1 test step is too few to tell")


def test_what_comes_in_the_test_changes_nothing_of_its_forecast(tmp_path: Path) -> None:
    plain, other = table(monthly()), table(monthly())
    other.loc[other.index[-12:], "sales"] = np.linspace(-500, 4000, 12)
    runs = [prepared(tmp_path / name, one, horizon=Horizon(count=12)) for name, one in (("a", plain), ("b", other))]
    told = []
    for run in runs:
        forecast(run)
        told.append([row["prediction"] for row in read(run.folder / "steps/evaluate/predictions.csv")])
    assert told[0] == told[1]
    files = [(run.folder / "model/forecaster.json").read_text() for run in runs]
    assert files[0] == files[1]


def test_the_order_of_the_rows_in_the_file_changes_nothing(tmp_path: Path) -> None:
    data = pd.concat([table(monthly(), shop="a"), table(monthly(60, seed=1), start="2014-06-01", shop="b")])
    told = []
    for name, one in (("a", data), ("b", data.sample(frac=1, random_state=3))):
        run = prepared(tmp_path / name, one, horizon=Horizon(count=6))
        forecast(run)
        told.append((run.folder / "steps/evaluate/forecast.csv").read_text())
    assert told[0] == told[1]


def test_several_series_are_told_apart_and_the_short_ones_counted(tmp_path: Path) -> None:
    parts = [table(monthly(60 + 12 * place, seed=place), shop=f"s{place}") for place in range(4)]
    run = prepared(tmp_path, pd.concat([*parts, table(monthly(7), shop="new")]), horizon=Horizon(count=6))
    assert timeline(run).series == ["shop"]
    assert run.schema.rows["test"] == 24
    assert adds_up(run)
    left = run.result.ledger.left_out  # type: ignore[attr-defined]
    assert [one.count for one in left.values()] == [7]
    assert "short-series" in kinds(run.result)  # type: ignore[attr-defined]


def test_gaps_are_told_and_nothing_is_scored_in_them(tmp_path: Path) -> None:
    data = table(hourly(40), step="h").drop(index=[100, 101, 250, 950])
    run = prepared(tmp_path, data, horizon=Horizon(count=1, unit="day"))
    (gaps,) = [one for one in run.result.warnings if one.kind == "gaps"]  # type: ignore[attr-defined]
    assert gaps.count == 4
    assert run.schema.rows["test"] == 23
    assert timeline(run).seasons[:2] == [24, 168]
    assert adds_up(run)
    assert forecast(run).prediction_rows == 23


def test_several_rows_of_one_time_are_put_together_as_asked_or_the_run_asks(tmp_path: Path) -> None:
    data = pd.concat([table(monthly(60, seed=seed)) for seed in range(3)])
    with pytest.raises(DataError) as caught:
        prepared(tmp_path / "ask", data, horizon=Horizon(count=6))
    assert (caught.value.kind, caught.value.code) == ("repeated-times", 4)
    run = prepared(tmp_path / "sum", data, horizon=Horizon(count=6), aggregate="sum")
    assert adds_up(run)
    whole = sum(monthly(60, seed=seed) for seed in range(3))
    assert run.labels("test") == pytest.approx(whole[-6:], rel=1e-3)


def test_a_total_is_of_all_series_unless_some_are_asked_for_apart(tmp_path: Path) -> None:
    values = monthly(60)
    data = pd.concat([table(values, shop="a"), table(values * 2, shop="b")])
    run = prepared(tmp_path / "all", data, horizon=Horizon(count=6), aggregate="sum")
    assert timeline(run).series == []
    assert run.labels("test") == pytest.approx(3 * values[-6:], rel=1e-3)
    assert adds_up(run)
    apart = prepared(tmp_path / "apart", data, horizon=Horizon(count=6), aggregate="sum", series=["shop"])
    assert timeline(apart).series == ["shop"]


def test_new_observations_are_gone_on_from(tmp_path: Path) -> None:
    values = monthly(126)
    data = pd.concat([table(values[:120], shop="a"), table(values[:120] * 2, shop="b")])
    run = prepared(tmp_path, data, horizon=Horizon(count=6))
    forecast(run)
    for name in ("history.parquet",):  # as the runner publishes it
        (run.folder / "model" / name).write_bytes((run.folder / "steps/evaluate/model" / name).read_bytes())
    later = table(values[120:123], start="2020-01-01", shop="a")
    later.to_csv(tmp_path / "new.csv", index=False)
    given = [{"as_given": "new.csv", "path": str(tmp_path / "new.csv")}]
    result = predict.run(predict.Args.model_validate({"inputs": given}), run.step("predict"))
    rows = read(run.folder / result.file)
    assert [row["time"] for row in rows] == [
        str(day.date()) for day in pd.date_range("2020-04-01", periods=6, freq="MS")
    ]
    assert {row["series"] for row in rows} == {"a"}
    told = np.array([float(row["prediction"]) for row in rows])
    assert np.abs(told[:3] - values[123:126]).mean() < 15
    assert list(rows[0])[:2] == ["input", "series"]
    wide = predict.run(predict.Args.model_validate({"inputs": given, "intervals": 0.99}), run.step("wide"))
    beside = read(run.folder / wide.file)
    assert [row["prediction"] for row in beside] == [row["prediction"] for row in rows]
    assert all(float(b["upper"]) > float(a["upper"]) for a, b in zip(rows, beside, strict=True))
    assert "99 %" in wide.said[0]
    assert any("1 series without new observations are not forecast: b" in one for one in result.strays)
    again = pd.concat([later, later.iloc[:1].assign(sales=1.0), table(values[5:6] + 500, start="2010-06-01", shop="a")])
    again.to_csv(tmp_path / "new.csv", index=False)
    odd = predict.run(predict.Args.model_validate({"inputs": given}), run.step("odd")).strays
    assert any("1 of 5 new rows do not count by themselves" in one for one in odd)
    assert any("1 new observations differ from what the run knows" in one for one in odd)
    for beside_it in ({"explain": True}, {"proba": True}, {"keep": ["shop"]}):
        with pytest.raises(BadUsage):
            predict.run(predict.Args.model_validate({"inputs": given} | beside_it), run.step("refused"))


def test_other_numbers_of_the_past_are_used_and_words_left_out(tmp_path: Path) -> None:
    data = table(monthly())
    data["visitors"], data["mood"] = np.arange(120) * 1.5 % 37, "fine"
    data.loc[::7, "mood"] = "bad"
    run = prepared(tmp_path, data, horizon=Horizon(count=6))
    assert timeline(run).covariates == ["visitors"]
    assert set(run.result.dropped) == {"mood"}  # type: ignore[attr-defined]
    trained = train.run(train.Args(family="lag_trees", baseline=False), run.step("train"))
    assert trained.validation["mase"] > 0
