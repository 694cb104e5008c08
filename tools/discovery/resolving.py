"""From a page that a search found to the data on it.

    Resolver(web, query, hub).resolve(Candidate(page="https://…/wine.html", urls=[]))
    → [Candidate(page="https://…/wine.html", urls=["https://…/wine.csv"], checksums={…}, licence="CC BY 4.0", …)]

Which links are data, and which version of them, decides `tools/net/choose_links.py` as it does for a download. Before
that go: other topics, papers, code, logins. A page without files is followed to the data set's page that it links to
(the Hub, a repository, `Download`), one step, on the same topic. What was left, and why, is kept in `read`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import BaseModel

from noglue.tools.discovery.relevance import Document, Ranking
from noglue.tools.discovery.search_words import stem, stems
from noglue.tools.net import checksums, choose_links, failures, known_places, url_names
from noglue.tools.net import hub_files as hub
from noglue.tools.net.reach import Reach
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.sources import Candidate
from noglue.tools.spec.web_pages import Checksum, Link, Page

ON_TOPIC = 0.28  # of the request's words, weighed, that a page must speak of
_FEW_PICTURES = 30
_FEW_FILES = 8
_FOLLOWED = 2
_SUMS = 3
_PAPERS = ("arxiv.org", "doi.org", "semanticscholar.org", "researchgate.net", "springer.com", "ieee.org", "acm.org",
           "sciencedirect.com", "jstor.org", "biorxiv.org", "openreview.net", "paperswithcode.com")  # fmt: skip
_OTHERS = ("youtube.com", "stackoverflow.com", "stackexchange.com", "reddit.com", "twitter.com", "x.com", "pypi.org",
           "facebook.com", "linkedin.com", "pinterest.com", "ebay.com", "coursera.org", "udemy.com")  # fmt: skip
_NO_DATA = re.compile(
    r"\b(source code|src|code|notebooks?|scripts?|slides?|poster|paper|preprint|thesis|report|weights|checkpoints?|"
    r"pre-?trained|models?|installer|setup|app|demo|logo|icon|licen[cs]e|readme|bibtex|citation|robots|sitemap|manifest|"
    r"package|requirements|terms|privacy|newsletter|brochure|e-?book|whitepaper)\b",
    re.I,
)
_LOGIN = re.compile(r"\b(log ?in|sign ?in|register|create an account|request access|accept the (terms|rules))\b", re.I)
_SETS = re.compile(
    r"/datasets?/|github\.com/[^/]+/[^/]+/?$|zenodo\.org/records?/\d+|openml\.org/(d/|search.*id=)\d+|figshare\.com/articles"
)


class PageRead(BaseModel):
    """One page: what was taken from it, or why nothing was."""

    url: str
    title: str = ""
    taken: int = 0
    why: str = ""


@dataclass
class Resolver:
    """words: of the request. hub: where the Hugging Face Hub is. keys: hosts that the user has a key for."""

    web: Reach
    words: Sequence[str]
    prefer: list[str]
    hub: str = hub.HUB
    keys: frozenset[str] = frozenset()
    read: list[PageRead] = field(default_factory=list)

    def resolve(self, candidate: Candidate, steps: int = 1) -> list[Candidate]:
        """The candidate with its files, or several; none when the page has nothing. Raises nothing but BudgetSpent."""
        page = candidate.page or ""
        reason = self._passed_over(page)
        if reason:
            return self._left(page, candidate.title, reason)
        repository = hub.repository_of(page, self.hub)
        if repository is not None:
            return self._taken(
                candidate.model_copy(update={"urls": [page], "format": "parquet"}), "a data set of the Hub"
            )
        if url_names.is_data(page):
            return self._taken(candidate.model_copy(update={"urls": [page]}), "a data file itself")
        try:
            found = self.web.page(page)
        except DataError as error:
            return self._left(page, candidate.title, error.message)
        return self._on(found, candidate, steps)

    def _passed_over(self, page: str) -> str:
        host = (urlsplit(page).hostname or "").removeprefix("www.")
        if any(host == name or host.endswith(f".{name}") for name in _PAPERS) or page.lower().endswith(".pdf"):
            return "a paper, not data"
        if any(host == name or host.endswith(f".{name}") for name in _OTHERS):
            return "a place where people talk, sell or teach, not data"
        if host in ("kaggle.com", "kaggle.co") and host not in self.keys:
            return "Kaggle gives its files only to people who are signed in"
        return "" if urlsplit(page).scheme in ("http", "https") else "not a web address"

    def _on(self, page: Page, candidate: Candidate, steps: int) -> list[Candidate]:
        about = Document(f"{page.title} {candidate.title}", f"{candidate.text} {page.text}")
        if Ranking([]).score(self.words, about) < ON_TOPIC:
            return self._left(page.url, page.title, "another topic")
        known = candidate.model_copy(
            update={
                "page": page.url,
                "title": page.title[:200] or candidate.title,
                "licence": page.licence or candidate.licence,
                "text": f"{candidate.text} {page.text}".strip()[:2000],
            }
        )
        if page.listing:
            return self._in_folder(page, candidate, known)
        links = self._data_links(page)
        choice = choose_links.choose(links, self.prefer, page=page.url)
        if choice.links and self._fits(choice.links, links, page):
            return self._taken(self._with_files(known, page, choice.links), choice.why)
        followed = self._followed(page, known, steps) if steps > 0 else []
        if followed:
            return followed
        what = "needs a login" if _LOGIN.search(page.text) else "no link to data was found"
        return self._left(page.url, page.title, what)

    def _in_folder(self, page: Page, candidate: Candidate, known: Candidate) -> list[Candidate]:
        """A few files by their addresses, so that they can be looked at; what is more, or lies deeper, as a folder."""
        folders = [link for link in page.links if link.folder]
        files = [link for link in page.links if not link.folder and url_names.is_data(link.url)]
        known = known.model_copy(update={"title": candidate.title or known.title})  # `Index of /x` says less
        chosen = choose_links.choose(files, self.prefer, everything=True, page=page.url).links
        if chosen and not folders and len(chosen) <= _FEW_FILES:
            return self._taken(self._with_files(known, page, chosen), "the files of a folder")
        if files or folders:
            return self._taken(known.model_copy(update={"urls": [page.url]}), "a folder of files")
        return self._left(page.url, page.title, "no link to data was found")

    def _data_links(self, page: Page) -> list[Link]:
        """Links to data of this page: no code, no papers, no single pictures; files on GitHub as files."""
        found = []
        for link in page.links:
            direct = link
            if urlsplit(link.url).hostname in ("github.com", "www.github.com") and "/blob/" in link.url:
                direct = Link(known_places.direct(link.url), link.text, link.context, link.checksum)
            if url_names.is_data(direct.url) and not _NO_DATA.search(
                f"{url_names.stem(direct.name)} {link.text}".replace("_", " ")
            ):
                found.append(direct)
        pictures = [link for link in found if url_names.extension(link.name) in url_names.MEDIA]
        return found if len(pictures) >= _FEW_PICTURES else [link for link in found if link not in pictures]

    def _fits(self, chosen: Sequence[Link], links: Sequence[Link], page: Page) -> bool:
        """On a page with several data sets, those taken must be of the topic; on a page of one, the page says so."""
        things = {frozenset(stems(url_names.stem(link.name))) for link in links}
        wanted = {stem(word) for word in self.words}
        words = {word for link in chosen for word in stems(f"{url_names.stem(link.name)} {link.text} {link.context}")}
        return len(things) <= len(chosen) or bool(wanted & (words | set(stems(page.title))))

    def _with_files(self, candidate: Candidate, page: Page, links: Sequence[Link]) -> Candidate:
        """With the other places of each file, and the checksums that the page or its SHA256SUMS publish."""
        mirrors = {}
        for link in links:
            same = [other.url for other in page.links if other.name == link.name and other.url != link.url]
            if same:
                mirrors[link.url] = same
        published = self._published(page, links)
        stated = {link.url: published.get(link.name) or link.checksum for link in links}
        return candidate.model_copy(
            update={
                "urls": [link.url for link in links],
                "mirrors": mirrors,
                "checksums": {url: str(checksum) for url, checksum in stated.items() if checksum},
            }
        )

    def _published(self, page: Page, links: Sequence[Link]) -> dict[str, Checksum]:
        found: dict[str, Checksum] = {}
        for link in [link for link in page.links if url_names.is_checksums(link.url)][:_SUMS]:
            try:
                read = checksums.read_sums(self.web.text(link.url), link.name.rpartition(".")[0])
            except DataError:
                continue
            found |= {name: checksum for name, checksum in read.items() if name in {wanted.name for wanted in links}}
        return found

    def _followed(self, page: Page, candidate: Candidate, steps: int) -> list[Candidate]:
        """What the links to data sets' pages lead to, and `Download` links where there are none."""
        wanted = {stem(word) for word in self.words}
        to_sets = [link for link in page.links if _SETS.search(link.url) or hub.repository_of(link.url, self.hub)]
        near = [
            link for link in to_sets if wanted & set(stems(f"{link.text} {link.context} {urlsplit(link.url).path}"))
        ]
        further = choose_links.pages_further(page.links, urlsplit(page.url).netloc)
        for link in list(dict.fromkeys([*near, *further]))[:_FOLLOWED]:
            if link.url == page.url:
                continue
            next_page = candidate.model_copy(update={"page": link.url, "urls": []})
            found = self.resolve(next_page, steps - 1)
            if found:
                return found
        return []

    def _taken(self, candidate: Candidate, why: str) -> list[Candidate]:
        url = failures.shown(candidate.page or "")
        self.read.append(PageRead(url=url, title=candidate.title[:200], taken=len(candidate.urls), why=why[:300]))
        return [candidate]

    def _left(self, url: str, title: str, why: str) -> list[Candidate]:
        self.read.append(PageRead(url=failures.shown(url), title=title[:200], why=why[:300]))
        return []
