"""Which addresses a download may reach.

Public addresses, and beyond those only an address and port that the user wrote himself, as a number or `localhost`.
What a page links to or a server redirects to is not the user's word: it may not point into the machine or its network
(SSRF). Nor is what a name leads to: its owner decides that, today so and tomorrow otherwise.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from noglue.tools.spec.errors import DataError, Kind

Address = tuple[int, tuple[str, int] | tuple[str, int, int, int]]  # family, what connect() takes

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?|[0-9A-Fa-f:.]+(%\w+)?")
_NUMBER = re.compile(r"(?:\w+\.)*(?:\d+|0x[0-9a-f]*)")  # what C libraries take for an IPv4 address: 127.1, 0x7f000001
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # of IPv6, all that is given out; ::a.b.c.d, fec0::/10, … lie outside
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocols; Oracle's cloud has its metadata at 192.0.0.192
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # answers every Azure machine alone
        "2001::/23",  # IETF protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
]
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa", "localdomain")
_WEB_PORTS_BELOW_1024 = (80, 443)


def normal(host: str) -> str:
    """`EXAMPLE.org.` → `example.org`, `[::0001]` → `::1`, `127.1` and `0x7f000001` → `127.0.0.1`.

    Raises DataError `name-not-found` for no host name.
    """
    host = host.strip("[]").rstrip(".").lower()
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode()  # `münchen.de` is `xn--mnchen-3ya.de` on the wire
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    if _NUMBER.fullmatch(host):
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host))
    elif _HOST.fullmatch(host):
        return host
    raise DataError(Kind.NAME_NOT_FOUND, f"{host[:100]!r} is not a host name.")


def is_literal(host: str) -> bool:
    """Of a `normal` host: whether it says itself where it leads, which is what a private address has to do."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def is_inner(host: str) -> bool:
    """Whether a name is one that only a network of one's own has: `nas.local`, `intranet`."""
    return "." not in host or any(host == name or host.endswith(f".{name}") for name in _INNER)


def why_not_public(address: str) -> str | None:
    """None for an address of the public internet, else what it is: `10.0.0.1` → `a private or reserved address`."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or (ipaddress.IPv4Address(number.packed[-4:]) if number in _NAT64 else None)
        if inner is not None:
            return why_not_public(str(inner))
    for condition, what in (
        (number.is_loopback, "this machine itself"),
        (number.is_link_local, "a link-local or cloud metadata address"),
        (number.is_multicast, "a multicast address"),
        (not number.is_global or (number.version == 6 and number not in _UNICAST), "a private or reserved address"),
        (any(number in network for network in _SPECIAL), "a reserved or cloud metadata address"),
    ):
        if condition:
            return what
    return None


def belongs_here(family: int, address: str) -> bool:
    """Is this (public) number one of this machine's own? A datagram socket's `connect` sends nothing, and tells."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return False
        return bool(probe.getsockname()[0] == address)


def pairs(named: Iterable[tuple[str, int]]) -> frozenset[tuple[str, int]]:
    """The same, normalised; what is no host name (`http://...` in a paragraph) names nothing."""
    found = set()
    for host, port in named:
        with suppress(DataError):
            found.add((normal(host), port))
    return frozenset(found)


@dataclass(frozen=True)
class Policy:
    """named: (host, port) pairs as the user wrote them; they open a private address only as a number or `localhost`.

    configured: pairs of services that the user set up, by whatever name. offline: nothing at all is reached.
    """

    named: frozenset[tuple[str, int]]
    offline: bool = False
    configured: frozenset[tuple[str, int]] = frozenset()

    def check(self, host: str, port: int) -> None:
        """Refuse what needs no look at the address."""
        if self.offline:
            raise DataError(Kind.OFFLINE, f"{host} was not asked: this run works without the internet.")
        if not 0 < port < 65536:
            raise DataError(Kind.FORBIDDEN_ADDRESS, f"{host}:{port} has no such port.")
        meant = (host, port) in self.named | self.configured
        if not meant and port < 1024 and port not in _WEB_PORTS_BELOW_1024:
            hint = "If it is meant, name that very host and port yourself, in the paragraph or with --data."
            raise DataError(Kind.FORBIDDEN_ADDRESS, f"{host}:{port} is not a web server's port.", hint=hint)

    def allowed(self, host: str, port: int) -> list[Address]:
        """The addresses of a host that may be connected to, in the resolver's order. Resolves the name, once."""
        found = resolve(host, port)
        if (host, port) in self.configured or ((host, port) in self.named and is_literal(host)):
            return [entry for entry in found if host != "localhost" or _is_loopback(entry)]
        reasons = [why_not_public(place[0]) for _, place in found]
        public = [
            entry
            for entry, reason in zip(found, reasons, strict=True)
            if reason is None and not belongs_here(entry[0], entry[1][0])
        ]
        if not public:
            raise _refused(host, port, found[0][1][0], next(filter(None, reasons), "this machine itself"))
        return public


def _is_loopback(entry: Address) -> bool:
    return ipaddress.ip_address(entry[1][0].partition("%")[0]).is_loopback


def _refused(host: str, port: int, address: str, what: str) -> DataError:
    """A number is named by the number, and so is a name: what it leads to is not the user's word."""
    leads = f"{address} is {what}" if is_literal(host) else f"the name leads to {address}, {what}"
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return DataError(
        Kind.FORBIDDEN_ADDRESS,
        f"{host}:{port} was not contacted: {leads}.",
        hint=f"If it is meant, write that very address and port, http://{place}, in the paragraph or with --data.",
        host=host,
        port=port,
    )


def resolve(host: str, port: int) -> list[Address]:
    """Raises DataError `name-not-found`, or `unreachable` when the resolver itself can't be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        kind = Kind.UNREACHABLE if error.errno == socket.EAI_AGAIN else Kind.NAME_NOT_FOUND
        why = error.strerror or "no such name"
        message = f"The name {host} could not be looked up: {why}."
        raise DataError(kind, message, hint="Check the address and the network.", host=host) from error
    except UnicodeError as error:
        raise DataError(Kind.NAME_NOT_FOUND, f"{host!r} is not a host name.") from error
    return [(family, (str(place[0]), *place[1:])) for family, _, _, _, place in found]
