"""Numbers for the values of a column, so that rows of one value can be kept together."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def codes(column: pa.ChunkedArray) -> np.ndarray:
    """int64 (n,): equal values have equal codes, the least value 0, so that the order of the rows says nothing.

    A missing value equals no other: two rows of nobody known are not of one person.
    """
    encoded = column.combine_chunks().dictionary_encode()
    rank = np.empty(len(encoded.dictionary), np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(rank))
    missing = encoded.is_null().to_numpy(zero_copy_only=False)
    found = np.arange(len(rank), len(rank) + len(column))
    found[~missing] = rank[encoded.indices.drop_null().to_numpy()]
    return found
