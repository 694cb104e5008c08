"""From what a person names, a URL of any kind, to the files behind it, in the cache.

Gatherer(fetcher, prefer=["CIFAR-10"]).gather("https://www.cs.toronto.edu/~kriz/cifar.html")
→ one file, cifar-10-python.tar.gz, its MD5 taken from the page, and the page's title
"""

import os
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from noglue.tools.net import (
    api_answers,
    asking,
    buckets,
    checksums,
    choose_links,
    failures,
    html_page,
    sniff,
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
from noglue.tools.spec.web_pages import Checksum, Link, Page, last_part

_FILES_LIMIT = 20_000
_FOLDERS_LIMIT = 2_000
_DEEPEST = 5
_PAGE_BYTES = 20 << 20
_SUMS_LIMIT = 5
_HOPS = 3  # pages that send people on, one after the other
_FORWARDS = 4  # of one page, that are tried
_LISTING_PAGES = 30  # of a bucket
_ELSEWHERE = (Kind.NOT_FOUND, Kind.FORBIDDEN, Kind.NO_DATA_LINKS, Kind.HTML_INSTEAD_OF_DATA, Kind.BAD_REQUEST)
_PEOPLE_ONLY = ("login", "captcha", "terms")


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
        self.fetcher.headers |= places.logins(os.environ)
        failure: DataError | None = None
        for url in places.addresses(hub.raw_file(source, self.hub)):
            repository = hub.repository_of(url, self.hub)
            try:
                return self._hub(repository, url) if repository is not None else self._file(source, url, checksum)
            except DataError as error:
                failure = failure or error
                if error.kind not in _ELSEWHERE:
                    raise
        assert failure is not None
        raise failure

    def _file(self, source: str, url: str, checksum: Checksum | None) -> Harvest:
        """One address: a file, or what leads to files."""
        expected = checksum is not None or url != source or url_names.is_data(url)
        try:
            fetched = self.fetcher.get(url, checksum, data=expected)
        except sniff.PageInstead as error:
            fetched = self._beyond(error, url, checksum, _HOPS)
        except DataError as error:
            fetched = self._large_file(error, url)
        if fetched.is_page:
            return self._page(fetched, asking.with_login(fetched.final, url), steps=1)
        start = sniff.head(fetched.path)
        if buckets.is_listing(start):
            return self._bucket(fetched, url)
        links = [] if expected else api_answers.links(fetched.path, asking.with_login(fetched.final, url))
        if links:
            return self._linked(Page(fetched.final, fetched.name, links=links), "the addresses in the answer")
        return Harvest([Item(fetched, fetched.name)], only=places.folder_wanted(source))

    def _beyond(self, instead: sniff.PageInstead, url: str, checksum: Checksum | None, hops: int) -> Fetched:
        """The file itself, where the page that came in its place sends people on to it.

        Only by what a browser would do, or to a file of the same name: nothing else is taken for what was named.
        Raises the page's error where that leads nowhere.
        """
        page = html_page.read(instead.content, asking.with_login(instead.final or url, url))
        name = url_names.stem(last_part(url)).lower()
        same = [
            link
            for link in (*page.links, *page.hidden)
            if url_names.is_data(url) and url_names.stem(link.name).lower() == name
        ]
        if sniff.reason_of(instead.content)[0] in _PEOPLE_ONLY:
            raise instead
        for link in list(dict.fromkeys([*page.forward, *same]))[:_FORWARDS]:
            try:
                fetched = self.fetcher.get(link.url, checksum, data=True)
            except sniff.PageInstead as error:
                if hops > 1:
                    return self._beyond(error, link.url, checksum, hops - 1)
            except DataError as error:
                self._led_nowhere(link, error)
            else:
                self.fetcher.step.note(f"{failures.shown(url)} is a page; {link.text!r} on it leads to the file.")
                return fetched
        raise instead

    def _large_file(self, error: DataError, url: str) -> Fetched:
        """The file that a Git LFS pointer stands for, from where its host keeps it; its sum stands in the pointer."""
        oid, place = str(error.data.get("oid") or ""), places.lfs_place(url)
        if not oid or place is None:
            raise error
        try:
            return self.fetcher.get(place, Checksum("sha256", oid), data=True)
        except DataError as missing:
            error.message += f" Its storage did not give it: {missing.message}"
            raise error from missing

    def _led_nowhere(self, link: Link, error: DataError) -> None:
        self.fetcher.step.note(f"The link {link.text!r} led nowhere: {error.message}", url=failures.shown(link.url))

    def _hub(self, repository: str, url: str) -> Harvest:
        hub.authorize(self.fetcher, self.hub)
        found = hub.files_of(repository, url, self.fetcher, self.prefer, self.hub)
        items = [Item(self.fetcher.get(address, data=True), path) for address, path in found.files]
        return Harvest(items, Page(url, repository, found.licence), found.why)

    def _page(self, fetched: Fetched, start: str, steps: int, hops: int = _HOPS) -> Harvest:
        """The files that a listing or a landing page leads to. `steps`: pages that may still be followed."""
        page = html_page.read(fetched.path.read_bytes()[:_PAGE_BYTES], start)
        if page.listing:
            harvest = Harvest(page=page, why="every data file of the folder")
            self._folder(page, "", harvest, [0])
            if not harvest.items:
                raise _nothing(page, fetched)
            return harvest
        moved = page.forward[:1] if not page.links or not choose_links.choose(page.links, self.prefer).links else []
        if moved and hops > 1 and (further := self._moved(moved[0], hops)) is not None:
            return further
        if choose_links.choose(page.links, self.prefer, page=page.url).links:
            return self._linked(page)
        if choose_links.choose(page.hidden, self.prefer, page=page.url).links:
            page.links = page.hidden
            return self._linked(page, "the files that the page's buttons and scripts name")
        for link in page.forward[1:_FORWARDS] if hops > 1 else []:
            if (further := self._moved(link, hops)) is not None:
                return further
        if steps > 0:
            return self._further(page, steps, fetched)
        raise _nothing(page, fetched)

    def _linked(self, page: Page, why: str = "") -> Harvest:
        """Those of a page's links that are the data set."""
        choice = choose_links.choose(page.links, self.prefer, page=page.url)
        harvest = Harvest(page=page, why=why or choice.why, left=[failures.shown(link.url) for link in choice.left])
        published = self._published(page.links, choice.links)
        for link in choice.links:
            same = [other for other in choice.left if other.name == link.name]
            harvest.items.append(self._first_of([link, *same], published))
        return harvest

    def _moved(self, link: Link, hops: int) -> Harvest | None:
        """What lies where a page sends people on; None where that is nothing."""
        try:
            fetched = self.fetcher.get(link.url)
            if not fetched.is_page:
                return Harvest([Item(fetched, fetched.name)], None, f"the link {link.text!r}")
            return self._page(fetched, asking.with_login(fetched.final, link.url), 0, hops - 1)
        except DataError as error:
            self._led_nowhere(link, error)
            return None

    def _bucket(self, fetched: Fetched, url: str) -> Harvest:
        """Every data file that an object store lists, over all pages of the listing."""
        start = asking.with_login(fetched.final, url)
        bucket = buckets.read(fetched.path.read_bytes()[:_PAGE_BYTES], start)
        links, following = ([], None) if bucket is None else (list(bucket.links), bucket.next)
        for _ in range(_LISTING_PAGES):
            if bucket is None or following is None or len(links) > _FILES_LIMIT:
                break
            more = self.fetcher.get(following)
            bucket = buckets.read(more.path.read_bytes()[:_PAGE_BYTES], start)
            links += [] if bucket is None else bucket.links
            following = None if bucket is None else bucket.next
        page = Page(start, f"bucket {bucket.name}" if bucket else "a bucket", listing=True, links=links)
        if bucket is None or following is not None or len(links) > _FILES_LIMIT:
            raise DataError(
                Kind.TOO_LARGE if bucket else Kind.NO_DATA_LINKS,
                f"{failures.shown(url)} is the listing of a bucket that "
                + (f"has more than {len(links):,} files." if bucket else "can't be read to its end."),
                hint="Name the file in it, or an archive of them, with --data.",
            )
        choice = choose_links.choose(links, self.prefer, everything=True, page=start)
        if not choice.links:
            raise _nothing(page, fetched)
        harvest = Harvest(
            page=page, why="every data file of the bucket", left=[failures.shown(x.url) for x in choice.left]
        )
        for link in choice.links:
            folders = [url_names.safe(part) for part in link.text.split("/")[:-1] if part.strip(".")]
            harvest.items.append(self._item(link, {}, "".join(f"{part}/" for part in folders[-_DEEPEST:])))
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

    def _further(self, page: Page, steps: int, first: Fetched) -> Harvest:
        """A page without files often has a `Download` link to the page (or the nameless file) that counts."""
        for link in choose_links.pages_further(page.links, urlsplit(page.url).netloc):
            try:
                fetched = self.fetcher.get(link.url)
                if not fetched.is_page:
                    return Harvest([Item(fetched, fetched.name)], page, f"the link {link.text!r}")
                return self._page(fetched, asking.with_login(fetched.final, link.url), steps - 1)
            except DataError as error:
                self._led_nowhere(link, error)
        raise _nothing(page, first)

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
                inner = html_page.read(below.path.read_bytes()[:_PAGE_BYTES], asking.with_login(below.final, link.url))
                if inner.listing:
                    self._folder(inner, f"{path}{url_names.safe(unquote(link.name))}/", harvest, visited)

    def _item(self, link: Link, published: dict[str, Checksum], path: str) -> Item:
        checksum = published.get(link.name) or link.checksum
        prose = url_names.extension(link.name) == ".txt"
        try:
            fetched = self.fetcher.get(link.url, checksum, data=True, prose=prose)
        except sniff.PageInstead as error:
            fetched = self._beyond(error, link.url, checksum, _HOPS)
        except DataError as error:
            fetched = self._large_file(error, link.url)
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


def _nothing(page: Page, fetched: Fetched) -> DataError:
    called = f" ({page.title!r})" if page.title else ""
    some = ", ".join(repr(link.text or link.name) for link in page.links[:5])
    seen = f"It has links to {some}" if some else "It has no links"
    offered = ", ".join(repr(link.text) for link in page.forward[:3])
    if offered:
        seen += f", and sends people on by {offered}, which led nowhere"
    name, does, advice = sniff.reason_of(sniff.head(fetched.path, 200_000)) if fetched.is_page else ("page", "", "")
    why = "" if name in ("page", "cookies") else f" It {does}."
    hint = (
        "Give the address of the file itself with --data."
        if name in ("page", "cookies")
        else f"{advice[:1].upper()}{advice[1:]}."
    )
    return DataError(
        Kind.NO_DATA_LINKS,
        f"{failures.shown(page.url)}{called} is a page with no recognisable link to a data file. {seen}.{why}",
        hint=hint,
        url=failures.shown(page.url),
        reason=name,
    )
