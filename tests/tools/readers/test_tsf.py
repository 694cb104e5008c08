"""The Monash archive's form of series, written as its files are."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.readers import tsf
from noglue.tools.spec.errors import DataError
from tests.tools.preparing import Run

HEAD = """# Dataset Information
# Two series.
@relation test
@attribute series_name string
@attribute start_timestamp date
@frequency {frequency}
@horizon 6
@missing true
@equallength false
@data
"""


def written(folder: Path, lines: list[str], frequency: str = "monthly") -> Path:
    file = folder / "set.tsf"
    file.write_text(HEAD.format(frequency=frequency) + "\n".join(lines) + "\n")
    return file


def numbers(count: int, seed: int) -> str:
    at = np.arange(count)
    values = 100 + 10 * np.sin(2 * np.pi * at / 12) + np.random.default_rng(seed).normal(0, 1, count)
    return ",".join(f"{value:.2f}" for value in values)


def test_a_row_a_value_with_its_time_and_its_series(tmp_path: Path) -> None:
    file = written(tmp_path, ["T1:2001-01-31 00-00-00:1.5,?,3", "T2:2010-05-01 00-00-00:7,8"])
    match = tsf.sniff([file])
    assert match is not None
    assert match.reading == {"horizon": "6"}
    assert tsf.count(match) == {"all": 5}
    table = tsf.read(match).splits["all"]
    assert table["series_name"].to_pylist() == ["T1", "T1", "T1", "T2", "T2"]
    assert [str(when.date()) for when in table["timestamp"].to_pylist()] == [
        "2001-01-31", "2001-02-28", "2001-03-31", "2010-05-01", "2010-06-01",
    ]  # fmt: skip
    assert table["series_value"].to_pylist() == [1.5, None, 3, 7, 8]


@pytest.mark.parametrize(
    ("frequency", "second"),
    [("hourly", "2020-01-01 01:00:00"), ("10_minutes", "2020-01-01 00:10:00"), ("weekly", "2020-01-08 00:00:00"),
     ("quarterly", "2020-04-01 00:00:00"), ("half_hourly", "2020-01-01 00:30:00")],
)  # fmt: skip
def test_the_frequency_tells_the_steps(tmp_path: Path, frequency: str, second: str) -> None:
    match = tsf.sniff([written(tmp_path, ["T1:2020-01-01 00-00-00:1,2"], frequency)])
    assert match is not None
    assert str(tsf.read(match).splits["all"]["timestamp"].to_pylist()[1]) == second


def test_an_arff_is_none_of_it(tmp_path: Path) -> None:
    file = tmp_path / "iris.arff"
    file.write_text("@relation iris\n@attribute width numeric\n@data\n1\n")
    assert tsf.sniff([file]) is None


def test_a_value_that_is_none_is_told(tmp_path: Path) -> None:
    match = tsf.sniff([written(tmp_path, ["T1:2020-01-01 00-00-00:1,two"])])
    assert match is not None
    with pytest.raises(DataError, match="line 11"):
        tsf.read(match)


def test_it_is_forecast_as_far_as_the_file_says(tmp_path: Path) -> None:
    file = written(tmp_path, [f"T{seed}:2001-01-01 00-00-00:{numbers(60 + seed, seed)}" for seed in range(3)])
    run = Run(tmp_path / "run")
    run.prepare(file, goal="forecast")
    assert run.schema.timeline is not None
    assert run.schema.timeline.horizon == 6
    assert run.schema.timeline.series == ["series_name"]
    assert run.schema.rows["test"] == 18
