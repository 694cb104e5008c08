"""One set of time series in every layout: the same rows, labels and splits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import inspect
from noglue.tools.readers import long_series, relational_arff, sensor_signals, sequence_files, ts_files, wide_series
from noglue.tools.series.arrays import arrays
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.step import Step
from tests.tools.models import _series_data
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
Sets = dict[str, list[tuple[np.ndarray, str]]]
Reader = type[sequence_files]


def sets(steps: int = 8) -> Sets:
    """Digits 0 to 2 as series of 8 channels, the last ones longer: 60 to train, 30 to test."""
    series, digits = _series_data.digits(500)
    chosen = [(one, NAMES[digit]) for one, digit in zip(series, digits, strict=True) if digit < 3][:90]
    longer = [
        (np.tile(one, 2)[:, : 8 + place % 5] if steps > 8 else np.tile(one, 2), name)
        for place, (one, name) in enumerate(chosen)
    ]
    return {"train": longer[:60], "test": longer[60:]}


def cells(one: np.ndarray) -> str:
    return ":".join(",".join(f"{value:g}" for value in channel) for channel in one)


def as_ts(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        head = "# made here\n@problemName Digits\n@timeStamps false\n@classLabel true zero one two\n@data\n"
        (root / f"Digits_{split.upper()}.ts").write_text(head + "".join(f"{cells(one)}:{name}\n" for one, name in rows))


def as_relational_arff(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        steps = "".join(f"@attribute t{place} numeric\n" for place in range(9))
        head = f"% made here\n@relation 'Digits'\n@attribute bag relational\n{steps}@end bag\n"
        head += "@attribute name {zero,one,two}\n@data\n"
        lines = [f"'{cells(one)}',{name}\n".replace(":", "\\n") for one, name in rows]
        (root / f"Digits_{split.upper()}.arff").write_text(head + "".join(lines))


def as_ts_with_times(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        head = "@problemName Digits\n@timeStamps true\n@univariate false\n@classLabel true zero one two\n@data\n"
        lines = [
            ":".join(
                ",".join(f"(2020-01-01 00:{step:02d}:00,{value:g})" for step, value in enumerate(channel))
                for channel in one
            )
            + f":{name}\n"
            for one, name in rows
        ]
        (root / f"Digits_{split}.ts").write_text(head + "".join(lines))


def write(file: Path, one: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{step / 50:.2f},{','.join(f'{value:g}' for value in row)}" for step, row in enumerate(one.T)]
    file.write_text("\n".join(["time,a,b,c,d,e,f,g,h", *lines]) + "\n")


def as_class_folders(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        for place, (one, name) in enumerate(rows):
            write(root / split / name / f"{place:03d}.csv", one)


def as_classes_above_splits(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        for place, (one, name) in enumerate(rows):
            write(root / name / split / f"{place:03d}.csv", one)


def as_names(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        for place, (one, name) in enumerate(rows):
            write(root / split / f"{name}_{place:03d}.csv", one)


def as_arrays(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        for place, (one, name) in enumerate(rows):
            (root / split / name).mkdir(parents=True, exist_ok=True)
            np.save(root / split / name / f"{place}.npy", one.T)


def as_long_tables(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        lines = ["recording,step,a,b,c,d,e,f,g,h,digit"]
        for place, (one, name) in enumerate(rows):
            lines += [
                f"r{place},{step},{','.join(f'{value:g}' for value in row)},{name}" for step, row in enumerate(one.T)
            ]
        (root / f"{split}.csv").write_text("\n".join(lines) + "\n")


def as_long_tables_shuffled(root: Path, data: Sets) -> None:
    as_long_tables(root, data)
    for split in data:
        head, *lines = (root / f"{split}.csv").read_text().splitlines()
        mixed = [lines[place] for place in np.random.default_rng(0).permutation(len(lines))]
        (root / f"{split}.csv").write_text("\n".join([head, *mixed]) + "\n")


def as_signals(root: Path, data: Sets) -> None:
    (root / "activity_labels.txt").write_text("".join(f"{place + 1} {name}\n" for place, name in enumerate(NAMES)))
    for split, rows in data.items():
        (root / split / "Inertial Signals").mkdir(parents=True)
        for channel in range(8):
            block = np.array([one[channel] for one, _ in rows])
            np.savetxt(root / split / "Inertial Signals" / f"acc_{'abcdefgh'[channel]}_{split}.txt", block)
        np.savetxt(root / split / f"y_{split}.txt", [NAMES.index(name) + 1 for _, name in rows], fmt="%d")
        np.savetxt(root / split / f"subject_{split}.txt", [place % 7 for place in range(len(rows))], fmt="%d")


def found(reader: Reader, root: Path) -> tuple[Match, Raw]:
    match = reader.sniff(sorted(path for path in root.rglob("*") if path.is_file()))
    assert match is not None
    return match, reader.read(match)


def rows_of(raw: Raw) -> dict[str, list[tuple[str, str]]]:
    assert raw.target is not None
    told = {}
    for split, table in raw.splits.items():
        series = [cells(one) for one in arrays(table["series"])]
        told[split] = sorted(zip(series, table[raw.target].to_pylist(), strict=True))
    return told


LAYOUTS: list[tuple[Reader, Callable[[Path, Sets], None], int]] = [
    (ts_files, as_ts, 9),
    (ts_files, as_ts_with_times, 9),
    (relational_arff, as_relational_arff, 9),
    (sequence_files, as_class_folders, 9),
    (sequence_files, as_classes_above_splits, 9),
    (sequence_files, as_names, 9),
    (sequence_files, as_arrays, 9),
    (long_series, as_long_tables, 9),
    (long_series, as_long_tables_shuffled, 9),
    (sensor_signals, as_signals, 8),
]


@pytest.mark.parametrize(("reader", "lay", "steps"), LAYOUTS, ids=[lay.__name__ for _, lay, _ in LAYOUTS])
def test_every_layout_gives_the_same_rows(
    tmp_path: Path, reader: Reader, lay: Callable[[Path, Sets], None], steps: int
) -> None:
    data = sets(steps)
    lay(tmp_path, data)
    match, raw = found(reader, tmp_path)
    expected = {split: sorted((cells(one), name) for one, name in rows) for split, rows in data.items()}
    assert raw.modality == "series"
    assert rows_of(raw) == expected
    assert reader.count(match) == {"train": 60, "test": 30}
    assert raw.unusable == {}
    assert raw.lost == {}
    assert all(table.num_rows <= 7 for table in reader.read(match, rows=7).splits.values())


@pytest.mark.parametrize("lay", [as_ts, as_relational_arff, as_class_folders, as_long_tables, as_signals])
def test_inspect_takes_them_for_series_and_keeps_the_splits(tmp_path: Path, lay: Callable[[Path, Sets], None]) -> None:
    lay(tmp_path, sets(8 if lay is as_signals else 9))
    run = Run(tmp_path / "run")
    for path in list(tmp_path.iterdir()):
        if path.name != "run":
            (tmp_path / "given").mkdir(exist_ok=True)
            path.rename(tmp_path / "given" / path.name)
    run.prepare(tmp_path / "given")
    assert (run.schema.modality, run.schema.goal, run.schema.split) == ("series", "classify", "official")
    assert run.schema.classes == ["one", "two", "zero"]
    assert run.schema.rows["train"] + run.schema.rows["validation"] == 60
    assert run.schema.rows["test"] == 30


def test_persons_stay_on_one_side(tmp_path: Path) -> None:
    """By folders called after them, and by a column of the table that names the files."""
    rows = sets(9)["train"]
    for place, (one, name) in enumerate(rows):
        write(tmp_path / "folders" / f"subject{place % 10:02d}" / name / f"{place}.csv", one)
        write(tmp_path / "table" / "recordings" / f"{place}.csv", one)
    lines = [f"{place}.csv,{name},S{place % 10}" for place, (_, name) in enumerate(rows)]
    (tmp_path / "table" / "targets.csv").write_text("\n".join(["file,digit,subject", *lines]) + "\n")
    for way in ("folders", "table"):
        run = Run(tmp_path / f"run-{way}")
        profiles = [one for one in run_readings(run, tmp_path / way) if one.classes == ["one", "two", "zero"]]
        from noglue.tools import prepare

        prepare.run(prepare.Args(profile=profiles[0]), run.step("prepare"))
        assert (run.schema.split, run.schema.group) == ("grouped", "subject")
        sides = [set(run.split(split)["subject"]) for split in ("train", "validation", "test")]
        assert not sides[0] & sides[1]
        assert not (sides[0] | sides[1]) & sides[2]


def run_readings(run: Run, root: Path) -> list:  # type: ignore[type-arg]
    from noglue.tools import inspect

    return inspect.run(inspect.Args(roots=[str(root)]), run.step("inspect")).profiles


def test_answers_in_a_table_of_their_own(tmp_path: Path) -> None:
    rows = sets(9)["train"]
    lines = [
        f"{place},{step},{','.join(f'{value:g}' for value in row)}"
        for place, (one, _) in enumerate(rows)
        for step, row in enumerate(one.T)
    ]
    (tmp_path / "X_train.csv").write_text("\n".join(["series_id,measurement_number,a,b,c,d,e,f,g,h", *lines]) + "\n")
    (tmp_path / "y_train.csv").write_text(
        "\n".join(["series_id,surface", *[f"{place},{name}" for place, (_, name) in enumerate(rows)]]) + "\n"
    )
    match, raw = found(long_series, tmp_path)
    assert (raw.target, match.labels_from) == ("surface", "y_train.csv")
    assert sorted(rows_of(raw)["train"]) == sorted((cells(one), name) for one, name in rows)


def test_answers_that_change_within_an_identifier_leave_a_table(tmp_path: Path) -> None:
    lines = [
        f"p{place},{step},{place * step % 7},{'on' if step % 5 else 'off'}" for place in range(20) for step in range(12)
    ]
    (tmp_path / "pumps.csv").write_text("\n".join(["pump,time,load,state", *lines]) + "\n")
    assert long_series.sniff([tmp_path / "pumps.csv"]) is None
    looked = run_readings(Run(tmp_path / "run"), tmp_path / "pumps.csv")
    assert [one.modality for one in looked] == ["table"]


def test_tables_in_folders_of_years_are_no_series(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for year in (2019, 2020, 2021):
        for month in range(1, 5):
            (tmp_path / f"{year}").mkdir(exist_ok=True)
            rows = "".join(f"{draw.integers(9)},{draw.normal():.3f},{draw.normal():.3f}\n" for _ in range(30))
            (tmp_path / f"{year}" / f"sales-{month:02d}.csv").write_text("shop,price,sold\n" + rows)
    looked = run_readings(Run(tmp_path / "run"), tmp_path)
    assert looked[0].modality == "table"
    assert looked[0].rows == {"all": 360}


def test_the_archive_of_texts_with_the_label_first(tmp_path: Path) -> None:
    series, kinds = _series_data.waves(60)
    for split, part in (("TRAIN", slice(0, 40)), ("TEST", slice(40, 60))):
        lines = [
            "\t".join([str(kind + 1), *(f"{value:.4f}" for value in one[0]), *["NaN"] * (80 - one.shape[1])])
            for one, kind in zip(series[part], kinds[part], strict=True)
        ]
        (tmp_path / f"Waves_{split}.tsv").write_text("\n".join(lines) + "\n")
    _, raw = found(wide_series, tmp_path)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 40, "test": 20}
    assert raw.splits["test"]["label"].to_pylist() == [str(kind + 1) for kind in kinds[40:]]
    assert [one.shape for one in arrays(raw.splits["train"]["series"])] == [(1, one.shape[1]) for one in series[:40]]


def test_other_features_label_first_are_a_table(tmp_path: Path) -> None:
    from sklearn.datasets import load_wine

    wine = load_wine()
    order = np.random.default_rng(0).permutation(len(wine.target))
    for split, part in (("TRAIN", order[:120]), ("TEST", order[120:])):
        np.savetxt(tmp_path / f"Wine_{split}.csv", np.c_[wine.target[part], wine.data[part]], delimiter=",", fmt="%g")
    assert wide_series.sniff(sorted(tmp_path.iterdir())) is None


def test_lines_that_are_no_series_are_named(tmp_path: Path) -> None:
    as_ts(tmp_path, sets(9))
    with (tmp_path / "Digits_TRAIN.ts").open("a") as file:
        file.write("1,2,x:3,4,5:one\n1,2,3:one\n")
    _, raw = found(ts_files, tmp_path)
    assert sorted(raw.lost) == [
        "Digits_TRAIN.ts, line 66: 'x' is no number",
        "Digits_TRAIN.ts, line 67: it has 1 channel instead of 8",
    ]
    assert raw.splits["train"].num_rows == 60


def test_header_without_series(tmp_path: Path) -> None:
    (tmp_path / "a_TRAIN.ts").write_text("@problemName a\n@classLabel true x y\n@data\n")
    match = ts_files.sniff([tmp_path / "a_TRAIN.ts"])
    assert match is not None
    with pytest.raises(DataError, match="there are no series below @data"):
        ts_files.read(match)


def test_a_file_of_another_kind_with_this_ending_is_none(tmp_path: Path) -> None:
    (tmp_path / "code.ts").write_text("@Component({selector: 'app'})\nexport class App {}\n")
    (tmp_path / "film.ts").write_bytes(b"\x47" + bytes(187))
    assert ts_files.sniff(sorted(tmp_path.iterdir())) is None


def test_values_of_series(tmp_path: Path) -> None:
    lines = [
        f"{','.join(f'{value:.3f}' for value in one[0])}:{one.mean() * 10 + place / 7:.4f}"
        for place, (one, _) in enumerate(sets(9)["train"])
    ]
    (tmp_path / "v.ts").write_text("@problemName v\n@univariate true\n@targetLabel true\n@data\n" + "\n".join(lines))
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "v.ts")
    assert (run.schema.goal, run.schema.target, sum(run.schema.rows.values())) == ("regress", "value", 60)


def test_new_files_of_each_form_get_an_answer_for_each_series(tmp_path: Path) -> None:
    data = sets(9)
    as_ts(tmp_path, data)
    run = trained(tmp_path / "run", tmp_path / "Digits_TRAIN.ts", family="series_statistics")
    (tmp_path / "new.ts").write_text(
        "@problemName x\n@univariate false\n@classLabel false\n@data\n"
        + "".join(f"{cells(one)}\n" for one, _ in data["test"]) + "1,2:3,4\n"
    )  # fmt: skip
    _, answers = predicted(run, ("new.ts", tmp_path / "new.ts"))
    assert [row["input"] for row in answers] == [str(place) for place in range(31)]
    assert np.mean([row["prediction"] == name for row, (_, name) in zip(answers, data["test"], strict=False)]) >= 0.8
    assert (answers[30]["prediction"], answers[30]["problem"]) == ("", "it has 2 channels instead of 8")


def test_new_long_tables_get_an_answer_for_each_identifier(tmp_path: Path) -> None:
    data = sets(9)
    (tmp_path / "old").mkdir()
    as_long_tables(tmp_path / "old", data)
    run = trained(tmp_path / "run", tmp_path / "old" / "train.csv", family="series_statistics")
    lines = (tmp_path / "old" / "test.csv").read_text().splitlines()
    (tmp_path / "new.csv").write_text("\n".join(line.rsplit(",", 1)[0] for line in lines))
    _, answers = predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert [row["input"] for row in answers] == [f"r{place}" for place in range(30)]
    assert np.mean([row["prediction"] == name for row, (_, name) in zip(answers, data["test"], strict=True)]) >= 0.8


def test_new_folders_get_an_answer_for_each_file(tmp_path: Path) -> None:
    data = sets(9)
    as_class_folders(tmp_path / "old", data)
    run = trained(tmp_path / "run", tmp_path / "old", family="series_statistics")
    for place, (one, _) in enumerate(data["test"][:5]):
        write(tmp_path / "new" / f"{place}.csv", one)
    (tmp_path / "new" / "9.csv").write_text("time,a,b\n0,1,2\n1,2,3\n")
    _, answers = predicted(run, ("new", tmp_path / "new"))
    assert [row["input"] for row in answers] == [f"new/{place}.csv" for place in (0, 1, 2, 3, 4, 9)]
    right = [row["prediction"] == name for row, (_, name) in zip(answers, data["test"][:5], strict=False)]
    assert sum(right) >= 4
    assert answers[5]["problem"] == "it lacks the channels c, d, e, f, g"


def test_a_long_table_stays_a_table_too(tmp_path: Path) -> None:
    as_long_tables(tmp_path, sets(9))
    step = Step(folder=tmp_path / "steps" / "01-inspect", run=tmp_path)
    step.folder.mkdir(parents=True)
    roots = [str(path) for path in tmp_path.iterdir() if path.name != "steps"]
    found = inspect.run(inspect.Args(roots=roots), step)
    assert {"long_series", "delimited"} <= {profile.reader for profile in found.profiles}
