"""Equal rows hash alike, whatever their chunks; different ones do not."""

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as some

from noglue.tools.data.hashing import byte_hashes, pixel_hashes, table_hashes

NUMBERS = some.one_of(some.none(), some.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5]))
WORDS = some.one_of(some.none(), some.sampled_from(["", "a", "b", "ä"]))


@settings(derandomize=True, deadline=None)
@given(some.lists(some.tuples(NUMBERS, WORDS, some.booleans()), min_size=1, max_size=40), some.integers(1, 40))
def test_equal_exactly_where_the_rows_are(rows: list[tuple[float | None, str | None, bool]], cut: int) -> None:
    names = ["x", "word", "yes"]
    table = pa.table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})
    types = pa.schema([("x", pa.float64()), ("word", pa.string()), ("yes", pa.bool_())])
    table = table.cast(types)
    chunked = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    hashes = table_hashes(table)
    assert np.array_equal(hashes, table_hashes(chunked))
    groups = pd.Series([(None if x is None else x + 0.0, word, yes) for x, word, yes in rows])
    assert len(set(hashes)) == groups.nunique()
    for _, members in groups.groupby(groups).groups.items():
        assert len(set(hashes[members])) == 1


def test_columns_are_not_interchangeable() -> None:
    one, other = table_hashes(pa.table({"a": [1.0, 2.0], "b": [2.0, 1.0]}))
    assert one != other


def test_dictionaries_and_dates() -> None:
    words = pa.array(["x", "y", None, "x"])
    assert np.array_equal(
        table_hashes(pa.table({"a": words})), table_hashes(pa.table({"a": words.dictionary_encode()}))
    )
    dates = pa.array([0, 1, None, 0], pa.timestamp("us"))
    hashes = table_hashes(pa.table({"a": dates}))
    assert hashes[0] == hashes[3]
    assert len(set(hashes)) == 3


def test_no_false_match_among_many_near_rows() -> None:
    grid = np.stack(np.meshgrid(np.arange(300), np.arange(300)), -1).reshape(-1, 2).astype(float)
    assert len(np.unique(table_hashes(pa.table({"a": grid[:, 0], "b": grid[:, 1]})))) == len(grid)


def test_pixels_and_bytes() -> None:
    pixels = np.zeros((3, 4, 4, 1), np.uint8)
    pixels[2, 0, 0] = 1
    first, second, third = pixel_hashes(pixels)
    assert first == second != third
    assert byte_hashes([b"a", memoryview(b"a")])[0] == byte_hashes([b"a"])[0]
