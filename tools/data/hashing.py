"""Content hashes of rows: equal rows have equal hashes, in whatever split or file they stand.

One 64-bit number a row (with a million rows, a false match has a chance of 1 in 37 million); 1,000,000 rows of 30
numbers take about a second. Hashes are compared within one run and never stored.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

_MISSING = np.uint64(0x9E3779B97F4A7C15)


def table_hashes(table: pa.Table) -> np.ndarray:
    """uint64 (n,) over all columns of a table, in whatever order they stand; null equals null, 0.0 equals -0.0."""
    hashes = np.full(table.num_rows, 0x243F6A8885A308D3, dtype=np.uint64)
    for name, column in zip(table.column_names, table.columns, strict=True):
        seed = np.uint64(byte_hash(name.encode("utf-8", "surrogatepass")))
        start = 0
        for bits in _bits(column):
            hashes[start : start + len(bits)] += _mixed(_mixed(bits) ^ seed)
            start += len(bits)
    return _mixed(hashes)


def byte_hashes(rows: Iterable[bytes | memoryview]) -> np.ndarray:
    """uint64 (n,) of encoded images or of other bytes."""
    return np.array([byte_hash(row) for row in rows], dtype=np.uint64)


def byte_hash(row: bytes | memoryview) -> int:
    return int.from_bytes(hashlib.blake2b(row, digest_size=8).digest(), "little")


def pixel_hashes(pixels: np.ndarray) -> np.ndarray:
    """uint64 (n,) of images uint8 (n, height, width, channels)."""
    flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
    return byte_hashes(row.data for row in flat)


def _bits(column: pa.ChunkedArray) -> Iterable[np.ndarray]:
    """A column's values as uint64, chunk by chunk."""
    kind = column.type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
        if pa.types.is_temporal(kind):
            column = column.cast(pa.int64())
        else:
            yield from _text_bits(column)
            return
    for chunk in column.chunks:
        if pa.types.is_integer(chunk.type):
            values = chunk.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)
        else:
            values = (chunk.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False) + 0.0).view(np.uint64)
        yield np.where(chunk.is_null().to_numpy(zero_copy_only=False), _MISSING, values) if chunk.null_count else values


def _text_bits(column: pa.ChunkedArray) -> Iterable[np.ndarray]:
    """Each different text is hashed once."""
    import pandas as pd

    encoded = column if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
    for chunk in encoded.unify_dictionaries().chunks:
        words = np.asarray(chunk.dictionary.to_pylist(), dtype=object)
        table = np.append(pd.util.hash_array(words, categorize=False) if len(words) else [], _MISSING).astype(np.uint64)
        yield table[chunk.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]


def _mixed(bits: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014, https://doi.org/10.1145/2714064.2660195)."""
    bits = bits ^ (bits >> np.uint64(30))
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits
