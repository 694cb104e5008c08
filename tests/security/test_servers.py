"""Servers that misbehave: parts of files, messages in the place of data, long waits, and what lies in the cache."""

import os
import time

import pytest

from noglue.tools.net import known_places, other_answers, schemes
from noglue.tools.spec.errors import DataError
from tests.tools.fetching import Bench, bench, failure
from tests.web import Reply, page

TABLE = b"age,plan,left\n" + b"".join(b"%d,basic,yes\n" % number for number in range(3000))


@pytest.fixture
def place(tmp_path):
    with bench(tmp_path) as made:
        yield made


def content(place: Bench, url: str) -> bytes:
    return place.content(place.download(url).files[0])


@pytest.mark.parametrize("ranges", ["lying", "mislabelled"])
def test_a_part_from_elsewhere_is_never_kept(place, ranges):
    url = place.web.add("/x.csv", Reply(TABLE, etag='"1"', cut_at=[9000], ranges=ranges))
    assert content(place, url) == TABLE


def test_a_slice_with_status_200_is_never_the_whole(place):
    headers = {"Content-Range": f"bytes 9000-{len(TABLE) - 1}/{len(TABLE)}"}
    part = Reply(TABLE[9000:], etag='"1"', headers=headers, ranges="off", then=Reply(TABLE))
    url = place.web.add("/x.csv", Reply(TABLE, etag='"1"', cut_at=[9000], then=part))
    assert content(place, url) == TABLE


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "the limit is used up"}',
        b'{"message": "the limit is used up", "status": 404}',
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>the limit is used up</Message></Error>",
        b"Sorry: the limit is used up for this table.\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5c" * 32 + b"\nsize 73400320\n",
    ],
)
def test_a_message_in_the_place_of_data_is_told(place, body):
    error = failure(place, place.web.add("/x.csv", Reply(body)))
    assert (error.kind, error.code) == ("not-the-data", 4)
    assert "limit is used up" in error.message or "LFS" in error.message


def test_a_confirm_page_is_gone_through_and_a_login_is_told(place):
    form = "<form action=/uc><input type=submit value='Download anyway'><input type=hidden name=go value=t></form>"
    place.web.add("/uc?go=t", Reply(TABLE))
    assert content(place, place.web.add("/x.csv", page("x.csv", form))) == TABLE
    login = "<form method=get action=/uc><input type=password name=word><button>Download</button></form>"
    assert failure(place, place.web.add("/y.csv", page("Sign in", login))).data["reason"] == "login"


def test_a_long_retry_after_is_named_at_once(place):
    began = time.monotonic()
    error = failure(place, place.web.add("/x.csv", Reply(TABLE, first=[(429, {"Retry-After": "7200"})])))
    assert error.kind == "rate-limited"
    assert "2 hours" in error.message
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("planted", ["pipe", "folder", "link", "huge"])
def test_what_lies_in_the_cache_breaks_nothing(place, planted):
    url = place.web.add("/x.csv", Reply(TABLE, etag='"1"'))
    place.download(url)
    (entry,) = (place.folder / "cache" / "index").iterdir()
    entry.unlink()
    if planted == "pipe":
        os.mkfifo(entry)
    elif planted == "folder":
        (entry / "deep").mkdir(parents=True)
    elif planted == "link":
        entry.symlink_to("/dev/zero")
    else:
        entry.write_bytes(b"[" * 10_000_000)
    assert content(place, url) == TABLE


def test_an_entry_names_no_path(place):
    url, outside = place.web.add("/x.csv", Reply(TABLE, etag='"1"')), place.folder / "mine.txt"
    outside.write_text("mine")
    place.download(url)
    (entry,) = (place.folder / "cache" / "index").iterdir()
    text = entry.read_text().split('"sha256":"')
    entry.write_text(f'{text[0]}"sha256":"../../mine.txt{text[1][64:]}')
    assert content(place, url) == TABLE
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    "source",
    ["s3://b/a.csv", "gs://b/a.csv", "hf://datasets/o/n", "ftp://h/a.csv", "htp://x.org/a", "https//x.org/a", "http:/x.org/a",  # noqa: E501
     "postgresql://reader:hunter2pw@db.example/club", "mongodb+srv://u:hunter2pw@h/d"],
)  # fmt: skip
def test_an_address_that_cant_be_fetched_is_refused_without_its_password(source):
    error = schemes.refused(source)
    assert isinstance(error, DataError)
    assert "hunter2pw" not in error.message + error.hint + str(error.data)


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("https://docs.google.com/spreadsheets/d/K_1/edit#gid=7",
         "https://docs.google.com/spreadsheets/d/K_1/export?format=csv&gid=7"),
        ("https://gitlab.com/o/r/-/blob/main/a.csv", "https://gitlab.com/o/r/-/raw/main/a.csv"),
        ("https://bitbucket.org/o/r/src/main/a.csv", "https://bitbucket.org/o/r/raw/main/a.csv"),
        ("https://figshare.com/articles/dataset/x/123", "https://api.figshare.com/v2/articles/123/files"),
    ],
)  # fmt: skip
def test_pages_lead_to_their_files(url, direct):
    assert known_places.direct(url) == direct


POINTERS = {
    "git-annex": b"/annex/objects/MD5E-s123456--d41d8cd98f00b204e9800998ecf8427e.csv\n",
    "DVC": b"outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 14445097\n  path: x.csv\n",
    "Git LFS": b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1\noid sha256:"
    + b"5c" * 32
    + b"\nsize 73400320\n",
    "status": b'{"success": 0}',
    "null": b"null",
}


@pytest.mark.parametrize("kind", POINTERS)
def test_a_pointer_or_an_empty_answer_is_no_table(kind: str) -> None:
    told = other_answers.recognise(POINTERS[kind], len(POINTERS[kind]), "x.csv", promised=True)
    assert told is not None
    assert kind in told.says
