"""Pictures inside the page: real ones, in and out; all of them together leave it under a megabyte."""

import base64
import io

import numpy as np
from PIL import Image

from noglue.tools.reporting.pictures import ROOM, Pictures

RANDOM = np.random.default_rng(0)


def png(height: int, width: int, smooth: bool = False) -> bytes:
    noise = RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8)
    if smooth:
        down, across = np.mgrid[0:height, 0:width]
        noise = np.stack([down % 256, across % 256, (down + across) % 256], axis=2).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(noise).save(written, "PNG")
    return written.getvalue()


def opened(url: str | None) -> Image.Image:
    assert url is not None
    head, _, body = url.partition(";base64,")
    assert head in ("data:image/png", "data:image/webp")
    return Image.open(io.BytesIO(base64.b64decode(body)))


def test_a_small_picture_stays_as_it_is() -> None:
    content = png(8, 8)
    url = Pictures({"a.png": content}.get)("a.png")
    assert url == "data:image/png;base64," + base64.b64encode(content).decode()


def test_a_page_of_samples_keeps_every_pixel_where_that_is_cheap() -> None:
    content = png(400, 400, smooth=True)
    found = opened(Pictures({"a.png": content}.get)("a.png"))
    assert np.array_equal(np.asarray(found.convert("RGB")), np.asarray(Image.open(io.BytesIO(content))))


def test_large_pictures_are_packed_and_a_hundred_of_them_stay_in_the_page() -> None:
    thumbnails = {f"{number}.png": png(96, 96) for number in range(30)}
    pages = {f"page{number}.png": png(700, 700) for number in range(8)}
    pictures = Pictures((thumbnails | pages).get)
    urls = [pictures(name) for name in [*thumbnails, *pages]]
    assert all(urls[: len(thumbnails)])
    assert sum(len(url) for url in urls if url) <= ROOM
    assert None in urls  # noise can't be packed: what finds no room is left out
    assert opened(urls[0]).size == (96, 96)
    assert len(urls[0] or "") < len(base64.b64encode(thumbnails["0.png"]))


def test_a_picture_that_is_shown_twice_takes_its_room_once() -> None:
    pictures = Pictures({"a.png": png(700, 700)}.get)
    first = pictures("a.png")
    assert first is not None
    assert all(pictures("a.png") == first for _ in range(20))


def test_only_its_top_rows() -> None:
    content = png(120, 60)
    found = opened(Pictures({"a.png": content}.get)("a.png", 30))
    assert found.size == (60, 30)
    whole = Image.open(io.BytesIO(content)).crop((0, 0, 60, 30))
    assert np.abs(np.asarray(found.convert("RGB"), float) - np.asarray(whole, float)).mean() < 64


def test_what_is_gone_or_no_picture_is_no_picture() -> None:
    pictures = Pictures({"broken.png": b"\x89PNG" + b"x" * 9000}.get)
    assert pictures("gone.png") is None
    assert pictures(None) is None
    assert pictures("broken.png", 10) is not None  # shown as it is: a browser shows nothing for it
