from pathlib import Path
from typing import Any

import pyarrow as pa

from noglue.tools.spec.protocols import Raw

FACTS: dict[str, Any] = {}


def stored(number: int) -> str:
    return f"text {number}"


def write(file: Path, number: int | None) -> None:
    file.with_suffix(".txt").write_text("" if number is None else stored(number))


def raw(folder: Path, order: list[int]) -> Raw:
    return Raw("text", {"all": pa.table({"text": [stored(number) for number in order]})})
