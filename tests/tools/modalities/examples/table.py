from pathlib import Path
from typing import Any

import pyarrow as pa

from noglue.tools.spec.protocols import Raw

FACTS: dict[str, Any] = {}


def stored(number: int) -> float:
    return float(number)


def write(file: Path, number: int | None) -> None:
    if number is not None:  # a table that can't be read is told of by its reader
        file.with_suffix(".csv").write_text(f"age\n{number}\n{number + 1}\n")


def raw(folder: Path, order: list[int]) -> Raw:
    return Raw("table", {"all": pa.table({"age": [stored(number) for number in order]})})
