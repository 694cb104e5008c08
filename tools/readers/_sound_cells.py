"""Recordings in the cells of a table: Hugging Face's `audio: struct<bytes: binary, path: string>`.

Source: https://huggingface.co/docs/datasets/audio_dataset
"""

from collections.abc import Mapping

import pyarrow as pa

from noglue.tools.readers import _nested
from noglue.tools.readers._sound_form import sound_form, told
from noglue.tools.sound.decoding import Facts, each, facts, kind_of
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec import modalities
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Raw

_MOST_KEPT = 40


def holds_sound(column: pa.ChunkedArray) -> bool:
    """Whether the first bytes there are begin a recording."""
    first = next((value for value in _bytes(column.slice(0, 64)).to_pylist() if value), b"")
    return kind_of(first[:16]) is not None


def sounds(
    tables: Mapping[str, pa.Table], name: str, target: str | None, classes: list[str] | None, form: DataForm | None
) -> Raw:
    """The column `audio` of encoded bytes, the others plain. Raises DataError `unreadable` where none can be opened."""
    splits, known, skipped, broken = {}, list[Facts](), list[str](), 0
    for split, table in tables.items():
        cells = _bytes(table[name])
        good: list[int] = []
        for place, found in enumerate(each(facts, (value.as_py() or b"" for value in cells))):
            if isinstance(found, ValueError):
                skipped.append(f"row {place} of {split}: {found}")
                broken += 1
            else:
                good.append(place)
                known.append(found)
        kept = pa.array(good, pa.int64())
        others = _nested.flattened(table.drop_columns([name]).take(kept), skipped)
        columns = {one: others[one] for one in others.column_names if one not in ("audio", "path")}
        labelled = target is None or (target in columns and columns[target].null_count < len(good))
        splits[split if labelled else "unlabelled"] = pa.table({"audio": cells.take(kept), **columns})
    if not known:
        raise DataError(
            Kind.UNREADABLE,
            f"Not one recording in the column {name!r} can be read; {skipped[0] if skipped else 'there are no rows'}.",
            hint="Check that the files were downloaded whole.",
        )
    learned = SoundForm.of(form) or sound_form(known)
    lost = {modalities.load("audio").undecoded: broken} if broken else {}
    return Raw("audio", splits, target, classes, None, skipped[:_MOST_KEPT], learned.kept(), notes=told(known, learned),
               lost=lost)  # fmt: skip


def _bytes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The encoded bytes of each cell, null where there are none."""
    parts = [chunk.field("bytes") if pa.types.is_struct(chunk.type) else chunk for chunk in column.chunks]
    return pa.chunked_array(parts, pa.binary() if not parts else parts[0].type)
