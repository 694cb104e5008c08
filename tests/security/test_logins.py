"""A login, a key or a cookie goes to the scheme, host and port that it was given for, and nowhere else."""

import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from noglue.tools import download
from noglue.tools.net import hub_files as hub
from noglue.tools.net import known_places, origin
from noglue.tools.net.cache_store import Store
from noglue.tools.net.fetch import Fetcher
from noglue.tools.net.from_pages import Gatherer
from noglue.tools.net.reach import Reach
from noglue.tools.sandbox.network import Broker, Channel
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Step
from tests.web import Reply, Web, page, redirect, self_signed

LOGIN = "Basic " + base64.b64encode(b"me:hush").decode()
TABLE = b"a,b\n1,2\n"


class Places:
    """The place that a login is for, another port and another scheme of the same host; all may be reached."""

    def __init__(self, own: Web, other: Web, secure: Web, way: Channel, folder: Path) -> None:
        self.own, self.other, self.secure, self.way, self.folder = own, other, secure, way, folder

    def step(self) -> Step:
        place = self.folder / "run" / "steps" / "01-download"
        place.mkdir(parents=True, exist_ok=True)
        return Step(place, self.folder / "run", self.folder / "cache", emit=lambda _: None, network=self.way)

    def with_login(self, path: str, web: Web | None = None) -> str:
        return (web or self.own).url(path).replace("//", "//me:hush@")

    def get(self, source: str) -> Any:
        try:
            return download.run(download.Args(sources=[source]), self.step())
        except DataError as error:
            return error

    def elsewhere(self) -> list[dict[str, str]]:
        return [asked.headers for web in (self.other, self.secure) for asked in web.asked]

    def nothing_went_elsewhere(self) -> None:
        for headers in self.elsewhere():
            assert headers.keys().isdisjoint({"Authorization", "Cookie", "X-Subscription-Token", "Referer"}), headers


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HF_TOKEN", "HF_ENDPOINT", "KAGGLE_KEY", "NOGLUE_KAGGLE_URL"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:
        webs = [stack.enter_context(web) for web in (Web(), Web(), Web(certificate))]
        broker = stack.enter_context(Broker({(web.host, web.port) for web in webs}, environment={}))
        way = stack.enter_context(closing(Channel(os.dup(broker.descriptor))))
        for web in webs:
            web.add("/x.csv", Reply(TABLE, "text/csv"))
        yield Places(*webs, way, tmp_path)


def test_a_login_goes_to_its_own_place(places: Places) -> None:
    places.own.add("/near.csv", redirect("/x.csv"))
    places.get(places.with_login("/near.csv"))
    assert [asked.headers.get("Authorization") for asked in places.own.asked] == [LOGIN, LOGIN]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_login_goes_after_a_redirect_to_another_port_or_scheme(places: Places, status: int) -> None:
    for number, web in enumerate((places.other, places.secure)):
        places.own.add(f"/{number}.csv", redirect(web.url("/x.csv"), status))
        places.get(places.with_login(f"/{number}.csv"))
        places.secure.add(f"/{number}.csv", redirect(places.other.url("/x.csv"), status))  # https → http
        places.get(places.with_login(f"/{number}.csv", places.secure))
    assert len(places.other.asked) == 3
    assert [asked.headers.get("Authorization") for asked in places.other.asked] == [None] * 3
    came = [(asked.path == "/x.csv", asked.headers.get("Authorization")) for asked in places.secure.asked]
    assert came == [(False, LOGIN), (True, None), (False, LOGIN)]


def test_no_login_goes_from_a_page_to_another_port_or_scheme(places: Places) -> None:
    """The page itself lies at the other place after a redirect, its links are relative; or a <base> points there."""
    for number, web in enumerate((places.other, places.secure)):
        place = web.url("").rstrip("/")
        web.add("/data/page.html", page("Data", '<a href="x.csv">the data</a>'))
        web.add("/data/x.csv", Reply(TABLE, "text/csv"))
        places.own.add(f"/{number}", redirect(f"{place}/data/page.html"))
        places.get(places.with_login(f"/{number}"))
        places.own.add(f"/b{number}", page("Data", f'<base href="{place}/data/"><a href="x.csv">the data</a>'))
        places.get(places.with_login(f"/b{number}"))
        places.own.add(f"/s{number}", page("Data", f'<a href="//{web.host}:{web.port}/data/x.csv">the data</a>'))
        places.get(places.with_login(f"/s{number}"))
        assert web.count("/data/x.csv") >= 2
    places.nothing_went_elsewhere()


def test_a_cookie_goes_back_to_the_place_that_set_it(places: Places) -> None:
    crumb = {"Set-Cookie": "session=secret; Path=/; Domain=127.0.0.1"}
    for headers in (crumb, {"Set-Cookie": "session=secret; Path=/"}):
        for web in (places.other, places.secure):
            there = redirect(web.url("/x.csv"))
            there.headers |= headers
            places.own.add("/c.csv", there)
            places.own.add("/d.csv", redirect("/x.csv"))
            places.own.replies["/d.csv"].headers |= {"Set-Cookie": "session=secret; Path=/"}
            places.get(places.own.url("/c.csv"))
            places.get(places.own.url("/d.csv"))
    assert places.own.asked[-1].headers.get("Cookie") == "session=secret"
    places.nothing_went_elsewhere()


@pytest.mark.parametrize("name", ["X-Subscription-Token", "Authorization"])
def test_a_key_of_a_search_stays_with_its_place(places: Places, name: str) -> None:
    with closing(Reach(places.way)) as reach:
        for number, web in enumerate((places.other, places.secure)):
            web.add("/api", Reply(b"{}", "application/json"))
            places.own.add(f"/api{number}", redirect(web.url("/api")))
            assert reach.json(places.own.url(f"/api{number}"), headers={name: "secret"}) == {}
        places.secure.add("/down", redirect(places.own.url("/api2")))
        places.own.add("/api2", Reply(b"{}", "application/json"))
        assert reach.json(places.secure.url("/down"), headers={name: "secret"}) == {}
    assert name not in places.own.asked[-1].headers
    assert [name in asked.headers for asked in (*places.other.asked, *places.secure.asked)] == [False, False, True]


def test_a_hubs_token_goes_to_the_hub_of_the_environment_alone(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan may name another hub; a page may link to the hub without TLS, or to another port of it."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_the_user")
    answer = Reply(b'{"siblings": [{"rfilename": "x.csv"}]}', "application/json")
    for web in (places.own, places.other):
        web.add("/api/datasets/o/n", answer)
        web.add("/datasets/o/n/resolve/main/x.csv", Reply(TABLE, "text/csv"))
    with closing(Fetcher(Store(places.folder / "cache"), places.step())) as fetcher:
        Gatherer(fetcher, [], places.other.url("")).gather(places.other.url("/datasets/o/n"))
        assert len(places.other.asked) > 1
        assert fetcher.headers == {}
        monkeypatch.setenv("HF_ENDPOINT", places.own.url(""))
        Gatherer(fetcher, [], places.own.url("")).gather(places.own.url("/datasets/o/n"))
        assert "Authorization" in places.own.asked[-1].headers
        hub.authorize(fetcher)
        for near in ("http://huggingface.co/x", "https://huggingface.co:8443/x", "https://cdn.huggingface.co/x"):
            assert fetcher.headers.get(origin.of(near)) is None
    places.nothing_went_elsewhere()


def test_a_kaggle_key_is_for_https_of_kaggle() -> None:
    headers = known_places.logins({"KAGGLE_USERNAME": "me", "KAGGLE_KEY": "hush"})
    assert set(headers) == {origin.of("https://www.kaggle.com/api/v1/x")}
    assert headers.keys().isdisjoint({origin.of("http://www.kaggle.com"), origin.of("https://www.kaggle.com:444")})


def test_no_netrc_is_read(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    (places.folder / ".netrc").write_text("machine 127.0.0.1 login me password hush\ndefault login me password hush\n")
    (places.folder / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(places.folder))
    monkeypatch.setenv("NETRC", str(places.folder / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", places.other.url(""))
    places.get(places.own.url("/x.csv"))
    assert [asked.headers.get("Authorization") for asked in places.own.asked] == [None]
    assert places.other.asked == []
