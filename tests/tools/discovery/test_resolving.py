"""From pages of every kind to the data on them, or to the reason why there is none."""

import hashlib

import pytest

from noglue.tools.discovery.resolving import Resolver
from noglue.tools.net.reach import Reach
from noglue.tools.spec.sources import Candidate
from tests.web import Reply, page

WORDS = ["wine", "chemistry"]
ABOUT = "<p>A chemical analysis of wines from three cultivars.</p>"


def resolve(place, url: str, title: str = "", words=WORDS, **options):
    resolver = Resolver(Reach(place.way), words, [" ".join(words)], **options)
    return resolver.resolve(Candidate(name=url, title=title, urls=[], page=url)), resolver


def test_a_landing_page(place):
    sha = hashlib.sha256(b"x").hexdigest()
    body = f"""{ABOUT}<a href='paper.pdf'>paper</a> <a href='code.zip'>source code</a>
    <table><tr><td><a href='wine.csv'>wine.csv</a></td><td>{sha}</td></tr></table>
    <a href='http://mirror.example/wine.csv'>mirror</a>
    <a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>licence</a>"""
    url = place.web.add("/wine.html", page("Wine recognition", body))
    (found,), resolver = resolve(place, url)
    assert found.urls == [place.web.url("/wine.csv")]
    assert found.mirrors == {found.urls[0]: ["http://mirror.example/wine.csv"]}
    assert found.checksums == {found.urls[0]: f"sha256:{sha}"}
    assert (found.title, found.licence, found.page) == ("Wine recognition", "CC BY 4.0", url)
    assert resolver.read[0].taken == 1


def test_published_sums_are_read(place):
    place.web.add("/SHA256SUMS", Reply(f"{'a' * 64}  wine.csv\n".encode(), "text/plain"))
    url = place.web.add("/w", page("Wine", f"{ABOUT}<a href='wine.csv'>data</a><a href='SHA256SUMS'>sums</a>"))
    (found,), _ = resolve(place, url)
    assert found.checksums == {place.web.url("/wine.csv"): f"sha256:{'a' * 64}"}


def test_of_several_versions_the_one_that_is_read_best(place):
    links = "".join(f"<a href='wine.{end}'>{end}</a> " for end in ("xlsx", "mat", "csv"))
    url = place.web.add("/w", page("Wine", ABOUT + links))
    (found,), _ = resolve(place, url)
    assert found.urls == [place.web.url("/wine.csv")]


def test_of_several_data_sets_the_one_that_is_meant(place):
    links = "<a href='iris.csv'>iris</a> <a href='wine.csv'>wine chemistry</a> <a href='ships.csv'>ships</a>"
    url = place.web.add("/blog", page("My ten favourite data sets: wine, iris, …", ABOUT + links))
    (found,), _ = resolve(place, url)
    assert found.urls == [place.web.url("/wine.csv")]


def test_a_page_that_only_leads_to_the_page(place):
    place.web.add("/files/", page("Files of the wine data", f"{ABOUT}<a href='wine.zip'>all</a>"))
    url = place.web.add("/post", page("Wines by chemistry", f"{ABOUT}<a href='/files/'>Download the data</a>"))
    (found,), resolver = resolve(place, url)
    assert found.urls == [place.web.url("/files/wine.zip")]
    assert len(resolver.read) == 1


def test_a_post_that_leads_to_the_hub(place):
    hub = place.web.url("")
    link = f"{hub}/datasets/someone/wine-chemistry"
    url = place.web.add("/post", page("Wines by chemistry", f"{ABOUT}<a href='{link}'>wine on the Hub</a>"))
    (found,), _ = resolve(place, url, hub=hub)
    assert (found.urls, found.format) == ([link], "parquet")


def test_a_folder_of_files_and_a_file_itself(place):
    url = place.web.add("/wine/", page("Index of /wine", "<h1>Index of /wine</h1><a href='wine.csv'>wine.csv</a>"))
    (found,), _ = resolve(place, url, "wine chemistry")
    assert (found.urls, found.title) == ([place.web.url("/wine/wine.csv")], "wine chemistry")
    (file,), _ = resolve(place, place.web.url("/wine.csv"))
    assert file.urls == [place.web.url("/wine.csv")]


def test_a_folder_with_folders_in_it_is_taken_whole(place):
    links = "<a href='red/'>red/</a> <a href='wine.csv'>wine.csv</a>"
    url = place.web.add("/wine/", page("Index of /wine", f"<h1>Index of /wine</h1>{links}"))
    (found,), _ = resolve(place, url, "wine chemistry")
    assert found.urls == [url]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://arxiv.org/abs/1708.07747", "paper"),
        ("https://example.org/wine.pdf", "paper"),
        ("https://www.youtube.com/watch?v=1", "not data"),
        ("https://stackoverflow.com/questions/1/wine", "not data"),
        ("https://www.kaggle.com/datasets/o/wine", "signed in"),
        ("ftp://example.org/wine.csv", "not a web address"),
    ],
)
def test_places_that_have_no_data_are_not_asked(place, url, why):
    found, resolver = resolve(place, url)
    assert found == []
    assert why in resolver.read[0].why
    assert place.web.asked == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<p>Ships and what they carried</p><a href='ships.csv'>data</a>", "another topic"),
        (f"{ABOUT}<p>Sign in to download.</p><form><input type='password'></form>", "login"),
        (f"{ABOUT}<a href='train.py'>code</a><a href='model.zip'>pretrained weights</a>", "no link to data"),
        (f"{ABOUT}<a href='plot.png'>a plot</a>", "no link to data"),
    ],
    ids=["another topic", "login", "code", "a picture"],
)
def test_pages_without_data_are_left_with_a_reason(place, body, why):
    url = place.web.add("/p", page("A page", body))
    found, resolver = resolve(place, url)
    assert found == []
    assert why in resolver.read[0].why


def test_a_page_that_is_not_there(place):
    found, resolver = resolve(place, place.web.url("/gone"))
    assert found == []
    assert "404" in resolver.read[0].why
