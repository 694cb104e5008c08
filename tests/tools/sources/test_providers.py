"""Every provider against a server that answers in the form of the real one, shortened."""

import gzip
import json
from importlib import resources

import pytest

from noglue.tools.net.reach import Reach
from noglue.tools.sources import (
    _asking,
    _providers,
    brave,
    duckduckgo,
    huggingface,
    kaggle,
    openml,
    searxng,
    tavily,
    uci,
    zenodo,
)
from noglue.tools.spec import catalogue as catalogues
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.sources import Query
from tests.web import Reply, page

WINE = Query(words="wine quality", goal="regress", modality="table")


def answer(content) -> Reply:
    return Reply(json.dumps(content).encode(), "application/json")


def find(place, provider, query=WINE, **environment):
    base = place.web.url("")
    name = provider.__name__.rpartition(".")[2].upper()
    environment = {f"NOGLUE_{name}_URL": base} | environment
    assert provider.available(environment) is None
    return provider.find(query, Reach(place.way), environment, 5)


@pytest.mark.parametrize("name", catalogues.names("noglue.tools.sources"))
def test_every_provider_is_one(name):
    provider = catalogues.load("noglue.tools.sources", name)
    told = provider.available({})
    assert told is None or isinstance(told, str)
    assert callable(provider.find)
    assert provider.FINDS in ("pages", "data")
    assert isinstance(provider.RANK, int)
    assert "http" in provider.__doc__ or name == "catalogue", "says where its service is documented"


def test_the_order_of_asking_is_what_each_provider_says():
    ranks = {
        name: catalogues.load("noglue.tools.sources", name).RANK for name in catalogues.names("noglue.tools.sources")
    }
    assert _providers.chosen(None, {}) == sorted(ranks, key=ranks.__getitem__)
    assert len(set(ranks.values())) == len(ranks), "no two stand in the same place"
    assert _providers.chosen(None, {})[0] == "catalogue"
    assert _providers.chosen(None, {})[-1] == "duckduckgo"


@pytest.mark.parametrize(
    ("provider", "lacking"),
    [(searxng, "NOGLUE_SEARXNG_URL"), (tavily, "TAVILY_API_KEY"), (brave, "BRAVE_API_KEY"), (kaggle, "KAGGLE_KEY")],
    ids=["searxng", "tavily", "brave", "kaggle"],
)
def test_what_is_missing_is_said(provider, lacking):
    assert lacking in provider.available({})


RESULT = {"url": "https://example.org/wine", "title": "Wine <b>Quality</b>", "content": "red &amp; white"}


def test_searxng(place):
    results = [RESULT | {"engine": "duckduckgo", "score": 1.0}, {"url": "javascript:alert(1)", "title": "x"}, "odd"]
    place.web.add("/search", answer({"query": "wine", "number_of_results": 0, "results": results}))
    (found,) = find(place, searxng)
    assert place.web.asked[0].path == "/search?q=wine+quality&format=json"
    assert (found.page, found.title, found.text) == ("https://example.org/wine", "Wine Quality", "red & white")
    assert (found.urls, found.source) == ([], "searxng")


def test_searxng_that_gives_no_json(place):
    place.web.add("/search", Reply(b"Forbidden", "text/html", 403))
    with pytest.raises(DataError) as caught:
        find(place, searxng)
    assert "formats" in caught.value.hint


def test_tavily(place):
    place.web.add("/search", answer({"query": "wine", "results": [RESULT | {"score": 0.9}], "response_time": 1.0}))
    (found,) = find(place, tavily, TAVILY_API_KEY="tvly-123")
    asked = place.web.asked[0]
    assert (asked.method, asked.headers["Authorization"]) == ("POST", "Bearer tvly-123")
    assert json.loads(asked.body) == {"query": "wine quality", "max_results": 5}
    assert found.page == RESULT["url"]


def test_brave(place):
    result = {"title": "Wine", "url": RESULT["url"], "description": "with <strong>chemistry</strong>"}
    place.web.add("/res/v1/web/search", answer({"type": "search", "web": {"type": "search", "results": [result]}}))
    (found,) = find(place, brave, BRAVE_API_KEY="BSA123")
    assert place.web.asked[0].headers["X-Subscription-Token"] == "BSA123"
    assert (found.page, found.text) == (RESULT["url"], "with chemistry")


def test_duckduckgo(place):
    link = "//duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fwine&amp;rut=abc"
    body = f"""<div class="result results_links"><div class="links_main result__body">
      <h2 class="result__title"><a class="result__a" href="{link}">Wine Quality</a></h2>
      <a class="result__snippet" href="{link}">Physicochemical tests of vinho verde</a></div></div>
      <div class="result--ad"><a href="https://duckduckgo.com/y.js?ad_domain=x">buy wine</a></div>"""
    place.web.add("/html/", page("wine at DuckDuckGo", body))
    (found,) = find(place, duckduckgo)
    assert (found.page, found.title) == ("https://example.org/wine", "Wine Quality")
    assert "vinho verde" in found.text
    place.web.add("/html/", page("DuckDuckGo", "<div class='anomaly-modal'>anomaly: select all ducks</div>"))
    with pytest.raises(DataError, match="wants to see a person"):
        find(place, duckduckgo)


def test_duckduckgo_stands_back_for_another_engine():
    assert "searxng" in str(duckduckgo.available({"NOGLUE_SEARXNG_URL": "http://x"}))
    assert duckduckgo.available({}) is None


def test_zenodo(place):
    files = [
        {"key": "README.md", "size": 10, "checksum": "md5:" + "0" * 32, "links": {"self": "…"}},
        {"key": "wine.csv", "size": 1234, "checksum": "md5:" + "a" * 32, "links": {"self": "…"}},
    ]
    told = {"title": "Wine", "description": "<p>Tests &amp; scores</p>", "access_right": "open", "keywords": ["wine"]}
    open_one = {"id": 53169, "metadata": told | {"license": {"id": "cc-by-4.0"}}, "files": files}
    closed = {"id": 2, "metadata": told | {"access_right": "restricted"}, "files": files}
    place.web.add("/api/records", answer({"hits": {"total": 2, "hits": [open_one, closed]}}))
    (found,) = find(place, zenodo)
    assert "type=dataset" in place.web.asked[0].path
    assert found.urls == [place.web.url("/records/53169/files/wine.csv?download=1")]
    assert found.checksums == {found.urls[0]: "md5:" + "a" * 32}
    assert (found.bytes, found.licence) == (1234, "cc-by-4.0")
    assert "Tests & scores" in found.text


def test_uci(place):
    place.web.add("/api/datasets/list", answer({"status": 200, "data": [{"id": 186, "name": "Wine Quality"}]}))
    told = {
        "uci_id": 186,
        "name": "Wine Quality",
        "abstract": "Red and white vinho verde",
        "repository_url": "https://archive.ics.uci.edu/dataset/186/wine+quality",
        "data_url": "https://archive.ics.uci.edu/static/public/186/data.csv",
        "tasks": ["Classification", "Regression"],
        "num_instances": 4898,
        "target_col": ["quality"],
        "variables": [{"name": "alcohol", "role": "Feature"}, {"name": "quality", "role": "Target"}],
        "additional_info": {"summary": "Two datasets are included"},
    }
    place.web.add("/api/dataset", answer({"status": 200, "data": told}))
    (found,) = find(place, uci)
    assert found.urls == ["https://archive.ics.uci.edu/static/public/186/data.csv"]
    assert (found.target, found.rows, found.columns) == ("quality", 4898, ["alcohol", "quality"])
    assert find(place, uci, Query(words="wine labels", modality="image")) == []


def recorded(name: str) -> bytes:
    """A real answer of OpenML, as scikit-learn keeps it."""
    packed = resources.files("sklearn.datasets.tests.data.openml.id_61").joinpath(f"api-v1-{name}.json.gz")
    return gzip.decompress(packed.read_bytes())


def test_openml_with_its_own_answers(place):
    base = "/api/v1/json/data"
    about = json.loads(recorded("jd-61"))
    about["data_set_description"]["parquet_url"] = "https://data.openml.org/datasets/0000/0061/dataset_61.pq"
    listed = Reply(recorded("jdl-dn-iris-l-2-dv-1"), "application/json")
    place.web.add(f"{base}/list/data_name/iris/status/active/limit/3", listed)
    place.web.add(f"{base}/61", answer(about))
    features = json.loads(recorded("jdf-61"))
    place.web.add(f"{base}/features/61", answer(features))
    missing = Reply(b'{"error":{"code":"372","message":"No results"}}', "application/json", 412)
    place.web.add(f"{base}/list/data_name/flowers/status/active/limit/3", missing)
    (found,) = find(place, openml, Query(words="iris flowers"))
    assert found.urls == ["https://data.openml.org/datasets/0000/0061/dataset_61.pq"]
    assert (found.target, found.goal, found.rows) == ("class", "classify", 150)
    assert "sepallength" in found.columns
    features["data_features"]["feature"][-1]["nominal_value"] = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]
    place.web.add(f"{base}/features/61", answer(features))
    (newer,) = find(place, openml, Query(words="iris flowers"))
    assert newer.classes == ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]


def test_kaggle(place):
    item = {
        "ref": "uciml/red-wine-quality",
        "titleNullable": "Red Wine Quality",
        "subtitle": "Simple and clean",
        "totalBytes": 28593,
        "licenseName": "ODbL",
        "tags": [{"name": "food"}],
    }
    place.web.add("/api/v1/datasets/list", answer([item]))
    (found,) = find(place, kaggle, KAGGLE_USERNAME="me", KAGGLE_KEY="secret12")
    assert place.web.asked[0].headers["Authorization"] == "Basic bWU6c2VjcmV0MTI="
    assert found.urls == [place.web.url("/api/v1/datasets/download/uciml/red-wine-quality")]
    assert (found.title, found.bytes, found.licence) == ("Red Wine Quality", 28593, "ODbL")


def test_kaggles_key_opens_the_download_and_goes_to_nobody_else(place, monkeypatch):
    for name, value in {"KAGGLE_USERNAME": "me", "KAGGLE_KEY": "secret12"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NOGLUE_KAGGLE_URL", place.web.url(""))
    path = "/api/v1/datasets/download/uciml/red-wine-quality"
    place.web.add(path, Reply(b"a,b\n1,2\n", password="Basic bWU6c2VjcmV0MTI="))
    assert place.download(place.web.url(path)).count == 1
    monkeypatch.setenv("NOGLUE_KAGGLE_URL", "https://www.kaggle.com")
    place.web.add("/open.csv", Reply(b"a,b\n1,2\n"))
    place.download(place.web.url("/open.csv"))
    assert "Authorization" not in place.web.asked[-1].headers


HUB_ITEM = {
    "id": "someone/wine-quality",
    "gated": False,
    "private": False,
    "tags": ["task_categories:tabular-classification", "license:mit", "modality:tabular"],
    "description": "Physicochemical tests",
    "cardData": {"pretty_name": "Wine Quality"},
}


def test_huggingface(place):
    gated = HUB_ITEM | {"id": "someone/gated", "gated": "auto"}
    place.web.add("/api/datasets", answer([HUB_ITEM, gated]))
    features = {
        "alcohol": {"dtype": "float64", "_type": "Value"},
        "quality": {"names": ["bad", "good"], "_type": "ClassLabel"},
    }
    splits = {"train": {"num_bytes": 10, "num_examples": 1599}}
    info = {"default": {"features": features, "splits": splits, "download_size": 4321}}
    place.web.add("/info", answer({"dataset_info": info}))
    base = place.web.url("")
    (found,) = find(place, huggingface, HF_ENDPOINT=base, HF_TOKEN="hf_x")[:1]
    assert found.urls == [f"{base}/datasets/someone/wine-quality"]
    assert (found.title, found.licence, found.modality, found.goal) == ("Wine Quality", "mit", "table", "classify")
    assert (found.columns, found.classes, found.target) == (["alcohol", "quality"], ["bad", "good"], "quality")
    assert (found.rows, found.bytes) == (1599, 4321)
    assert place.web.asked[0].headers["Authorization"] == "Bearer hf_x"
    without = find(place, huggingface, HF_ENDPOINT=base)
    assert [one.name for one in without] == ["someone/wine-quality"], "gated sets need a token"


def test_huggingface_without_its_viewer_reads_the_card(place):
    names = {"class_label": {"names": {"0": "cat", "1": "dog"}}}
    features = [{"name": "image", "dtype": "image"}, {"name": "label", "dtype": names}]
    info = {"features": features, "splits": [{"name": "train", "num_examples": 800}], "download_size": 9}
    place.web.add("/api/datasets", answer([HUB_ITEM | {"cardData": {"dataset_info": [info]}}]))
    (found,) = find(place, huggingface, HF_ENDPOINT=place.web.url(""))
    assert (found.modality, found.classes, found.rows) == ("image", ["cat", "dog"], 800)


def test_the_hubs_viewer_stands_beside_it():
    assert huggingface.viewer({}) == "https://datasets-server.huggingface.co"
    assert huggingface.viewer({"HF_ENDPOINT": "https://hub.example"}) == "https://datasets-server.hub.example"
    assert huggingface.viewer({"HF_ENDPOINT": "http://10.0.0.1:80"}) == "http://10.0.0.1:80"
    assert huggingface.viewer({"NOGLUE_HUB_VIEWER_URL": "https://v.example/"}) == "https://v.example"


@pytest.mark.parametrize("odd", [[], {}, {"results": 3}, {"hits": {"hits": [None, 1]}}, "text", None, {"data": {}}])
@pytest.mark.parametrize(
    "provider", [searxng, zenodo, uci, huggingface, tavily, brave, kaggle], ids=lambda p: p.__name__
)
def test_answers_of_another_form_give_nothing(place, provider, odd):
    for path in ("/search", "/api/records", "/api/datasets/list", "/api/datasets", "/res/v1/web/search"):
        place.web.add(path, answer(odd))
    place.web.add("/api/v1/datasets/list", answer(odd))
    keys = {"TAVILY_API_KEY": "k", "BRAVE_API_KEY": "k", "KAGGLE_USERNAME": "u", "KAGGLE_KEY": "k"}
    assert find(place, provider, HF_ENDPOINT=place.web.url(""), **keys) == []


def test_narrower_words():
    assert _asking.narrower(Query(words="wine chemistry cultivar")) == [
        "wine chemistry cultivar",
        "wine chemistry",
        "chemistry",
        "cultivar",
        "wine",
    ]
