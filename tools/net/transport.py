"""A `requests` session whose sockets come from the sandbox's channel.

    session(Channel(3)).get("https://example.org/data.csv", stream=True)

TLS is done here and verified; the parent only relays bytes. Nothing is taken from the environment but the place of
the certificate file: proxies are the parent's business, and `.netrc` is out of sight.
"""

import os
import socket
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from noglue.tools.net.bounded_response import BoundedResponse, Clock
from noglue.tools.net.origin import Session
from noglue.tools.spec.errors import DataError, Kind

if TYPE_CHECKING:
    from noglue.tools.sandbox.network import Channel

CONNECT_SECONDS = 20.0
AGENT = "noglue (+https://pypi.org/project/noglue)"
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class Web(Session):
    """A session whose answers keep to a clock, which whoever asks sets going (see `bounded_response.py`)."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock


def session(channel: "Channel", seconds: float = CONNECT_SECONDS, patient: bool = True) -> Web:
    """Retries connections; refusals come through as DataError. Redirects and busy servers: `asking.py`.

    seconds: for one connection. patient: False for questions that are not worth waiting for: one more try each.
    """
    retry = Retry(
        total=4 if patient else 1,
        connect=2 if patient else 0,
        read=2 if patient else 1,
        redirect=0,
        status=0,
        other=0,
        backoff_factor=0.4,
        backoff_max=20 if patient else 5,
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    web = Web(Clock())
    web.verify = certificates()
    web.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
    web.mount("https://", _Adapter(channel, retry, seconds, web.clock))
    web.mount("http://", _Adapter(channel, retry, seconds, web.clock))
    return web


def certificates() -> str | bool:
    """The certificate file that the environment names, else the one that `requests` brings."""
    return next((os.environ[name] for name in _CERTIFICATES if os.environ.get(name)), True)


class _Adapter(HTTPAdapter):
    def __init__(self, channel: "Channel", retry: Retry, seconds: float, clock: Clock) -> None:
        self._channel, self._seconds, self._clock = channel, seconds, clock
        super().__init__(pool_connections=8, pool_maxsize=2, max_retries=retry)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._channel, self._seconds, self._clock)


def _pools(channel: "Channel", seconds: float, clock: Clock) -> dict[str, Any]:
    """urllib3's pools, with connections that ask the channel for their socket, and answers that keep to the clock."""

    def connect(connection: HTTPConnection, scheme: str) -> socket.socket:
        try:
            return channel.connect(connection.host, int(connection.port or 0), min(seconds, clock.left()), scheme)
        except DataError as error:
            if error.kind == Kind.UNREACHABLE:  # worth another try: urllib3 counts and waits
                raise NewConnectionError(connection, error.message) from error
            raise

    class Timed(BoundedResponse):
        pass

    Timed.clock = clock

    class Plain(HTTPConnection):
        response_class = Timed

        def _new_conn(self) -> socket.socket:
            return connect(self, "http")

    class Secure(HTTPSConnection):
        response_class = Timed

        def _new_conn(self) -> socket.socket:
            return connect(self, "https")

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
