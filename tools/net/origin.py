"""Scheme, host and port of an address: what a login, a key or a cookie is for, and nothing beside it.

>>> of("https://me:secret@Example.org/a?b"), of("http://example.org:8080")
('https://example.org:443', 'http://example.org:8080')
"""

from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

import requests
from requests.cookies import get_cookie_header

_PORTS = {"http": 80, "https": 443}
_MADE_AT = "noglue-origin"


def of(url: str) -> str:
    """Empty for what is no address of a host."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return ""
    return f"{parts.scheme.lower()}://{parts.hostname}:{port}" if parts.hostname else ""


def same(one: str, other: str) -> bool:
    return of(one) == of(other) != ""


class Session(requests.Session):
    """One that takes no login of the environment, and whose cookies stay with their origin. Redirects are questions of
    their own (`asking.py`), which lets a login go no further."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxies of the environment, no ~/.netrc
        self.cookies.set_policy(_OfTheirOrigin())

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        return self._with_its_cookies(super().prepare_request(request))

    def _with_its_cookies(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """`requests` fills the header from a jar of its own, which does not know the policy."""
        prepared.headers.pop("Cookie", None)
        header: Any = get_cookie_header
        if cookies := header(self.cookies, prepared):
            prepared.headers["Cookie"] = cookies
        return prepared


class _OfTheirOrigin(DefaultCookiePolicy):
    """A cookie goes back to the scheme, host and port that set it; by the standard it would go to every port."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        if not super().set_ok(cookie, request):
            return False
        cookie.set_nonstandard_attr(_MADE_AT, of(request.get_full_url()))
        return True

    def return_ok(self, cookie: Cookie, request: Request) -> bool:
        made_at: Any = cookie.get_nonstandard_attr(_MADE_AT)
        return made_at == of(request.get_full_url()) and super().return_ok(cookie, request)
