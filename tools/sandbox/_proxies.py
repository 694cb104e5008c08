"""The user's web proxy: `HTTPS_PROXY=http://user:word@proxy.example:3128`, `NO_PROXY=.example.org,10.0.0.0/8`.

Everything goes through a CONNECT tunnel, plain http too, so that the parent never reads what is transferred.
"""

import base64
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from noglue.tools.spec.errors import DataError, Kind

_ANSWER_LIMIT = 16384


@dataclass(frozen=True)
class Proxy:
    host: str
    port: int
    credentials: str | None = None

    def tunnel(self, connection: socket.socket, host: str, port: int) -> None:
        """Ask for a tunnel on a connection to the proxy. Raises DataError `forbidden` or `unreachable`."""
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if self.credentials is not None:
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(self.credentials.encode()).decode()}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n") and len(answer) < _ANSWER_LIMIT:
            byte = connection.recv(1)  # not one byte more: what follows belongs to the tunnel
            if not byte:
                break
            answer += byte
        status = answer.split(b" ", 2)[1:2]
        if status == [b"200"]:
            return
        reason = answer.split(b"\r\n", 1)[0].decode("latin-1")[:200] or "no answer"
        kind = Kind.FORBIDDEN if status in ([b"407"], [b"403"]) else Kind.UNREACHABLE
        raise DataError(
            kind,
            f"The proxy {self.host}:{self.port} opened no tunnel to {target}: {reason}.",
            hint="Check HTTPS_PROXY and NO_PROXY, or use an https address.",
        )


def proxy_for(environment: Mapping[str, str], scheme: str, host: str, port: int) -> Proxy | None:
    """The proxy that the environment asks for, or None. Raises DataError `unreachable` for a kind we can't speak."""
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
    text = next((environment[name] for name in names if environment.get(name)), "")
    if not text or _excepted(environment.get("no_proxy") or environment.get("NO_PROXY") or "", host, port):
        return None
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme != "http" or not parts.hostname:
        message = f"The proxy in the environment is of a kind that is not supported ({parts.scheme or text[:40]})."
        raise DataError(Kind.UNREACHABLE, message, hint="Set HTTPS_PROXY to http://HOST:PORT.")
    credentials = None
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Proxy(parts.hostname, parts.port or 80, credentials)


def _excepted(no_proxy: str, host: str, port: int) -> bool:
    for entry in filter(None, (part.strip().lower() for part in no_proxy.split(","))):
        name, _, number = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
        if number and number != str(port):
            continue
        if entry == "*" or host == name.lstrip(".") or host.endswith("." + name.lstrip(".")) or _within(host, name):
            return True
    return False


def _within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
