"""Answers stay with their rows: across splits, files, orders of columns, and numbers that start anew."""

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from noglue.tools.readers import delimited, long_series, parquet, records, sound_folder, ts_files
from noglue.tools.series.arrays import arrays
from noglue.tools.spec.protocols import Match
from tests.tools import sounds


def panel(path: Path, count: int, pitch: float) -> None:
    draw = random.Random(path.name)
    lines = ["series_id,step,a,b"]
    lines += [f"{one},{step},{draw.gauss(pitch, 1):.3f},{draw.gauss(0, 1):.3f}" for one in range(count)
              for step in range(20)]  # fmt: skip
    path.write_text("\n".join(lines) + "\n")


def floors(tmp_path: Path, answers: str) -> Match:
    """Identifiers of the test start anew; a sample submission beside them."""
    panel(tmp_path / "X_train.csv", 30, 0.0)
    panel(tmp_path / "X_test.csv", 20, 0.0)
    kinds = ["series_id,surface", *(f"{one},{('wood', 'tiles')[one % 2]}" for one in range(30))]
    (tmp_path / answers).write_text("\n".join(kinds) + "\n")
    empty = ["series_id,surface", *(f"{one},concrete" for one in range(20))]
    (tmp_path / "sample_submission.csv").write_text("\n".join(empty) + "\n")
    match = long_series.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    return match


def test_answers_to_train_are_none_to_the_test(tmp_path: Path) -> None:
    raw = long_series.read(floors(tmp_path, "y_train.csv"))
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 30, "unlabelled": 20}
    assert set(raw.splits["train"]["surface"].to_pylist()) == {"wood", "tiles"}


def test_placeholders_are_no_answers(tmp_path: Path) -> None:
    raw = long_series.read(floors(tmp_path, "labels.csv"))
    assert raw.splits["train"]["surface"].to_pylist()[:4] == ["wood", "tiles", "wood", "tiles"]


def test_tables_side_by_side_whose_numbers_differ_are_not_joined(tmp_path: Path) -> None:
    order = random.Random(0).sample(range(40), 40)
    (tmp_path / "features.csv").write_text("id,x,z\n" + "".join(f"{n},{n * 2},{n % 3}\n" for n in order))
    (tmp_path / "labels.csv").write_text("id,y\n" + "".join(f"{n}.0,{'ab'[n % 2]}\n" for n in range(40)))
    for match in delimited.readings(sorted(tmp_path.iterdir())):
        table = delimited.read(match).splits.get("all")
        if table is not None and {"x", "y"} <= set(table.column_names):
            assert all(int(x) // 2 % 2 == "ab".index(y) for x, y in
                       zip(table["x"].to_pylist(), table["y"].to_pylist(), strict=True))  # fmt: skip


def test_shards_whose_columns_stand_in_another_order_are_one_table(tmp_path: Path) -> None:
    one = pa.table({"a": list(range(10)), "b": ["x"] * 10})
    pyarrow.parquet.write_table(one, tmp_path / "part-0.parquet")
    pyarrow.parquet.write_table(one.select(["b", "a"]), tmp_path / "part-1.parquet")
    (match,) = parquet.readings(sorted(tmp_path.iterdir()))
    table = parquet.read(match).splits["all"]
    assert table["a"].to_pylist() == [*range(10), *range(10)]
    assert table["b"].to_pylist() == ["x"] * 20


def test_a_neutral_voice_is_a_class(tmp_path: Path) -> None:
    for place, kind in enumerate(("ang", "hap", "neu", "sad")):
        (tmp_path / kind).mkdir()
        for number in range(6):
            sounds.write(tmp_path / kind / f"{number}.wav", 200 + 100 * place, number)
    match = sound_folder.sniff(sorted(tmp_path.rglob("*.wav")))
    assert match is not None
    table = sound_folder.read(match).splits["all"]
    assert table.num_rows == 24


def test_reading_some_series_stops_before_the_next_file(tmp_path: Path) -> None:
    for part in range(2):
        rows = "".join(f"{n},{n + 1},{n + 2}:{'ab'[n % 2]}\n" for n in range(30))
        head = "@problemName steps\n@univariate true\n@classLabel true a b\n@data\n"
        (tmp_path / f"Steps_part{part}.ts").write_text(head + rows)
    match = ts_files.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert sum(table.num_rows for table in ts_files.read(match, 30).splits.values()) == 30


def test_a_null_in_a_list_of_numbers_keeps_its_place(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"at": [None, 3] if n % 4 == 0 else [n, 1], "k": "ab"[n % 2]}) + "\n"
                            for n in range(20)))  # fmt: skip
    table = records.read(records.readings([file])[0]).splits["all"]
    assert table["at.1"].to_pylist()[:2] == [3, 1]
    assert table["at.0"].to_pylist()[:2] == [None, 1]
    assert "at" not in table.column_names


def careers(path: Path, count: int, first: int = 0) -> dict[str, list[float]]:
    """As a competition has them: names of rows (`0_10`), then the series, its steps and a channel that rises."""
    lines, told = ["row_id,series_id,measurement_number,rise,surface"], {}
    for one in range(first, first + count):
        told[str(one)] = [round(one + step / 100, 2) for step in range(12)]
        lines += [f"{one}_{step},{one},{step},{value},{'ab'[one % 2]}" for step, value in enumerate(told[str(one)])]
    path.write_text("\n".join(lines) + "\n")
    return told


def series_in(files: list[Path]) -> dict[str, list[float]]:
    match = long_series.sniff(files)
    assert match is not None
    table = long_series.read(match).splits["all"]
    whole = [np.round(one, 2)[0].tolist() for one in arrays(table["series"])]
    assert long_series.count(match) == {"all": len(whole)}
    return dict(zip(table["path"].to_pylist(), whole, strict=True))


def test_names_of_rows_are_no_order_in_time(tmp_path: Path) -> None:
    told = careers(tmp_path / "series.csv", 10)
    found = series_in([tmp_path / "series.csv"])
    assert {name: np.float32(values).round(2).tolist() for name, values in told.items()} == found


def test_shards_whose_identifiers_begin_anew_hold_series_of_their_own(tmp_path: Path) -> None:
    for name in ("part1.csv", "part2.csv"):
        careers(tmp_path / name, 10)
    assert len(series_in(sorted(tmp_path.iterdir()))) == 20


def test_shards_that_go_on_are_one_table(tmp_path: Path) -> None:
    head, *lines = (careers(tmp_path / "all.csv", 20), (tmp_path / "all.csv").read_text().splitlines())[1]
    (tmp_path / "all.csv").unlink()
    for name, part in (("part1.csv", lines[:126]), ("part2.csv", lines[126:])):  # cut within a series
        (tmp_path / name).write_text("\n".join([head, *part]) + "\n")
    assert {len(one) for one in series_in(sorted(tmp_path.iterdir())).values()} == {12}
