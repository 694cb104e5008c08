"""Network: none, whatever the family; a step that may use it gets one descriptor, and can't turn it elsewhere."""

import array
import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def listeners(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Somebody to talk to, by every way there is, as the code that tries it."""
    attempts = {"serving": "socket.create_server(('127.0.0.1', 0)).close()"}
    with contextlib.ExitStack() as stack:
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            with contextlib.suppress(OSError):
                server = stack.enter_context(socket.create_server((host, 0), family=family))
                attempts[host] = f"socket.create_connection({server.getsockname()[:2]!r}, timeout=5).close()"
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(("127.0.0.1", 0))
        address = datagrams.getsockname()
        attempts["udp"] = f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', {address!r})"
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place.chmod(0o755)
        for name, where in (("unix path", str(place / "s")), ("unix abstract", f"\0noglue-{os.getpid()}")):
            local = stack.enter_context(socket.socket(socket.AF_UNIX))
            local.bind(where)
            local.listen()
            attempts[name] = f"socket.socket(socket.AF_UNIX).connect({where!r})"
        (place / "s").chmod(0o777)
        yield attempts


def test_nobody_can_be_reached(listeners: dict[str, str], world: Any, unconfined: Any) -> None:
    assert set(unconfined.attempt_all(listeners).values()) == {"through"}
    assert "through" not in world.attempt_all(listeners).values()


FAMILIES = {
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "packet": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "vsock": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
    "kernel cryptography": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
    "can": "socket.socket(socket.AF_CAN, socket.SOCK_RAW)",
    "raw": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "bluetooth": "socket.socket(31, socket.SOCK_RAW)",
}


@pytest.mark.parametrize("name", FAMILIES)
def test_other_families_of_socket(name: str, outcomes: Any) -> None:
    assert outcomes(FAMILIES, harmful=True)[0][name] in ("EAFNOSUPPORT", "EACCES")


def test_names_are_not_resolved(world: Any) -> None:
    assert world.attempt("socket.getaddrinfo('example.org', 80)") != "through"


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
    connected.connect(elsewhere)
elsewhere = ('127.0.0.1', int(sys.argv[3]))
fast_open = lambda: connected.sendto(b'x', 0x20000000, elsewhere)
for attempt in (turn, lambda: connected.bind(('127.0.0.1', 0)), connected.listen, fast_open):
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
