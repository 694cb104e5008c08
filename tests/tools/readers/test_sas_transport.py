"""SAS's transport files: blanks fill them up to a multiple of 80 bytes, and no row may be taken for these."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from noglue.tools.readers import statistics_files


@pytest.mark.parametrize("last", ["versicolor", "setosa", "s"])
@pytest.mark.parametrize("rows", [7, 8, 20, 21, 150])
def test_every_row_is_read_whatever_the_last_one_ends_with(tmp_path: Path, rows: int, last: str) -> None:
    species = [*["versicolor"] * (rows - 1), last]
    frame = pd.DataFrame({"length": [place / 4 for place in range(rows)], "species": species})
    pyreadstat.write_xport(frame, str(tmp_path / "iris.xpt"), file_format_version=5)
    match = statistics_files.sniff([tmp_path / "iris.xpt"])
    assert match is not None
    table = statistics_files.read(match).splits["all"]
    assert statistics_files.count(match) == {"all": rows}
    assert table["species"].to_pylist() == species
    assert table["length"].to_pylist() == frame["length"].tolist()
