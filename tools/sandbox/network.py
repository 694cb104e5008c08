"""The one way out of a sandbox: the parent connects, by the address policy, and hands over a local socket.

    parent                                     child, in a sandbox without any network
    with Broker({("127.0.0.1", 8000)}) as broker:
        start(…, descriptors=(broker.descriptor,))
                                               channel = Channel(descriptor)
                                               near = channel.connect("example.org", 443)   # a socket.socket

For each request the parent checks the policy, resolves the name once, connects to that very address, makes a pair
of unix sockets, passes one end over (SCM_RIGHTS) and relays bytes between the other and the connection. The child
never holds a TCP socket: a connected one could be disconnected and connected elsewhere. A redirect is a new
request, so it is checked like the first. Why so: docs/decisions/0003-network-broker.md.

Wire: one JSON message each way over an AF_UNIX SOCK_SEQPACKET pair. `{"host", "port", "scheme", "timeout"}`
→ `{"ok": true}` with a descriptor, or `{"ok": false, "error": Failure}`.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noglue.tools.sandbox._addresses import Address, Policy, is_inner, normal, pairs, resolve, why_not_public
from noglue.tools.sandbox._proxies import Proxy, proxy_for
from noglue.tools.spec.errors import DataError, Failure, Kind, ToolError

_MESSAGE_LIMIT = 4096
_CHUNK = 1 << 18
_CONNECTIONS_LIMIT = 64
_RESOLVER_SECONDS = 60.0


class _Request(BaseModel):
    """What the child may say, and nothing else: its process handles strangers' data."""

    model_config = ConfigDict(extra="forbid", strict=True)

    host: str = Field(max_length=1024)
    port: int = Field(ge=-(1 << 32), le=1 << 32)
    scheme: str = Field(max_length=16)
    timeout: float = Field(allow_inf_nan=False)


class Broker:
    """The parent's side, for one step. A context manager: leaving it ends every connection.

    named: host and port pairs that the user wrote himself, which may be private where they are numbers or `localhost`.
    configured: those of services that the user set up (a search server), which may be private by any name.
    offline: refuse everything. environment: where HTTPS_PROXY and its kin are read from (this process's own).
    descriptor: the child's end, to be inherited under the same number.
    """

    def __init__(
        self,
        named: set[tuple[str, int]],
        offline: bool = False,
        environment: Mapping[str, str] | None = None,
        configured: Iterable[tuple[str, int]] = (),
    ) -> None:
        self._policy = Policy(pairs(named), offline, pairs(configured))
        self._environment = os.environ if environment is None else environment
        self._control, self._child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._relays: set[_Relay] = set()
        self._thread = threading.Thread(target=self._serve, name="network broker", daemon=True)
        self.descriptor = self._child.fileno()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the service and every connection."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._child.close()
        for relay in list(self._relays):
            relay.cut()
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._control.close()

    def _serve(self) -> None:
        """Answer until the child or `close` ends the channel, or the child says what is no request."""
        try:
            self._answer_all()
        finally:
            with suppress(OSError):  # so that a child that waits for an answer does not wait in vain
                self._control.shutdown(socket.SHUT_RDWR)

    def _answer_all(self) -> None:
        with suppress(OSError):
            while message := self._control.recv(_MESSAGE_LIMIT):
                try:
                    connection = self._connect(_Request.model_validate_json(message))
                except ToolError as error:
                    self._reply({"ok": False, "error": error.failure().model_dump(mode="json")})
                except ValidationError:  # not our protocol: the child is broken, or not ours any more
                    return
                else:
                    self._hand_over(connection)

    def _hand_over(self, connection: socket.socket) -> None:
        near, far = socket.socketpair()
        relay = _Relay(connection, near, self._relays)
        relay.start()
        with far:
            self._reply({"ok": True}, far.fileno())

    def _reply(self, content: dict[str, Any], descriptor: int | None = None) -> None:
        text = json.dumps(content).encode()
        if descriptor is None:
            self._control.send(text)
        else:
            socket.send_fds(self._control, [text], [descriptor])

    def _connect(self, request: "_Request") -> socket.socket:
        """A connection to what the child asked for, if the policy has it. Raises DataError."""
        host, port = normal(request.host), request.port
        timeout = min(max(request.timeout, 0.1), 120.0)
        self._policy.check(host, port)
        if len(self._relays) >= _CONNECTIONS_LIMIT:
            raise DataError(Kind.UNREACHABLE, f"{_CONNECTIONS_LIMIT} connections are open already.")
        proxy = proxy_for(self._environment, "http" if request.scheme == "http" else "https", host, port)
        if proxy is None:
            return _first_that_answers(self._policy.allowed(host, port), host, port, timeout)
        return self._through(proxy, host, port, timeout)

    def _through(self, proxy: Proxy, host: str, port: int, timeout: float) -> socket.socket:
        """By the user's proxy. Behind one, names of the internet often can't be resolved: those the proxy resolves."""
        try:
            addresses = self._policy.allowed(host, port)
        except DataError as error:
            if error.kind == Kind.FORBIDDEN_ADDRESS or is_inner(host):
                raise
        else:
            if why_not_public(addresses[0][1][0]):  # named by the user and near: a proxy is for the internet
                return _first_that_answers(addresses, host, port, timeout)
        connection = _first_that_answers(resolve(proxy.host, proxy.port), proxy.host, proxy.port, timeout)
        try:
            connection.settimeout(timeout)
            proxy.tunnel(connection, host, port)
            connection.settimeout(None)
        except OSError as error:
            connection.close()
            raise DataError(
                Kind.UNREACHABLE, f"The proxy {proxy.host}:{proxy.port} does not answer: {error}."
            ) from error
        except DataError:
            connection.close()
            raise
        return connection


def _first_that_answers(addresses: list[Address], host: str, port: int, timeout: float) -> socket.socket:
    """A connection to one of these addresses, tried in order. `timeout` is for all of them together."""
    deadline, reason = time.monotonic() + timeout, "no address"
    for place, (family, address) in enumerate(addresses):
        share = (deadline - time.monotonic()) / (len(addresses) - place)
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(max(share, 0.1))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(None)
            return connection
        except TimeoutError:
            reason = f"no answer within {timeout:.0f} s"
        except OSError as error:
            reason = error.strerror or str(error)
        connection.close()
    raise DataError(
        Kind.UNREACHABLE,
        f"{host}:{port} can't be reached: {reason}.",
        hint="Check the address and the network; trying again later may help.",
        host=host,
        port=port,
    )


class _Relay(threading.Thread):
    """Bytes both ways between a connection and the parent's end of a pair, until either side ends."""

    def __init__(self, connection: socket.socket, near: socket.socket, register: "set[_Relay]") -> None:
        super().__init__(name="network relay", daemon=True)
        self._connection, self._near, self._register = connection, near, register
        register.add(self)

    def run(self) -> None:
        down = threading.Thread(target=self._down, name="network relay, down", daemon=True)
        down.start()
        _pump(self._near, self._connection)
        # The child closed its end: HTTP clients never half-close, so the connection has no reader any more.
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        down.join()
        self._near.close()
        self._connection.close()
        self._register.discard(self)

    def _down(self) -> None:
        _pump(self._connection, self._near)
        with suppress(OSError):
            self._near.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for end in (self._near, self._connection):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, target: socket.socket) -> None:
    buffer = memoryview(bytearray(_CHUNK))
    with suppress(OSError):
        while count := source.recv_into(buffer):
            target.sendall(buffer[:count])


class Channel:
    """The child's side. `descriptor`: the inherited socket; this object owns it."""

    def __init__(self, descriptor: int) -> None:
        self._control = socket.socket(fileno=descriptor)
        self._lock = threading.Lock()

    def connect(self, host: str, port: int, timeout: float = 20.0, scheme: str = "https") -> socket.socket:
        """A connected stream socket to that host. Makes no socket itself, which the sandbox may forbid.

        Raises DataError: `forbidden-address`, `name-not-found`, `unreachable`, `offline`.
        """
        request = {"host": host, "port": port, "timeout": timeout, "scheme": scheme}
        with self._lock:
            try:
                self._control.settimeout(timeout + _RESOLVER_SECONDS)
                self._control.send(json.dumps(request).encode())
                text, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_LIMIT, 1, socket.MSG_CMSG_CLOEXEC)
            except OSError as error:
                raise DataError(
                    Kind.UNREACHABLE, f"{host}:{port} can't be reached: the connection out is closed."
                ) from error
        if not text:
            raise DataError(Kind.UNREACHABLE, f"{host}:{port} can't be reached: the connection out is closed.")
        answer = json.loads(text)
        if not answer["ok"]:
            raise Failure.model_validate(answer["error"]).error()
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        self._control.close()
