"""A table's columns as numbers: what every family for tables shares.

    >>> encoding, train = Encoding.fit(load_split(data, "train"), schema)      # Titanic
    >>> train.numbers.shape, train.codes.shape
    ((569, 4), (569, 3))

Numbers, booleans, the parts of dates (elapsed days, year, month, day, weekday, hour) and the components of free text
become float64 with NaN where missing; categories become int32 codes, the most frequent 0, and -1 where missing or
never seen in training. Free text goes through TF-IDF and a truncated SVD (latent semantic analysis, Deerwester et
al. 1990). Everything fitted is fitted on the rows given to `fit`; it is kept as JSON and safetensors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from noglue.tools.models._tables.text import Text
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

MOST_LEVELS = 10_000  # of one category column; rarer ones count as never seen
DATE_PARTS = ("elapsed", "year", "month", "day", "weekday", "hour")
LEAST_DAYS = {  # from the first to the last, for a part to say more than the days elapsed do; a year begun in the last
    "year": 730.0,  # two rows lies many deviations off, and every later row with it
    "month": 60.0,
}


@dataclass(frozen=True)
class Encoded:
    """numbers: float64 (n, d), NaN where missing. codes: int32 (n, c), -1 where missing or unseen."""

    numbers: np.ndarray
    codes: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: np.ndarray) -> "Encoded":
        return Encoded(self.numbers[rows], self.codes[rows])

    def beside(self, other: "Encoded") -> "Encoded":
        return Encoded(np.concatenate([self.numbers, other.numbers]), np.concatenate([self.codes, other.codes]))


class Source(BaseModel):
    """One column and how it is read.

    levels: of a category, most frequent first. origin: of a date, the day elapsed time is counted from, since 1970.
    """

    name: str
    kind: Literal["number", "category", "date", "text"]
    levels: list[str] = []
    origin: float = 0.0
    parts: list[str] = []


class Encoding:
    """How the columns of one training set become an `Encoded`."""

    def __init__(self, sources: Sequence[Source], texts: dict[str, Text]) -> None:
        self.sources, self.texts = list(sources), texts

    @classmethod
    def fit(cls, rows: "datasets.Dataset", schema: Schema, seed: int = 0) -> tuple["Encoding", Encoded]:
        """Raises DataError `no-features` when no column holds anything to learn from."""
        table = arrow(rows)
        sources: list[Source] = []
        texts: dict[str, Text] = {}
        for feature in schema.features:
            column = table.column(feature.name)
            if column.null_count == len(column):
                continue
            if feature.kind in ("number", "boolean", "constant"):
                sources.append(Source(name=feature.name, kind="number"))
            elif feature.kind == "date":
                sources.append(_date_source(feature.name, column))
            elif feature.kind == "text" and (text := Text.fit(_strings(column), seed)) is not None:
                sources.append(Source(name=feature.name, kind="text"))
                texts[feature.name] = text
            elif feature.kind in ("category", "identifier", "text"):
                sources.append(Source(name=feature.name, kind="category", levels=_levels(column)))
        if not sources:
            looked = ", ".join(f.name for f in schema.features) or "none"
            raise DataError(
                Kind.NO_FEATURES,
                f"No column holds anything to learn {schema.target!r} from (columns given: {looked}).",
                hint="Give a table with at least one filled column besides the target.",
            )
        encoding = cls(sources, texts)
        return encoding, encoding.encode(table)

    def encode(self, rows: "datasets.Dataset | pa.Table") -> Encoded:
        table = rows if isinstance(rows, pa.Table) else arrow(rows)
        numbers: list[np.ndarray] = []
        codes: list[np.ndarray] = []
        for source in self.sources:
            column = table.column(source.name)
            if source.kind == "number":
                numbers.append(_numbers(column))
            elif source.kind == "date":
                numbers.extend(_date_parts(column, source))
            elif source.kind == "text":
                numbers.extend(self.texts[source.name].components_of(_strings(column)).T)
            else:
                found = pc.index_in(_as_text(column), value_set=pa.array(source.levels, pa.string()))
                codes.append(pc.fill_null(found, -1).to_numpy().astype(np.int32))
        count = len(table)
        return Encoded(
            np.stack(numbers, axis=1) if numbers else np.zeros((count, 0)),
            np.stack(codes, axis=1) if codes else np.zeros((count, 0), np.int32),
        )

    @property
    def names(self) -> list[str]:
        """What each column of `numbers` is, then of `codes`: `age`, `sold: month`, `review: 3`, `city`."""
        numbers: list[str] = []
        for source in self.sources:
            if source.kind == "number":
                numbers.append(source.name)
            elif source.kind == "date":
                numbers += [f"{source.name}: {part}" for part in source.parts]
            elif source.kind == "text":
                numbers += [f"{source.name}: {i}" for i in range(self.texts[source.name].width)]
        return numbers + [s.name for s in self.sources if s.kind == "category"]

    def save(self, folder: Path) -> None:
        import json

        content = {"sources": [s.model_dump() for s in self.sources], "texts": list(self.texts)}
        (folder / "encoding.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
        for number, text in enumerate(self.texts.values()):
            text.save(folder, f"text-{number}")

    @classmethod
    def load(cls, folder: Path) -> "Encoding":
        import json

        content = json.loads((folder / "encoding.json").read_text(encoding="utf-8"))
        texts = {name: Text.load(folder, f"text-{number}") for number, name in enumerate(content["texts"])}
        return cls([Source.model_validate(s) for s in content["sources"]], texts)


def arrow(rows: "datasets.Dataset") -> pa.Table:
    """The rows as an Arrow table; a selection of rows is honoured, an unselected data set stays memory-mapped."""
    table = rows.data.table
    return table if rows._indices is None else table.take(rows._indices.column(0))


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    """float64, NaN where missing or infinite."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.replace_with_mask(
            column, pc.invert(pc.match_substring_regex(column, r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$")), None
        )
        column = pc.utf8_trim_whitespace(column)
    values = np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def _strings(column: pa.ChunkedArray) -> list[str]:
    return [value or "" for value in _as_text(column).to_pylist()]


def _levels(column: pa.ChunkedArray) -> list[str]:
    """Values by falling frequency, then by name; those seen once are dropped from columns of over 50 levels."""
    counts = pc.value_counts(pc.drop_null(_as_text(column)))
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    if len(ordered) > 50:
        ordered = [pair for pair in ordered if pair[1] > 1] or ordered[:50]
    return [value for value, _ in ordered[:MOST_LEVELS]]


def _seconds(column: pa.ChunkedArray) -> np.ndarray:
    """Seconds since 1970 as float64, NaN where missing."""
    micros = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
    return np.asarray(micros.to_numpy(), np.float64) / 1e6


def _date_source(name: str, column: pa.ChunkedArray) -> Source:
    seconds = _seconds(column)
    known = seconds[np.isfinite(seconds)]
    days = float(np.ptp(known)) / 86400
    parts = [part for part in DATE_PARTS if days >= LEAST_DAYS.get(part, 0.0)]
    if not np.any(known % 86400):
        parts.remove("hour")
    return Source(name=name, kind="date", origin=float(known.min()) / 86400, parts=parts)


def _date_parts(column: pa.ChunkedArray, source: Source) -> list[np.ndarray]:
    seconds = _seconds(column)
    missing = ~np.isfinite(seconds)
    days = np.floor(np.where(missing, 0.0, seconds) / 86400).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    values = {
        "elapsed": seconds / 86400 - source.origin,
        "year": days.astype("datetime64[Y]").astype(np.float64) + 1970,
        "month": months.astype(np.float64) % 12 + 1,
        "day": (days - months).astype(np.float64) + 1,
        "weekday": (days.astype(np.float64) + 3) % 7,  # 1970-01-01 was a Thursday
        "hour": seconds % 86400 / 3600,
    }
    return [np.where(missing, np.nan, values[part]) for part in source.parts]
