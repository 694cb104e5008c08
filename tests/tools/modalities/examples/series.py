from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from noglue.tools.series.arrays import column
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.protocols import Raw

FACTS: dict[str, Any] = {}


def stored(number: int) -> np.ndarray:
    return np.array([np.sin(np.arange(12) / (number + 1)), np.arange(12) * number]).astype(np.float32)


def write(file: Path, number: int | None) -> None:
    rows = [] if number is None else [",".join(f"{value!r}" for value in row) for row in stored(number).T.tolist()]
    file.with_suffix(".csv").write_text("\n".join(["a,b", *rows]) if rows else "no series")


def raw(folder: Path, order: list[int]) -> Raw:
    table = pa.table({"series": column([stored(number) for number in order])})
    return Raw("series", {"all": table}, form=SeriesForm(reader="sequence_files", channels=["a", "b"]).kept())
