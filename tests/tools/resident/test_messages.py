"""What a model's process says is bytes from a sandbox: read exactly, or not at all."""

import json
import socket
import struct
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from noglue.tools.resident import messages


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_arrays_and_words_arrive_as_they_were(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.array([-1, 7], np.int32), "c": np.zeros((0, 4), np.uint8)}
    told, blobs = messages.packed(arrays)
    messages.send(theirs, {"arrays": told, "words": "naïve ✓"}, blobs)
    head, received = messages.receive(ours)
    assert head["words"] == "naïve ✓"
    found = messages.unpacked(head["arrays"], received)
    assert list(found) == list(arrays)
    assert all(np.array_equal(found[name], arrays[name]) and found[name].dtype == arrays[name].dtype for name in arrays)


def test_a_long_message_arrives_while_it_is_written(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    whole = np.random.default_rng(0).normal(size=1_500_000)
    told, blobs = messages.packed({"x": whole})
    writer = threading.Thread(target=messages.send, args=(theirs, {"arrays": told}, blobs))
    writer.start()
    head, received = messages.receive(ours)
    writer.join()
    assert np.array_equal(messages.unpacked(head["arrays"], received)["x"], whole)


@pytest.mark.parametrize(
    "head",
    [
        b"no json",
        b"[]",
        b"3",
        b'"text"',
        b"{}",
        b'{"blobs": 3}',
        b'{"blobs": [-1]}',
        b'{"blobs": [1.5]}',
        b'{"blobs": [true]}',
        b'{"blobs": [99999999999999]}',
        b'{"blobs": ["8"]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_refused(ends: tuple[socket.socket, socket.socket], head: bytes) -> None:
    ours, theirs = ends
    theirs.sendall(struct.pack("<Q", len(head)) + head)
    with pytest.raises(messages.Ended):
        messages.receive(ours)


@pytest.mark.parametrize("sent", [b"", b"\x05", struct.pack("<Q", 100) + b"{", struct.pack("<Q", 1 << 50)])
def test_a_side_that_goes_in_the_middle_is_told_of(ends: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    ours, theirs = ends
    theirs.sendall(sent)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(messages.Ended):
        messages.receive(ours)


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        [],
        [{"name": "x", "dtype": "object", "shape": [2]}],
        [{"name": "x", "dtype": "float64", "shape": [3]}],
        [{"name": "x", "dtype": "float64", "shape": [-2]}],
        [{"name": "x", "dtype": "float64", "shape": [1 << 62, 4]}],
        [{"name": "x", "dtype": "float64", "shape": "2"}],
        [{"dtype": "float64", "shape": [2]}],
        ["x"],
        json.loads("[" * 20 + "]" * 20),
    ],
)
def test_arrays_that_do_not_fit_what_is_said_of_them_are_refused(told: object) -> None:
    with pytest.raises(messages.Ended):
        messages.unpacked(told, [bytearray(16)])
