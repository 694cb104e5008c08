"""The broker's address policy and its relay, against real sockets."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from noglue.tools.sandbox._addresses import normal, pairs, why_not_public
from noglue.tools.sandbox._proxies import Proxy, proxy_for
from noglue.tools.sandbox.network import Broker, Channel
from noglue.tools.spec.errors import DataError
from tests.web import Reply, Web


@contextmanager
def channel(named=(), **options) -> Iterator[Channel]:
    """Both sides in one process: the child's end is a copy of the descriptor that a step would inherit."""
    options.setdefault("environment", {})
    with Broker(set(named), **options) as broker, closing(Channel(os.dup(broker.descriptor))) as way:
        yield way


@contextmanager
def listener(host="127.0.0.1", family=socket.AF_INET) -> Iterator[socket.socket]:
    with socket.socket(family) as server:
        server.bind((host, 0))
        server.listen()
        server.settimeout(5)
        yield server


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def refused(way: Channel, host: str, port: int, **options) -> DataError:
    with pytest.raises(DataError) as caught:
        way.connect(host, port, **options).close()
    return caught.value


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),  # a public IPv4 behind NAT64
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("224.0.0.251", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%lo", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),  # 6to4 around 127.0.0.1
        ("64:ff9b::7f00:1", False),
    ],
)
def test_public_addresses(address, public):
    assert (why_not_public(address) is None) == public


def test_bytes_both_ways_on_a_named_host():
    with listener() as server, channel({("127.0.0.1", port_of(server))}) as way:
        near = way.connect("127.0.0.1", port_of(server))
        far, _ = server.accept()
        with near, far:
            assert near.family == socket.AF_UNIX
            near.sendall(b"question")
            assert far.recv(100) == b"question"
            far.sendall(b"answer")
            far.shutdown(socket.SHUT_WR)
            assert near.recv(100) == b"answer"
            assert near.recv(100) == b""


def test_a_named_host_is_that_host_and_port_alone():
    with listener() as server, listener() as other, channel({("127.0.0.1", port_of(server))}) as way:
        way.connect("127.0.0.1", port_of(server)).close()
        assert refused(way, "127.0.0.1", port_of(other)).kind == "forbidden-address"
        assert refused(way, "127.0.0.2", port_of(server)).kind == "forbidden-address"
        other.settimeout(0.05)
        with pytest.raises(TimeoutError):
            other.accept()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "LOCALHOST.", "0"]
)
def test_no_spelling_of_loopback_gets_through(host):
    with listener() as server, channel() as way:
        error = refused(way, host, port_of(server))
        assert error.kind == "forbidden-address"
        assert "--data" in error.hint
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "192.168.0.1", "fd00::1", "::ffff:10.0.0.1"])
def test_private_networks_are_refused_at_once(host):
    began = time.monotonic()
    with channel() as way:
        assert refused(way, host, 80).kind == "forbidden-address"
    assert time.monotonic() - began < 2


def test_this_machines_own_other_addresses_are_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        own = probe.getsockname()[0]
    with listener("0.0.0.0") as server, channel() as way:
        assert refused(way, own, port_of(server)).kind == "forbidden-address"


def test_a_name_the_user_wrote_may_be_local():
    with listener() as server, channel({("LocalHost", port_of(server))}) as way:
        near = way.connect("localhost", port_of(server))
        far, _ = server.accept()
        with near, far:
            near.sendall(b"x")
            assert far.recv(1) == b"x"


def test_every_address_of_a_name_is_tried():
    """`localhost` is ::1 and 127.0.0.1 on most machines, and the server listens on one of them."""
    found = {entry[4][0] for entry in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    if len(found) < 2:
        pytest.skip("localhost has one address here")
    with listener() as server, channel({("localhost", port_of(server))}) as way:
        way.connect("localhost", port_of(server)).close()


def test_ipv6():
    try:
        with listener("::1", socket.AF_INET6) as server, channel({("::1", port_of(server))}) as way:
            way.connect("[::1]", port_of(server)).close()
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_unreachable_and_unknown():
    with listener() as server:
        port = port_of(server)
    with channel({("127.0.0.1", port)}) as way:
        error = refused(way, "127.0.0.1", port)
        assert (error.kind, error.code) == ("unreachable", 4)
        assert "refused" in error.message
        assert refused(way, "no-such-host.invalid", 80).kind in ("name-not-found", "unreachable")
        for host in ("", "a b", "x\r\nHost: y", "x" * 300, "a/b"):
            assert refused(way, host, 80).kind == "name-not-found"


def test_a_silent_host_times_out():
    with listener() as server:
        server.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:  # fill the queue, so that a further connection gets no answer
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        with channel({("127.0.0.1", port_of(server))}) as way:
            began = time.monotonic()
            error = refused(way, "127.0.0.1", port_of(server), timeout=0.3)
            assert error.kind == "unreachable"
            assert time.monotonic() - began < 3
        for one in crowd:
            one.close()


def test_offline_refuses_everything():
    with listener() as server, channel({("127.0.0.1", port_of(server))}, offline=True) as way:
        assert refused(way, "127.0.0.1", port_of(server)).kind == "offline"
        assert refused(way, "example.org", 443).kind == "offline"


def test_low_ports_that_are_not_the_webs_are_refused():
    with channel() as way:
        for port in (22, 25, 0, 70_000, -1):
            assert refused(way, "93.184.216.34", port).kind == "forbidden-address"


def test_leaving_ends_connections_and_service():
    with listener() as server:
        with channel({("127.0.0.1", port_of(server))}) as way:
            near = way.connect("127.0.0.1", port_of(server))
            far, _ = server.accept()
            lasting = Channel(os.dup(way._control.fileno()))
        with near, far, closing(lasting):
            near.settimeout(5)
            far.settimeout(5)
            assert near.recv(1) == b""
            assert far.recv(1) == b""
            assert refused(lasting, "127.0.0.1", port_of(server)).kind == "unreachable"


def test_hanging_up_frees_the_connection():
    """More connections one after another than may be open at a time."""
    with listener() as server, channel({("127.0.0.1", port_of(server))}) as way:
        for _ in range(100):
            way.connect("127.0.0.1", port_of(server)).close()
            far, _ = server.accept()
            with far:
                far.settimeout(5)
                assert far.recv(1) == b""


def test_too_many_at_once():
    with listener() as server, channel({("127.0.0.1", port_of(server))}) as way:
        held = [way.connect("127.0.0.1", port_of(server)) for _ in range(64)]
        assert refused(way, "127.0.0.1", port_of(server)).kind == "unreachable"
        for one in held:
            one.close()


@pytest.mark.parametrize(
    "message", [b"not json", b"[]", b'{"host": "x"}', b'{"host": "x", "port": "y", "scheme": "http"}']
)
def test_nonsense_from_the_child_ends_the_service(message):
    with Broker(set(), environment={}) as broker:
        control = socket.socket(fileno=os.dup(broker.descriptor))
        with control:
            control.settimeout(5)
            control.send(message)
            broker._thread.join(5)
            assert not broker._thread.is_alive()


def test_descriptors_sent_by_the_child_are_not_kept():
    with Broker(set(), environment={}) as broker, Path("/dev/null").open("rb") as extra:
        control = socket.socket(fileno=os.dup(broker.descriptor))
        with control:
            before = len(list(Path("/proc/self/fd").iterdir()))
            for _ in range(20):
                socket.send_fds(
                    control, [b'{"host": "10.0.0.1", "port": 80, "scheme": "http", "timeout": 1}'], [extra.fileno()]
                )
                control.recv(4096)
            assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_the_relay_is_fast_enough_to_be_no_bottleneck():
    """Not a measurement: a relay of small reads or copies would be ten times under this."""
    with Web() as web, channel({(web.host, web.port)}) as way:
        web.add("/zeros", Reply(bytes(64 << 20)))
        began = time.monotonic()
        with way.connect(web.host, web.port, scheme="http") as near:
            near.sendall(b"GET /zeros HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            buffer, count = bytearray(1 << 18), 0
            while got := near.recv_into(buffer):
                count += got
        assert count > 64 << 20
        assert time.monotonic() - began < 3


# ---- proxies ---------------------------------------------------------------------------------------------------


@contextmanager
def proxy(answer: bytes = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n") -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that takes one CONNECT, answers, and then speaks for the server itself."""
    heard: list[bytes] = []
    with listener() as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(100)
                heard.append(request)
                connection.sendall(answer)
                heard.append(connection.recv(100))
                connection.sendall(b"from the other side")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield port_of(server), heard
        thread.join(5)


@pytest.mark.parametrize("host", ["93.184.216.34", "no-such-host.invalid"])
def test_through_a_proxy(host):
    """A name that can't be resolved here is the proxy's to resolve."""
    with proxy() as (port, heard):
        environment = {"HTTPS_PROXY": f"http://me:p%40ss@127.0.0.1:{port}", "NO_PROXY": "example.org"}
        with channel(environment=environment) as way, way.connect(host, 443) as near:
            near.sendall(b"hello")
            assert near.recv(100) == b"from the other side"
    assert heard[0].startswith(f"CONNECT {host}:443 HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==" in heard[0]
    assert heard[1] == b"hello"


@pytest.mark.parametrize(
    ("status", "kind"), [(b"407 Who", "forbidden"), (b"403 No", "forbidden"), (b"502 Bad", "unreachable")]
)
def test_a_proxy_that_refuses(status, kind):
    with (
        proxy(b"HTTP/1.1 " + status + b"\r\n\r\n") as (port, _),
        channel(environment={"https_proxy": f"127.0.0.1:{port}"}) as way,
    ):
        error = refused(way, "93.184.216.34", 443)
        assert (error.kind, status.decode() in error.message) == (kind, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "intranet"])
def test_a_proxy_is_no_way_round_the_policy(host):
    with listener() as server, channel(environment={"HTTPS_PROXY": f"http://127.0.0.1:{port_of(server)}"}) as way:
        assert refused(way, host, 443).kind in ("forbidden-address", "name-not-found", "unreachable")
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_named_local_host_is_not_asked_through_the_proxy():
    with (
        listener() as server,
        channel({("127.0.0.1", port_of(server))}, environment={"HTTPS_PROXY": "http://127.0.0.1:1"}) as way,
    ):
        way.connect("127.0.0.1", port_of(server)).close()


def test_which_proxy():
    environment = {
        "HTTP_PROXY": "http://one:1",
        "https_proxy": "two:2",
        "NO_PROXY": ".inside.org, 93.184.0.0/16,here.net:8080",
    }
    assert proxy_for(environment, "http", "example.org", 80) == Proxy("one", 1)
    assert proxy_for(environment, "https", "example.org", 443) == Proxy("two", 2)
    assert proxy_for(environment, "https", "a.inside.org", 443) is None
    assert proxy_for(environment, "https", "inside.org", 443) is None
    assert proxy_for(environment, "https", "notinside.org", 443) is not None
    assert proxy_for(environment, "https", "93.184.216.34", 443) is None
    assert proxy_for(environment, "http", "here.net", 8080) is None
    assert proxy_for(environment, "http", "here.net", 80) is not None
    assert proxy_for({"ALL_PROXY": "http://all:3"}, "http", "x.org", 80) == Proxy("all", 3)
    assert proxy_for({"HTTP_PROXY": "http://one:1", "no_proxy": "*"}, "http", "x.org", 80) is None
    with pytest.raises(DataError, match="socks5"):
        proxy_for({"ALL_PROXY": "socks5://x:1080"}, "https", "x.org", 443)


def test_named_addresses_that_are_none():
    """As they may stand in a paragraph: `http://...`, a name with an umlaut."""
    assert pairs({("...", 80), ("a b", 80), ("MÜNCHEN.de", 80)}) == {("xn--mnchen-3ya.de", 80)}


def test_normal():
    assert [normal("Example.ORG."), normal("[::0001]"), normal("010.0.0.1")] == ["example.org", "::1", "8.0.0.1"]
