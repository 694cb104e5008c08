"""NumPy's arrays with named fields are tables, alone or several in one archive."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from noglue.tools.readers import npz, structured_arrays
from noglue.tools.spec.errors import DataError
from tests.tools.readers.test_table_formats import likeliest

IRIS = load_iris()
FIELDS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def records() -> np.ndarray:
    kinds = [*((name, "<f8") for name in FIELDS), ("species", "<U12")]
    rows = [(*row, IRIS.target_names[label]) for row, label in zip(IRIS.data.tolist(), IRIS.target, strict=True)]
    return np.array(rows, dtype=kinds)


@pytest.mark.parametrize("made", [records, lambda: records().view(np.recarray), lambda: records()[:, None]])
def test_a_structured_array_is_a_table(tmp_path: Path, made) -> None:
    np.save(tmp_path / "iris.npy", made())
    reader, match = likeliest(tmp_path / "iris.npy")
    assert reader is structured_arrays
    raw = reader.read(match)
    assert raw.splits["all"].to_pydict() == {name: records()[name].tolist() for name in [*FIELDS, "species"]}
    assert reader.count(match) == {"all": 150}
    assert reader.read(match, form=raw.form).splits["all"].equals(raw.splits["all"])


def test_several_in_an_archive_are_splits(tmp_path: Path) -> None:
    for save, name in ((np.savez, "plain.npz"), (np.savez_compressed, "small.npz")):
        save(tmp_path / name, train=records()[:120], test=records()[120:])
        match = structured_arrays.sniff([tmp_path / name])
        assert match is not None
        assert structured_arrays.count(match) == {"train": 120, "test": 30}
    np.savez(tmp_path / "one.npz", records())
    match = structured_arrays.sniff([tmp_path / "one.npz"])
    assert match is not None
    assert structured_arrays.read(match).splits["all"].num_rows == 150


def test_fields_in_fields_bytes_dates_truths_and_missing_numbers(tmp_path: Path) -> None:
    kinds = [("size", [("mass", "<f4"), ("height", "<i2")]), ("bill", "<f4", (2,)), ("sex", "S1"), ("day", "M8[D]"),
             ("ill", "?")]  # fmt: skip
    rows = [((place / 2, place), (place, np.nan), b"mf"[place % 2 : place % 2 + 1], f"2024-05-{place + 10}", place < 3)
            for place in range(8)]  # fmt: skip
    np.save(tmp_path / "pets.npy", np.array(rows, dtype=kinds))
    match = structured_arrays.sniff([tmp_path / "pets.npy"])
    assert match is not None
    table = structured_arrays.read(match).splits["all"]
    assert table.column_names == ["size.mass", "size.height", "bill.0", "bill.1", "sex", "day", "ill"]
    assert table["bill.1"].null_count == 8
    assert table["sex"].to_pylist() == ["m", "f"] * 4
    assert str(table["day"].to_pylist()[0]).startswith("2024-05-10")


def test_plain_arrays_stay_arrays_and_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", X=IRIS.data, y=IRIS.target)
    assert structured_arrays.sniff([tmp_path / "set.npz"]) is None
    assert npz.sniff([tmp_path / "set.npz"]) is not None
    odd = np.array([(1, "a"), (2, "b")], dtype=[("n", "i4"), ("word", "O")])
    np.save(tmp_path / "odd.npy", odd, allow_pickle=True)
    reader, match = likeliest(tmp_path / "odd.npy")
    with pytest.raises(DataError):
        reader.read(match)
