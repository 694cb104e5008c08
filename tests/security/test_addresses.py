"""What leads into the machine or its network is reached by a number or `localhost` that the user wrote, else not."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from noglue.agent import environment
from noglue.tools.sandbox._addresses import normal, why_not_public
from noglue.tools.sandbox.bwrap import Bubblewrap
from noglue.tools.sandbox.landlock import Landlock
from noglue.tools.sandbox.network import Broker, Channel
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.sandboxes import Confinement, Sandbox
from tests.web import Reply, Web, redirect

SPECIAL = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
    169.254.0.1 169.254.169.253 169.254.169.254 169.254.170.2 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1
    192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255
    198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 254.1.1.1 255.255.255.255
    :: ::1 ::2 ::127.0.0.1 ::10.0.0.1 ::93.184.216.34 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::7f00:1
    64:ff9b:1:ffff::1 100::1 100:0:0:1::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1:: 2002:5db8:d822:: 3fff::1 3fff:fff::1 5f00::1 4000::1 8000::1 e000::1 fc00::1 fd00::1
    fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%lo fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff00::1 ff02::1
    ff0e::1""".split()  # noqa: SIM905
PUBLIC = ("93.184.216.34", "1.1.1.1", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
          "64:ff9b::5db8:d822", "::ffff:93.184.216.34")  # fmt: skip
LOOPBACK = ("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001",
            "0x7F.0.0x0.1", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "0x7f.0x0001")  # fmt: skip


@contextmanager
def channel(
    named: set[tuple[str, int]],
    configured: set[tuple[str, int]] | None = None,
    surroundings: dict[str, str] | None = None,
) -> Iterator[Channel]:
    broker = Broker(named, environment=surroundings or {}, configured=configured or set())
    with broker, closing(Channel(os.dup(broker.descriptor))) as way:
        yield way


@contextmanager
def listener(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind((host, 0))
        server.listen()
        server.settimeout(0.2)
        yield server


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def own_name() -> str:
    """A name that leads to this machine, as the name that its owner points at 127.0.0.1 does."""
    for name in (socket.gethostname(), "ip4-loopback", "localhost.localdomain", "localhost4"):
        try:
            if name != "localhost" and socket.gethostbyname(name):
                return name
        except OSError:
            continue
    raise AssertionError("this machine has no name of its own: give it one in /etc/hosts")


def refused(way: Channel, host: str, port: int) -> DataError:
    with pytest.raises(DataError) as caught:
        way.connect(host, port, timeout=3).close()
    assert caught.value.kind == "forbidden-address", caught.value
    return caught.value


def nobody_came(server: socket.socket) -> None:
    with pytest.raises(TimeoutError):
        server.accept()


@pytest.mark.parametrize("address", SPECIAL)
def test_whatever_is_not_plainly_public_is_refused(address: str) -> None:
    assert why_not_public(address) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_not(address: str) -> None:
    assert why_not_public(address) is None


@pytest.mark.parametrize("spelled", LOOPBACK)
def test_a_number_is_that_number_however_it_is_spelled(spelled: str) -> None:
    """Refused where it is not named; reached where the user wrote that number, in this or in another spelling."""
    assert normal(spelled) == "127.0.0.1"
    with listener() as server:
        with channel(set()) as way:
            refused(way, spelled, port_of(server))
        nobody_came(server)
        with channel({("127.0.0.1", port_of(server))}) as way:
            way.connect(spelled, port_of(server)).close()
            server.accept()[0].close()
        with channel({(spelled, port_of(server))}) as way:
            way.connect("127.0.0.1", port_of(server)).close()
            server.accept()[0].close()


@pytest.mark.parametrize("text", ["1.2.3.4.5", "256.1.1.1", "0x100000000", "4294967296", "09.1.1.1", "a.1"])
def test_what_is_neither_number_nor_name_is_nothing(text: str) -> None:
    with pytest.raises(DataError) as caught:
        normal(text)
    assert caught.value.kind == "name-not-found"


def test_a_name_that_its_owner_points_here_reaches_nothing_though_it_was_typed() -> None:
    name = own_name()
    with listener("0.0.0.0") as server:
        port = port_of(server)
        named = set(environment.named_addresses([f"Learn from http://{name}:{port}/x.csv please"]))
        assert named == {(name.lower(), port)}
        with channel(named) as way:
            error = refused(way, name, port)
            refused(way, name.upper(), port)
            refused(way, "127.0.0.1", port)
            refused(way, "localhost", port)
        nobody_came(server)
    address = socket.gethostbyname(name)
    assert (address in error.message, f"http://{address}:{port}" in error.hint) == (True, True)


def test_localhost_and_numbers_that_were_typed_are_reached() -> None:
    with listener() as server:
        port = port_of(server)
        for host in ("localhost", "LOCALHOST", "127.0.0.1"):
            named = set(environment.named_addresses([f"(see “http://{host}:{port}”, or so)"]))
            with channel(named) as way:
                way.connect(host, port).close()
                server.accept()[0].close()


def test_a_service_that_the_user_set_up_may_have_a_name_and_that_host_and_port_alone() -> None:
    name = own_name()
    with listener("0.0.0.0") as server, listener("0.0.0.0") as other:
        with channel(set(), {(name, port_of(server))}) as way:
            way.connect(name, port_of(server)).close()
            server.accept()[0].close()
            for host, port in ((name, port_of(other)), ("127.0.0.1", port_of(server)), ("localhost", port_of(server))):
                refused(way, host, port)
        nobody_came(other)


@pytest.mark.parametrize("name", ["nas.local", "intranet", "printer.lan", "db.internal", "x.home.arpa", "wiki.corp"])
def test_no_proxy_is_asked_for_a_name_of_ones_own_network(name: str) -> None:
    """Where a proxy resolves names, those of a network of one's own are none of its."""
    with (
        listener() as proxy,
        channel({(name, 443)}, None, {"HTTPS_PROXY": f"http://127.0.0.1:{port_of(proxy)}"}) as way,
    ):
        with pytest.raises(DataError):
            way.connect(name, 443, timeout=3).close()
        nobody_came(proxy)


@pytest.mark.parametrize("sandbox", [Bubblewrap(), Landlock()], ids=["bwrap", "landlock"])
def test_the_download_reaches_nothing_inside(sandbox: Sandbox, tmp_path: Path) -> None:
    """The step itself, in each sandbox: by a typed name, and by redirects of every spelling from where it may go."""
    assert sandbox.available() is None
    with Web() as web, Web(host="0.0.0.0") as secret:
        secret.add("/x.csv", Reply(b"a,b\n1,2\n"))
        aims = [own_name(), "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "0"]
        for number, aim in enumerate(aims):
            web.add(f"/{number}.csv", redirect(f"http://{aim}:{secret.port}/x.csv"))
        typed = f"http://{own_name()}:{secret.port}/x.csv"
        sources = [typed, *(web.url(f"/{number}.csv") for number in range(len(aims)))]
        named = set(environment.named_addresses([f"Learn of {typed} or {web.url('/')}"]))
        for number, source in enumerate(sources):
            answer = download(sandbox, tmp_path / str(number), named, source)
            assert not answer["ok"], source
            assert answer["error"]["kind"] in ("forbidden-address", "name-not-found", "unreachable"), answer
        assert secret.asked == []


def download(sandbox: Sandbox, folder: Path, named: set[tuple[str, int]], source: str) -> dict[str, object]:
    """→ result.json of a `download` of its own."""
    place, cache = folder / "run" / "steps" / "01-download", folder / "cache"
    place.mkdir(parents=True)
    cache.mkdir()
    (place / "args.json").write_text(json.dumps({"tool": "download", "args": {"sources": [source]}}))
    with Broker(named, environment={}) as broker, (folder / "log.txt").open("wb") as log:
        context = {"run": str(folder / "run"), "cache": str(cache), "seconds": 60, "network": broker.descriptor}
        command = [sys.executable, "-P", "-m", "noglue.tools.process.step_process", str(place), json.dumps(context)]
        child = sandbox.start(command, Confinement(place, writes=(cache,), descriptors=(broker.descriptor,)), log)
        with child.stdout:
            child.stdout.read()
        assert child.wait(60) == 0, (folder / "log.txt").read_text()
    found: dict[str, object] = json.loads((place / "result.json").read_text())
    return found
