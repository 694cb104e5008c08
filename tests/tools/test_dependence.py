"""Rows that depend on one another, as files on disk, through `inspect` and `prepare`: the right kind of split."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools.prepare import Result
from noglue.tools.spec.errors import DataError, TaskUnclear
from tests.tools.preparing import Run, kinds


def prepared(folder: Path, table: pd.DataFrame, target: str, **wishes: object) -> tuple[Run, Result]:
    folder.mkdir(exist_ok=True)
    table.to_csv(folder / "table.csv", index=False)
    run = Run(folder / "run")
    return run, run.prepare(folder / "table.csv", target=target, **wishes)


def random_walk(days: int = 1500, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "date": pd.date_range("2019-03-01", periods=days).strftime("%Y-%m-%d"),
            "store_temp": random.normal(20, 2, days).round(1),
            "sales": (500 + np.cumsum(random.normal(0, 5, days))).round(2),
        }
    )


def season(days: int = 400, seed: int = 1) -> pd.DataFrame:
    """A week's pattern, and else noise: neighbours are hardly alike, the same weekdays are."""
    random = np.random.default_rng(100 + seed)
    week = np.array([0.0, 9, -8, 10, -9, 7, -9])
    table = random_walk(days, seed)
    table["sales"] = np.resize(week, days) + random.normal(0, 2, days)
    return table


def panel(people: int, visits: int, person: str = "patient", seed: int = 2) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    level = np.repeat(random.normal(100, 15, people), visits)
    return pd.DataFrame(
        {
            person: np.repeat([f"P{i}" for i in range(people)], visits),
            "visit": np.tile(np.arange(1, visits + 1), people),
            "dose": random.integers(1, 5, people * visits),
            "pressure": level + random.normal(0, 3, people * visits),
        }
    )


@pytest.mark.parametrize("table", [random_walk(), random_walk(120, 3), season()], ids=["walk", "short walk", "season"])
def test_days_that_follow_one_another_are_split_by_time(tmp_path: Path, table: pd.DataFrame) -> None:
    run, result = prepared(tmp_path, table, "sales")
    assert (result.split, run.schema.time) == ("time", "date")
    last = {split: max(run.split(split)["date"]) for split in ("train", "validation", "test")}
    first = {split: min(run.split(split)["date"]) for split in ("train", "validation", "test")}
    assert last["train"] < first["validation"] <= last["validation"] < first["test"]


def test_the_order_of_the_files_rows_is_no_evidence(tmp_path: Path) -> None:
    shuffled = random_walk().sample(frac=1, random_state=0)
    ours, again = (prepared(tmp_path / name, table, "sales") for name, table in (("a", random_walk()), ("b", shuffled)))
    assert ours[1].split == again[1].split == "time"
    assert ours[1].rows == again[1].rows
    assert sorted(ours[0].split("test")["date"]) == sorted(again[0].split("test")["date"])


def test_a_class_that_lasts_is_split_by_time(tmp_path: Path) -> None:
    table = random_walk(600, 5).rename(columns={"sales": "level"})
    random = np.random.default_rng(5)
    table["state"] = np.where(np.sin(np.arange(600) / 9) + random.normal(0, 0.3, 600) > 0, "up", "down")
    assert prepared(tmp_path, table.drop(columns="level"), "state")[1].split == "time"


def test_dates_of_cases_that_have_nothing_to_do_with_one_another_are_not_gone_by(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    table = random_walk(800)
    table["sales"] = 3 * table["store_temp"] + random.normal(0, 4, 800)
    run, result = prepared(tmp_path / "noise", table, "sales")
    assert (result.split, run.schema.time) == ("stratified", None)
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(np.sort(random.integers(0, 20_000, 800)), "D")
    births = pd.DataFrame({"date_of_birth": born, "height": np.linspace(150, 190, 800)})
    births["income"] = births["height"] * 10 + random.normal(0, 5, 800)
    assert prepared(tmp_path / "births", births, "income")[1].split == "stratified"


def test_a_column_called_time_with_gaps_is_a_duration(tmp_path: Path) -> None:
    """As the days of follow-up in a table of heart failures, which is sorted by them."""
    random = np.random.default_rng(6)
    time = np.sort(random.integers(4, 285, 300))
    table = pd.DataFrame({"age": random.integers(40, 90, 300), "time": time})
    table["died"] = (random.random(300) < 1 / (1 + np.exp((time - 90) / 20))).astype(int)
    assert prepared(tmp_path, table, "died")[1].split == "stratified"


@pytest.mark.parametrize("person", ["patient", "subject", "Participant ID", "rat", "UserID", "device_id", "pump"])
def test_rows_of_one_person_or_thing_stay_together(tmp_path: Path, person: str) -> None:
    run, result = prepared(tmp_path, panel(20, 6, person), "pressure")
    assert (result.split, run.schema.group) == ("grouped", person)
    people = {split: set(run.split(split)[person]) for split in ("train", "validation", "test")}
    assert not people["test"] & (people["train"] | people["validation"])
    assert not people["train"] & people["validation"]
    assert person not in [column.name for column in run.schema.features]


def test_what_a_thing_is_of_is_no_key(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    table = pd.DataFrame({"device": random.choice(["phone", "tablet", "laptop", "desktop", "tv"], 300)})
    table["hour"], table["spent"] = random.integers(0, 24, 300), random.exponential(20, 300)
    run, result = prepared(tmp_path, table, "spent")
    assert result.split == "stratified"
    assert "device" in [column.name for column in run.schema.features]


def test_many_short_series_are_held_out_whole_and_few_long_ones_at_their_end(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    for folder, countries, years, how in (("short", 60, 12, "grouped"), ("long", 5, 80, "time")):
        level = np.repeat(random.normal(60, 10, countries), years) + np.tile(np.linspace(0, 10, years), countries)
        table = pd.DataFrame(
            {
                "country": np.repeat([f"{chr(65 + i % 26)}land{i // 26}" for i in range(countries)], years),
                "year": np.tile(np.arange(2020 - years, 2020), countries),
                "income": np.exp(random.normal(8, 1, countries * years)).round(),
                "expectancy": level + random.normal(0, 1, countries * years),
            }
        )
        run, result = prepared(tmp_path / folder, table, "expectancy")
        assert result.split == how
        assert (run.schema.group or run.schema.series) == "country"


def test_every_condition_of_repeated_measures_stays_in_train(tmp_path: Path) -> None:
    """20 people, two conditions, three tries each: equal rows of two people are no copies."""
    random = np.random.default_rng(9)
    table = pd.DataFrame([(s, light, t) for s in range(1, 21) for light in ("dim", "bright") for t in (1, 2, 3)])
    table.columns = pd.Index(["subject", "light", "tries"])
    for name, part in (("within", table), ("between", table[(table["subject"] % 2 == 0) == (table["light"] == "dim")])):
        part = part.assign(score=np.round(4 + 2 * (part["light"] == "bright") + random.normal(0, 1, len(part))))
        run, result = prepared(tmp_path / name, part, "score", goal="regress")
        assert result.split == "grouped"
        assert sum(result.rows.values()) == len(part)
        assert [column.name for column in run.schema.features] == ["light", "tries"]


def test_a_crossed_design_leaves_rows_to_learn_from(tmp_path: Path) -> None:
    """14 people × 19 steps × 2 events × 2 sites, each once: every row has an equal one in each other person."""
    random = np.random.default_rng(10)
    rows = [
        (f"p{s}", t, e, a) for s in range(14) for t in range(19) for e in ("cue", "flash") for a in ("front", "side")
    ]
    table = pd.DataFrame(rows, columns=["subject", "step", "event", "site"]).sample(frac=1, random_state=0)
    table["signal"] = np.sin(table["step"] / 3) + random.normal(0, 0.2, len(table))
    run, result = prepared(tmp_path, table, "signal")
    assert result.split == "grouped"
    assert sum(result.rows.values()) == 1064
    assert "duplicates-across-splits" not in kinds(result)
    assert run.schema.rows["train"] > 500


def test_a_patient_copied_under_another_number_is_one(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    table = pd.DataFrame(
        {"patient_id": np.repeat(np.arange(30), 5), "x": random.normal(size=150), "z": random.random(150)}
    )
    table["y"] = random.normal(size=150)
    table.loc[table["patient_id"] == 29, ["x", "z", "y"]] = table.loc[
        table["patient_id"] == 0, ["x", "z", "y"]
    ].to_numpy()
    for seed in range(5):
        folder = tmp_path / str(seed)
        folder.mkdir()
        table.to_csv(folder / "t.csv", index=False)
        run = Run(folder / "run", seed)
        run.prepare(folder / "t.csv", target="y")
        where = {split: set(run.split(split)["patient_id"]) for split in ("train", "validation", "test")}
        assert any({0, 29} <= {int(float(one)) for one in people} for people in where.values())


def test_too_few_people_to_hold_one_out_are_told(tmp_path: Path) -> None:
    run, result = prepared(tmp_path, panel(3, 40), "pressure")
    assert "few-groups" in kinds(result)
    assert run.schema.group is None


def test_a_competition_on_a_series_is_tested_on_the_end_of_its_train_table(tmp_path: Path) -> None:
    random = np.random.default_rng(12)
    table = random_walk(600)
    table["sales"] = random.normal(50, 5, 600)  # alike or not: what is asked for lies in the future
    (tmp_path / "in").mkdir()
    table[:500].to_csv(tmp_path / "in" / "train.csv", index=False)
    table[500:].drop(columns="sales").to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    assert run.prepare(tmp_path / "in", target="sales").split == "time"
    assert run.schema.rows["unlabelled"] == 100


def test_rows_without_a_date_are_left_out_and_counted(tmp_path: Path) -> None:
    table = random_walk(300)
    table.loc[[5, 60, 200], "date"] = None
    _, result = prepared(tmp_path, table, "sales")
    assert sum(result.rows.values()) == 297
    assert [w.count for w in result.warnings if w.kind == "undated"] == [3]


def test_what_comes_after_a_series_is_forecast_and_not_learned_as_something_else(tmp_path: Path) -> None:
    run, result = prepared(tmp_path, random_walk(200), "sales", ahead="tomorrow's", horizon={"count": 1, "unit": "day"})
    assert run.schema.goal == "forecast"
    assert run.schema.timeline is not None
    assert (run.schema.timeline.horizon, result.rows["test"]) == (1, 1)


def test_classes_that_come_after_a_series_are_refused(tmp_path: Path) -> None:
    table = random_walk(200)
    table["sales"] = np.where(table["sales"] > table["sales"].median(), "many", "few")
    with pytest.raises(TaskUnclear) as caught:
        prepared(tmp_path, table, "sales", ahead="tomorrow's")
    assert (caught.value.kind, caught.value.code) == ("forecast", 3)


def test_next_month_said_of_cases_that_do_not_follow_one_another_is_no_forecast(tmp_path: Path) -> None:
    random = np.random.default_rng(13)
    table = random_walk(300).drop(columns="sales")
    table["churned"] = random.integers(0, 2, 300)
    assert prepared(tmp_path, table, "churned", ahead="next month")[1].split == "stratified"


def test_a_year_and_its_quarter_are_one_time(tmp_path: Path) -> None:
    random = np.random.default_rng(14)
    table = pd.DataFrame({"year": np.repeat(np.arange(1960, 2010), 4), "quarter": np.tile([1, 2, 3, 4], 50)})
    table["income"] = (100 + np.cumsum(random.normal(1, 2, 200))).round(2)
    run, result = prepared(tmp_path, table, "income")
    assert (result.split, run.schema.time, run.schema.series) == ("time", "year, quarter", None)
    assert run.split("test")["year"][0] == 2000
    assert sorted(run.split("test")["year, quarter"])[:3] == [2000.0, 2000.25, 2000.5]
    assert [column.name for column in run.schema.features] == ["year", "quarter"]


def test_a_year_that_is_the_same_everywhere_orders_nothing(tmp_path: Path) -> None:
    table = random_walk(200).assign(year=2020).drop(columns="date")
    (tmp_path / "in").mkdir()
    table[:150].to_csv(tmp_path / "in" / "train.csv", index=False)
    table[150:].drop(columns="sales").to_csv(tmp_path / "in" / "test.csv", index=False)
    assert Run(tmp_path / "run").prepare(tmp_path / "in", target="sales").split == "stratified"
    with pytest.raises(DataError) as caught:
        prepared(tmp_path / "asked", table, "sales", time="year")
    assert caught.value.kind == "no-time"


@pytest.mark.parametrize("name", ["customers", "users", "patients"])
def test_how_many_there_were_is_no_key(tmp_path: Path, name: str) -> None:
    table = random_walk(400)
    table[name] = np.random.default_rng(15).integers(20, 90, 400)
    run, result = prepared(tmp_path, table, "sales")
    assert result.split == "time"
    assert name in [column.name for column in run.schema.features]


def test_a_panel_of_which_later_years_are_to_be_predicted_keeps_its_series(tmp_path: Path) -> None:
    random = np.random.default_rng(16)
    countries, years = [f"C{i}x" for i in range(12)], np.arange(2001, 2013)
    table = pd.DataFrame({"country": np.repeat(countries, 12), "year": np.tile(years, 12)})
    table["income"] = np.repeat(random.normal(60, 10, 12), 12) + random.normal(0, 1, 144)
    (tmp_path / "in").mkdir()
    table[table["year"] < 2011].to_csv(tmp_path / "in" / "train.csv", index=False)
    table[table["year"] >= 2011].drop(columns="income").to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    assert run.prepare(tmp_path / "in", target="income").split == "time"
    assert run.schema.series == "country"


def test_long_numbers_and_a_missing_date_break_nothing(tmp_path: Path) -> None:
    random = np.random.default_rng(17)
    table = pd.DataFrame({"date": np.repeat(pd.date_range("2024-01-01", periods=60), 24)})
    table["hour"] = np.tile(np.arange(24), 60)
    table["account"] = random.integers(10**16, 10**17, len(table))
    table["load"] = 100 + np.cumsum(random.normal(0, 2, len(table)))
    table.loc[700, "date"] = None
    run, result = prepared(tmp_path, table, "load")
    assert (result.split, run.schema.time) == ("time", "date, hour")
    assert sum(result.rows.values()) == len(table) - 1


def test_fewer_rows_of_a_series_are_its_last_ones(tmp_path: Path) -> None:
    run, result = prepared(tmp_path, random_walk(2000), "sales", max_rows=400)
    assert result.split == "time"
    assert sum(result.rows.values()) == 400
    assert min(run.split("train")["date"]) == pd.Timestamp("2019-03-01") + pd.Timedelta(days=1600)


def test_candles_that_open_each_hour_are_a_series(tmp_path: Path) -> None:
    table = random_walk(400).drop(columns="date")
    table.insert(0, "open_time", pd.date_range("2024-01-01", periods=400, freq="h"))
    assert prepared(tmp_path, table, "sales")[1].split == "time"


def test_a_group_that_a_table_lacks_or_that_is_the_target_is_refused(tmp_path: Path) -> None:
    for group in ("clinic", "pressure"):
        with pytest.raises(DataError) as caught:
            prepared(tmp_path, panel(20, 6), "pressure", group=group)
        assert caught.value.kind == "missing-columns"
    table = panel(20, 6)
    (tmp_path / "in").mkdir()
    table.to_csv(tmp_path / "in" / "train.csv", index=False)
    table[["visit", "dose"]][:20].to_csv(
        tmp_path / "in" / "test.csv", index=False
    )  # new patients, who have no number yet
    run = Run(tmp_path / "new")
    assert run.prepare(tmp_path / "in", target="pressure", group="patient").split == "grouped"
    assert run.schema.rows["unlabelled"] == 20


def test_groups_and_time_that_no_split_can_both_keep_to_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskUnclear, match="both keeps groups whole and tests on later rows"):
        prepared(tmp_path, panel(20, 6), "pressure", group="patient", time="visit")


def test_groups_stay_whole_where_the_last_rows_are_the_test(tmp_path: Path) -> None:
    table = panel(40, 6)
    table["visit"] += np.repeat(np.arange(40), 6)  # a new patient every day, for six days
    run, result = prepared(tmp_path, table, "pressure", group="patient", time="visit")
    assert result.split == "time"
    people = {split: set(run.split(split)["patient"]) for split in ("train", "validation", "test")}
    assert not people["train"] & people["test"]
    assert not people["validation"] & people["test"]
    assert not people["train"] & people["validation"]
    assert max(run.split("train")["visit"]) < min(run.split("test")["visit"])
    assert result.ledger is not None
    left = {why: one.count for why, one in result.ledger.left_out.items()}
    assert sum(left.values()) == 240 - sum(run.schema.rows.values())
    assert left["of a group that is in the test rows"] > 0


def test_rows_of_nobody_known_are_no_person(tmp_path: Path) -> None:
    table = panel(20, 6)
    table.loc[table.index[::3], "patient"] = None
    run, result = prepared(tmp_path, table, "pressure")
    assert result.split == "grouped"
    assert all(sum(name is None for name in run.split(split)["patient"]) > 0 for split in ("train", "test"))


def test_rows_of_nobody_known_are_left_out_where_people_are_to_be_kept_apart(tmp_path: Path) -> None:
    table = panel(20, 6)
    table.loc[table.index[::3], "patient"] = None
    run, result = prepared(tmp_path, table, "pressure", group="patient")
    assert sum(run.schema.rows.values()) == 80
    assert all(None not in list(run.split(split)["patient"]) for split in ("train", "test"))
    assert result.ledger is not None
    assert result.ledger.left_out["without a patient to be kept together by"].count == 40


def hourly(days: int = 40, seed: int = 18) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"when": pd.date_range("2023-01-01", periods=24 * days, freq="h")})
    return table.assign(load=(100 + np.cumsum(random.normal(0, 1, 24 * days))).round(2))


@pytest.mark.parametrize("subjects", [5, 6, 8, 12, 30])
def test_a_fixed_list_of_items_leaves_rows_to_learn_from(tmp_path: Path, subjects: int) -> None:
    """Everybody sees every item; condition and length go with the item."""
    random = np.random.default_rng(19)
    items = pd.DataFrame({"item": range(24), "condition": ["rel"] * 12 + ["unrel"] * 12})
    items["length"], items["freq"] = random.integers(3, 11, 24), random.normal(4, 1, 24).round(2)
    people = pd.DataFrame({"subject": np.repeat(np.arange(1, subjects + 1), 24)})
    table = people.join(pd.concat([items] * subjects, ignore_index=True))
    table["rt"] = (500 + 30 * (table["condition"] == "rel") + random.normal(0, 50, len(table))).round()
    run, result = prepared(tmp_path, table, "rt")
    assert result.split == "grouped"
    assert sum(result.rows.values()) == len(table)
    assert "condition" in [column.name for column in run.schema.features]
    some = table.sample(frac=0.4, random_state=0)
    _, result = prepared(tmp_path / "some", some, "rt")
    assert sum(result.rows.values()) == len(some)


@pytest.mark.parametrize("written", ["date and clock", "day month year", "month year hour", "year Jan day", "epoch"])
def test_one_time_in_several_columns_in_any_order(tmp_path: Path, written: str) -> None:
    table = hourly() if written != "year Jan day" else hourly(40 * 24).iloc[::24]
    when = table.pop("when").dt
    columns = {
        "date and clock": {"Date": when.strftime("%d.%m.%Y"), "Time": when.strftime("%H:%M")},
        "day month year": {"day": when.day, "month": when.month, "year": when.year, "hour": when.hour},
        "month year hour": {"hour": when.hour, "date": when.strftime("%Y-%m-%d")},
        "year Jan day": {"year": when.year, "month": when.strftime("%b"), "day": when.day},
        "epoch": {"created_at": [1_672_531_200 + 3600 * hour for hour in range(len(table))]},
    }[written]
    for place, (name, values) in enumerate(columns.items()):
        table.insert(place, name, np.asarray(values))
    run, result = prepared(tmp_path, table, "load")
    assert result.split == "time"
    assert run.schema.series is None
    held = run.split("test").to_pandas()["load"].to_numpy()
    assert set(held) <= set(table["load"].to_numpy()[-len(held) - 1 :])


def test_shop_and_article_together_are_a_series(tmp_path: Path) -> None:
    random = np.random.default_rng(20)
    table = pd.MultiIndex.from_product(
        [pd.date_range("2023-01-01", periods=100), ["S1", "S2", "S3", "S4"], range(1, 6)],
        names=["date", "store", "item"],
    ).to_frame(index=False)
    table["sales"] = np.cumsum(random.normal(0, 3, (100, 20)), axis=0).reshape(-1) + 200
    run, result = prepared(tmp_path, table, "sales")
    assert (result.split, run.schema.series) == ("time", "store, item")
    assert len(set(run.split("test")["store, item"])) == 20


def test_sensors_that_report_when_they_like(tmp_path: Path) -> None:
    random = np.random.default_rng(21)
    parts = []
    for room in range(6):
        seconds = np.arange(200) * 600 + random.integers(0, 60, 200)
        when = pd.Timestamp("2024-03-01") + pd.to_timedelta(seconds, "s")
        parts.append(
            pd.DataFrame(
                {"room": f"R{room}", "when": when, "heat": 15 + 2 * room + np.cumsum(random.normal(0, 0.3, 200))}
            )
        )
    run, result = prepared(tmp_path, pd.concat(parts).sort_values("when"), "heat")
    assert (result.split, run.schema.series) == ("time", "room")


def test_a_walk_under_strong_features_shows_in_what_they_leave(tmp_path: Path) -> None:
    random = np.random.default_rng(22)
    table = random_walk(400).drop(columns=["sales", "store_temp"])
    table["a"], table["b"] = random.normal(size=400).round(3), random.normal(size=400).round(3)
    table["y"] = (8 * table["a"] - 5 * table["b"] + np.cumsum(random.normal(0, 0.3, 400))).round(3)
    assert prepared(tmp_path, table, "y")[1].split == "time"


@pytest.mark.parametrize(
    "name", ["Patient Name", "patient_no.", "Pat-ID", "Patienten-ID", "USUBJID", "MRN", "pid", "ID"]
)
def test_people_by_other_names(tmp_path: Path, name: str) -> None:
    assert prepared(tmp_path, panel(40, 5, name), "pressure")[1].split == "grouped"


@pytest.mark.parametrize("name", ["child", "cells", "vehicles", "house_number", "employees"])
def test_quantities_that_sound_like_keys(tmp_path: Path, name: str) -> None:
    table = panel(40, 5).drop(columns="patient")
    table[name] = np.random.default_rng(23).poisson(3, 200)
    run, result = prepared(tmp_path, table, "pressure")
    assert result.split == "stratified"
    assert name in [column.name for column in run.schema.features]


def test_of_sessions_of_customers_the_customers_stay_together(tmp_path: Path) -> None:
    table = panel(30, 8, "customer_id").sort_values("customer_id", ignore_index=True)
    table.insert(0, "session_id", [f"S{place // 2}" for place in range(len(table))])
    assert prepared(tmp_path, table, "pressure")[0].schema.group == "customer_id"


def test_a_test_file_between_the_days_of_train_is_told_of(tmp_path: Path) -> None:
    table = random_walk(400)
    test = table.sample(frac=0.2, random_state=0)
    (tmp_path / "in").mkdir()
    table.drop(test.index).to_csv(tmp_path / "in" / "train.csv", index=False)
    test.to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "in", target="sales")
    assert (result.split, run.schema.time) == ("official", None)
    assert "order" in kinds(result)


def test_rows_to_predict_may_bring_a_number_of_their_own(tmp_path: Path) -> None:
    table = random_walk(300)
    (tmp_path / "in").mkdir()
    table[:240].to_csv(tmp_path / "in" / "train.csv", index=False)
    later = table[240:].drop(columns="sales")
    later.insert(0, "id", range(60))
    later.to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "in", target="sales")
    assert (result.split, run.schema.rows["unlabelled"]) == ("time", 60)
    assert run.split("unlabelled")["id"][:3] == [0, 1, 2]
