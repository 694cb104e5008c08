"""Asking the providers, one after the other: who is asked, what each gave, or why it gave nothing.

    ask(["wine chemistry dataset csv", "wine dataset"], Query(…), ["catalogue", "searxng", "kaggle"], web, …)
    → [Candidate(…), …], [Asked(source="searxng", found=3), Asked(source="kaggle", why="KAGGLE_KEY not set"), …]

What fails is noted and the others go on.
"""

from collections.abc import Callable, Mapping
from typing import cast

from pydantic import BaseModel

from noglue.tools.discovery import merging
from noglue.tools.discovery.search_words import content
from noglue.tools.spec import catalogue as catalogues
from noglue.tools.spec.errors import BadUsage, DataError, Kind
from noglue.tools.spec.sources import Candidate, Query, Source, Web

PACKAGE = "noglue.tools.sources"
_EACH = 10
_DEAD = (Kind.UNREACHABLE, Kind.NAME_NOT_FOUND, Kind.TLS_ERROR, Kind.OFFLINE, Kind.TIMEOUT)
NOT_ASKED = "not asked after those"
_GIVEN_UP = 3  # services in a row that can't be reached, before the network itself is taken to be away


class Asked(BaseModel):
    """One provider: how many candidates it gave, or why it gave none (`unreachable`: its network was the reason)."""

    source: str
    found: int = 0
    why: str = ""
    unreachable: bool = False


def chosen(sources: list[str] | None, environment: Mapping[str, str]) -> list[str]:
    """In the order in which they are asked. Raises BadUsage for a name that is no provider."""
    known = catalogues.names(PACKAGE)
    stated = environment.get("NOGLUE_SOURCES", "").replace(",", " ").split()
    wanted = sources if sources is not None else stated or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadUsage(Kind.SOURCES, f"There is no provider {unknown[0]!r}.", hint=f"There are: {', '.join(known)}.")
    return sorted(wanted, key=lambda name: (_provider(name).RANK, name))


def _provider(name: str) -> Source:
    return cast(Source, catalogues.load(PACKAGE, name))


def ask(
    queries: list[str],
    about: Query,
    providers: list[str],
    web: Web,
    environment: Mapping[str, str],
    progress: Callable[[int, str], None],
) -> tuple[list[Candidate], list[Asked]]:
    """about: what is wanted beside the words. progress: called with the number and the name of each provider."""
    found: list[Candidate] = []
    asked: list[Asked] = []
    dead, answered = 0, False
    for number, name in enumerate(providers):
        progress(number, name)
        provider = _provider(name)
        if (lacking := provider.available(environment)) is not None:
            asked.append(Asked(source=name, why=lacking))
            continue
        if dead >= _GIVEN_UP and not answered and name != "catalogue":
            asked.append(Asked(source=name, why=NOT_ASKED, unreachable=True))
            continue
        given, error = _given(queries, about, name, provider, web, environment)
        gone = error is not None and error.kind in _DEAD and not given
        why = error.message if error and not given else ""
        asked.append(Asked(source=name, found=len(given), why=why, unreachable=gone))
        dead = dead + 1 if gone else 0 if name != "catalogue" else dead
        answered = answered or (name != "catalogue" and not gone)
        found += given
    return merging.merge(found), asked


def _given(
    queries: list[str], about: Query, name: str, provider: Source, web: Web, environment: Mapping[str, str]
) -> tuple[list[Candidate], DataError | None]:
    """What one provider finds for the queries, until it has found enough; a failure ends its turn."""
    found: list[Candidate] = []
    for words in queries:
        plain = words if provider.FINDS == "pages" else " ".join(content(words)) or words
        query = about.model_copy(update={"words": plain})
        try:
            found = merging.merge([*found, *provider.find(query, web, environment, _EACH)])
        except DataError as error:
            return found, error
        if len(found) >= 2 * _EACH:
            break
    return found, None
