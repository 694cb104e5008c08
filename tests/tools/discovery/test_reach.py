"""Short answers: bounded, remembered, polite, and a dead host is asked once."""

import pytest

from noglue.tools.net.reach import HEAD, LIMIT, Reach
from noglue.tools.net.transport import AGENT
from noglue.tools.spec.errors import DataError
from tests.web import Reply, page, redirect


@pytest.fixture
def reach(place):
    made = Reach(place.way)
    yield made
    made.close()


def kind(ask) -> str:
    with pytest.raises(DataError) as caught:
        ask()
    return caught.value.kind


def test_json_is_asked_once_and_says_who_asks(place, reach):
    url = place.web.add("/api", Reply(b'{"hits": [1]}', "application/json"))
    for _ in range(3):
        assert reach.json(url, {"q": "wine red"}) == {"hits": [1]}
    assert [asked.path for asked in place.web.asked] == ["/api?q=wine+red"]
    assert place.web.asked[0].headers["User-Agent"] == AGENT
    assert reach.json(url, body={"q": 1}) == {"hits": [1]}
    assert (place.web.asked[-1].method, place.web.asked[-1].body) == ("POST", b'{"q": 1}')


def test_a_page_and_its_words(place, reach):
    body = "<p>Wines of Italy</p><script>var hidden = 1</script><a href='wine.csv'>data</a>"
    found = reach.page(place.web.add("/wine", page("Wine", body)))
    assert (found.title, found.links[0].name) == ("Wine", "wine.csv")
    assert "Wines of Italy" in found.text
    assert "hidden" not in found.text


def test_the_first_bytes_are_enough(place, reach):
    content = b"a,b\n" + b"1,2\n" * 100_000
    ranged = reach.look(place.web.add("/x.csv", Reply(content, "text/csv")))
    whole = reach.look(place.web.add("/y.csv", Reply(content, "text/csv", ranges="off")))
    for look in (ranged, whole):
        assert look.head == content[:HEAD]
        assert look.bytes in (len(content), None)
    assert ranged.bytes is None or ranged.bytes == len(content)
    assert whole.bytes == len(content)


def test_what_is_too_long_is_not_read(place, reach):
    url = place.web.add("/long", Reply(b"[" + b"1," * LIMIT, "application/json"))
    assert kind(lambda: reach.json(url)) == "too-large"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(b"<html>no", "text/html"), "server-error"),
        (Reply(b"x", status=404), "not-found"),
        (Reply(b"x", status=403), "forbidden"),
        (Reply(b"x", status=429), "rate-limited"),
    ],
    ids=["no json", "404", "403", "429"],
)
def test_refusals_have_names_and_are_remembered(place, reach, reply, expected):
    url = place.web.add("/api", reply)
    assert kind(lambda: reach.json(url)) == expected
    before = len(place.web.asked)
    assert kind(lambda: reach.json(url)) == expected
    assert len(place.web.asked) == before


def test_a_busy_server_is_asked_again_when_it_says(place, reach):
    url = place.web.add("/api", Reply(b"[]", "application/json", first=[(429, {"Retry-After": "0"})]))
    assert reach.json(url) == []


def test_a_key_stays_with_its_host(place, reach):
    other = place.web.add("/there", Reply(b"{}", "application/json"))
    url = place.web.add("/api", redirect(other.replace("127.0.0.1", "localhost")))
    kind_or_answer = None
    try:
        kind_or_answer = reach.json(url, headers={"X-Subscription-Token": "secret"})
    except DataError as error:
        kind_or_answer = error.kind  # localhost was not named by the user
    assert kind_or_answer in ({}, "forbidden-address")
    assert all("X-Subscription-Token" not in asked.headers for asked in place.web.asked if asked.path == "/there")
    near = place.web.add("/near", redirect("/there"))
    assert reach.json(near, headers={"X-Subscription-Token": "secret"}) == {}
    assert place.web.asked[-1].headers["X-Subscription-Token"] == "secret"


def test_private_addresses_are_refused_and_a_dead_host_costs_its_time_once(reach):
    assert kind(lambda: reach.page("http://127.0.0.1:9/a")) == "forbidden-address"
    asked = reach.asked
    assert kind(lambda: reach.page("http://127.0.0.1:9/b")) == "forbidden-address"
    assert reach.asked == asked
