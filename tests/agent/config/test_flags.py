"""The flags that ask something of the data: what they become, and what is refused before anything is run."""

import csv
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import api
from noglue.agent.api import Preview
from noglue.agent.config import flags
from noglue.agent.request import families, measures
from noglue.agent.task import Constraints, Task
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BadUsage, TaskUnclear
from tests.agent.command_line import answer, noglue


def constraints(**given: Any) -> dict[str, Any]:
    return flags.constraints(api.config(**given)).stated()


@pytest.mark.parametrize(
    ("given", "share"),
    [("25%", 0.25), ("25 %", 0.25), ("0.25", 0.25), (".25", 0.25), ("0,25", 0.25), ("1/4", 0.25), (0.25, 0.25),
     ("12.5%", 0.125), ("1/3", 1 / 3), ("20 percent", 0.2), ("0.5%", 0.005), ("89%", 0.89)],
)  # fmt: skip
def test_a_share_of_the_rows_is_read_as_people_write_it(given: str | float, share: float) -> None:
    assert constraints(test=given) == {"test_fraction": pytest.approx(share)}


@pytest.mark.parametrize("given", ["0", "0%", "1", "100%", "1.5", "90%", "0.95", "25", "-0.2", "1/0", "4/4", "0/5", 1])
def test_a_share_that_leaves_nothing_to_learn_from_or_to_test_on_is_bad_usage(given: str | float) -> None:
    with pytest.raises(BadUsage, match=f"--test {given}"):
        constraints(test=given)


@pytest.mark.parametrize("given", ["half", "nothing.csv", "a quarter", "nan", "inf", "", ".", "20%%"])
def test_what_is_neither_a_share_nor_a_file_is_bad_usage(given: str, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="neither"):
        constraints(test=given)
    with pytest.raises(BadUsage, match="neither"):
        constraints(test=tmp_path)


@pytest.mark.parametrize("name", catalogue.names("noglue.tools.metrics"))
def test_every_measure_goes_by_its_name(name: str) -> None:
    assert constraints(metric=name) == {"metric": name}
    assert constraints(metric=name.replace("_", "-").upper()) == {"metric": name}


@pytest.mark.parametrize("name", catalogue.names("noglue.tools.models"))
def test_every_family_goes_by_its_name(name: str) -> None:
    assert constraints(family=name) == {"family": name}


def test_what_people_call_measures_and_families_is_known_too() -> None:
    for alias, (name, _) in measures.aliases().items():
        assert constraints(metric=alias)["metric"] in catalogue.names("noglue.tools.metrics"), (alias, name)
    for alias in families.aliases():
        assert constraints(family=alias)["family"] in catalogue.names("noglue.tools.models")


@pytest.mark.parametrize(
    ("flag", "given", "near"),
    [("metric", "acuracy", "accuracy"), ("metric", "rmes", "rmse"), ("family", "linaer", "linear"),
     ("family", "boosted_tree", "boosted_trees")],
)  # fmt: skip
def test_a_slip_is_answered_with_the_near_name_and_never_taken_for_it(flag: str, given: str, near: str) -> None:
    with pytest.raises(BadUsage) as caught:
        constraints(**{flag: given})
    assert f"Did you mean {near!r}" in caught.value.hint
    assert "There are: " in caught.value.hint


@pytest.mark.parametrize("flag", ["metric", "family"])
def test_a_name_that_nothing_is_like_lists_what_there_is(flag: str) -> None:
    with pytest.raises(BadUsage) as caught:
        constraints(**{flag: "zzz"})
    assert caught.value.hint.startswith("There are: ")


@pytest.mark.parametrize(
    "given",
    [{"target": ["a", " "]}, {"exclude": [""]}, {"only": "\t"}, {"group": ""}, {"time": " "}, {"positive": ""}],
    ids=str,
)
def test_an_empty_name_is_bad_usage(given: dict[str, Any]) -> None:
    with pytest.raises(BadUsage, match="names nothing"):
        constraints(**given)


@pytest.mark.parametrize("flag", ["target", "only"])
def test_a_column_is_not_wanted_and_ruled_out_at_once(flag: str) -> None:
    with pytest.raises(BadUsage, match="the same column: rooms"):
        constraints(**{flag: ["price", "rooms"], "exclude": ["id", "rooms"]})


def test_names_of_columns_and_classes_stand_as_they_were_given_each_once() -> None:
    given = constraints(target="Prix, HT", exclude=["b", "a", "b"], group=" g ", positive="0", time="Día")
    assert given == {"target": ["Prix, HT"], "exclude": ["b", "a"], "group": " g ", "positive": "0", "time": "Día"}
    assert constraints() == {}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("a.csv", "b.csv", "data/c.csv"):
        (tmp_path / name).write_text("x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(60)))
    return tmp_path


def test_the_test_file_is_among_the_sources_once(tables: Path) -> None:
    preview = api.plan("Predict y", data=tables / "a.csv", test=tables / "b.csv", planner="rules")
    assert preview.task.sources == [str(tables / "a.csv"), str(tables / "b.csv")]
    assert preview.task.constraints.test_file == str(tables / "b.csv")
    for data in (tables / "data", [tables / "a.csv", tables / "data" / "c.csv"]):
        inside = api.plan("Predict y", data=data, test=tables / "data" / "c.csv", planner="rules")
        assert inside.task.sources == [str(one) for one in (data if isinstance(data, list) else [data])]


def test_a_test_file_alone_is_nothing_to_learn_from(tables: Path) -> None:
    with pytest.raises(TaskUnclear, match="for the test, and nothing says from which data to learn"):
        api.plan("Predict whether a passenger pays", test=tables / "b.csv", planner="rules")


STATED = {
    "target": ["y"], "metric": "accuracy", "exclude": ["u", "v"], "only": ["x"], "group": "g", "time": "t",
    "test": "1/4", "positive": "1", "family": "linear",
}  # fmt: skip


def as_flags(stated: dict[str, Any]) -> list[str]:
    return [part for name, value in stated.items()
            for one in (value if isinstance(value, list) else [value]) for part in (f"--{name}", str(one))]  # fmt: skip


def test_the_command_line_and_python_state_the_same(tables: Path) -> None:
    told = answer(tables, "plan", "Predict y", "--data", "a.csv", "--planner", "rules", *as_flags(STATED))
    preview = api.plan("Predict y", data=str(tables / "a.csv"), planner="rules", **STATED)
    assert isinstance(preview, Preview)
    assert told["task"]["constraints"] == preview.task.constraints.stated()
    expected = {name: value for name, value in STATED.items() if name != "test"} | {"test_fraction": 0.25}
    assert preview.task.constraints.stated().items() >= expected.items()


@pytest.mark.parametrize("command", ["run", "plan"])
@pytest.mark.parametrize(
    "arguments", [["--metric", "nonsense"], ["--family", "nonsense"], ["--test", "2"], ["--group", ""]], ids=" ".join
)
def test_bad_flags_end_with_exit_2_and_nothing_is_run(tables: Path, command: str, arguments: list[str]) -> None:
    done = noglue(tables, command, "Predict y", "--data", "a.csv", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
    assert not (tables / "runs").exists()


def test_a_plan_is_not_changed_by_flags_beside_it(tables: Path) -> None:
    preview = api.plan("Predict y", data=str(tables / "a.csv"), planner="rules")
    for given in ({"plan": preview}, {"plan": preview.plan, "paragraph": "Predict y from a.csv"}):
        with pytest.raises(BadUsage, match="--exclude, --test can't change it"):
            api.run(**given, exclude="x", test=0.2, runs=tables / "runs", planner="rules")


# ---- what is kept beside the answers -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a model, and a table as people write one: ids with noughts, dates, a missing cell, commas."""
    place = tmp_path_factory.mktemp("shop")
    rows = [f'{i:04d},{i % 28 + 1:02d}/03/2024,{i * 37 % 211},{i * 53 % 197},"a, b",{"yes" if i % 2 else "no"}'
            for i in range(120)]  # fmt: skip
    rows[1] = rows[1].replace("02/03/2024", "NA")
    (place / "shop.csv").write_text("\n".join(["id,day,x,y,prediction,bought", *rows]) + "\n")
    done = noglue(place, "run", "Predict bought, with a linear model", "--data", "shop.csv", "--budget", "60s", "--yes")
    assert done.returncode == 0, done.stderr
    return place


def predicted(place: Path, *arguments: str) -> list[dict[str, str]]:
    done = noglue(place, "predict", "latest", "shop.csv", "--out", "told.csv", *arguments)
    assert done.returncode == 0, done.stderr
    with (place / "told.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_kept_columns_are_copied_as_they_are_written(shop: Path) -> None:
    with (shop / "shop.csv").open(newline="") as file:
        given = list(csv.DictReader(file))
    plain, kept = predicted(shop), predicted(shop, "--keep", "id,day", "--keep", "x", "--keep", "prediction", "--proba")
    assert list(kept[0]) == [
        "input",
        "id",
        "day",
        "x",
        "column prediction",
        "prediction",
        "confidence",
        "no",
        "yes",
        "problem",
    ]
    for name, beside in {"id": "id", "day": "day", "x": "x", "prediction": "column prediction"}.items():
        assert [row[beside] for row in kept] == [row[name] for row in given]
    assert [row["prediction"] for row in kept] == [row["prediction"] for row in plain], "keeping changes no answer"


def test_a_column_that_is_not_there_is_named_with_those_that_are(shop: Path) -> None:
    done = noglue(shop, "predict", "latest", "shop.csv", "--out", "none.csv", "--keep", "id,days")
    assert done.returncode == 2
    assert "'days'" in done.stderr
    assert "id, day, x, y" in " ".join(done.stderr.split())
    assert not (shop / "none.csv").exists()


def test_a_limit_that_no_field_has_is_kept_and_what_is_not_stated_stands_nowhere() -> None:
    """A new kind of wish is new files only, and a plan may come from another version."""
    stated = {"labels": 10, "energy_joules": 5}
    task = Task.model_validate({"paragraph": "x", "constraints": stated})
    assert task.model_dump()["constraints"] == stated == task.constraints.stated()
    both = task.constraints | Constraints(labels=20, seed=3)
    assert (both.labels, "seed" in both, "device" in both, both.without(["labels"]).labels) == (20, True, False, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["generate", "latest", "--label", "cat", "--label", "dog"],
            "--label takes one value, and is given 2: cat, dog",
        ),
        (["run", "classify iris", "--budget", "5m", "--budget=6m"], "--budget takes one value, and is given 2: 5m, 6m"),
        (["plan", "classify iris", "--metric", "f1", "--metric", "auc"], "--metric takes one value"),
        (["predict", "latest", "a.csv", "--intervals", "0.9", "--intervals", "0.8"], "--intervals takes one value"),
        (["show", "--runs", "a", "--runs", "b"], "--runs takes one value"),
        (["resume", "--budget", "1m", "--budget", "2m"], "--budget takes one value"),
        (["compare", "a", "b", "--metric", "f1", "--metric", "auc"], "--metric takes one value"),
    ],
)
def test_a_flag_of_one_value_is_not_given_two(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = noglue(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert answer(tmp_path, *arguments, "--json")["error"]["kind"] == "usage"


def test_the_same_value_twice_and_flags_that_may_be_repeated_are_fine(tmp_path: Path) -> None:
    given = [
        "--seed",
        "1",
        "--seed",
        "1",
        "--exclude",
        "a",
        "--exclude",
        "b",
        "--target",
        "y",
        "--target",
        "z",
        "-v",
        "-v",
    ]
    (tmp_path / "t.csv").write_text("a,b,x,y,z\n1,2,3,4,5\n")
    done = noglue(tmp_path, "plan", "learn from the table", "--data", "t.csv", *given)
    assert done.returncode == 0, done.stderr
