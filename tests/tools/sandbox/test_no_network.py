"""Network: none, whatever the family; a step that may use it gets one descriptor, and can't turn it elsewhere."""

import array
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    try:
        server = socket.create_server((request.param, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {request.param}")
    with server:
        yield request.param, server.getsockname()[1]


def test_tcp(listener: tuple[str, int], blocked: Callable[..., None]) -> None:
    blocked(f"socket.create_connection({listener!r}, timeout=5).close()")


def test_udp(blocked: Callable[..., None]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        blocked(f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', {server.getsockname()!r})")


def test_serving(blocked: Callable[..., None]) -> None:
    blocked("socket.create_server(('127.0.0.1', 0)).close()")


def test_unix_path(blocked: Callable[..., None]) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        Path(folder).chmod(0o755)
        server.bind(folder + "/s")
        Path(folder + "/s").chmod(0o777)
        server.listen()
        blocked(f"socket.socket(socket.AF_UNIX).connect({folder + '/s'!r})")


def test_unix_abstract(blocked: Callable[..., None]) -> None:
    name = f"\0noglue-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        blocked(f"socket.socket(socket.AF_UNIX).connect({name!r})")


@pytest.mark.parametrize("family", ["AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_CAN"])
def test_other_families(family: str, world: Any) -> None:
    kind = "SOCK_SEQPACKET" if family == "AF_ALG" else "SOCK_STREAM" if family == "AF_VSOCK" else "SOCK_RAW"
    assert world.attempt(f"socket.socket(socket.{family}, socket.{kind}).close()").startswith("blocked")


def test_names_are_not_resolved(world: Any) -> None:
    assert world.attempt("socket.getaddrinfo('example.org', 80)").startswith("blocked")


def test_a_pair_of_sockets_between_own_processes_works(world: Any) -> None:
    assert world.run("a, b = socket.socketpair(); a.send(b'hello'); print(b.recv(9))").out == "b'hello'"


TURN = """
import array
channel = socket.socket(fileno=int(sys.argv[2]))
print(channel.recv(5))
message, parts, *_ = channel.recvmsg(1, socket.CMSG_SPACE(4))
connected = socket.socket(fileno=array.array('i', parts[0][2])[0])
print(connected.recv(9))
def turn():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.connect(connected.fileno(), bytes(16), 16) < 0:  # AF_UNSPEC: let go of the other end
        raise OSError(ctypes.get_errno(), 'connect')
    connected.connect(('127.0.0.1', int(sys.argv[3])))
for attempt in (turn, lambda: connected.bind(('127.0.0.1', 0)), connected.listen, lambda: connected.sendto(b'x', 0x20000000, ('127.0.0.1', int(sys.argv[3])))):
    try:
        attempt()
    except OSError as error:
        print(errno.errorcode[error.errno])
    else:
        print('through')
"""


def test_a_named_channel_works_and_what_comes_through_it_cannot_be_turned_elsewhere(world: Any) -> None:
    near, far = socket.socketpair()
    with near, far, socket.create_server(("127.0.0.1", 0)) as right, socket.create_server(("127.0.0.1", 0)) as wrong:
        connected = socket.create_connection(right.getsockname())
        other, _ = right.accept()
        other.send(b"data")
        near.send(b"hello")
        child = world.start(TURN, str(far.fileno()), str(wrong.getsockname()[1]), descriptors=(far.fileno(),))
        near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [connected.fileno()]))])
        with child.stdout, connected, other:
            said = child.stdout.read().decode().split()
            child.wait()
    assert said[:2] == ["b'hello'", "b'data'"], (Path(world.paths["top"]) / "log").read_text()
    assert said[2:] == ["EACCES"] * 4
