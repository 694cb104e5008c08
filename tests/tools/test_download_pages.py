"""Landing pages, listings, repositories: from what a person names to the files behind it."""

import hashlib
import json
from pathlib import Path

import pytest

from noglue.tools.net import checksums, choose_links, html_page, hub_files, known_places
from noglue.tools.spec.web_pages import Link
from tests.tools.fetching import Bench, failure
from tests.web import Reply, page, redirect

VERSIONS = ("python", "matlab", "binary")
IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def names(result) -> list[str]:
    return [Path(file).name for file in result.files]


# ---- landing pages ---------------------------------------------------------------------------------------------


def cifar(place: Bench, wrong: str = "") -> str:
    """The form of https://www.cs.toronto.edu/~kriz/cifar.html: two data sets, three versions each, MD5 in the table."""
    tables = ""
    for which in ("10", "100"):
        rows = ""
        for version in VERSIONS:
            name, content = f"cifar-{which}-{version}.tar.gz", f"{which} {version}".encode()
            place.web.add(f"/{name}", Reply(content))
            md5 = hashlib.md5(content + (b"!" if name == wrong else b"")).hexdigest()
            label = f"CIFAR-{which} {version} version"
            rows += f'<tr><td><a href="{name}">{label}</a></td><td>163 MB</td><td>{md5}</td></tr>'
        tables += f"<h2>The CIFAR-{which} dataset</h2><table><tr><td>Version</td><td>md5sum</td></tr>{rows}</table>"
    body = f'<a href="/">home</a> <a href="learning-features-2009-TR.pdf">report</a> {tables}'
    return place.web.add("/cifar.html", page("CIFAR-10 and CIFAR-100 datasets", body))


def test_of_two_links_to_one_file_the_one_beside_the_page():
    mirror = Link("http://mirror.example/wine.csv", "mirror 1")
    own = Link("http://archive.example/wine/wine.csv", "wine.csv")
    chosen = choose_links.choose([mirror, own], [], page="http://archive.example/wine/")
    assert (chosen.links, chosen.left) == ([own], [mirror])


def test_a_dead_file_gives_way_to_its_mirror_on_the_same_page(place):
    place.web.add("/mirror/wine.csv", Reply(b"a,b\n1,2\n", "text/csv"))
    links = f"<a href='wine.csv'>wine.csv</a> <a href='{place.web.url('/mirror/wine.csv')}'>mirror</a>"
    url = place.web.add("/wine/", page("Wine", links))
    result = place.download(url)
    assert names(result) == ["wine.csv"]
    assert place.content(result.files[0]) == b"a,b\n1,2\n"
    assert place.web.count("/wine/wine.csv") == 1
    assert "404" in place.notes()


def test_source_code_is_no_data():
    table = Link("http://a.example/raw/crabs.csv", "crabs.csv")
    code = Link("http://a.example/archive/crabs-src.zip", "Download the sources")
    assert choose_links.choose([code, table], []).links == [table]
    assert choose_links.choose([code], []).links == [code]


def test_three_versions_of_two_data_sets(place):
    url = cifar(place)
    for prefer, taken in (
        ([], "cifar-10-python"),
        (["CIFAR-10"], "cifar-10-python"),
        (["solve cifar-100"], "cifar-100-python"),
        (["Solve the CIFAR-10 problem at http://127.0.0.1:100/cifar-100-binary.html"], "cifar-10-python"),
        (["CIFAR-10", "binary"], "cifar-10-binary"),
    ):
        result = place.download(url, prefer=prefer)
        assert names(result) == [f"{taken}.tar.gz"]
        assert result.origins[0].checksum_verified
    assert len(result.pages[0].left) == 5
    assert result.pages[0].title == "CIFAR-10 and CIFAR-100 datasets"
    assert place.web.count("/learning-features-2009-TR.pdf") == 0


def test_the_checksum_on_the_page_counts(place):
    assert failure(place, cifar(place, wrong="cifar-10-python.tar.gz")).kind == "checksum-mismatch"


def test_four_idx_files(place):
    for name in IDX:
        place.web.add(f"/data/{name}.gz", Reply(name.encode()))
    links = "".join(f'<li><a href="data/{name}.gz">{name}</a>' for name in sorted(IDX))
    url = place.web.add("/fashion", page("Fashion", f"<ul>{links}</ul><a href='other.zip'>old version</a>"))
    result = place.download(url)
    assert names(result) == [f"{name}.gz" for name in IDX]
    assert len({Path(file).parent for file in result.files}) == 1


def test_train_and_test_tables_belong_together(place):
    for name in ("train.csv", "test.csv", "readme.txt"):
        place.web.add(f"/{name}", Reply(name.encode()))
    url = place.web.add(
        "/t.html", page("T", '<a href="train.csv">1</a><a href="test.csv">2</a><a href="readme.txt">3</a>')
    )
    assert names(place.download(url)) == ["train.csv", "test.csv"]


def test_checksum_files_beside_the_link(place):
    content = b"right"
    place.web.add("/d.zip", Reply(content))
    place.web.add("/SHA256SUMS", Reply(f"{'0' * 64}  e.zip\n{hashlib.sha256(content).hexdigest()} *./d.zip\n".encode()))
    url = place.web.add("/p.html", page("P", '<a href="d.zip">data</a> <a href="SHA256SUMS">sums</a>'))
    assert place.download(url).origins[0].checksum_verified
    place.web.add("/SHA256SUMS", Reply(f"{'0' * 64}  d.zip\n".encode()))
    assert failure(place, url).kind == "checksum-mismatch"


def test_a_checksum_file_that_is_missing_is_no_obstacle(place):
    place.web.add("/d.zip", Reply(b"x"))
    url = place.web.add("/p.html", page("P", '<a href="d.zip">data</a> <a href="d.zip.md5">md5</a>'))
    assert not place.download(url).origins[0].checksum_verified
    assert "could not be had" in place.notes()


def test_a_download_page_one_click_away(place):
    place.web.add("/files/", page("Files", '<a href="data.csv">data</a>'))
    place.web.add("/files/data.csv", Reply(b"1,2\n"))
    url = place.web.add("/", page("Project", '<a href="/about">About</a><a href="/files/">Download</a>'))
    assert names(place.download(url)) == ["data.csv"]


def test_a_download_link_without_an_ending(place):
    place.web.add("/get", Reply(b"1,2\n", "text/csv", headers={"Content-Disposition": 'attachment; filename="d.csv"'}))
    url = place.web.add("/p", page("Project", '<a href="/get?id=3">Download the data</a>'))
    assert names(place.download(url)) == ["d.csv"]


def test_a_page_without_data(place):
    error = failure(place, place.web.add("/p", page("Nice page", '<a href="/about">About us</a>')))
    assert error.kind == "no-data-links"
    assert "'Nice page'" in error.message
    assert "'About us'" in error.message


def test_a_link_on_a_page_may_not_point_inside(place):
    url = place.web.add("/p", page("P", '<a href="http://169.254.169.254/creds.csv">data</a>'))
    assert failure(place, url).kind == "forbidden-address"


def test_pages_work_offline_after_the_first_time(place):
    url = cifar(place)
    place.download(url)
    asked = len(place.web.asked)
    result = place.download(url, offline=True)
    assert names(result) == ["cifar-10-python.tar.gz"]
    assert len(place.web.asked) == asked


def test_relative_links_start_at_the_final_address(place):
    place.web.add("/old", redirect("/new/page.html"))
    place.web.add("/new/page.html", page("P", '<a href="d.csv">d</a>'))
    place.web.add("/new/d.csv", Reply(b"1\n"))
    assert names(place.download(place.web.url("/old"))) == ["d.csv"]


def test_a_page_behind_a_password(place):
    for path, reply in (("/p", page("P", '<a href="d.csv">d</a>')), ("/d.csv", Reply(b"1\n"))):
        reply.password = "Basic bWU6aHVzaA=="
        place.web.add(path, reply)
    assert names(place.download(place.web.url("/p").replace("//", "//me:hush@"))) == ["d.csv"]


# ---- listings --------------------------------------------------------------------------------------------------


def test_a_folder_with_class_folders(place, tmp_path):
    site = tmp_path / "site"
    for name in ("train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/cat/9.png", "notes.html"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(name.encode())
    result = place.download(place.web.mount("/pets/", site))
    inner = [file.split("/files/")[1] for file in result.files]
    assert sorted(inner) == ["test/cat/9.png", "train/cat/1.png", "train/cat/2.png", "train/dog/1.png"]
    assert place.content(result.files[0]) == inner[0].encode()


def test_many_files_are_named_by_their_folders(place, tmp_path):
    site = tmp_path / "site"
    for number in range(120):
        file = site / ("cat" if number % 2 else "dog") / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(str(number).encode())
    result = place.download(place.web.mount("/pets/", site))
    assert names(result) == ["cat", "dog"]
    assert result.count == 120
    assert [(origin.files, origin.sha256_of) for origin in result.origins] == [(120, "listing")]


def test_versions_in_a_listing_are_alternatives(place, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    for name in ("iris.csv", "iris.xlsx", "iris.csv.md5", "train.zip", "train.tar.gz"):
        (site / name).write_bytes(name.encode())
    (site / "iris.csv.md5").write_text(hashlib.md5(b"iris.csv").hexdigest() + "\n")
    result = place.download(place.web.mount("/d/", site))
    assert names(result) == ["iris.csv", "train.zip"]
    assert [origin.checksum_verified for origin in result.origins] == [True, False]


APACHE = """<html><head><title>Index of /pub</title></head><body><h1>Index of /pub</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td></tr><tr><td><a href="a%20b.csv">a b.csv</a></td></tr>
<tr><td><a href="sub/">sub/</a></td></tr><tr><td><a href="https://elsewhere.org/x.csv">x</a></td></tr></table></body></html>"""
NGINX = """<html><head><title>Index of /pub/</title></head><body><h1>Index of /pub/</h1><hr><pre><a href="../">../</a>
<a href="a%20b.csv">a b.csv</a>  01-Jan-2026 10:00  12
<a href="sub/">sub/</a>  01-Jan-2026 10:00  -
</pre></body></html>"""


@pytest.mark.parametrize("text", [APACHE, NGINX], ids=["apache", "nginx"])
def test_kinds_of_listings(text):
    found = html_page.read(text.encode(), "http://h/pub/")
    assert found.listing
    assert [(link.url, link.folder) for link in found.links] == [
        ("http://h/pub/a%20b.csv", False),
        ("http://h/pub/sub/", True),
    ]


def test_a_file_missing_from_a_listing_is_left_out_and_told(place, tmp_path):
    rows = "".join(f'<a href="{name}.csv">x</a>' for name in "abc")
    url = place.web.add("/l/", page("Index of /l/", rows))
    for name in "ac":
        place.web.add(f"/l/{name}.csv", Reply(name.encode()))
    result = place.download(url)
    assert names(result) == ["a.csv", "c.csv"]
    assert "b.csv" in result.skipped[0]


# ---- choosing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "hints", "taken"),
    [
        ("x.zip x.tar.gz", [], "x.zip"),
        ("x.csv x.parquet x.json", [], "x.parquet"),
        ("x.csv x.parquet", ["csv"], "x.csv"),
        ("data_csv.zip data_json.zip data_matlab.zip", [], "data_csv.zip"),
        ("images.zip labels.csv", [], "images.zip labels.csv"),
        ("train-images.tar.gz train-labels.tar.gz", [], "train-images.tar.gz train-labels.tar.gz"),
        ("train.zip test.zip valid.zip", [], "train.zip test.zip valid.zip"),
        ("train.zip test.zip", ["train a classifier on the images"], "train.zip test.zip"),
        ("part1.csv part2.csv part3.csv", [], "part1.csv part2.csv part3.csv"),
        ("adult.data adult.test old.data.Z", [], "adult.data adult.test"),
        ("birds.zip flowers.zip", ["which flowers are these"], "flowers.zip"),
        ("birds.zip flowers.zip", [], "birds.zip"),
        ("iris.csv wine.csv", [], "iris.csv wine.csv"),
        ("iris.csv wine.csv", ["wine"], "wine.csv"),
        ("train.csv test.csv sample_submission.csv", [], "train.csv test.csv sample_submission.csv"),
        ("train.csv test.csv", ["use train data"], "train.csv test.csv"),
        ("paper.pdf slides.zip data.zip", [], "data.zip"),
        ("SHA256SUMS data.zip data.zip.sha256", [], "data.zip"),
        ("1.png 2.png 3.jpg", [], "1.png 2.png 3.jpg"),
        ("index.html", [], ""),
    ],
)
def test_choice(offered, hints, taken):
    links = [Link(f"http://h/{name}", name) for name in offered.split()]
    assert [link.name for link in choose_links.choose(links, hints).links] == taken.split()


# ---- what a page says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "licence"),
    [
        ('<a rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">this</a>', "CC BY-SA 4.0"),
        ('<a href="http://creativecommons.org/publicdomain/zero/1.0/">free</a>', "CC0 1.0"),
        ("Released under the MIT License.", "MIT"),
        ("licensed CC BY 4.0, enjoy", "CC BY 4.0"),
        ("All rights reserved.", None),
    ],
)
def test_licence(body, licence):
    assert html_page.read(page("T", body).body, "http://h/").licence == licence


def test_a_checksum_goes_with_its_own_link_only():
    md5 = hashlib.md5(b"").hexdigest()
    body = f'<div><p><a href="a.zip">a</a> MD5: {md5}</p><p><a href="b.zip">b</a></p></div>'
    first, second = html_page.read(page("T", body).body, "http://h/").links
    assert (first.checksum, second.checksum) == (checksums.Checksum("md5", md5), None)


def test_sums_files():
    md5, sha1 = "0" * 32, "1" * 40
    assert checksums.read_sums(f"{md5}  a.zip\n{md5} *b c.zip\n", "x") == {
        "a.zip": checksums.Checksum("md5", md5),
        "b c.zip": checksums.Checksum("md5", md5),
    }
    assert checksums.read_sums(f"SHA1 (a.zip) = {sha1}\n", "x") == {"a.zip": checksums.Checksum("sha1", sha1)}
    assert checksums.read_sums(f"{md5}\n", "x.zip") == {"x.zip": checksums.Checksum("md5", md5)}
    assert checksums.read_sums("nothing here", "x.zip") == {}


# ---- places ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("https://github.com/o/r", "https://github.com/o/r/archive/HEAD.zip"),
        ("https://github.com/o/r.git", "https://github.com/o/r/archive/HEAD.zip"),
        ("https://www.github.com/o/r/tree/v1.0/data", "https://github.com/o/r/archive/v1.0.zip"),
        ("https://github.com/o/r/blob/main/data/iris.csv", "https://github.com/o/r/raw/main/data/iris.csv"),
        (
            "https://github.com/o/r/releases/download/v1/data.zip",
            "https://github.com/o/r/releases/download/v1/data.zip",
        ),
        ("https://github.com/topics/data", "https://github.com/topics/data"),
        ("https://www.dropbox.com/s/abc/x.zip?dl=0", "https://www.dropbox.com/s/abc/x.zip?dl=1"),
        ("https://example.org/x", "https://example.org/x"),
    ],
)
def test_direct(url, direct):
    assert known_places.direct(url) == direct


def test_the_folder_of_a_repository_that_was_meant():
    assert known_places.folder_wanted("https://github.com/o/r/tree/main/data/train") == "data/train"
    assert known_places.folder_wanted("https://github.com/o/r/tree/main") is None


@pytest.mark.parametrize("url", ["https://www.kaggle.com/competitions/titanic", "https://kaggle.com/datasets/o/n"])
def test_kaggle_says_what_to_do(place, url):
    error = failure(place, url)
    assert error.kind == "needs-login"
    assert "--data" in error.hint
    assert "kaggle " in error.hint


# ---- the Hugging Face Hub --------------------------------------------------------------------------------------


def hub_site(place: Bench, repository: str, parquet: dict | None, files: tuple[str, ...] = ()) -> str:
    """The Hub's API on the loopback. → the address to give as `hub`."""
    base = place.web.url("")
    about = {
        "id": repository,
        "sha": "abc",
        "cardData": {"license": "mit"},
        "siblings": [{"rfilename": name} for name in files],
    }
    place.web.add(f"/api/datasets/{repository}", Reply(json.dumps(about).encode(), "application/json"))
    if parquet is not None:
        listed = {
            config: {
                split: [f"{base}/pq/{config}/{split}/{number}.parquet" for number in range(count)]
                for split, count in splits.items()
            }
            for config, splits in parquet.items()
        }
        place.web.add(f"/api/datasets/{repository}/parquet", Reply(json.dumps(listed).encode(), "application/json"))
        for splits in listed.values():
            for url in [url for urls in splits.values() for url in urls]:
                place.web.add(url.removeprefix(base), Reply(url.encode()))
    for name in files:
        place.web.add(f"/datasets/{repository}/resolve/abc/{name}", Reply(name.encode()))
    return base


def test_hub_parquet(place):
    base = hub_site(place, "o/n", {"default": {"train": 2, "test": 1}})
    result = place.download(f"{base}/datasets/o/n", hub=base)
    assert names(result) == [
        "train-00000-of-00002.parquet",
        "train-00001-of-00002.parquet",
        "test-00000-of-00001.parquet",
    ]
    assert place.content(result.files[1]).endswith(b"/pq/default/train/1.parquet")
    assert result.pages[0].licence == "mit"


@pytest.mark.parametrize(
    ("address", "prefer", "config"),
    [
        ("/datasets/o/n", [], "plain"),
        ("/datasets/o/n/viewer/fancy/train", [], "fancy"),
        ("/datasets/o/n", ["Fancy"], "fancy"),
    ],
)
def test_hub_configurations(place, address, prefer, config):
    base = hub_site(place, "o/n", {"plain": {"train": 1}, "fancy": {"train": 1}})
    result = place.download(base + address, hub=base, prefer=prefer)
    assert f"/pq/{config}/".encode() in place.content(result.files[0])


def test_hub_without_parquet(place):
    base = hub_site(place, "n", None, files=(".gitattributes", "README.md", "data/train.csv", "data/test.csv"))
    assert names(place.download(f"{base}/datasets/n", hub=base)) == ["train.csv", "test.csv"]
    empty = hub_site(place, "e", None, files=("README.md",))
    assert failure(place, f"{empty}/datasets/e", hub=empty).kind == "no-data-links"


def test_hub_raw_file(place):
    base = hub_site(place, "o/n", None, files=("a.csv",))
    place.web.add("/datasets/o/n/resolve/main/a.csv", Reply(b"raw"))
    assert place.content(place.download(f"{base}/datasets/o/n/blob/main/a.csv", hub=base).files[0]) == b"raw"


def test_hub_repository_that_is_closed(place):
    base = place.web.url("")
    place.web.add("/api/datasets/o/secret", Reply(b"{}", status=401))
    assert failure(place, f"{base}/datasets/o/secret", hub=base).kind == "forbidden"


def test_hub_nonsense(place):
    base = place.web.url("")
    for body in (b"[]", b"not json"):
        place.web.add("/api/datasets/o/n", Reply(body))
        assert failure(place, f"{base}/datasets/o/n", hub=base).kind == "server-error"


@pytest.mark.parametrize(
    ("path", "repository"),
    [
        ("/datasets/o/n", "o/n"),
        ("/datasets/mnist", "mnist"),
        ("/datasets/o/n/tree/main", "o/n"),
        ("/datasets/mnist/viewer", "mnist"),
        ("/datasets/o/n/resolve/main/x.csv", None),
        ("/o/n", None),
        ("/datasets", None),
    ],
)
def test_repository_of(path, repository):
    assert hub_files.repository_of(hub_files.HUB + path) == repository


def test_repository_of_another_site():
    assert hub_files.repository_of("https://example.org/datasets/o/n") is None
