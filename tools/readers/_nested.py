"""Arrow tables as files have them, to the plain columns that a `Raw` holds: numbers, strings, dates, images."""

import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.readers._arrays import labels
from noglue.tools.readers._images import load
from noglue.tools.spec import modalities
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Raw

_IMAGE_NAMES = ("image", "img", "images", "picture", "photo", "jpg", "png")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_WIDEST_LIST = 1024


def class_names(schema: pa.Schema) -> dict[str, list[str]]:
    """Column → names of its classes, from the metadata that Hugging Face's `datasets` writes."""
    try:
        info = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = info.get("info", {}).get("features", {})
        return {
            str(name): [str(label) for label in feature["names"]]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and name in schema.names
        }
    except (ValueError, AttributeError, KeyError, TypeError):
        return {}  # metadata of another make


def image_column(table: pa.Table) -> str | None:
    """A column `struct<bytes, path>`, or a binary one that holds encoded images."""
    for field in table.schema:
        if pa.types.is_struct(field.type) and {"bytes"} <= {inner.name for inner in field.type}:
            return str(field.name)
    for field in table.schema:
        if _is_binary(field.type) and field.name.lower() in _IMAGE_NAMES:
            first = next((value.as_py() for value in table[field.name] if value.is_valid), b"")
            if first.startswith(_MAGIC):
                return str(field.name)
    return None


def images(
    tables: Mapping[str, pa.Table],
    image: str,
    target: str | None,
    classes: list[str] | None,
    form: DataForm | None = None,
) -> Raw:
    """The image column decoded or encoded as `_images.load` has it, the others plain. Raises DataError `unreadable`."""
    encoded = {split: _bytes(table[image]) for split, table in tables.items()}
    loaded = load(encoded, form)
    if not any(len(kept) for kept in loaded.kept.values()):
        reason = f"; {loaded.skipped[0]}" if loaded.skipped else ""
        raise DataError(Kind.UNREADABLE, f"Not one image in the column {image!r} can be decoded{reason}.",
                        hint="Check that the files were downloaded whole.")  # fmt: skip
    skipped = list(loaded.skipped)
    broken = sum(table.num_rows - len(loaded.kept[split]) for split, table in tables.items())
    splits: dict[str, pa.Table] = {}
    for split, table in tables.items():
        others = flattened(table.drop_columns([image]).take(pa.array(loaded.kept[split])), skipped)
        others = others.drop_columns([name for name in others.column_names if name == "image"])
        # Built anew, as a table without any other column has lost its number of rows.
        whole = pa.table(
            {"image": loaded.columns[split], **dict(zip(others.column_names, others.columns, strict=True))}
        )
        if target is not None and _unlabelled(whole, target, classes):
            splits["unlabelled"] = whole.drop_columns([target] if target in whole.column_names else [])
        else:
            splits[split] = whole
    if target is not None and classes is None:
        splits, classes = _numbered(splits, target)
    return Raw("image", splits, target, classes, loaded.shape, list(dict.fromkeys(skipped)), loaded.form,
               cut=loaded.cut, lost={modalities.load("image").undecoded: broken} if broken else {})  # fmt: skip


def flattened(table: pa.Table, skipped: list[str]) -> pa.Table:
    """Structs as `a.b`, short lists of one length as `x.0`, the rest in the types of `tools/spec/schema.py`."""
    columns: dict[str, pa.ChunkedArray] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name.startswith("__index_level_") or name in columns:
            continue
        _add(columns, name, column, skipped)
    return pa.table(columns)


def _add(columns: dict[str, pa.ChunkedArray], name: str, column: pa.ChunkedArray, skipped: list[str]) -> None:
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        kind = column.type
    if pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            inner = pa.chunked_array([chunk.flatten()[place] for chunk in column.chunks], kind.field(place).type)
            _add(columns, f"{name}.{kind.field(place).name}", inner, skipped)
        return
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        width = _one_length(column)
        if width is not None and _is_number(kind.value_type):
            for place in range(width):
                columns[f"{name}.{place}"] = _plain(pc.list_element(column, place))
            return
        skipped.append(f"column {name!r} of type {kind} was left out: its lists are not numbers of one length")
        return
    if pa.types.is_nested(kind) or _is_binary(kind):
        skipped.append(f"column {name!r} of type {kind} was left out: neither a number, text nor a date")
        return
    columns[name] = _plain(column)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_uint64(kind) and (pc.max(column).as_py() or 0) > 2**63 - 1:
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_duration(kind):
        return pc.divide(column.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), 1e6)
    if pa.types.is_boolean(kind):
        return column
    return column.cast(pa.string())


def _numbered(splits: dict[str, pa.Table], target: str) -> tuple[dict[str, pa.Table], list[str] | None]:
    """Whole numbers as labels 0…k-1, where no names were told; text and fractions stay."""
    having = {split: table for split, table in splits.items() if target in table.column_names}
    if not having or any(table[target].null_count or table[target].type != pa.int64() for table in having.values()):
        return splits, None
    numbered, classes = labels({split: np.asarray(table[target]) for split, table in having.items()})
    done = dict(splits)
    for split, values in numbered.items():
        place = done[split].column_names.index(target)
        done[split] = done[split].set_column(place, target, pa.array(values))
    return done, classes


def _unlabelled(table: pa.Table, target: str, classes: list[str] | None) -> bool:
    """No target column, nothing in it, or -1 throughout, as Hugging Face's test splits have it."""
    if target not in table.column_names:
        return True
    values = table[target]
    if values.null_count == len(values):
        return len(values) > 0
    return classes is not None and pa.types.is_integer(values.type) and pc.max(values).as_py() < 0


def _bytes(column: pa.ChunkedArray) -> list[bytes]:
    """Encoded images; an empty one, reported later, where there is a path alone (it leads out of the file)."""
    if pa.types.is_struct(column.type):
        place = column.type.get_field_index("bytes")
        column = pa.chunked_array([chunk.field(place) for chunk in column.chunks], column.type.field(place).type)
    return [value or b"" for value in column.to_pylist()]


def _one_length(column: pa.ChunkedArray) -> int | None:
    if pa.types.is_fixed_size_list(column.type):
        width = int(column.type.list_size)
    else:
        limits = pc.min_max(pc.list_value_length(column)).as_py()
        if limits["min"] is None or limits["min"] != limits["max"]:
            return None
        width = int(limits["min"])
    return width if 0 < width <= _WIDEST_LIST else None


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
