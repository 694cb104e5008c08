"""The mini internet itself: pages, data, a search engine and a Hub on one port of the loopback.

    with MiniInternet() as web:
        web.environment()    # {"NOGLUE_SEARXNG_URL": "http://127.0.0.1:40123", "HF_ENDPOINT": …}
        web.asked            # every path, in order
        web.private          # a second server, which pages point to and nobody may reach: what it was asked

`python -m noglue.tasks.web.mini` serves it until interrupted. The search answers in SearXNG's form,
https://docs.searxng.org/dev/search_api.html; results are ranked by BM25 over title and text of the pages.
"""

import re
import sys
import threading
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from markupsafe import Markup

from noglue.tasks.web import forms, hub, pages, ranking, sets
from noglue.tasks.web.pages import Facts, WebPage
from noglue.tasks.web.server import Reply, Server, refusing

_TYPES = {"csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values", "zip": "application/zip"}
_SECRET = "weekday,weather,ripe,loaves\n" + "".join(f"{row % 7},dry,{row % 2},{50 + row}\n" for row in range(60))


class MiniInternet:
    """A data set is made when it is first asked for. Raises BadUsage `missing-package` where its package is missing."""

    def __init__(self) -> None:
        self.sets = sets.load_all()
        self.pages = pages.load_all()
        self._contents: dict[str, dict[str, bytes]] = {}
        self._lock = threading.Lock()
        self._server = Server(self._answer)
        self._private = Server(lambda path, query: Reply(_SECRET.encode(), _TYPES["csv"]))
        self._printer = pages.Printer(dead=refusing(), private=self._private.url(), site=self._server.url())
        self._by_path = {page.path: page for page in self.pages.values()}

    def __enter__(self) -> Self:
        self._server.__enter__()
        self._private.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)
        self._private.__exit__(kind, error, trace)

    @property
    def asked(self) -> list[str]:
        return self._server.asked

    @property
    def private(self) -> list[str]:
        """What the server that nobody named was asked."""
        return self._private.asked

    def url(self, path: str = "") -> str:
        return self._server.url(path)

    def environment(self) -> dict[str, str]:
        """What a `noglue` process needs to know."""
        return {"NOGLUE_SEARXNG_URL": self.url(), "HF_ENDPOINT": self.url()}

    def holds(self, name: str, url: str) -> bool:
        """Is this address of the data set's own files? `builtin:` and the same name count as the set."""
        chosen, path = self.sets[name], urlsplit(url).path
        if url.startswith("builtin:"):
            return chosen.of == f"sklearn/{url.removeprefix('builtin:')}"
        on_hub = chosen.hub is not None and f"/{chosen.hub}/" in f"{path}/"
        return url.startswith(self.url()) and (path.startswith(chosen.at) or on_hub)

    def files(self, name: str) -> dict[str, bytes]:
        """A data set's files, made once."""
        with self._lock:
            if name not in self._contents:
                self._contents[name] = forms.written(self.sets[name], sets.table(self.sets[name]))
            return self._contents[name]

    def _answer(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/search":
            return self._search(query)
        page = self._by_path.get(path)
        if page is not None:
            return self._page(page)
        return self._listing(path) or self._file(path) or self._on_the_hub(path, query) or _NOT_FOUND

    def _page(self, page: WebPage) -> Reply:
        if page.redirect is not None:
            return Reply(b"", status=302, headers={"Location": self._printer.fill(page.redirect)})
        if not page.type.startswith("text/html"):
            return Reply(page.body.encode(), page.type, page.status)
        body = Markup(self._body(page))
        shown = self._printer.layout("page.html", title=page.title, language=page.language, body=body)
        return Reply(shown, page.type, page.status)

    def _body(self, page: WebPage) -> str:
        known: dict[str, Facts] = {}
        if page.set is not None and "files[" in page.body:
            known = {name: pages.facts(content) for name, content in self.files(page.set).items()}
        return self._printer.fill(page.body, files=known)

    def _listing(self, path: str) -> Reply | None:
        for name, chosen in self.sets.items():
            if chosen.listing and path in (chosen.at, chosen.at.rstrip("/")):
                if path != chosen.at:
                    return Reply(b"", status=301, headers={"Location": chosen.at})
                files = [(file, len(content)) for file, content in sorted(self.files(name).items())]
                shown = self._printer.layout(f"{chosen.listing}.html", path=chosen.at.rstrip("/"), files=files)
                return Reply(shown, "text/html;charset=UTF-8")
        return None

    def _file(self, path: str) -> Reply | None:
        for name, chosen in self.sets.items():
            file = path.removeprefix(chosen.at)
            if path.startswith(chosen.at) and file in self.files(name):
                return Reply(self.files(name)[file], _TYPES.get(file.rpartition(".")[2], "application/octet-stream"))
        return None

    def _on_the_hub(self, path: str, query: dict[str, str]) -> Reply | None:
        shown = next((one for one in self._hub_sets if path.startswith(f"/datasets/{one.name}")), None)
        if shown is not None and "/resolve/" not in path:
            facts = {"name": shown.name, "about": shown.about, "licence": shown.chosen.licence, "rows": len(shown.rows)}
            page = self._printer.layout("hub.html", **facts, columns=", ".join(map(str, shown.rows)))
            return Reply(page, "text/html; charset=utf-8")
        return hub.Hub(self._hub_sets, self.url).answer(path, query)

    @cached_property
    def _hub_sets(self) -> list[hub.HubSet]:
        listed = [(name, chosen) for name, chosen in self.sets.items() if chosen.hub]
        return [
            hub.HubSet(chosen.about, chosen, sets.table(chosen), next(iter(self.files(name).values())))
            for name, chosen in listed
        ]

    @cached_property
    def _index(self) -> tuple[list[tuple[str, str]], ranking.Index]:
        """(address, title) of what can be found, and its index."""
        entries = []
        for page in self.pages.values():
            if page.indexed:
                text = BeautifulSoup(self._printer.fill(_without_files(page.body)), "html.parser").get_text(" ")
                entries.append((page.path, page.title, " ".join(text.split())))
        for chosen in self.sets.values():
            if chosen.hub:
                entries.append((f"/datasets/{chosen.hub}", f"{chosen.hub} · Datasets at the Hub", chosen.about))
            if chosen.listing:
                names = " ".join(file.name for file in chosen.files)
                entries.append((chosen.at, f"Index of {chosen.at.rstrip('/')}", f"{names} Parent Directory"))
        return [(path, title) for path, title, _ in entries], ranking.Index([entry[1:] for entry in entries])

    def _search(self, query: dict[str, str]) -> Reply:
        places, index = self._index
        asked, skipped = query.get("q", ""), 10 * (int(query.get("pageno", "1")) - 1)
        found = index.search(asked, skipped + 10)[skipped:]
        results = []
        for position, one in enumerate(found, start=1):
            path, title = places[one.place]
            url = self.url(path)
            results.append(
                {
                    "url": url,
                    "title": title,
                    "content": one.content,
                    "engine": "mini",
                    "engines": ["mini"],
                    "positions": [position],
                    "parsed_url": [*urlsplit(url)[:3], "", *urlsplit(url)[3:]],
                    "score": one.score,
                    "category": "general",
                    "template": "default.html",
                    "publishedDate": None,
                }
            )
        if query.get("format") != "json":
            return Reply(self._printer.layout("results.html", query=asked, results=results), "text/html; charset=utf-8")
        empty: dict[str, list[str]] = {key: [] for key in _EMPTY}
        return hub.as_json({"query": asked, "number_of_results": len(results), "results": results} | empty)


_EMPTY = ("answers", "corrections", "infoboxes", "suggestions", "unresponsive_engines")
_NOT_FOUND = Reply(b"<html><head><title>404 Not Found</title></head><body>Not Found</body></html>", "text/html", 404)


def _without_files(body: str) -> str:
    """Sizes and checksums are no words to search by, and would have every data set made."""
    return re.sub(r"\{\{ files\[[^}]*\}\}", "", body)


def main() -> None:
    with MiniInternet() as web:
        for name, value in web.environment().items():
            sys.stdout.write(f"{name}={value}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
