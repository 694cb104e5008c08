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
from collections.abc import Mapping
from contextlib import closing

from pydantic import BaseModel, Field

from noglue.tools.discovery.assessing import Assessor, Looking
from noglue.tools.discovery.resolving import PageRead
from noglue.tools.discovery.search_words import content, stem
from noglue.tools.net import known_places
from noglue.tools.net.reach import Reach
from noglue.tools.sources import _providers, catalogue, huggingface, kaggle
from noglue.tools.sources._providers import Asked
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import GoalName, ModalityName
from noglue.tools.spec.sources import Candidate, Query
from noglue.tools.spec.step import Access, Arguments, Step

ACCESS = Access(network=True, cache=True)


class Args(Arguments):
    """queries: as one would type them into a search box, the most specific first.

    goal, modality, target, classes: what is wanted of the data. limit: how many candidates to keep. sources: modules
    of `tools/sources/` to ask. max_bytes: more than that is no candidate. offline: only what is built in.
    """

    queries: list[str] = Field(min_length=1, max_length=6)
    goal: GoalName | None = None
    modality: ModalityName | None = None
    target: str | None = None
    classes: list[str] = Field(default_factory=list, max_length=100)
    limit: int = Field(6, ge=1, le=50)
    sources: list[str] | None = None
    max_bytes: int = 64 << 30
    offline: bool = False


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
    providers = _providers.chosen(args.sources, environment)
    result = _built_in(args) if args.offline else _on_the_web(args, providers, environment, step)
    result.candidates = result.candidates[: args.limit]
    if not result.candidates:
        raise _nothing(args, result)
    for place, candidate in enumerate(result.candidates[:3], 1):
        step.note(f"{place}. {candidate.title} ({candidate.score:.2f}): {candidate.why}", doubts=candidate.doubts[:5])
    return result


def _built_in(args: Args) -> Result:
    query = _query(args, args.queries[0])
    found = [one for one in catalogue.find(query, None, {}, args.limit) if one.builtin]
    asked = Asked(source="catalogue", found=len(found), why="only what is built in: this run is offline")
    return _assessed(Assessor(_query(args), args.queries, None, args.max_bytes), found, [asked])


def _on_the_web(args: Args, providers: list[str], environment: Mapping[str, str], step: Step) -> Result:
    if step.network is None:
        raise ValueError("search needs a channel to the network")
    with closing(Reach(step.network, step.remaining)) as web:
        found, asked = _providers.ask(
            args.queries,
            _query(args),
            providers,
            web,
            environment,
            lambda number, name: step.progress("search", number, len(providers), source=name),
        )
        looking = Looking(
            web,
            hub=huggingface.hub(environment),
            keys=frozenset(["kaggle.com"]) if kaggle.available(environment) is None else frozenset(),
            headers=known_places.logins(environment),
            described=lambda candidate: huggingface.described(candidate, web, environment),
            progress=step.progress,
        )
        return _assessed(Assessor(_query(args), [" ".join(args.queries)], looking, args.max_bytes), found, asked)


def _assessed(assessor: Assessor, found: list[Candidate], asked: list[Asked]) -> Result:
    best = assessor.best_first(found)
    return Result(candidates=best, asked=asked, pages=assessor.pages, left=assessor.left)


def _query(args: Args, words: str | None = None) -> Query:
    """What is wanted; its words, unless given, are those of the first query and of the target."""
    text = words or " ".join(_wanted(args))
    return Query(words=text, goal=args.goal, modality=args.modality, target=args.target, classes=args.classes)


def _wanted(args: Args) -> list[str]:
    """The words of the first query, and those of the target that it leaves out."""
    listed = content(" ".join([args.queries[0], args.target or ""]))
    return list({stem(word): word for word in listed}.values()) or args.queries[0].split()


def _nothing(args: Args, result: Result) -> DataError:
    """Exactly what could not be reached, or what was asked for in vain."""
    gone = _gone(result.asked)
    answered = [one.source for one in result.asked if not one.unreachable and not one.why]
    facts = {"asked": [one.model_dump() for one in result.asked], "left": result.left[:20]}
    if args.offline:
        return DataError(
            Kind.OFFLINE,
            f"No built-in data set fits {args.queries[0]!r}, and this run works without the internet.",
            hint="Run once with the internet, or give the data with --data.",
            **facts,
        )
    if gone and not [name for name in answered if name != "catalogue"]:
        return DataError(
            Kind.UNREACHABLE,
            f"Data for {args.queries[0]!r} could not be searched for. Not reached: {gone}.",
            hint="Check the network, or give the data with --data.",
            **facts,
        )
    seen = f" Looked at and rejected: {'; '.join(result.left[:3])}." if result.left else ""
    missed = f" Not reached: {gone}." if gone else ""
    return DataError(
        Kind.NOTHING_FOUND,
        f"No data was found for {' or '.join(map(repr, args.queries))}; asked {', '.join(answered) or 'no one'}."
        f"{seen}{missed}",
        hint="Say more of what the data is about, or give it with --data.",
        **facts,
    )


def _gone(asked: list[Asked]) -> str:
    """`searxng (its host is not known); uci, openml, zenodo (not asked after those)`: those of one reason together."""
    names: dict[str, list[str]] = {}
    for one in asked:
        if one.unreachable:
            names.setdefault(one.why.rstrip("."), []).append(one.source)
    return "; ".join(f"{', '.join(together)} ({why})" for why, together in names.items())
