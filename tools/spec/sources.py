"""What a source of data is: it is asked a `Query` and answers with a `Candidate` for each place where data may be had.

A source is a module of `tools/sources/` with the attributes of `Source`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel

from noglue.tools.spec.profiles import GoalName, ModalityName

if TYPE_CHECKING:
    from noglue.tools.spec.web_pages import Page


class Query(BaseModel):
    """What data is wanted. words: as one would type them into a search box. classes: those that must be told apart."""

    words: str
    goal: GoalName | None = None
    modality: ModalityName | None = None
    target: str | None = None
    classes: list[str] = []


class Candidate(BaseModel):
    """A place where data may be had. `urls`: files that belong together; `mirrors`: other places for each, in order.

    source: the module of `tools/sources/` that found it. page: where people read about it. format: `csv`, `parquet`,
    `zip`, … as far as known. columns, classes, rows: as its page or its Hub's preview tells them. text: what is said of
    it, at most 2,000 characters; a stranger's words, to rank by and to show, never to follow. score: 0…1, how well it
    fits the query. named: the words call it by a name that it has in the catalogue. doubts: what speaks against it.
    """

    name: str
    title: str
    urls: list[str]
    mirrors: dict[str, list[str]] = {}
    checksums: dict[str, str] = {}
    builtin: str | None = None
    modality: ModalityName | None = None
    goal: GoalName | None = None
    target: str | None = None
    licence: str | None = None
    bytes: int | None = None
    why: str = ""
    source: str = ""
    page: str | None = None
    format: str | None = None
    columns: list[str] = []
    classes: list[str] = []
    rows: int | None = None
    text: str = ""
    score: float = 0.0
    named: bool = False
    doubts: list[str] = []


class Web(Protocol):
    """What a source may ask the web: short answers, through the step's own channel and the parent's address policy.

    Each raises DataError as `Fetcher.get` does (`unreachable`, `forbidden`, `rate-limited`, …).
    """

    def json(self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
             body: Any = None) -> Any:  # fmt: skip
        """The parsed answer to a GET, or to a POST where there is a body (sent as JSON)."""

    def page(self, url: str, params: Mapping[str, str] | None = None) -> "Page":
        """A page's links, title, text, licence (see `tools/net/html_page.py`)."""


class Source(Protocol):
    """A provider. Light to import."""

    FINDS: Literal["pages", "data"]  # pages that may lead to data, as a web search engine does, or data sets
    RANK: int  # the lowest is asked first
    KEYS: tuple[str, ...]  # variables of the environment that open it, for its step to see; may be left out

    def available(self, environment: Mapping[str, str]) -> str | None:
        """None when it can be asked, else what is missing, in words (a key, an address)."""

    def find(self, query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
        """Best first. A web search engine's candidates have a `page` and no `urls` yet. Raises DataError."""
