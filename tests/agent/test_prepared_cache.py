"""Prepared data used again: by whom, when, and when not."""

import json
import os
import stat
import time
from pathlib import Path

import pytest

from noglue.agent import cache_upkeep, prepared_cache
from noglue.agent.commands import cache as caching
from noglue.tools.spec.errors import BadUsage
from noglue.tools.spec.step import Note

CALL = {"tool": "prepare", "args": {"target": "y"}, "seed": 0}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "first"
    for name in ("data/train", "sealed/test"):
        (folder / name).mkdir(parents=True)
        (folder / name / "rows.arrow").write_bytes(name.encode() * 100)
    (folder / "steps" / "01" / "files").mkdir(parents=True)
    (folder / "steps" / "01" / "files" / "a.csv").write_bytes(b"x,y\n1,2\n")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


FACTS = {"seconds": 2.5, "result": {"rows": {"train": 3, "test": 1}}, "notes": [Note(message="a column is constant")]}
FILES = ["steps/01/files"]


def key(run: Path, **changes) -> str:
    seen = prepared_cache.look(CALL | changes, FILES, run)
    assert seen is not None
    return seen.key


def another(run: Path, name: str) -> Path:
    place = run.parent / name
    for folder in ("data", "sealed"):
        (place / folder).mkdir(parents=True)
    return place


def test_the_same_content_and_arguments_bring_the_same_files(run, root):
    known = key(run)
    assert prepared_cache.keep(root, known, run, ("data", "sealed"), FACTS)
    later = another(run, "second")
    entry = prepared_cache.bring(root, known, later)
    assert entry is not None
    assert (entry.run, entry.seconds, entry.notes[0].message) == ("first", 2.5, "a column is constant")
    assert (later / "data/train/rows.arrow").read_bytes() == (run / "data/train/rows.arrow").read_bytes()
    assert (later / "sealed/test/rows.arrow").read_bytes() == b"sealed/test" * 100
    assert not (later / "data/test").exists()
    (later / "data/train/rows.arrow").write_bytes(b"changed by a later step")
    assert prepared_cache.bring(root, known, another(run, "third")) is not None


def test_the_key_follows_content_names_arguments_and_seed(run):
    known, file = key(run), run / FILES[0] / "a.csv"
    os.utime(file, (1, 1))
    assert key(run) == known
    assert len({known, key(run, seed=1), key(run, args={"target": "x"})}) == 3
    file.write_bytes(b"x,y\n1,3\n")
    assert key(run) != known
    file.write_bytes(b"x,y\n1,2\n")
    assert key(run) == known
    file.rename(file.with_name("b.csv"))
    assert key(run) != known


def test_a_file_that_changes_meanwhile_is_noticed(run):
    seen = prepared_cache.look(CALL, FILES, run)
    assert prepared_cache.unchanged(seen, FILES, run)
    (run / FILES[0] / "b.csv").write_bytes(b"")
    assert not prepared_cache.unchanged(seen, FILES, run)


def test_links_and_pipes_are_not_looked_through(run):
    os.mkfifo(run / FILES[0] / "pipe")
    assert prepared_cache.look(CALL, FILES, run) is None
    (run / FILES[0] / "pipe").unlink()
    (run / FILES[0] / "link.csv").symlink_to("/etc/hostname")
    assert prepared_cache.look(CALL, FILES, run) is None


@pytest.mark.parametrize("harm", ["changed", "gone", "link", "entry"])
def test_an_entry_that_is_not_what_it_was_is_dropped(run, root, harm):
    known = key(run)
    prepared_cache.keep(root, known, run, ("data", "sealed"), FACTS)
    place = root / "prepared" / known
    file = place / "sealed" / "test" / "rows.arrow"
    if harm == "changed":
        file.write_bytes(b"sealed/tesT" * 100)
    elif harm == "entry":
        (place / "entry.json").write_text('{"run": 1}')
    else:
        file.unlink()
    if harm == "link":
        file.symlink_to(run / "sealed/test/rows.arrow")
    later = another(run, "second")
    assert prepared_cache.bring(root, known, later) is None
    assert list((later / "data").iterdir()) == [] == list((later / "sealed").iterdir())


def test_a_store_that_others_may_reach_is_not_used(run, root):
    known = key(run)
    assert prepared_cache.keep(root, known, run, ("data", "sealed"), FACTS)
    assert stat.S_IMODE((root / "prepared").stat().st_mode) == 0o700
    (root / "prepared").chmod(0o755)
    assert prepared_cache.bring(root, known, another(run, "second")) is None
    assert not prepared_cache.keep(root, known, run, ("data", "sealed"), FACTS)
    (root / "prepared").rename(root / "elsewhere")
    (root / "prepared").symlink_to(root / "elsewhere")
    assert prepared_cache.store(root) is None


def test_what_was_used_least_recently_goes_first(run, root):
    for number, name in enumerate(("a" * 64, "b" * 64, "c" * 64)):
        prepared_cache.keep(root, name, run, ("data", "sealed"), FACTS)
        os.utime(root / "prepared" / name / "entry.json", (1000 + number, 1000 + number))
    prepared_cache.bring(root, "a" * 64, another(run, "second"))
    sizes = [item.bytes for item in cache_upkeep.held(root)]
    removed = cache_upkeep.prune(root, sum(sizes) - 1)
    assert [item.name[-1] for item in removed] == ["b"]
    assert cache_upkeep.prune(root, 0, spare=3600)[0].name[-1] == "c"
    assert [item.name[-1] for item in cache_upkeep.held(root)] == ["a"]
    assert cache_upkeep.held(root)[0].used > time.time() - 60


def test_the_command_lists_prunes_and_clears(run, root):
    prepared_cache.keep(root, "a" * 64, run, ("data", "sealed"), FACTS)
    (root / "downloads" / "objects").mkdir(parents=True)
    (root / "downloads" / "objects" / ("d" * 64)).write_bytes(bytes(5000))
    os.utime(root / "downloads" / "objects" / ("d" * 64), (1000, 1000))
    content = caching.upkeep(root, 20 << 30, False, None)
    assert [item["kind"] for item in content["items"]] == ["prepared", "download"]
    assert "train 3, test 1 rows, of the run first" in caching.lines(content)[0]
    content = caching.upkeep(root, 20 << 30, False, f"{content['bytes'] - 1000}")
    assert [item["kind"] for item in content["removed"]] == ["download"]
    content = caching.upkeep(root, 20 << 30, True, None)
    assert (content["bytes"], len(content["removed"])) == (0, 1)
    with pytest.raises(BadUsage):
        caching.upkeep(root, 0, True, "1GB")
    json.dumps(content)


@pytest.mark.parametrize(
    ("text", "size"), [("20GB", 20_000_000_000), ("500 MB", 500_000_000), ("1.5g", 1_500_000_000), ("0", 0)]
)
def test_sizes(text, size):
    assert cache_upkeep.size_of(text) == size


def test_what_is_no_size():
    with pytest.raises(BadUsage):
        cache_upkeep.size_of("much")
