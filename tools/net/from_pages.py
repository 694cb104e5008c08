"""From what a person names, a URL of any kind, to the files behind it, in the cache.

Gatherer(fetcher, prefer=["CIFAR-10"]).gather("https://www.cs.toronto.edu/~kriz/cifar.html")
→ one file, cifar-10-python.tar.gz, its MD5 taken from the page, and the page's title
"""

import os
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from noglue.tools.net import (
    checksums,
    choose_links,
    failures,
    html_page,
    origin,
    url_names,
)
from noglue.tools.net import (
    hub_files as hub,
)
from noglue.tools.net import (
    known_places as places,
)
from noglue.tools.net.fetch import Fetched, Fetcher
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.web_pages import Checksum, Link, Page

_FILES_LIMIT = 20_000
_FOLDERS_LIMIT = 2_000
_DEEPEST = 5
_PAGE_BYTES = 20 << 20
_SUMS_LIMIT = 5


@dataclass(frozen=True)
class Item:
    """A file and the path to keep it under (with the folders of a listing)."""

    fetched: Fetched
    path: str


@dataclass
class Harvest:
    """What a source gave. page, why, left: the page that was read, and which of its links were passed over.

    only: the folder in an archive that is meant.
    """

    items: list[Item] = field(default_factory=list)
    page: Page | None = None
    why: str = ""
    left: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    only: str | None = None


@dataclass
class Gatherer:
    """prefer: hints, like the words of the task or `python`. hub: where the Hugging Face Hub is."""

    fetcher: Fetcher
    prefer: list[str]
    hub: str = hub.HUB

    def gather(self, source: str, checksum: Checksum | None = None) -> Harvest:
        """Raises what `Fetcher.get` raises, and DataError `no-data-links`, `needs-login`."""
        url = places.direct(hub.raw_file(source, self.hub))
        self.fetcher.headers |= places.logins(os.environ)
        repository = hub.repository_of(url, self.hub)
        if repository is not None:
            return self._hub(repository, url)
        expected = checksum is not None or url != source or url_names.is_data(url)
        fetched = self.fetcher.get(url, checksum, data=expected)
        if not fetched.is_page:
            return Harvest([Item(fetched, fetched.name)], only=places.folder_wanted(source))
        return self._page(fetched, _start(url, fetched.final), steps=1)

    def _hub(self, repository: str, url: str) -> Harvest:
        hub.authorize(self.fetcher, self.hub)
        found = hub.files_of(repository, url, self.fetcher, self.prefer, self.hub)
        items = [Item(self.fetcher.get(address, data=True), path) for address, path in found.files]
        return Harvest(items, Page(url, repository, found.licence), found.why)

    def _page(self, fetched: Fetched, start: str, steps: int) -> Harvest:
        """The files that a listing or a landing page leads to. `steps`: pages that may still be followed."""
        page = html_page.read(fetched.path.read_bytes()[:_PAGE_BYTES], start)
        if page.listing:
            harvest = Harvest(page=page, why="every data file of the folder")
            self._folder(page, "", harvest, [0])
        else:
            choice = choose_links.choose(page.links, self.prefer, page=page.url)
            harvest = Harvest(page=page, why=choice.why, left=[failures.shown(link.url) for link in choice.left])
            published = self._published(page.links, choice.links)
            for link in choice.links:
                same = [other for other in choice.left if other.name == link.name]
                harvest.items.append(self._first_of([link, *same], published))
            if not choice.links and steps > 0:
                return self._further(page, steps)
        if not harvest.items:
            raise _nothing(page, fetched)
        return harvest

    def _first_of(self, places: list[Link], published: dict[str, Checksum]) -> Item:
        """The file from the first of several links to it that gives it; what the first one raised, when none does."""
        failure: DataError | None = None
        for link in places:
            try:
                return self._item(link, published, "")
            except DataError as error:
                failure = failure or error
                self.fetcher.step.note(f"{failures.shown(link.url)}: {error.message}")
        assert failure is not None
        raise failure

    def _further(self, page: Page, steps: int) -> Harvest:
        """A page without files often has a `Download` link to the page (or the nameless file) that counts."""
        for link in choose_links.pages_further(page.links, urlsplit(page.url).netloc):
            try:
                fetched = self.fetcher.get(link.url)
                if not fetched.is_page:
                    return Harvest([Item(fetched, fetched.name)], page, f"the link {link.text!r}")
                return self._page(fetched, _start(link.url, fetched.final), steps - 1)
            except DataError as error:
                self.fetcher.step.note(
                    f"The link {link.text!r} led nowhere: {error.message}", url=failures.shown(link.url)
                )
        raise _nothing(page, None)

    def _folder(self, page: Page, path: str, harvest: Harvest, visited: list[int]) -> None:
        """A listing and the folders below it; the same structure is kept."""
        files = [link for link in page.links if not link.folder]
        choice = choose_links.choose(files, self.prefer, everything=True, page=page.url)
        published = self._published(files, choice.links)
        harvest.left += [failures.shown(link.url) for link in choice.left]
        for link in choice.links:
            if len(harvest.items) >= _FILES_LIMIT:
                raise DataError(
                    Kind.TOO_LARGE,
                    f"{page.url} lists more than {_FILES_LIMIT:,} files.",
                    hint="Name an archive of them.",
                )
            try:
                harvest.items.append(self._item(link, published, path))
            except DataError as error:
                if error.kind not in (Kind.NOT_FOUND, Kind.FORBIDDEN):
                    raise
                harvest.skipped.append(error.message)
        for link in page.links:
            visited[0] += 1
            if link.folder and path.count("/") < _DEEPEST and visited[0] < _FOLDERS_LIMIT:
                below = self.fetcher.get(link.url)
                inner = html_page.read(below.path.read_bytes()[:_PAGE_BYTES], _start(link.url, below.final))
                if inner.listing:
                    self._folder(inner, f"{path}{url_names.safe(unquote(link.name))}/", harvest, visited)

    def _item(self, link: Link, published: dict[str, Checksum], path: str) -> Item:
        checksum = published.get(link.name) or link.checksum
        fetched = self.fetcher.get(link.url, checksum, data=True)
        return Item(fetched, path + fetched.name)

    def _published(self, links: list[Link], wanted: list[Link]) -> dict[str, Checksum]:
        """File name → checksum, from the `SHA256SUMS` and `x.md5` files beside what is wanted."""
        found: dict[str, Checksum] = {}
        mentioned = {link.name for link in wanted}
        sums = [link for link in links if url_names.is_checksums(link.url)]
        own = [link for link in sums if any(link.name.startswith(name) for name in mentioned)]
        for link in [*own, *(link for link in sums if link not in own)][: max(_SUMS_LIMIT, len(own))]:
            if mentioned <= found.keys():
                break
            try:
                text = self.fetcher.get(link.url).path.read_bytes()[: 1 << 20].decode(errors="replace")
            except DataError as error:
                self.fetcher.step.note(f"The checksums at {failures.shown(link.url)} could not be had: {error.message}")
                continue
            about = link.name.rpartition(".")[0]
            read = checksums.read_sums(text, about)
            found |= {name: checksum for name, checksum in read.items() if name in mentioned}
        return found


def _start(asked: str, final: str) -> str:
    """Where a page's relative links start: its final address, with the user's own login for that very place."""
    login, _, _ = urlsplit(asked).netloc.rpartition("@")
    parts = urlsplit(final)
    if login and origin.same(asked, final):
        return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))
    return final


def _nothing(page: Page, fetched: Fetched | None) -> DataError:
    called = f" ({page.title!r})" if page.title else ""
    some = ", ".join(repr(link.text or link.name) for link in page.links[:5])
    size = f" It has links to {some}." if some else " It has no links."
    return DataError(
        Kind.NO_DATA_LINKS,
        f"{failures.shown(page.url)}{called} is a page with no link to a data file that could be made out.{size}",
        hint="Give the address of the file itself with --data.",
        url=failures.shown(page.url),
    )
