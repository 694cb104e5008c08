"""A look at the train split: each column's values and what they have to do with the target, and some rows pictured.

>>> look(run / "data", Schema.load(run / "data")).columns[0].relation
0.61

Evenly spaced rows are looked at, at most 20,000, and no longer than two seconds: 100 columns of 100,000 rows take one.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.data.arrays import arrow_column, label_array
from noglue.tools.overview import distribution
from noglue.tools.overview.findings import Bar, ColumnView, Overview, Pictured
from noglue.tools.overview.relation import binned, grouped, relation
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema, load_split

if TYPE_CHECKING:
    import datasets

FOLDER = "overview"  # in data/
MOST_ROWS = 20_000
MOST_COLUMNS = 40
MOST_MEASURED, AT_ONCE = 200, 10  # images, sounds, series
LENGTH = "length"  # what the modalities call it among what they measure
MOST_CLASSES, PICTURES = 10, 6  # that are pictured, and of each
PICTURES_OF_ALL = 24  # where there are no classes
SECONDS = 2.0


@dataclass(frozen=True)
class Target:
    """What is to be learned: codes int64 (n,) of the rows that are looked at, and whether it is known of each."""

    name: str
    codes: np.ndarray
    known: np.ndarray


def look(data: Path, schema: Schema, seconds: float = SECONDS) -> Overview:
    """Pictures are written to `data/overview/`, and the rest to `overview.json` there."""
    until = time.monotonic() + seconds
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    whole = load_split(data, "train")
    rows = _some(whole, MOST_ROWS)
    each = _targets(rows, schema)
    kind = modalities.load(schema.modality)
    found = Overview(rows=len(whole), looked_at=len(rows), targets=[view for view, _ in each])
    targets = [target for _, target in each]
    if kind.content:
        with suppress(ImportError):  # of an extra that is not installed, as the training will say
            views, found.looked_at = _measured(rows, schema, targets, until - seconds / 2)
            found.columns = _by_relation(views)
            found.pictured = _pictured(rows, schema, folder, until)
    else:
        views = []
        for column in schema.features:
            if time.monotonic() > until:
                break
            views.append(_view(arrow_column(rows, column.name), column, targets))
        found.unseen = len(schema.features) - len(views)
        found.columns = _by_relation(views)[:MOST_COLUMNS]
        found.more = len(schema.features) - len(found.columns)
    found.save(folder)
    return found


def _some(rows: "datasets.Dataset", most: int) -> "datasets.Dataset":
    """Evenly spaced rows, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return rows.select(np.linspace(0, len(rows) - 1, most).astype(np.int64))


def _by_relation(views: list[ColumnView]) -> list[ColumnView]:
    """Those that say most of the target first; what can't be told last, as the table has them."""
    return sorted(views, key=lambda view: -1.0 if view.relation is None else view.relation, reverse=True)


def _targets(rows: "datasets.Dataset", schema: Schema) -> list[tuple[ColumnView, Target]]:
    """Every target with its values, classes by the counts of the whole train split."""
    found = []
    for one in [schema.of(target) for target in schema.targets] or [schema]:
        name = one.target
        if name is None or name not in rows.column_names:
            continue
        labels = label_array(rows, name)
        title = next((each.name for each in schema.targets if each.column == name), name)
        if one.classes is not None:
            counts = one.counts or {each: int((labels == place).sum()) for place, each in enumerate(one.classes)}
            bars = [Bar(value=each, rows=rows) for each, rows in counts.items()]
            view = ColumnView(name=title, kind="category", distinct=len(bars), bars=bars)
            found.append((view, Target(title, grouped(labels), labels >= 0)))
        else:
            view = ColumnView(name=title, kind="number", **distribution.numbers(labels))
            found.append((view, Target(title, binned(labels), np.isfinite(labels))))
    return found


def _view(values: pa.ChunkedArray, column: Column, targets: list[Target]) -> ColumnView:
    name, kind = column.name, column.kind
    if pa.types.is_nested(values.type) or pa.types.is_binary(values.type):
        return ColumnView(name=name, kind=kind, missing=values.null_count / max(1, len(values)))
    written = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    if kind == "text" and written:
        lengths = distribution.as_numbers(pc.utf8_length(values))
        return ColumnView(name=name, kind=kind, unit="characters", **distribution.numbers(lengths))
    if written or pa.types.is_boolean(values.type) or kind in ("category", "identifier"):
        facts, codes = distribution.categories(values)
        return _related(ColumnView(name=name, kind=kind, **facts), grouped(codes), targets)
    numbers = distribution.as_numbers(values)
    return _related(ColumnView(name=name, kind=kind, **distribution.numbers(numbers)), binned(numbers), targets)


def _related(view: ColumnView, codes: np.ndarray, targets: list[Target]) -> ColumnView:
    """With its relation to the target that it says most of."""
    for target in targets:
        told = relation(codes[target.known], _dense(target.codes[target.known]))
        if told is not None and (view.relation is None or told > view.relation):
            view.relation, view.to = told, target.name if len(targets) > 1 else ""
    return view


def _dense(codes: np.ndarray) -> np.ndarray:
    return np.unique(codes, return_inverse=True)[1]


def _measured(
    rows: "datasets.Dataset", schema: Schema, targets: list[Target], until: float
) -> tuple[list[ColumnView], int]:
    """Length, brightness, loudness, … of images, sounds and series, as the modality itself measures them; and of how
    many rows, as some take long to open."""
    kind = modalities.load(schema.modality)
    order = np.random.default_rng(0).permutation(len(rows))[:MOST_MEASURED]
    values, unit, count = dict[str, list[np.ndarray]](), "", 0
    while count < len(order) and (not count or time.monotonic() < until):
        some = rows.select(order[count : count + AT_ONCE])
        traits = {} if kind.explaining is None else kind.explaining().traits(some, schema)
        if kind.lengths is not None:
            unit, traits[LENGTH] = kind.lengths(some, schema)
        else:  # in a unit of its own, which nobody would know
            traits.pop(LENGTH, None)
        for name, found in traits.items():
            values.setdefault(name, []).append(found)
        count += len(some)
    seen = [Target(one.name, one.codes[order[:count]], one.known[order[:count]]) for one in targets]
    return [view for name, parts in values.items() if (view := _trait(name, np.concatenate(parts), unit, seen))], count


def _trait(name: str, values: np.ndarray, unit: str, targets: list[Target]) -> ColumnView | None:
    """None where all rows are alike, as the colours of grey pictures are."""
    if name != LENGTH and len(np.unique(values[np.isfinite(values)])) < 2:
        return None
    view = ColumnView(name=name, kind="number", unit=unit if name == LENGTH else "", **distribution.numbers(values))
    return _related(view, binned(values), targets)


def _pictured(rows: "datasets.Dataset", schema: Schema, folder: Path, until: float) -> list[Pictured]:
    """The first rows of each class, or evenly spaced ones where there are no classes, as small pictures; those of the
    first class whatever the time."""
    kind = modalities.load(schema.modality)
    if kind.show is None or not len(rows):
        return []
    if schema.target is None or schema.classes is None or schema.targets:
        places = {"": np.unique(np.linspace(0, len(rows) - 1, PICTURES_OF_ALL).astype(np.int64))}
    else:
        labels = label_array(rows, schema.target)
        names = schema.classes[:MOST_CLASSES]
        places = {name: np.flatnonzero(labels == place)[:PICTURES] for place, name in enumerate(names)}
    found = list[Pictured]()
    for name, of in places.items():
        if not len(of) or (found and time.monotonic() > until):
            continue
        shown = kind.show(rows.select(of), schema, [f"{place:07d}" for place in of], folder)
        found.append(Pictured(name=name, files=[one.image for one in shown if one.image]))
    return [one for one in found if one.files]
