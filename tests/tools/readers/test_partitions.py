"""Tables in folders that are called `column=value`, as Hive, Spark and pyarrow write them."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from noglue.tools.readers import delimited, parquet, records
from noglue.tools.values.cells import settled


def sales() -> pd.DataFrame:
    cities = ["São Paulo", "Aix/Arles", None, "Bonn"]
    return pd.DataFrame(
        {
            "amount": [place * 0.5 for place in range(96)],
            "year": [2020 + place % 3 for place in range(96)],
            "month": [1 + place % 2 for place in range(96)],
            "rate": ["0.5" if place % 2 else "1" for place in range(96)],
            "city": [cities[place % 4] for place in range(96)],
        }
    )


def written(folder: Path, keys: list[str], kind: str) -> list[Path]:
    if kind == "parquet":
        pq.write_to_dataset(pa.Table.from_pandas(sales(), preserve_index=False), str(folder), partition_cols=keys)
    else:  # pandas writes no partitions
        from urllib.parse import quote

        for values, part in sales().groupby(keys, dropna=False):
            names = ["__HIVE_DEFAULT_PARTITION__" if pd.isna(one) else quote(str(one), safe="") for one in values]
            place = folder.joinpath(*(f"{key}={name}" for key, name in zip(keys, names, strict=True)))
            place.mkdir(parents=True)
            rest = part.drop(columns=keys)
            if kind == "csv":
                rest.to_csv(place / "part-0.csv", index=False)
            else:
                rest.to_json(place / "part-0.json", orient="records", lines=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["parquet", "csv", "json"])
@pytest.mark.parametrize("keys", [["city"], ["year", "month"], ["rate"], ["year", "city"]])
def test_folders_are_columns(tmp_path: Path, kind: str, keys: list[str]) -> None:
    reader = {"parquet": parquet, "csv": delimited, "json": records}[kind]
    match = reader.sniff(written(tmp_path / "sales", keys, kind))
    assert match is not None
    assert list(match.files) == ["all"]
    found = settled(reader.read(match)).splits["all"].to_pandas().sort_values("amount", ignore_index=True)
    wanted = sales()
    wanted["rate"] = wanted["rate"].astype(float)
    for name in wanted:
        there = [None if pd.isna(one) else float(one) if name == "rate" else one for one in found[name]]
        assert there == [None if pd.isna(one) else one for one in wanted[name]], name
    assert reader.count(match) == {"all": 96}


def test_new_files_of_one_folder_have_its_column(tmp_path: Path) -> None:
    for kind, reader in (("parquet", parquet), ("csv", delimited)):
        files = written(tmp_path / kind, ["year", "city"], kind)
        match = reader.sniff(files)
        assert match is not None
        form = settled(reader.read(match)).form
        one = reader.sniff(files[:1])
        assert one is not None
        table = reader.read(one, form=form).splits["all"]
        assert set(table["year"].to_pylist()) == {2020}
        assert set(table["city"].to_pylist()) <= {"Aix/Arles", "São Paulo", None, "Bonn"}


def test_a_column_of_the_file_and_folders_further_up_do_not_change(tmp_path: Path) -> None:
    folder = tmp_path / "run=7" / "data" / "year=1999"
    folder.mkdir(parents=True)
    sales()[["amount", "year"]].to_parquet(folder / "0.parquet")
    match = parquet.sniff([folder / "0.parquet"])
    assert match is not None
    table = parquet.read(match).splits["all"]
    assert table.column_names == ["amount", "year"]
    assert table["year"].to_pylist() == sales()["year"].tolist()
