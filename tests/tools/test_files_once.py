"""Of many files each is opened a few times in all, however many readers there are."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from noglue.tools.files.unchanging import SeenPath, bytes_below, once, start, unchanging
from noglue.tools.inspect import Args, run
from noglue.tools.pictures import decoding
from noglue.tools.spec.step import Step

OPENED = Counter[str]()


def _count(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith((".png", ".mat", ".bin")):
        OPENED[arguments[0]] += 1


sys.addaudithook(_count)


@pytest.fixture(autouse=True)
def nothing_opened() -> None:
    OPENED.clear()


def draw(place: Path, count: int) -> None:
    random = np.random.default_rng(0)
    for number in range(count):
        path = place / f"class {number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(path)


def test_readers_share_the_first_bytes(tmp_path: Path) -> None:
    draw(tmp_path / "pictures", 2_000)
    OPENED.clear()
    (tmp_path / "step").mkdir()
    profile = run(Args(roots=["pictures"]), Step(tmp_path / "step", tmp_path)).profile
    assert profile.rows == {"all": 2_000}
    assert len(OPENED) == 2_000
    assert (
        np.median(list(OPENED.values())) <= 2
    )  # for its first bytes, and to be decoded; some hundred are looked at again


def test_a_picture_is_opened_once_to_be_decoded(tmp_path: Path) -> None:
    draw(tmp_path, 1)
    path = tmp_path / "class 0" / "0.png"
    for look in (lambda: decoding.exactly(path, (8, 8, 3)), lambda: decoding.size(path), lambda: decoding.pixels(path)):
        OPENED.clear()
        look()
        assert sum(OPENED.values()) == 1


def test_what_is_kept_is_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    content = bytes(np.random.default_rng(0).integers(0, 256, 5_000, dtype=np.uint8))
    for size in (0, 1, 100, 300, 515, 1_030, 5_000):
        path.write_bytes(content[:size])
        asked = [(6, 0), (128, 0), (192, 0), (193, 0), (8, 512), (8, 1024), (4, 2048), (9, 512), (20, 180)]
        wanted = [content[:size][place : place + count] for count, place in asked]
        assert [start(path, count, place) for count, place in asked] == wanted
        with unchanging():
            assert [start(path, count, place) for count, place in asked] == wanted


def test_nothing_is_kept_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"one")
    with unchanging():
        assert (start(path, 3), once("x", lambda: 1), bytes_below(tmp_path)) == (b"one", 1, 3)
        assert once("x", lambda: 2) == 1
    path.write_bytes(b"other")
    assert (start(path, 3), once("x", lambda: 2), bytes_below(tmp_path)) == (b"oth", 2, 5)


def test_a_missing_file_is_told_each_time(tmp_path: Path) -> None:
    with unchanging():
        for _ in range(2):
            with pytest.raises(OSError, match="No such file"):
                start(tmp_path / "none", 3)


def test_paths_that_keep_their_names_are_paths() -> None:
    seen, plain = SeenPath("/a/b.tar.gz"), Path("/a/b.tar.gz")
    assert seen == plain
    assert hash(seen) == hash(plain)
    assert (seen.name, seen.suffix, seen.stem, seen.suffixes) == (plain.name, plain.suffix, plain.stem, plain.suffixes)
    assert [one.name for one in seen.parents] == [one.name for one in plain.parents]
    assert (seen.with_suffix(".x").suffix, seen.with_name("c.d").name) == (".x", "c.d")
    assert {seen: 1}[plain] == 1
