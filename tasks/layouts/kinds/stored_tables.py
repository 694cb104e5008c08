"""Tables in files and databases of their own formats, written by the formats' own libraries."""

import sqlite3
from contextlib import closing
from pathlib import Path

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import iris, wine

SPECIES = "Predict the species."
CULTIVAR = "Predict the cultivar of each wine."


@layout(SPECIES, plain="iris_csv")
def iris_parquet(place: Path) -> Expected:
    iris().to_parquet(place / "iris.parquet", index=False)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_parquet_no_ending(place: Path) -> Expected:
    iris().to_parquet(place / "0000", index=False)
    return of_table(iris(), "species")


@layout(CULTIVAR)
def wine_parquet_shards(place: Path) -> Expected:
    for split, part in (("train", wine()[:140]), ("test", wine()[140:])):
        half = len(part) // 2
        part[:half].to_parquet(place / f"{split}-00000-of-00002.parquet", index=False)
        part[half:].to_parquet(place / f"{split}-00001-of-00002.parquet", index=False)
    return of_table(wine(), "cultivar", splits={"train": 140, "test": 38})


@layout(SPECIES)
def iris_parquet_hive(place: Path) -> Expected:
    """A folder for each value of a column, which is in no file (Hive's partitions)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_to_dataset(pa.Table.from_pandas(iris(), preserve_index=False), str(place), partition_cols=["species"])
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_feather(place: Path) -> Expected:
    iris().to_feather(place / "iris.feather")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_arrow_stream(place: Path) -> Expected:
    import pyarrow as pa

    table = pa.Table.from_pandas(iris(), preserve_index=False)
    with pa.OSFile(str(place / "iris.arrow"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_orc(place: Path) -> Expected:
    import pyarrow as pa
    from pyarrow import orc

    orc.write_table(pa.Table.from_pandas(iris(), preserve_index=False), str(place / "iris.orc"))
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv", needs=("fastavro",))
def iris_avro(place: Path) -> Expected:
    import fastavro

    frame = iris()
    fields = [{"name": name, "type": "double"} for name in frame.columns[:-1]] + [{"name": "species", "type": "string"}]
    with (place / "iris.avro").open("wb") as file:
        schema = {"type": "record", "name": "Flower", "fields": fields}
        fastavro.writer(file, fastavro.parse_schema(schema), frame.to_dict("records"), codec="deflate")
    return of_table(frame, "species")


@layout(SPECIES, plain="iris_csv")
def iris_sqlite(place: Path) -> Expected:
    with closing(sqlite3.connect(place / "flowers.db")) as base:
        iris().to_sql("flowers", base, index=False)
    return of_table(iris(), "species")


@layout(CULTIVAR)
def wine_sqlite_foreign_key(place: Path) -> Expected:
    """Measures in one table, and what they belong to in another, by a declared key."""
    frame = wine()
    with closing(sqlite3.connect(place / "cellar.sqlite")) as base:
        base.execute("create table growers (id integer primary key, cultivar text)")
        columns = ", ".join(f"{name} real" for name in frame.columns[:-1])
        base.execute(f"create table wines (wine integer primary key, {columns}, grower integer references growers(id))")
        names = sorted(frame["cultivar"].unique())
        base.executemany("insert into growers values (?, ?)", list(enumerate(names, 1)))
        marks = ", ".join("?" * (len(frame.columns) + 1))
        rows = [(number, *row[:-1], names.index(row[-1]) + 1) for number, row in enumerate(frame.values.tolist(), 1)]
        base.executemany(f"insert into wines values ({marks})", rows)
        base.commit()
    return of_table(frame, "cultivar")


@layout(SPECIES, plain="iris_csv", needs=("duckdb",))
def iris_duckdb(place: Path) -> Expected:
    import duckdb

    frame = iris()
    with duckdb.connect(str(place / "flowers.duckdb")) as base:
        base.register("given", frame)
        base.execute("create table flowers as select * from given")
    return of_table(frame, "species")


@layout(SPECIES, plain="iris_csv")
def iris_sql_dump(place: Path) -> Expected:
    with closing(sqlite3.connect(":memory:")) as base:
        iris().to_sql("flowers", base, index=False)
        (place / "flowers.sql").write_text("\n".join(base.iterdump()) + "\n", encoding="utf-8")
    return of_table(iris(), "species")


@layout(SPECIES)
def iris_sql_dump_many_rows(place: Path) -> Expected:
    """As mysqldump writes it: backticks, several rows an INSERT, and what only MySQL executes."""
    frame = iris()
    lines = ["-- MySQL dump 10.13", "/*!40101 SET NAMES utf8mb4 */;", "DROP TABLE IF EXISTS `flowers`;"]
    columns = ",\n".join(f"  `{name}` double DEFAULT NULL" for name in frame.columns[:-1])
    lines.append(f"CREATE TABLE `flowers` (\n{columns},\n  `species` varchar(20) DEFAULT NULL\n) ENGINE=InnoDB;")
    rows = [f"({','.join(map(str, row[:-1]))},'{row[-1]}')" for row in frame.itertuples(index=False)]
    lines += [f"INSERT INTO `flowers` VALUES {','.join(rows[start : start + 50])};" for start in (0, 50, 100)]
    (place / "flowers.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return of_table(frame, "species")


@layout(SPECIES, plain="iris_csv")
def iris_stata(place: Path) -> Expected:
    iris().to_stata(place / "iris.dta", write_index=False)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv", needs=("pyreadstat",))
def iris_spss(place: Path) -> Expected:
    import pyreadstat

    pyreadstat.write_sav(iris(), str(place / "iris.sav"))
    return of_table(iris(), "species")


@layout(SPECIES, needs=("pyreadstat",))
def iris_spss_labelled(place: Path) -> Expected:
    """The species as numbers with value labels."""
    import pyreadstat

    frame = iris()
    names = sorted(frame["species"].unique())
    coded = frame.assign(species=[float(names.index(one) + 1) for one in frame["species"]])
    labels = {"species": {float(number): name for number, name in enumerate(names, 1)}}
    pyreadstat.write_sav(coded, str(place / "iris.sav"), variable_value_labels=labels)
    return of_table(frame, "species")


@layout("Predict species.", needs=("pyreadstat",))
def iris_sas_transport(place: Path) -> Expected:
    import pyreadstat

    frame = iris()
    frame.columns = ["slength", "swidth", "plength", "pwidth", "species"]
    pyreadstat.write_xport(frame, str(place / "iris.xpt"), table_name="IRIS", file_format_version=5)
    return of_table(frame, "species", target=("species", "SPECIES"), sums={})


@layout(SPECIES, plain="iris_csv", needs=("rdata",))
def iris_rds(place: Path) -> Expected:
    import pandas as pd
    import rdata

    rdata.write_rds(str(place / "iris.rds"), iris().assign(species=pd.Categorical(iris()["species"])))  # a factor
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv", needs=("rdata",))
def iris_rda(place: Path) -> Expected:
    import rdata

    rdata.write_rda(str(place / "iris.rda"), {"iris": iris().astype({"species": object})})
    return of_table(iris(), "species")


@layout(SPECIES)
def iris_npy_structured(place: Path) -> Expected:
    """A structured array: names and types of columns in the header."""
    import numpy as np

    frame = iris()
    kinds = [(name, "<f8") for name in frame.columns[:-1]] + [("species", "<U12")]
    np.save(place / "iris.npy", np.array([tuple(row) for row in frame.itertuples(index=False)], dtype=kinds))
    return of_table(frame, "species")
