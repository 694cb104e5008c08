"""Every entry is held to the schema and to what makes a source usable; the ranking to what people write."""

import tomllib
from urllib.parse import urlsplit

import pytest

from noglue.tools.net import checksums, hub_files, url_names
from noglue.tools.readers.builtin import ROWS
from noglue.tools.sources import catalogue
from noglue.tools.sources.catalogue import ENTRIES, Entry
from noglue.tools.spec.sources import Query
from noglue.tools.spec.web_pages import last_part

FILES = sorted(ENTRIES.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_entry(path):
    entry = Entry.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    assert entry.name == path.stem
    assert set(entry.everyday) <= set(entry.names())
    assert all(alias == alias.lower() for alias in entry.names())
    for file in entry.files:
        of_the_hub = hub_files.repository_of(file.url) is not None
        assert url_names.is_data(file.url) or of_the_hub or "/data/get_csv/" in file.url
        assert file.checksum is None or str(checksums.parse(file.checksum)) == file.checksum
        assert file.bytes is None or file.checksum is not None, "whoever knows the size knows the checksum"
        assert all(last_part(mirror) == last_part(file.url) for mirror in file.mirrors)
        assert len({urlsplit(place).hostname for place in [file.url, *file.mirrors]}) == 1 + len(file.mirrors)
    if entry.builtin is not None:
        assert entry.builtin in ROWS


def test_no_name_means_two_things():
    claimed = [alias for entry in catalogue.entries() for alias in set(entry.names())]
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.name)
def test_every_name_and_phrase_finds_its_entry(entry):
    for alias in entry.names():
        assert catalogue.described(alias)[0].name == entry.name
        assert catalogue.known_names()[alias] == entry.name
    for phrase in entry.phrases:
        assert entry.name in [candidate.name for candidate in catalogue.described(phrase)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("recognise handwritten digits", ["digits", "mnist"]),
        ("Recognize hand-written digits, please", ["digits"]),
        ("train a net on MNIST", ["mnist"]),
        ("fashion mnist", ["fashion-mnist"]),
        ("Solve the CIFAR-10 problem", ["cifar10"]),
        ("cifar 100", ["cifar100"]),
        ("tell malignant from benign tumours", ["breast-cancer"]),
        ("who earns more than 50K a year?", ["adult"]),
        ("use the wine data", ["wine"]),
        ("predict wine quality", ["wine-quality"]),
        ("giftige und essbare Pilze unterscheiden", ["mushroom"]),
        ("pneumonie sur des radiographies du thorax", ["pneumoniamnist"]),
        ("razas de perros", ["stanford-dogs"]),
        ("clasificar dígitos escritos a mano", ["digits"]),
        ("reconnaître des chiffres écrits à la main", ["digits"]),
        ("Vinos por su química", ["wine"]),
        ("lettres écrites à la main", []),
        ("textos escritos a mano", []),
        ("adult education in Spain", []),
        ("length of fish", []),
        ("book me a flight", []),
        ("", []),
    ],
)
def test_find(query, expected):
    found = [candidate.name for candidate in catalogue.described(query)]
    assert found[: len(expected)] == expected
    assert "mnist" not in found or "fashion" not in query, "a name inside a longer one is not said"
    assert bool(found) == bool(expected)


def test_a_candidate_carries_what_download_needs():
    found = catalogue.get("Fashion MNIST")
    assert found is not None
    assert len(found.urls) == 4
    assert set(found.checksums) == set(found.urls) == set(found.mirrors)
    assert found.bytes == 30_878_645
    digits = catalogue.get("digits")
    assert digits is not None
    assert (digits.builtin, digits.urls) == ("digits", [])
    assert catalogue.get("no such set") is None


def test_there_are_about_sixty():
    assert 60 <= len(FILES) <= 90


def test_what_nobody_published_is_left_out():
    """No checksum is made up: the candidate says nothing of it, and the size of the whole is then unknown."""
    found = catalogue.get("imagewoof")
    assert found is not None
    assert (found.checksums, found.bytes) == ({}, None)
    derma = catalogue.get("dermamnist")
    assert derma is not None
    assert derma.checksums == {derma.urls[0]: "md5:0744692d530f8e62ec473284d019b0c7"}


def test_as_a_provider_it_needs_no_web_and_minds_the_kind_of_data():
    found = catalogue.find(Query(words="edible and poisonous mushrooms", modality="table"), None, {})
    assert [candidate.name for candidate in found] == ["mushroom"]
    assert found[0].source == "catalogue"
    assert catalogue.find(Query(words="edible and poisonous mushrooms", modality="image"), None, {}) == []


def test_limit():
    assert len(catalogue.described("handwritten digits", limit=1)) == 1


def test_everyday_names_are_known_names():
    assert {"wine", "adult", "digits", "diabetes"} <= catalogue.everyday_names() <= set(catalogue.known_names())


@pytest.mark.parametrize(
    "change",
    [
        {"files": []},
        {"builtin": "digits"},
        {"goal": "win"},
        {"colour": "red"},
        {"homepage": "ftp://x"},
        {"phrases": []},
    ],
    ids=str,
)
def test_schema_refuses(change):
    good = tomllib.loads((ENTRIES / "cifar10.toml").read_text(encoding="utf-8"))
    Entry.model_validate(good)
    with pytest.raises(ValueError, match="validation error"):
        Entry.model_validate(good | change)
