"""The page's pictures: inside it as `data:` URLs, and so small that with all of them it stays under a megabyte.

    >>> pictures = Pictures(lambda path: (run / path).read_bytes())
    >>> pictures("samples/grid.png")
    'data:image/webp;base64,UklGR…'

A PNG that is small stays as it is. A larger one is packed anew: without loss where that helps enough, else with as
little as the eye hardly sees; the file itself stays in the run's folder as it was. What finds no room is left out.
"""

import base64
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

ROOM = 640_000  # letters of all pictures of a page
SMALL = 6_000  # bytes
SHARE = 110_000  # bytes of one picture at most, before it is packed with loss
THUMBNAIL = 160 * 160  # pixels; one so small loses nothing that could be seen on the page
QUALITIES = (88, 70)


class Pictures:
    """Pictures by their step paths, each packed once, as long as there is room."""

    def __init__(self, content: Callable[[str], bytes | None]) -> None:
        """content: a step path → the PNG's bytes; None where it is gone."""
        self._content = content
        self._known: dict[tuple[str, int], str | None] = {}
        self._left = ROOM

    def __call__(self, path: str | None, top: int = 0) -> str | None:
        """A `data:` URL; None where there is no picture, or no room for it. top: only so many rows of its pixels."""
        if not path:
            return None
        if (path, top) not in self._known:
            content = self._content(path)
            url = None if content is None else _url(_cut(content, top) if top else content)
            if url is not None and len(url) > self._left:
                url = None
            self._left -= len(url or "")
            self._known[path, top] = url
        return self._known[path, top]


def _url(png: bytes) -> str:
    packed = png if len(png) <= SMALL else min(_packed(png), png, key=len)
    kind = "png" if packed is png else "webp"
    return f"data:image/{kind};base64," + base64.b64encode(packed).decode()


def _cut(png: bytes, top: int) -> bytes:
    """Its first rows of pixels; all of them where it can't be opened."""
    picture = _opened(png)
    if picture is None:
        return png
    written = io.BytesIO()
    picture.crop((0, 0, picture.width, min(top, picture.height))).save(written, "PNG")
    return written.getvalue()


def _opened(png: bytes) -> "Image.Image | None":
    """None where Pillow is not installed or can't open it."""
    try:
        from PIL import Image
    except ImportError:
        return None
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            return opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _packed(png: bytes) -> bytes:
    """As WebP; as it is where it can't be opened."""
    picture = _opened(png)
    if picture is None:
        return png
    whole = _webp(picture, lossless=True, quality=60)
    enough = SMALL if picture.width * picture.height <= THUMBNAIL else SHARE
    for quality in QUALITIES:
        if len(whole) <= enough:
            break
        whole = min(whole, _webp(picture, quality=quality), key=len)
    return whole


def _webp(picture: "Image.Image", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, "WEBP", method=4, **options)
    return written.getvalue()
