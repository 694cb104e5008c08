"""Databases and dumps: tables with those that their keys lead to, and what is no plain row."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from noglue.tools.readers import duckdb_files, sql_dump, sqlite
from noglue.tools.readers._sql_text import rows_of, statements
from noglue.tools.spec.errors import DataError

SHOP = """
create table towns (name varchar primary key, people integer);
create table customers (id integer primary key, name varchar, town varchar references towns(name));
create table orders (id integer primary key, customer_id integer references customers(id), total double);
"""


def filled(execute: "object") -> None:
    assert callable(execute)
    for place in range(3):
        execute(f"insert into towns values ('t{place}', {1000 * place})")
    for place in range(12):
        execute(f"insert into customers values ({place}, 'c{place}', 't{place % 3}')")
    for place in range(60):
        execute(f"insert into orders values ({place}, {place % 12}, {place / 4})")


@pytest.fixture(params=["sqlite", "duckdb", "dump"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[object, Path]:
    if request.param == "duckdb":
        with closing(duckdb.connect(str(tmp_path / "shop.duckdb"))) as base:
            base.execute(SHOP)
            filled(base.execute)
        return duckdb_files, tmp_path / "shop.duckdb"
    with closing(sqlite3.connect(tmp_path / "shop.db")) as base:
        base.executescript(SHOP)
        filled(base.execute)
        base.commit()
        (tmp_path / "shop.sql").write_text("\n".join(base.iterdump()))
    return (sqlite, tmp_path / "shop.db") if request.param == "sqlite" else (sql_dump, tmp_path / "shop.sql")


def test_a_table_comes_with_what_its_keys_lead_to(shop: tuple[object, Path]) -> None:
    reader, path = shop
    assert isinstance(reader, type(sqlite))
    found = reader.readings([path])
    raw = reader.read(found[0])
    table = raw.splits["all"]
    assert table.column_names == ["id", "customer_id", "total", "name", "town", "people"]
    assert table.num_rows == 60
    assert table.slice(14, 1).to_pylist() == [
        {"id": 14, "customer_id": 2, "total": 3.5, "name": "c2", "town": "t2", "people": 2000}
    ]
    assert any("orders is joined with customers, towns" in line for line in raw.skipped)
    names = {match.labels_from: reader.read(match).splits["all"].column_names for match in found}
    assert names["orders"] == ["id", "customer_id", "total"]
    assert names["customers with towns"] == ["id", "name", "town", "people"]


def test_a_name_that_both_have_keeps_its_table(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "zoo.db")) as base:
        base.executescript("create table pens (id integer primary key, name text);"
                           "create table animals (id integer, name text, pen integer references pens);")  # fmt: skip
        base.executemany("insert into pens values (?, ?)", [(n, f"pen {n}") for n in range(4)])
        base.executemany("insert into animals values (?, ?, ?)", [(n, f"a{n}", n % 5) for n in range(20)])
        base.commit()
    found = sqlite.readings([tmp_path / "zoo.db"])
    table = sqlite.read(found[0]).splits["all"]
    assert table.column_names == ["id", "name", "pen", "pens.name"]
    assert table["pens.name"].to_pylist()[:5] == ["pen 0", "pen 1", "pen 2", "pen 3", None]  # no pen 4


def test_literals() -> None:
    text = "(1, 'it''s; (so)', NULL), (-2.5e3, N'x', TRUE), (0x1F, now(), 1)"
    assert list(rows_of(text, 0, 1, False)) == [["1", "it's; (so)", ""], ["-2.5e3", "x", "true"],
                                                "'now(), 1)' is no plain value"]  # fmt: skip
    assert list(rows_of(r"('a\'b\\', 'c\nd')", 0, 1, True)) == [["a'b\\", "c\nd"]]


def test_statements_end_outside_of_strings() -> None:
    text = "-- a; b\ninsert into t values (';');\n/* ; */ select 1;\ncopy t (a) from stdin;\n1;\n\\.\nselect 2;"
    assert [line for _, line in statements(text, False)] == [
        "\ninsert into t values (';')", "\n select 1", " copy t (a) from stdin\n1;\n", "\nselect 2"]  # fmt: skip


def test_a_row_that_is_no_row_is_told(tmp_path: Path) -> None:
    lines = [f"insert into t (a, b) values ({n}, 'x{n % 2}');" for n in range(10)]
    (tmp_path / "t.sql").write_text("\n".join([*lines, "insert into t (a, b) values (3, random());"]))
    match = sql_dump.sniff([tmp_path / "t.sql"])
    assert match is not None
    raw = sql_dump.read(match)
    assert raw.splits["all"].num_rows == sql_dump.count(match)["all"] == 10
    assert raw.lost == {"t.sql: 'random())' is no plain value": 1}


def test_a_dump_that_breaks_off_names_its_line(tmp_path: Path) -> None:
    lines = [f"insert into t values ({n}, 'x{n % 2}');" for n in range(10)]
    (tmp_path / "t.sql").write_text("create table t (a int, b text);\n" + "\n".join(lines)[:-6])
    match = sql_dump.sniff([tmp_path / "t.sql"])
    assert match is not None
    with pytest.raises(DataError, match=r"t\.sql can't be read: line 11"):
        sql_dump.read(match)


def test_a_damaged_data_base_is_named(tmp_path: Path) -> None:
    with closing(duckdb.connect(str(tmp_path / "t.duckdb"))) as base:
        base.execute("create table t as select range as a, range % 2 as b from range(5000)")
    content = (tmp_path / "t.duckdb").read_bytes()
    (tmp_path / "t.duckdb").write_bytes(content[:8192] + b"\xff" * 20_000)
    match = duckdb_files.sniff([tmp_path / "t.duckdb"])
    assert match is not None
    with pytest.raises(DataError, match=r"t\.duckdb"):
        duckdb_files.read(match)
