"""Avro container files: records with their schema in front, packed in blocks. Read by fastavro.

    Obj\\x01 {"type": "record", "name": "penguin", "fields": [{"name": "species", "type": "string"}, …]} …

Records in records become columns `a.b`, as of JSON; bytes have no place in a table and are left out.
Source: https://avro.apache.org/docs/current/specification/
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from noglue.tools.readers import _beginnings, _flat_records, _grids
from noglue.tools.readers._flat_records import Record
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "Avro (.avro)"
_MAGIC = b"Obj\x01"
_MOST_RECORDS = 20_000_000
_PACKERS = ("zlib", "backports", "compression", "lzma", "_lzma", "bz2", "snappy")


def _likely(files: Sequence[Path]) -> list[Path]:
    """By first bytes, or by an ending that a damaged file still has."""
    return _beginnings.of(files, (".avro",), _MAGIC)


def _is_avro(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable`, naming the record at which a file breaks."""
    try:
        import fastavro
    except ImportError as error:
        raise unreadable(path, "Avro is read by fastavro, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    if not _is_avro(path):
        raise unreadable(path, "it does not begin as Avro files do")
    size, count = path.stat().st_size, 0

    def records(file: BinaryIO) -> Iterator[Record]:
        nonlocal count
        for record in fastavro.reader(file):
            count += 1
            if count > min(_MOST_RECORDS, 1000 * size):
                raise unreadable(path, f"it claims more than {count:,} records; give it in parts")
            yield _plain(record) if isinstance(record, dict) else "a value that is no record"

    try:
        with path.open("rb") as file:
            found = _flat_records.grid(records(file), form)
    except (ValueError, EOFError, OSError, KeyError, IndexError, TypeError, ArithmeticError, MemoryError,
            AttributeError, RecursionError, fastavro.schema.SchemaParseException) as error:  # fmt: skip
        raise unreadable(path, f"it is damaged after {count:,} records ({_reason(error)})") from error
    except Exception as error:  # of the packing, each library its own
        if type(error).__module__.partition(".")[0] not in _PACKERS:
            raise
        raise unreadable(path, f"it is damaged after {count:,} records ({_reason(error)})") from error
    return {"": found} if len(found) else {}


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:150]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Without bytes; a map is a record, a value of a union is itself."""
    return {
        str(key): _plain(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if not isinstance(value, bytes)
    }


_READER = _grids.GridReader(_likely, _load, 0.88)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
