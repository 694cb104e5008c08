"""Which addresses a download may reach.

Public addresses, and beyond those only a host and port that the user wrote himself. What a page links to or a
server redirects to is not the user's word: it may not point into the machine or its network (SSRF).
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
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_AZURE_HOST = ipaddress.ip_address("168.63.129.16")  # answers every Azure machine alone, though its number looks public
_WEB_PORTS_BELOW_1024 = (80, 443)
HINT = "If it is meant, name that very host and port yourself, in the paragraph or with --data."


def normal(host: str) -> str:
    """`EXAMPLE.org.` → `example.org`, `[::0001]` → `::1`. Raises DataError `name-not-found` for no host name."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode()  # `münchen.de` is `xn--mnchen-3ya.de` on the wire
    if not _HOST.fullmatch(host):
        raise DataError(Kind.NAME_NOT_FOUND, f"{host[:100]!r} is not a host name.")
    return host


def why_not_public(address: str) -> str | None:
    """None for an address of the public internet, else what it is: `10.0.0.1` → `a private address`."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
        if number in _NAT64:
            inner = ipaddress.IPv4Address(number.packed[-4:])
        if inner is not None:
            return why_not_public(str(inner))
    for condition, what in (
        (number.is_loopback, "this machine itself"),
        (number.is_link_local, "a link-local or cloud metadata address"),
        (number == _AZURE_HOST, "a cloud metadata address"),
        (number.is_multicast, "a multicast address"),
        (not number.is_global, "a private or reserved address"),
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
    """named: (host, port) pairs as the user wrote them. offline: nothing at all is reached."""

    named: frozenset[tuple[str, int]]
    offline: bool = False

    def check(self, host: str, port: int) -> bool:
        """Refuse what needs no look at the address. → whether the user named that host and port."""
        if self.offline:
            raise DataError(Kind.OFFLINE, f"{host} was not asked: this run works without the internet.")
        if not 0 < port < 65536:
            raise DataError(Kind.FORBIDDEN_ADDRESS, f"{host}:{port} has no such port.")
        is_named = (host, port) in self.named
        if not is_named and port < 1024 and port not in _WEB_PORTS_BELOW_1024:
            raise DataError(Kind.FORBIDDEN_ADDRESS, f"{host}:{port} is not a web server's port.", hint=HINT)
        return is_named

    def allowed(self, host: str, port: int, is_named: bool) -> list[Address]:
        """The addresses of a host that may be connected to, in the resolver's order. Resolves the name, once."""
        found = resolve(host, port)
        if is_named:
            return found
        reasons = [why_not_public(place[0]) for _, place in found]
        public = [
            entry
            for entry, reason in zip(found, reasons, strict=True)
            if reason is None and not belongs_here(entry[0], entry[1][0])
        ]
        if not public:
            reason = next(filter(None, reasons), "this machine itself")
            raise DataError(
                Kind.FORBIDDEN_ADDRESS,
                f"{host}:{port} was not contacted: {found[0][1][0]} is {reason}.",
                hint=HINT,
                host=host,
                port=port,
            )
        return public


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
