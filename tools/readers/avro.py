"""Avro container files: records with their schema in front, packed in blocks. Read by fastavro.

    Obj\\x01 {"type": "record", "name": "penguin", "fields": [{"name": "species", "type": "string"}, …]} …

Records in records become columns `a.b`, as of JSON; bytes have no place in a table and are left out.
Source: https://avro.apache.org/docs/current/specification/
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.readers import _beginnings, _flat_records, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "Avro (.avro)"
_MAGIC = b"Obj\x01"
_MOST_FILES = 50
_MOST_RECORDS = 20_000_000


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By first bytes, or by an ending that a damaged file still has."""
    likely = _beginnings.of(files, (".avro",), _MAGIC)
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.88)


def count(match: Match) -> dict[str, int]:
    """Records a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, naming the record at which a file breaks."""
    return _grids.read(match, _load, rows, form)


def _is_avro(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    try:
        import fastavro
    except ImportError as error:
        raise unreadable(path, "Avro is read by fastavro, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    if not _is_avro(path):
        raise unreadable(path, "it does not begin as Avro files do")
    records: list[dict[str, Any] | str] = []
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            for record in fastavro.reader(file):
                records.append(_plain(record) if isinstance(record, dict) else "a value that is no record")
                if len(records) > _MOST_RECORDS or len(records) > 1000 * size:
                    raise unreadable(path, f"it claims more than {len(records):,} records; give it in parts")
    except (ValueError, EOFError, OSError, KeyError, IndexError, TypeError, ArithmeticError, MemoryError,
            AttributeError, RecursionError, fastavro.schema.SchemaParseException) as error:  # fmt: skip
        raise unreadable(path, f"it is damaged after {len(records):,} records ({_reason(error)})") from error
    except Exception as error:  # of the packing, each library its own
        if type(error).__module__.partition(".")[0] not in ("zlib", "zstandard", "lzma", "_lzma", "bz2", "snappy"):
            raise
        raise unreadable(path, f"it is damaged after {len(records):,} records ({_reason(error)})") from error
    return {"": _flat_records.grid(records)} if records else {}


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:150]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Without bytes; a map is a record, a value of a union is itself."""
    return {
        str(key): _plain(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if not isinstance(value, bytes)
    }
