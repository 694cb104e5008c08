"""Runs set against each other on the same test rows: paired, over what is independent, refused where they differ."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noglue.agent.commands.compare import Comparison, compare
from noglue.agent.run_folder import RunFolder
from noglue.tools.evaluation.independent_units import Units, save
from noglue.tools.spec.errors import BadUsage, DataError, ToolError
from tests.agent.command_line import answer, noglue

RANDOM = np.random.default_rng(5)
TRUTH = RANDOM.choice(["cat", "dog", "owl"], 400)


def run(
    runs: Path, name: str, predicted: Any, truth: Any = TRUTH, goal: str = "classify", metric: str = "accuracy",
    inputs: Any = None, more: dict[str, Any] | None = None, **schema: Any,
) -> RunFolder:  # fmt: skip
    """A run's folder as a run leaves it, with these predictions of its test rows."""
    folder = runs / name
    (folder / "data").mkdir(parents=True)
    (folder / "steps" / "06-evaluate").mkdir(parents=True)
    (folder / "task.json").write_text("{}")
    (folder / "data" / "schema.json").write_text(json.dumps({"split": "stratified", **schema}))
    classes = sorted(set(truth)) if goal == "classify" else None
    content = {
        "run": name, "status": "succeeded", "path": "/elsewhere", "seconds": {"total": 12.0},
        "task": {"paragraph": "x", "goal": goal, "target": "kind", "metric": metric},
        "metrics": {"test": {metric: {"value": 0.5, "low": 0.4, "high": 0.6, "n": len(truth)}}},
        "model": {"family": "linear"}, "data": {"classes": classes, "sources": []}, "error": None,
    } | (more or {})  # fmt: skip
    (folder / "run.json").write_text(json.dumps(content))
    rows = zip(range(len(truth)) if inputs is None else inputs, predicted, truth, strict=True)
    lines = [f"{input},{answer},0.800000,{true}" for input, answer, true in rows]
    (folder / "predictions.csv").write_text("\n".join(["input,prediction,confidence,truth", *lines]) + "\n")
    return RunFolder(folder)


def spoilt(share: float, truth: Any = TRUTH) -> Any:
    """So many of the answers wrong, by chance."""
    wrong = RANDOM.random(len(truth)) < share
    return np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)


def test_the_difference_is_paired_and_narrower_than_the_intervals_beside_it(tmp_path: Path) -> None:
    first = spoilt(0.2)
    better = np.where(RANDOM.random(len(TRUTH)) < 0.25, TRUTH, first)  # mends a quarter of the errors, and makes none
    found = compare([run(tmp_path, "a", first), run(tmp_path, "b", better)])
    assert (found.measure, found.rows, [one.label for one in found.runs]) == ("accuracy", 400, ["A", "B"])
    [one] = found.differences
    gain = float((better == TRUTH).mean() - (first == TRUTH).mean())
    assert one.difference is not None
    assert one.difference.value == pytest.approx(gain)
    assert one.standing == "better"
    assert one.text.startswith("B is better than A: accuracy +")
    score = found.runs[0].score
    assert score is not None
    assert one.difference.high - one.difference.low < 0.7 * (score.high - score.low)
    again = compare([RunFolder(tmp_path / "b"), RunFolder(tmp_path / "a")]).differences[0]
    assert (again.standing, again.difference and again.difference.value) == ("worse", pytest.approx(-gain))


def test_what_these_rows_can_not_tell_apart_is_said_to_be_that(tmp_path: Path) -> None:
    """Of 100 pairs that are equally good, the interval misses 0 about five times."""
    told = 0
    for number in range(100):
        pair = [run(tmp_path, f"{number}-{name}", spoilt(0.2)) for name in "ab"]
        told += compare(pair).differences[0].standing != "undecided"
    assert told <= 12
    assert (
        "show no clear difference"
        in compare([run(tmp_path, "x", TRUTH), run(tmp_path, "y", TRUTH)]).differences[0].text
    )


def numbers(runs: Path, name: str, off: Any, truth: Any, **more: Any) -> RunFolder:
    return run(runs, name, truth + off, truth, **{"goal": "regress", "metric": "rmse"} | more)


def test_of_an_error_less_is_better(tmp_path: Path) -> None:
    truth = RANDOM.normal(50, 10, 300)
    a, b = (numbers(tmp_path, name, RANDOM.normal(0, width, 300), truth) for name, width in (("a", 5), ("b", 2)))
    [one] = compare([a, b]).differences
    assert one.standing == "better"
    assert one.difference is not None
    assert one.difference.high < 0
    assert "RMSE −" in one.text
    assert compare([a, b], "mae").measure == "mae"
    assert compare([a, b], "r2").differences[0].text.startswith("B is better than A: R² +")


def test_where_rows_of_a_group_are_alike_whole_groups_are_drawn(tmp_path: Path) -> None:
    """Ten people of 40 rows each, on whom the models differ as a whole, say far less than 400 rows."""
    person = np.repeat(np.arange(10), 40)
    wrong = np.repeat(RANDOM.permutation([0, 0, 0, 0, 0, 0, 0, 1, 1, 1]), 40).astype(bool)
    first = np.where(wrong, np.where(TRUTH == "cat", "dog", "cat"), TRUTH)
    plain = compare([run(tmp_path, "a", first), run(tmp_path, "b", TRUTH)]).differences[0].difference
    pair = [run(tmp_path, name, said, group="person") for name, said in (("c", first), ("d", TRUTH))]
    unsaid = compare(pair)
    assert any("may be too narrow" in note for note in unsaid.notes)
    for one in pair:
        save(Units(person, "person"), one.path / "steps" / "06-evaluate")
    grouped = compare(pair)
    assert grouped.notes == []
    wide = grouped.differences[0].difference
    assert plain is not None
    assert wide is not None
    assert wide.high - wide.low > 3 * (plain.high - plain.low)


def test_of_two_classes_the_probabilities_are_known_of_more_they_are_not(tmp_path: Path) -> None:
    two = np.where(TRUTH == "owl", "cat", TRUTH)
    pair = [run(tmp_path, name, spoilt(share, two), two, positive="dog") for name, share in (("a", 0.3), ("b", 0.1))]
    assert compare(pair, "auc").differences[0].standing == "better"
    assert compare(pair, "recall").title == "recall of dog"
    many = [run(tmp_path, name, spoilt(0.2)) for name in "cd"]
    with pytest.raises(BadUsage, match="probability of every class"):
        compare(many, "log_loss")
    decided = [run(tmp_path, name, spoilt(0.2), metric="log_loss") for name in "ef"]
    found = compare(decided)
    assert found.measure == "accuracy"
    assert "log loss, which decided, can't be computed" in found.notes[0]


def test_only_rows_that_all_were_tested_on_count(tmp_path: Path) -> None:
    a = run(tmp_path, "a", spoilt(0.1))
    b = run(tmp_path, "b", spoilt(0.1)[100:], TRUTH[100:], inputs=range(100, 400))
    found = compare([a, b])
    assert found.rows == 300
    assert "Only the 300 test rows that all of them have" in found.notes[0]


TASK = {"goal": "classify", "target": "kind", "metric": "accuracy"}
CASES = {
    "other rows": ({"inputs": range(1000, 1400)}, "they share 0"),
    "another target": ({"more": {"task": TASK | {"target": "price"}}}, "different columns"),
    "other data": ({"truth": RANDOM.permutation(TRUTH)}, "not tested on the same rows"),
    "a generator": ({"more": {"task": TASK | {"goal": "generate"}}}, "generator"),
    "no end": ({"more": {"status": "interrupted", "metrics": None}}, "no test scores"),
    "several targets": ({"targets": [{}, {}]}, "several targets"),
    "rows of one name": ({"inputs": [0] * 400}, "can't be matched"),
}


@pytest.mark.parametrize(("other", "why"), CASES.values(), ids=list(CASES))
def test_what_can_not_be_set_against_one_another_is_refused_in_words(
    tmp_path: Path, other: dict[str, Any], why: str
) -> None:
    a, b = run(tmp_path, "a", spoilt(0.1)), run(tmp_path, "b", spoilt(0.1), **other)
    with pytest.raises(BadUsage, match=why):
        compare([a, b])


def test_a_strangers_files_are_read_as_data_and_no_further(tmp_path: Path) -> None:
    def pair(name: str) -> list[RunFolder]:
        return [run(tmp_path, f"{name}-{one}", spoilt(0.1)) for one in "ab"]

    def fails(folders: list[RunFolder], kind: str) -> None:
        with pytest.raises(ToolError) as raised:
            compare(folders)
        assert (type(raised.value), raised.value.kind) == (DataError, kind)

    linked = pair("link")
    (linked[1].path / "predictions.csv").unlink()
    (linked[1].path / "predictions.csv").symlink_to("/etc/passwd")
    fails(linked, "unsafe-path")
    piped = pair("pipe")
    (piped[1].path / "data" / "schema.json").unlink()
    os.mkfifo(piped[1].path / "data" / "schema.json")
    fails(piped, "unsafe-path")
    for content in (b"input,prediction,truth\n1,a\n", b"\xff\xfe\x00", b"x,y\n1,2\n", b'input,prediction,truth\n"1'):
        broken = pair(f"broken-{len(content)}-{content[0]}")
        (broken[1].path / "predictions.csv").write_bytes(content)
        fails(broken, "damaged-run")


def test_the_command_prints_a_table_and_the_same_as_json(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run(runs, "20260101-000000-old", spoilt(0.3))
    run(runs, "20260102-000000-new", spoilt(0.05))
    done = noglue(tmp_path, "compare", "old", "new")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "accuracy on the same 400 test rows (higher is better)"
    assert lines[1].startswith("A  ")
    assert lines[1].endswith("runs/20260101-000000-old")
    assert lines[3].startswith("B is better than A: accuracy +")
    content = answer(tmp_path, "compare", "old", "new")
    assert content.pop("exit") == 0
    assert Comparison.model_validate(content).differences[0].standing == "better"
    assert noglue(tmp_path, "compare", "old", "old").returncode == 2
    assert "Did you mean" in noglue(tmp_path, "compare", "old", "nwe").stderr


def forecast(runs: Path, name: str, off: Any, truth: Any, series: int) -> RunFolder:
    """Of so many series, as many steps of each."""
    folder = numbers(runs, name, off, truth, more={"task": TASK | {"goal": "forecast", "metric": "mase"}})
    steps = len(truth) // series
    rows = [(f"s{number // steps}", f"2026-01-{number % steps + 1:02d}") for number in range(len(truth))]
    lines = [f"{one} {day},{one},{day},{value + by:.6g},0,0,{value:.6g}"
             for (one, day), value, by in zip(rows, truth, off, strict=True)]  # fmt: skip
    content = "\n".join(["input,series,time,prediction,lower,upper,truth", *lines]) + "\n"
    (folder.path / "predictions.csv").write_text(content)
    return folder


@pytest.mark.parametrize("series", [10, 1])
def test_forecasts_are_compared_over_their_series_or_over_stretches_of_time(tmp_path: Path, series: int) -> None:
    """Errors that last from one step to the next are few errors, however many steps there are."""
    truth = RANDOM.normal(100, 5, 300)
    lasting = np.repeat(RANDOM.normal(0, 4, 10), 30)
    pair = [forecast(tmp_path, "a", lasting, truth, series), forecast(tmp_path, "b", lasting * 0.9, truth, series)]
    found = compare(pair)
    assert (found.measure, found.rows) == ("mae", 300)
    assert "MASE, which decided, can't be computed" in found.notes[0]
    [one] = found.differences
    assert one.difference is not None
    alone = compare(
        [numbers(tmp_path, name, lasting * by, truth, metric="mae") for name, by in (("c", 1.0), ("d", 0.9))]
    )
    plain = alone.differences[0].difference
    assert plain is not None
    assert one.difference.value == pytest.approx(plain.value, rel=1e-3)
    assert one.difference.high - one.difference.low > 2 * (plain.high - plain.low)
