"""What a program and a model in its own process say to each other, over a socket: a JSON head, and bytes behind it.

    8 bytes: length of the head (little-endian)  ·  head: {"ask": "answers", …, "blobs": [1024, 96]}  ·  the blobs

>>> send(connection, {"ask": "answers"}, [arrow])
>>> head, blobs = receive(connection)

Nothing in a message is ever unpickled, and numbers travel as flat arrays (`packed`), so that what a process in a
sandbox answers is read without any decoder.
"""

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

MOST_HEAD = 1 << 30  # bytes of JSON: a reason for each of very many inputs
MOST_BLOB = 16 << 30  # bytes of all blobs of a message
MOST_ARRAYS = 100_000
_KINDS = {"float64": np.float64, "int32": np.int32, "uint8": np.uint8}
_AT_ONCE = 1 << 22

Blob = bytes | bytearray | memoryview


class Ended(Exception):
    """The other side is gone, or said what is no message."""


def send(connection: socket.socket, head: Mapping[str, Any], blobs: Sequence[Blob] = ()) -> None:
    """Raises OSError where the other side is gone."""
    text = json.dumps({**head, "blobs": [memoryview(blob).nbytes for blob in blobs]}).encode()
    connection.sendall(struct.pack("<Q", len(text)) + text)
    for blob in blobs:
        connection.sendall(blob)


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[bytearray]]:
    """The next message. Raises Ended."""
    (length,) = struct.unpack("<Q", _exactly(connection, 8))
    if length > MOST_HEAD:
        raise Ended(f"a head of {length:,} bytes")
    try:
        head = json.loads(bytes(_exactly(connection, length)))
        lengths = head.pop("blobs")
        sound = isinstance(lengths, list) and all(type(one) is int and one >= 0 for one in lengths)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Ended("what was said is no message") from error
    if not sound or len(lengths) > MOST_ARRAYS or sum(lengths) > MOST_BLOB:
        raise Ended("what was said is no message")
    return head, [_exactly(connection, one) for one in lengths]


def packed(arrays: Mapping[str, np.ndarray]) -> tuple[list[dict[str, Any]], list[Blob]]:
    """What the head says of arrays, float64, int32 or uint8, and their bytes, in order."""
    whole = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    told = [{"name": name, "dtype": one.dtype.name, "shape": list(one.shape)} for name, one in whole.items()]
    return told, [one.reshape(-1).view(np.uint8).data for one in whole.values()]


def unpacked(told: Any, blobs: Sequence[bytearray]) -> dict[str, np.ndarray]:
    """name → array, each exactly as long as its bytes. Raises Ended for what does not fit."""
    try:
        found = {str(one["name"]): _array(one, blob) for one, blob in zip(told, blobs, strict=True)}
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise Ended("what was said of the arrays does not fit them") from error
    return found


def _array(told: Any, blob: bytearray) -> np.ndarray:
    shape = told["shape"]
    if not isinstance(shape, list) or any(type(one) is not int or one < 0 for one in shape):
        raise ValueError("no shape of an array")
    return np.frombuffer(blob, _KINDS[told["dtype"]]).reshape(shape)


def _exactly(connection: socket.socket, count: int) -> bytearray:
    """Memory grows with what arrives, not with what is announced."""
    held = bytearray()
    while len(held) < count:
        part = connection.recv(min(_AT_ONCE, count - len(held)))
        if not part:
            raise Ended("the other side is gone")
        held += part
    return held
