"""Tables of which only some rows are learned from: what is left out is counted, and what is to be predicted stays."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from noglue.tools.readers import _drawn, delimited, parquet
from noglue.tools.readers._drawn import Draw
from noglue.tools.readers._text_tables import count_rows, dialect_of, strings
from noglue.tools.spec.protocols import DRAWN, Match

ROWS = 60_000


def table(rows: int = ROWS) -> pa.Table:
    random = np.random.default_rng(0)
    classes = np.repeat(["a", "b", "c"], rows // 3)  # sorted, as many files are
    return pa.table({"x": random.normal(size=rows).round(3), "row": np.arange(rows), "y": classes})


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2"])
def test_rows_of_a_text_are_drawn_from_all_of_it(tmp_path, ending):
    import bz2
    import gzip

    sink = pa.BufferOutputStream()
    pa.csv.write_csv(table(), sink)
    text = sink.getvalue().to_pybytes() + b"1,2\n"  # and one row too short
    file = tmp_path / f"t.csv{ending}"
    file.write_bytes({"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}[ending](text))
    dialect = dialect_of(file)
    found = strings(file, dialect, share=0.2)
    drawn = found.table
    assert drawn.num_rows == pytest.approx(0.2 * ROWS, rel=0.05)
    assert drawn.num_rows + sum(found.lost.values()) == ROWS + 1 == count_rows(file, dialect)
    shares = np.unique(drawn["y"].to_pylist(), return_counts=True)[1] / drawn.num_rows
    assert shares == pytest.approx([1 / 3] * 3, abs=0.02)
    assert any("learned from, drawn at random" in note for note in found.notes)
    assert strings(file, dialect, share=0.2).table.equals(drawn)


def test_a_header_that_stands_again_is_no_row_of_either(tmp_path):
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(table(3_000), sink)
    (tmp_path / "t.csv").write_bytes(sink.getvalue().to_pybytes() * 2)
    dialect = dialect_of(tmp_path / "t.csv")
    found = strings(tmp_path / "t.csv", dialect, share=0.5)
    assert found.table.num_rows + sum(found.lost.values()) == 6_000 == count_rows(tmp_path / "t.csv", dialect)


def sparse(file: Path, size: int) -> None:
    """A file that says it is large: a hole at its end."""
    with file.open("r+b") as opened:
        opened.truncate(size)


def test_only_what_is_learned_from_is_drawn(tmp_path):
    for name in ("train", "test"):
        pa.csv.write_csv(table(300), tmp_path / f"{name}.csv")
        sparse(tmp_path / f"{name}.csv", 2 * _drawn.MOST_TEXT)
    drawn = {DRAWN[0]: DRAWN[1]}
    match = Match(1.0, {name: [tmp_path / f"{name}.csv"] for name in ("train", "test")}, "", drawn)
    assert delimited._share(match, "train") == 0.5
    assert delimited._share(match, "test") == 1.0
    for reading in (drawn | {"beside": "rows"}, {}):
        assert delimited._share(Match(1.0, match.files, "", reading), "train") == 1.0


def test_rows_of_parquet_are_drawn_batch_by_batch(tmp_path):
    paths = [tmp_path / f"part-{number}.parquet" for number in range(3)]
    for path in paths:
        pa.parquet.write_table(table(), path)
    draw = Draw(0.1)
    drawn = parquet._table(paths, None, draw)
    assert drawn.num_rows == draw.kept == pytest.approx(0.3 * ROWS, rel=0.05)
    assert draw.kept + draw.left == 3 * ROWS
    raw = parquet.read(Match(1.0, {"all": paths}, "", {DRAWN[0]: DRAWN[1]}))
    assert raw.splits["all"].num_rows == 3 * ROWS
    assert raw.lost == {}


def test_what_fits_is_read_whole(tmp_path):
    pa.csv.write_csv(table(), tmp_path / "t.csv")
    raw = delimited.read(Match(1.0, {"all": [tmp_path / "t.csv"]}, "", {DRAWN[0]: DRAWN[1]}))
    assert raw.splits["all"].num_rows == ROWS
    assert raw.lost == {}


def test_numbers_that_are_packed_small_are_reckoned_as_they_unpack(tmp_path):
    rows = 400_000
    repeated = pa.table({f"x{place}": np.repeat(np.arange(4.0), rows // 4) for place in range(20)})
    file = tmp_path / "packed.parquet"
    pa.parquet.write_table(repeated, file)
    assert file.stat().st_size < 1 << 20
    assert parquet._unpacked(file) >= repeated.nbytes
