"""Where the data of a task is to be had, and the steps that bring it to `inspect`.

A place that the user named, or a data set by its name, is fetched at once. A description alone is taken for a data set
that is built in; for anything else it is looked for: `search`, and then its best candidate.
"""

import re
from pathlib import Path
from typing import Any

from noglue.agent.plan import PlannedStep
from noglue.agent.settle import queries
from noglue.agent.task import Task
from noglue.tools.files import named_files
from noglue.tools.files.archives import packed
from noglue.tools.net import schemes
from noglue.tools.sources import catalogue
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.sources import Candidate

SEARCH = "search"
WELL = 0.75  # share of a description's words by which a built-in set is taken unasked
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w-]*")


def known(task: Task) -> Candidate | None:
    """What the user named, else what the catalogue has under that name, else what is built in and fits the description.

    None when it has to be looked for. Raises DataError `not-found` for a path that is not there.
    """
    places = [source for source in task.sources if _is_place(source)]
    if places:
        urls = list(dict.fromkeys(part for source in places for part in _with_its_parts(_absolute(source))))
        return Candidate(name="given", title=", ".join(places), urls=urls, why="as you named it")
    for query in [*task.sources, task.paragraph]:
        found = [candidate for candidate in catalogue.described(query) if _fits(candidate, task)]
        if found:
            return found[0]
    return None


def steps(task: Task) -> list[PlannedStep]:
    """download, extract, inspect; `search` before them where nothing is known; or inspect alone for what is built in.

    Raises TaskUnclear when nothing says where data is or what it would be about.
    """
    candidate = known(task)
    if candidate is None:
        return [search_step(task), *fetching(Candidate(name="", title="", urls=[]), task)]
    if candidate.builtin:
        look = {"roots": [f"builtin:{candidate.builtin}"]}
        return [PlannedStep(id="inspect", tool="inspect", args=look, why=f"{candidate.title} (built in)")]
    return fetching(candidate, task)


def search_step(task: Task) -> PlannedStep:
    asked = queries.queries(task)
    if task.constraints.offline or not asked:
        named = f"The catalogue has no data set called {', '.join(map(repr, task.sources))}. " if task.sources else ""
        raise TaskUnclear(
            Kind.NO_DATA,
            f"{named}The request does not say where the data is.",
            hint="Name a URL, a file or a folder in the paragraph, or add --data URL|PATH.",
        )
    wanted: dict[str, Any] = {"goal": task.goal, "modality": task.modality, "target": task.first_target}
    return PlannedStep(
        id=SEARCH,
        tool="search",
        args={"queries": asked, **wanted, "classes": queries.classes(task)},
        why=f"find data: {'; '.join(asked)}",
    )


def fetching(candidate: Candidate, task: Task, number: int = 1) -> list[PlannedStep]:
    """download, extract, inspect for one candidate; of the second and later ones the steps are called `download-2`, ….

    A candidate without any place is one that `search` has yet to find.
    """
    ending = "" if number == 1 else f"-{number}"
    found = bool(candidate.urls or candidate.builtin)
    return [
        PlannedStep(
            id=f"download{ending}",
            tool="download",
            args=fetch_args(candidate, task),
            why=f"{candidate.title}: {candidate.why}" if found else "the best of what the search finds",
            title=candidate.title,
        ),
        PlannedStep(
            id=f"extract{ending}",
            tool="extract",
            needs={"files": f"download{ending}.files", "only": f"download{ending}.only"},
            why="unpack the archives, if there are any",
        ),
        PlannedStep(
            id=f"inspect{ending}",
            tool="inspect",
            needs={
                "roots": f"extract{ending}.roots",
                "left": f"extract{ending}.skipped",
                "replaced": f"extract{ending}.replaced",
            },
            args={"goal": task.goal, "modality": task.modality, "target": task.first_target},
            why="find out what the files hold",
        ),
    ]


def fetch_args(candidate: Candidate, task: Task) -> dict[str, Any]:
    """The arguments of `download` for a candidate."""
    return {
        "sources": [f"builtin:{candidate.builtin}"] if candidate.builtin else candidate.urls,
        "mirrors": candidate.mirrors,
        "checksums": candidate.checksums,
        "prefer": [task.paragraph],
        "offline": bool(task.constraints.offline),
    }


def _fits(candidate: Candidate, task: Task) -> bool:
    """Built in; or, where there is an internet, called by its name. A mere description is no name."""
    offline = bool(task.constraints.offline)
    if candidate.named:
        return candidate.builtin is not None or not offline
    well = candidate.score >= WELL or offline  # else it competes with what a search finds
    return candidate.builtin is not None and well and task.modality in (None, candidate.modality)


def _is_place(source: str) -> bool:
    """A URL, or what is or looks like a path; a bare name such as `mnist` is neither, unless it exists here."""
    if "://" in source or schemes.refused(source) is not None or source.startswith(("~", "./", "../", "/")):
        return True
    path = Path(source)
    return named_files.there(path) or "/" in source or (path.suffix != "" and not path.suffix[1:].isdigit())


def _with_its_parts(place: str) -> list[str]:
    """`/data/x.zip.001` → that and `/data/x.zip.002`, …, which are one archive; any other place alone."""
    return [place] if "://" in place else [str(path) for path in packed.beside(Path(place))]


def _absolute(source: str) -> str:
    """`~/pics` → `/home/me/pics`; `user/name`, where no such folder is near, → its page on the Hugging Face Hub.

    Raises DataError `not-found`, with names that come near, for a path that is not there, and `unsupported-address`.
    """
    refused = None if named_files.there(named_files.located(source)) else schemes.refused(source)
    if refused is not None:
        raise refused
    scheme, mark, rest = source.partition("://")
    if mark and scheme.lower() != "file":
        return f"{scheme.lower()}://{rest}"
    source = f"/{rest.partition('/')[2]}" if mark else source
    path = named_files.located(source)
    if _HUB_NAME.fullmatch(source) and not named_files.there(path) and not named_files.there(path.parent):
        return f"https://huggingface.co/datasets/{source}"
    named_files.require(path)
    return str(path)
