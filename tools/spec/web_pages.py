"""What a page on the web offers, as `tools/net/html_page.py` reads it and the sources are given it."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


def last_part(url: str) -> str:
    """The last part of a URL's path, decoded: `https://x/a%20b.csv?dl=1` → `a b.csv`."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    hex: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"


@dataclass(frozen=True)
class Link:
    """url: absolute. text: what is clicked. context: the row or item it stands in. folder: a subfolder of a listing."""

    url: str
    text: str
    context: str = ""
    checksum: Checksum | None = None
    folder: bool = False

    @property
    def name(self) -> str:
        return last_part(self.url)


@dataclass
class Page:
    """listing: the page is a folder's index, every link in it a file or a subfolder.

    forward: where the page itself sends people on (a refresh, a form with nothing to fill in). hidden: addresses that
    stand in buttons, scripts and facts for search engines, where no link shows them.
    text: its description and the words one sees on it, at most 20,000 characters; a stranger's words.
    """

    url: str
    title: str = ""
    licence: str | None = None
    listing: bool = False
    links: list[Link] = field(default_factory=list)
    forward: list[Link] = field(default_factory=list)
    hidden: list[Link] = field(default_factory=list)
    text: str = ""
