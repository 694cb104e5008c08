"""The same rows get the same answers in whatever format they come, and every input gets one."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from noglue.tools.spec.errors import DataError
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

RANDOM = np.random.default_rng(11)
NEW = pd.DataFrame({"size": [50.5, 180.0, 95.25, 210.0], "roof": ["old", "new", "new", "old"], "n": [1, 2, 3, 4]})


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("houses")
    table = pd.DataFrame({"size": RANDOM.uniform(40, 250, 200).round(2), "roof": RANDOM.choice(["old", "new"], 200),
                          "n": RANDOM.integers(1, 6, 200)})  # fmt: skip
    table["price"] = 2000 * table["size"] - 90_000 * (table["roof"] == "old") + 500 * table["n"]
    table.to_csv(base / "in.csv", index=False)
    return trained(base / "run", base / "in.csv", family="linear", target="price", goal="regress")


def write(path: Path, table: pd.DataFrame) -> Path:
    told = json.loads(table.to_json(orient="records"))
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        other = book.active
        other.title = "notes"
        other.append(["who", "when"])
        other.append(["me", "now"])
        sheet = book.create_sheet("rows")
        for row in [list(table), *table.to_numpy().tolist()]:
            sheet.append(row)
        book.save(path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, told)))
    elif path.suffix == ".json":
        path.write_text(json.dumps({"rows": told}))
    elif path.suffix == ".txt":
        path.write_text(table.to_string(index=False) + "\n")
    else:
        table.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("ending", [".xlsx", ".jsonl", ".json", ".txt"])
@pytest.mark.parametrize("turned", [False, True])
def test_every_format_gets_the_answers_of_a_csv(tmp_path: Path, houses: Run, ending: str, turned: bool) -> None:
    _, wanted = predicted(houses, ("new.csv", write(tmp_path / "new.csv", NEW)))
    table = NEW[[*reversed(NEW.columns)]].assign(spare="x") if turned else NEW
    _, rows = predicted(houses, (f"new{ending}", write(tmp_path / f"new{ending}", table)))
    assert rows == wanted


def test_a_file_of_which_nothing_can_be_read_is_a_row_among_others(tmp_path: Path, houses: Run) -> None:
    good = write(tmp_path / "a.csv", NEW)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 cut off")
    result, rows = predicted(houses, ("a.csv", good), ("broken.parquet", tmp_path / "broken.parquet"), ("a.csv", good))
    assert [row["input"] for row in rows] == [*"0123", "broken.parquet", *"4567"]
    assert [row["prediction"] == "" for row in rows] == [False] * 4 + [True] + [False] * 4
    assert (result.rows, result.unread) == (9, 1)
    with pytest.raises(DataError, match=r"broken\.parquet"):
        predicted(houses, ("broken.parquet", tmp_path / "broken.parquet"))


def test_a_broken_record_is_a_row_without_an_answer(tmp_path: Path, houses: Run) -> None:
    lines = write(tmp_path / "new.jsonl", NEW).read_text().splitlines()
    (tmp_path / "new.jsonl").write_text("\n".join([*lines[:2], '{"size": ', *lines[2:]]))
    _, whole = predicted(houses, ("new.csv", write(tmp_path / "new.csv", NEW)))
    result, rows = predicted(houses, ("new.jsonl", tmp_path / "new.jsonl"))
    assert [row["prediction"] for row in rows if row["input"] != "2"] == [row["prediction"] for row in whole]
    assert (rows[2]["prediction"], result.unread) == ("", 1)


def test_what_is_no_table_in_a_folder_is_told(tmp_path: Path, houses: Run) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.csv", NEW)
    (tmp_path / "in" / "notes.pdf").write_bytes(b"%PDF")
    result, rows = predicted(houses, ("in", tmp_path / "in"))
    assert len(rows) == 4
    assert any("notes.pdf" in stray for stray in result.strays)


def test_texts(tmp_path: Path) -> None:
    words = {"ham": ["meeting", "monday", "notes", "garden"], "spam": ["winner", "cash", "prize", "click"]}
    for kind, own in words.items():
        (tmp_path / "in" / kind).mkdir(parents=True)
        for n in range(40):
            text = " ".join(["please read this letter about the", *RANDOM.choice(own, 4), "today and then", str(n)])
            (tmp_path / "in" / kind / f"{n}.txt").write_text(text)
    run = trained(tmp_path / "run", tmp_path / "in", family="linear")
    (tmp_path / "new").mkdir()
    for n, text in enumerate(["a prize of cash, click", "notes of monday in the garden", "", "the winner has cash"]):
        (tmp_path / "new" / f"{n}.txt").write_text(text)
    result, rows = predicted(run, ("new", tmp_path / "new"))
    assert [row["input"] for row in rows] == [f"new/{n}.txt" for n in range(4)]
    assert [row["prediction"] for row in rows] == ["spam", "ham", "", "spam"]
    assert result.unread == 1
    _, rows = predicted(run, ("0.txt", tmp_path / "new" / "0.txt"))
    assert [row["prediction"] for row in rows] == ["spam"]
    pd.DataFrame({"text": ["a prize of cash, click now", "notes of monday, please"]}).to_csv(tmp_path / "t.csv")
    _, rows = predicted(run, ("t.csv", tmp_path / "t.csv"))
    assert [row["prediction"] for row in rows] == ["spam", "ham"]


@pytest.mark.parametrize("first", [1, 0, 100])
def test_the_only_feature_may_count(tmp_path: Path, first: int) -> None:
    table = pd.DataFrame({"x": range(first, first + 120)})
    table["y"] = 3.0 * table["x"] + RANDOM.normal(0, 1, 120)
    table.to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="y", goal="regress")
    (tmp_path / "new.csv").write_text("x\n10.5\n50\n")
    _, rows = predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert [float(row["prediction"]) for row in rows] == pytest.approx([31.5, 150], abs=5)


def test_names_are_told_by_their_letters(tmp_path: Path) -> None:
    begin, middle = ["Ka", "Ro", "Mi", "Te", "Lu", "So", "Vi"], ["r", "l", "n", "m", "s", "d", "v", "t", "k"]
    names = [f"{a}{m}{o}{end}" for a in begin for m in middle for o in "aeiou" for end in ("na", "rd")]
    table = pd.DataFrame({"name": names, "kind": ["f" if name.endswith("a") else "m" for name in names]})
    table = table.sample(frac=1, random_state=3)
    table[60:].to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="kind")
    table[:60][["name"]].to_csv(tmp_path / "new.csv", index=False)
    _, rows = predicted(run, ("new.csv", tmp_path / "new.csv"))
    right = np.mean([row["prediction"] == kind for row, kind in zip(rows, table[:60]["kind"], strict=True)])
    assert right > 0.9


def test_texts_of_a_script_without_blanks(tmp_path: Path) -> None:
    own = {"好": ["味道很好", "非常新鲜", "很满意", "推荐"], "差": ["太难吃", "很失望", "不新鲜", "凉透了"]}
    rows = []
    for n in range(240):
        kind = "好差"[n % 2]
        rows.append(
            ["".join(RANDOM.choice([*own[kind], "今天", "面条", "送来", "公司楼下"], 5)) + f"{n % 17}次。", kind]
        )
    table = pd.DataFrame(rows, columns=["评论", "情感"])
    table[40:].to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="情感")
    table[:40][["评论"]].to_csv(tmp_path / "new.csv", index=False)
    _, told = predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert np.mean([row["prediction"] == kind for row, kind in zip(told, table["情感"], strict=False)]) > 0.85


def test_of_tables_with_the_model_s_columns_the_one_with_the_fewest_others_is_answered(
    houses: Run, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "town.db")) as base:
        base.executescript(
            "create table houses (id integer primary key, size real, roof text, n int);"
            "create table visits (id integer primary key, house_id int references houses (id), guests int)"
        )
        rows = [(number, *row) for number, row in enumerate(NEW.itertuples(index=False, name=None))]
        base.executemany("insert into houses values (?, ?, ?, ?)", rows)
        base.executemany("insert into visits values (?, ?, ?)", [(one, one % 4, 2) for one in range(12)])
        base.commit()
    told = predicted(houses, ("town.db", tmp_path / "town.db"))[1]
    assert len(told) == len(NEW)
