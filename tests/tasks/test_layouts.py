"""`noglue bench --layouts`: the layouts are what they say, a few of them are run, and the judge finds faults."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from noglue.tasks.layouts import bench, judge, layout
from noglue.tasks.layouts.layout import Expected, of_table
from noglue.tasks.layouts.real_data import iris, passages, sound
from tests.agent.command_line import answer, noglue

KNOWN = layout.load_all()
KINDS = {"arrays", "containers", "conventions", "dialects", "folders", "pictures", "series", "sound", "stored_tables",
         "tables", "texts", "values"}  # fmt: skip


def test_there_are_enough_of_every_kind() -> None:
    assert len(KNOWN) >= 120
    assert {one.kind for one in KNOWN.values()} == KINDS
    for one in KNOWN.values():
        assert one.request, one.name
        assert not one.plain or one.plain in KNOWN, one.name


def test_the_data_are_real_and_the_same_each_time() -> None:
    assert iris()["species"].value_counts().to_dict() == {"setosa": 50, "versicolor": 50, "virginica": 50}
    assert len({text for _, text in passages()}) == len(passages()) == 120
    assert (sound("hiss", 3) == sound("hiss", 3)).all()
    assert (sound("hiss", 3) != sound("hiss", 4)).any()


@pytest.mark.parametrize(
    "name", ["iris_csv", "iris_json_lines", "digits_npz_keras", "split_above_class", "wine_dollars"]
)
def test_some_of_them(tmp_path: Path, name: str) -> None:
    one = KNOWN[name]
    (tmp_path / "given").mkdir()
    expected = one.build(tmp_path / "given")
    there = sum(path.is_file() for path in (tmp_path / "given").rglob("*"))
    seen = judge.look(one.request, [str(tmp_path / "given")], tmp_path / "run")
    assert judge.faults(expected, seen, there) == []


def test_the_judge_finds_what_is_wrong(tmp_path: Path) -> None:
    """One thing at a time is expected otherwise."""
    (tmp_path / "given").mkdir()
    expected = KNOWN["iris_csv"].build(tmp_path / "given")
    seen = judge.look("Predict the species.", [str(tmp_path / "given")], tmp_path / "run")
    for change, clause in (
        ({"modality": ("image",)}, "modality table, not image"),
        ({"target": ("petal_width",)}, "target 'species', not 'petal_width'"),
        ({"classes": ("setosa",)}, "classes 'setosa', 'versicolor', 'virginica', not 'setosa'"),
        ({"rows": 151}, "rows 150, left out 0, not 151 and 0"),
        ({"left_out": 1}, "rows 150, left out 0, not 150 and 1"),
        ({"files": 2}, "files 1 found, 1 used, none aside, not 2 with 0 unusable"),
        ({"splits": {"test": 9}}, "splits {'train': 120, 'test': 30, 'unlabelled': 0}, not {'test': 9}"),
        ({"sums": {"petal_width": 1.0}}, "petal_width sums to 179.9, not 1"),
        ({"sums": {"petal": 1.0}}, "no numbers in petal"),
        ({"shape": (8, 8, 1)}, "shape None, not [8, 8, 1]"),
        ({"exit": 4}, "exit 0, not 4"),
    ):
        assert judge.faults(replace(expected, **change), seen, 1) == [clause]  # type: ignore[arg-type]


def test_an_error_is_seen_with_its_kind(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "a.bin").write_bytes(b"\x93\0\x01" * 99)
    seen = judge.look("Predict x.", [str(tmp_path / "given")], tmp_path / "run")
    assert seen["exit"] == 4
    assert "unknown-layout" in judge.faults(Expected(("table",), 3), seen, 1)[0]
    assert judge.faults(Expected(("table",), 3, exit=4), seen, 1) == []


def test_sums_are_of_numbers_alone() -> None:
    frame = pd.DataFrame({"a": [1.5, None, 2.5], "b": ["x", "y", "y"]})
    assert of_table(frame, "b").sums == {"a": 4.0}
    assert of_table(frame, "b").classes == ("x", "y")
    assert of_table(frame, "a").classes is None


def test_totals_count_what_was_tried() -> None:
    row = {"name": "a", "kind": "tables", "skipped": "", "faults": [], "seconds": 1.0}
    rows = [row, row | {"faults": ["x"]}, row | {"skipped": "h5py is not installed", "seconds": 0.0}]
    found = bench.totals(rows)
    assert (found["layouts"], found["tried"], found["right"], found["share"]) == (3, 2, 1, 0.5)
    assert bench.line(rows[2]).endswith("skipped: h5py is not installed")
    assert "1 of 2 right (50.0%), 1 skipped" in bench.summary({"totals": found})


def test_the_command(tmp_path: Path) -> None:
    told = answer(tmp_path, "bench", "--layouts", "--only", "iris_tsv")
    assert told["exit"] == 0
    assert told["totals"]["right"] == told["totals"]["tried"] == 1
    listed = noglue(tmp_path, "bench", "--layouts", "--only", "sound", "--list", "--json")
    assert len(json.loads(listed.stdout)) > 10
    assert answer(tmp_path, "bench", "--layouts", "--only", "nothing of the kind")["exit"] == 2
