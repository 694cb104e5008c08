"""Tables that the request names are read and no others; what it names nothing of is never taken for their names."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.settle import named_tables
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tasks.layouts import judge
from noglue.tools import inspect
from noglue.tools.preparation.splits_by_file import arranged, chosen
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.step import Step

ORDERS = "use orders.csv only and predict returned"


def orders(folder: Path) -> Path:
    random = np.random.default_rng(0)
    folder.mkdir()
    for name, count in (("orders", 120), ("orders_old", 90), ("returns", 60)):
        amounts = random.normal(50, 9, count)
        rows = "".join(f"{one:.2f},{n % 7},{'yes' if one > 50 else 'no'}\n" for n, one in enumerate(amounts))
        (folder / f"{name}.csv").write_text(f"amount,day,returned\n{rows}")
    return folder


def workbook(folder: Path) -> Path:
    folder.mkdir()
    book = openpyxl.Workbook()
    for name, count in (("Results", 80), ("Old", 50)):
        sheet = book.create_sheet(name)
        sheet.append(["attendance", "homework", "grade"])
        for n in range(count):
            sheet.append([n * 37 % 101, n % 9, "pass" if n * 37 % 101 > 45 else "fail"])
    book.remove(book["Sheet"])
    book.save(folder / "exam.xlsx")
    return folder / "exam.xlsx"


def shop(folder: Path) -> Path:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "shop.db")) as base:
        base.executescript(
            "create table customers (id integer primary key, country text, age int);"
            "create table orders (id integer primary key, customer_id int references customers (id), total real)"
        )
        base.executemany(
            "insert into customers values (?, ?, ?)", [(n, ["FR", "DE", "AT"][n % 3], n) for n in range(40)]
        )
        base.executemany("insert into orders values (?, ?, ?)", [(n, n % 40, n * 1.5) for n in range(160)])
        base.commit()
    return folder / "shop.db"


def settled(tmp_path: Path, root: Path, paragraph: str) -> Settled:
    step = Step(tmp_path / "steps" / "01-inspect", tmp_path)
    step.folder.mkdir(parents=True)
    profiles = inspect.run(inspect.Args(roots=[str(root)]), step).profiles
    return settle(Rules().understand(paragraph, [str(root)], Constraints()), profiles)


@pytest.mark.parametrize(
    ("make", "paragraph", "target", "rows", "passed_over"),
    [
        (orders, ORDERS, "returned", 120, 2),
        (orders, "Predict returned, but not from orders_old.csv", "returned", 180, 1),
        (orders, "Sag returned voraus, nur mit der Datei orders.csv", "returned", 120, 2),
        (workbook, "use only the sheet Results and predict grade", "grade", 80, 0),
        (workbook, "predict grade; ignore the sheet Old", "grade", 80, 0),
        (shop, "predict the column country in the table customers", "country", 40, 0),
    ],
)
def test_only_what_is_named_is_read(tmp_path, make, paragraph, target, rows, passed_over) -> None:  # type: ignore[no-untyped-def]
    seen = judge.look(paragraph, [str(make(tmp_path / "in"))], tmp_path / "run")
    assert seen["error"] is None
    assert seen["target"] == target
    assert seen["ledger"]["found"] == rows
    assert seen["files"]["balances"]
    assert sum(one["count"] for one in seen["files"]["passed_over"].values()) == passed_over


def test_it_stands_among_the_wishes_and_not_among_what_was_not_understood(tmp_path: Path) -> None:
    found = settled(tmp_path, orders(tmp_path / "in"), ORDERS)
    assert found.prepare["tables"] == ["orders.csv"]
    assert {"tables": ["orders.csv"]} in [wish.value for wish in found.task.wishes]
    assert not found.task.unread


@pytest.mark.parametrize(
    "paragraph",
    [
        "predict returned",
        "use orders.csv, orders_old.csv and returns.csv to predict returned",
        "use returns.csv for testing and predict returned",
        "only use amount, and predict returned",
    ],
)
def test_nothing_is_left_aside_that_no_words_leave_aside(tmp_path: Path, paragraph: str) -> None:
    assert "tables" not in settled(tmp_path, orders(tmp_path / "in"), paragraph).prepare


def test_a_file_to_learn_from_keeps_others_out_however_it_was_heard(tmp_path: Path) -> None:
    paragraph = "use orders.csv to train and test on returns.csv, target is returned"
    seen = judge.look(paragraph, [str(orders(tmp_path / "in"))], tmp_path / "run")
    ledger = seen["ledger"]
    assert (ledger["train"] + ledger["validation"], ledger["test"]) == (120, 60)
    assert seen["files"]["used"] == 2
    assert seen["files"]["balances"]


def test_a_column_that_is_asked_for_goes_before_the_names_of_the_files(tmp_path: Path) -> None:
    found = settled(tmp_path, orders(tmp_path / "in"), "in the orders.csv table, predict returned")
    assert found.task.target == "returned"


def test_where_rows_come_from_is_not_learned_in_the_place_of_what_is_asked_for(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for place in ("cleveland", "hungarian", "switzerland"):
        ages, pressures = random.integers(29, 78, 80), random.normal(130, 9, 80)
        rows = (f"{age}.0,{pressure:.1f},{(age - 28) // 11}\n" for age, pressure in zip(ages, pressures, strict=True))
        (tmp_path / "in" / f"processed.{place}.data").write_text("".join(rows))
    with pytest.raises(TaskUnclear) as caught:
        settled(tmp_path, tmp_path / "in", "Predict whether the patient has heart disease")
    assert caught.value.kind == Kind.MISSING_TARGET


def test_meaning_of_a_code_leaves_no_column_out(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    rows = (" ".join(str(one) for one in random.integers(1, 4, 12)) + " \n" for _ in range(80))
    (tmp_path / "in" / "horse.data").write_text("".join(rows))
    words = "did the horse live? outcome 1 = lived, 2 = died, 3 = was euthanized; it is column 9"
    found = settled(tmp_path, tmp_path / "in", words)
    assert found.task.target == "column_9"
    assert not found.prepare.get("exclude")


def test_names_count_where_they_are_surely_of_tables(tmp_path: Path) -> None:
    profile = settled(tmp_path, orders(tmp_path / "in"), "predict returned").profile
    assert named_tables.named("in orders.csv", [profile]) == {"orders.csv"}
    assert named_tables.named("in the table orders", [profile]) == {"orders.csv"}
    assert named_tables.named("are orders returned?", [profile]) == frozenset()
    assert named_tables.named("in old_orders.csv", [profile]) == frozenset()


def test_what_is_to_be_predicted_stays_so_where_files_are_named() -> None:
    files = {"train": ["in/train.csv"], "unlabelled": ["in/test.csv"]}
    assert arranged(files, train=["train.csv"]) == {"train": ["in/train.csv"], "unlabelled": ["in/test.csv"]}
    kept, reading = chosen({"all": ["x.xlsx", "x.xlsx"]}, {"sheets": '{"all": ["a", "b"]}'}, ["b"])
    assert (kept, reading) == ({"all": ["x.xlsx"]}, {"sheets": '{"all": ["b"]}'})
