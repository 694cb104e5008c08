"""Find data: ask the catalogue, data repositories and web search engines, read the pages, look at the first bytes.

    Args(queries=["wine chemistry dataset csv", "wine dataset"], goal="classify", modality="table", target="cultivar")
    → Result(candidates=[Candidate(title="Wine", urls=["https://…/wine.csv"], score=0.86, why=…, doubts=[…]), …],
             asked=[Asked(source="zenodo", found=3), Asked(source="kaggle", why="KAGGLE_KEY not set")], pages=[…])

Best first; the next ones are for when the first turns out to be something else. Which providers are asked:
`sources`, else those that NOGLUE_SOURCES names, else all that can be asked. The order, the scores and the words for
them come from facts and words alone, so that the same answers always give the same list. Text found on the web is
ranked by and shown; nothing it says is done.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import cast

from pydantic import BaseModel, Field

from tools.core import catalogue as catalogues
from tools.core.discovery import inspecting, judging, merging
from tools.core.discovery.relevance import Document, Ranking
from tools.core.discovery.resolving import PageRead, Resolver
from tools.core.discovery.words import content, stem
from tools.core.errors import BadUsage, DataError
from tools.core.profiles import Goal, Modality
from tools.core.protocols import Candidate, Query, Source
from tools.core.step import Access, Arguments, Step
from tools.core.web import hub, places
from tools.core.web.reach import Reach
from tools.sources import catalogue, huggingface, kaggle

ACCESS = Access(network=True, cache=True)
PACKAGE = "tools.sources"
ENGINES = ("searxng", "tavily", "brave", "duckduckgo")  # these find pages; the others find data sets
_ORDER = ("catalogue", *ENGINES[:3], "huggingface", "uci", "openml", "zenodo", "kaggle", ENGINES[3])
_PAGES, _LOOKED_AT, _EACH = 14, 8, 10
_DEAD = ("unreachable", "name-not-found", "tls-error", "offline", "timeout")
_NAMED, _DESCRIBED = 1.0, 0.75  # relevance of what the catalogue finds
_GIVEN_UP = 3  # services in a row that can't be reached, before the network itself is taken to be away


class Args(Arguments):
    """queries: as one would type them into a search box, the most specific first.

    goal, modality, target, classes: what is wanted of the data. limit: how many candidates to keep. sources: modules
    of `tools/sources/` to ask. max_bytes: more than that is no candidate. offline: only what is built in.
    """

    queries: list[str] = Field(min_length=1, max_length=6)
    goal: Goal | None = None
    modality: Modality | None = None
    target: str | None = None
    classes: list[str] = Field(default_factory=list, max_length=100)
    limit: int = Field(6, ge=1, le=50)
    sources: list[str] | None = None
    max_bytes: int = 64 << 30
    offline: bool = False


class Asked(BaseModel):
    """One provider: how many candidates it gave, or why it gave none (`unreachable`: its network was the reason)."""

    source: str
    found: int = 0
    why: str = ""
    unreachable: bool = False


class Result(BaseModel):
    """candidates: best first. asked: every provider. pages: those that were read, and what came of each.

    left: candidates that were looked at and dropped, each with its reason.
    """

    candidates: list[Candidate]
    asked: list[Asked]
    pages: list[PageRead] = []
    left: list[str] = []


def run(args: Args, step: Step) -> Result:
    """Raises DataError `unreachable` (which services could not be), `nothing-found`, `offline`; BadUsage."""
    environment = dict(os.environ)
    chosen = _providers(args, environment)
    result = Result(candidates=[], asked=[])
    if args.offline:
        found = [one for one in _from_catalogue(args) if one.builtin]
        result.asked = [Asked(source="catalogue", found=len(found), why="only what is built in: this run is offline")]
        result.candidates = _judged(found, args, None, environment, result, step)[: args.limit]
    else:
        if step.network is None:
            raise ValueError("search needs a channel to the network")
        with closing(Reach(step.network, step.remaining)) as web:
            found = _ask(args, chosen, web, environment, result, step)
            result.candidates = _judged(found, args, web, environment, result, step)[: args.limit]
    if not result.candidates:
        raise _nothing(args, result)
    for place, candidate in enumerate(result.candidates[:3], 1):
        step.note(f"{place}. {candidate.title} ({candidate.score:.2f}): {candidate.why}", doubts=candidate.doubts[:5])
    return result


def _providers(args: Args, environment: Mapping[str, str]) -> list[str]:
    """In the order in which they are asked. Raises BadUsage for a name that is no provider."""
    known = catalogues.names(PACKAGE)
    stated = environment.get("NOGLUE_SOURCES", "").replace(",", " ").split()
    wanted = args.sources if args.sources is not None else stated or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadUsage("sources", f"There is no provider {unknown[0]!r}.", hint=f"There are: {', '.join(known)}.")
    rank = {name: place for place, name in enumerate(_ORDER)}
    return sorted(wanted, key=lambda name: rank.get(name, len(rank)))


def _from_catalogue(args: Args) -> list[Candidate]:
    query = Query(words=" ".join(args.queries[:1]), goal=args.goal, modality=args.modality)
    return catalogue.find(query, None, {}, args.limit)


def _ask(
    args: Args, providers: list[str], web: Reach, environment: Mapping[str, str], result: Result, step: Step
) -> list[Candidate]:
    """Every provider with the queries, one after the other. What fails is noted and the others go on."""
    found: list[Candidate] = []
    dead = 0
    answered = False
    for number, name in enumerate(providers):
        step.progress("search", number, len(providers), source=name)
        provider = cast(Source, catalogues.load(PACKAGE, name))
        lacking = provider.available(environment)
        if lacking is None and dead >= _GIVEN_UP and not answered and name != "catalogue":
            lacking = "not asked: the services before it could not be reached"
            result.asked.append(Asked(source=name, why=lacking, unreachable=True))
            continue
        if lacking is not None:
            result.asked.append(Asked(source=name, why=lacking))
            continue
        given, error = _given(args, name, provider, web, environment)
        gone = error is not None and error.kind in _DEAD and not given
        result.asked.append(
            Asked(source=name, found=len(given), why=error.message if error and not given else "", unreachable=gone)
        )
        dead = dead + 1 if gone else 0 if name != "catalogue" else dead
        answered = answered or (name != "catalogue" and not gone)
        found += given
    return merging.merge(found)


def _given(
    args: Args, name: str, provider: Source, web: Reach, environment: Mapping[str, str]
) -> tuple[list[Candidate], DataError | None]:
    """What one provider finds for the queries, until it has found enough; a failure ends its turn."""
    found: list[Candidate] = []
    for words in args.queries:
        plain = words if name in ENGINES else " ".join(content(words)) or words
        query = Query(words=plain, goal=args.goal, modality=args.modality, target=args.target, classes=args.classes)
        try:
            found = merging.merge([*found, *provider.find(query, web, environment, _EACH)])
        except DataError as error:
            return found, error
        if len(found) >= 2 * _EACH:
            break
    return found, None


def _judged(
    found: list[Candidate], args: Args, web: Reach | None, environment: Mapping[str, str], result: Result, step: Step
) -> list[Candidate]:
    """Pages to files, first bytes, score: the most promising by their words first, then all by the facts as well."""
    words = _wanted(args)
    query = Query(
        words=" ".join(words), goal=args.goal, modality=args.modality, target=args.target, classes=args.classes
    )
    looked = [(candidate, False) for candidate in found]
    if web is not None:
        address = huggingface.hub(environment)
        resolver = Resolver(web, words, [" ".join(args.queries)], address, _keys(environment))
        whole: list[Candidate] = []
        promising = _by_promise(found, query, args)[:_PAGES]
        for number, candidate in enumerate(promising):
            step.progress("read pages", number, len(promising))
            whole += [candidate] if candidate.urls or candidate.builtin else resolver.resolve(candidate)
        result.pages = resolver.read
        looked = []
        for candidate in _by_promise(merging.merge(whole), query, args)[:_LOOKED_AT]:
            step.progress("look at files", len(looked))
            try:
                looked.append(_looked_at(candidate, query, web, address, environment))
            except DataError as error:
                result.left.append(f"{candidate.title[:100]}: {error.message}")
    ranking = Ranking(Document.of(candidate) for candidate, _ in looked)
    scored = [_score(candidate, ranking, query, args, seen) for candidate, seen in looked]
    result.left += [f"{one.title[:100]}: {_weakness(one)}" for one in scored if one.score < judging.LEAST]
    return _best_first(one for one in scored if one.score >= judging.LEAST)


def _by_promise(found: list[Candidate], query: Query, args: Args) -> list[Candidate]:
    """In the order of what their words promise, as they were."""
    ranking = Ranking(Document.of(candidate) for candidate in found)
    promise = {id(one): _score(one, ranking, query, args, False).score for one in found}
    return sorted(found, key=lambda one: (-promise[id(one)], one.builtin is None, one.title, one.urls))


def _looked_at(
    candidate: Candidate, query: Query, web: Reach, address: str, environment: Mapping[str, str]
) -> tuple[Candidate, bool]:
    """With what the first bytes or the Hub's viewer tell. Raises DataError when there is nothing to be had."""
    if candidate.source == "catalogue":
        return candidate, False
    repository = hub.repository_of(candidate.urls[0], address) if candidate.urls else None
    if repository is not None and not candidate.columns:
        named = candidate.model_copy(update={"name": repository})
        candidate = huggingface.described(named, web, environment)
    headers = places.logins(environment)
    return inspecting.inspect(candidate, query, web, address, headers)


def _score(candidate: Candidate, ranking: Ranking, query: Query, args: Args, seen: bool) -> Candidate:
    """With score, reasons and doubts. What the catalogue found it found by phrases that people wrote for that."""
    document, words = Document.of(candidate), query.words.split()
    relevance = ranking.score(words, document)
    if candidate.source == "catalogue":
        relevance = max(relevance, _NAMED if candidate.why.startswith("named") else _DESCRIBED)
    return judging.judge(candidate, query, relevance, ranking.met(words, document), seen, args.max_bytes)


def _best_first(found: Iterable[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (-one.score, one.builtin is None, one.title, one.urls))


def _wanted(args: Args) -> list[str]:
    """The words of the first query, and those of the target and the classes that it leaves out."""
    listed = content(" ".join([args.queries[0], args.target or ""]))
    return list({stem(word): word for word in listed}.values()) or args.queries[0].split()


def _keys(environment: Mapping[str, str]) -> frozenset[str]:
    return frozenset(["kaggle.com"]) if kaggle.available(environment) is None else frozenset()


def _weakness(candidate: Candidate) -> str:
    return "; ".join(candidate.doubts[:3]) or f"too little of the request in it ({candidate.score:.2f})"


def _nothing(args: Args, result: Result) -> DataError:
    """Exactly what could not be reached, or what was asked for in vain."""
    gone = [f"{one.source} ({one.why.rstrip('.')})" for one in result.asked if one.unreachable]
    answered = [one.source for one in result.asked if not one.unreachable and not one.why]
    facts = {"asked": [one.model_dump() for one in result.asked], "left": result.left[:20]}
    if args.offline:
        return DataError(
            "offline",
            f"No built-in data set fits {args.queries[0]!r}, and this run works without the internet.",
            hint="Run once with the internet, or give the data with --data.",
            **facts,
        )
    if gone and not [name for name in answered if name != "catalogue"]:
        return DataError(
            "unreachable",
            f"Data for {args.queries[0]!r} could not be looked for. Not reached: {'; '.join(gone)}.",
            hint="Check the network, or give the data with --data.",
            **facts,
        )
    seen = f" Looked at and left: {'; '.join(result.left[:3])}." if result.left else ""
    missed = f" Not reached: {'; '.join(gone)}." if gone else ""
    return DataError(
        "nothing-found",
        f"No data was found for {' or '.join(map(repr, args.queries))}; asked {', '.join(answered) or 'nobody'}."
        f"{seen}{missed}",
        hint="Say more of what the data is about, or give it with --data.",
        **facts,
    )
