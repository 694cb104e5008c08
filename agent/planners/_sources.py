"""Where the data of a task is to be had, and the steps that bring it to `inspect`."""

import re
from pathlib import Path

from agent.plan import PlannedStep
from agent.task import Task
from tools.core import local
from tools.core.errors import TaskUnclear
from tools.core.protocols import Candidate
from tools.sources import catalogue

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w-]*")


def choose(task: Task) -> Candidate:
    """What the user named, else what the catalogue knows under that name or description.

    Raises TaskUnclear when neither gives anything.
    """
    places = [source for source in task.sources if _is_place(source)]
    if places:
        urls = [_absolute(source) for source in places]
        return Candidate(name="given", title=", ".join(places), urls=urls, why="named by the user")
    for query in [*task.sources, task.paragraph]:
        found = [candidate for candidate in catalogue.find(query) if _fits(candidate, task)]
        if found:
            return found[0]
    named = f"The catalogue has no data set called {', '.join(map(repr, task.sources))}. " if task.sources else ""
    raise TaskUnclear(
        "no-data",
        f"{named}The request does not say where the data is.",
        hint="Name a URL, a file or a folder in the paragraph, or add --data URL|PATH.",
    )


def steps(candidate: Candidate, task: Task) -> list[PlannedStep]:
    """download, extract, inspect; or inspect alone for a set that scikit-learn brings along."""
    if candidate.builtin:
        return [
            PlannedStep(
                id="inspect",
                tool="inspect",
                args={"roots": [f"builtin:{candidate.builtin}"]},
                why=f"{candidate.title} (built in)",
            )
        ]
    fetch = {"sources": candidate.urls, "mirrors": candidate.mirrors, "checksums": candidate.checksums}
    fetch |= {"prefer": [task.paragraph]}
    return [
        PlannedStep(
            id="download",
            tool="download",
            args=fetch | {"offline": bool(task.constraints.get("offline"))},
            why=f"{candidate.title}: {candidate.why}",
        ),
        PlannedStep(
            id="extract",
            tool="extract",
            needs={"files": "download.files", "only": "download.only"},
            why="unpack archives, if there are any",
        ),
        PlannedStep(
            id="inspect",
            tool="inspect",
            needs={"roots": "extract.roots"},
            args={"goal": task.goal, "modality": task.modality},
            why="what lies in the files?",
        ),
    ]


def _fits(candidate: Candidate, task: Task) -> bool:
    """Without internet only what is built in can be had."""
    return candidate.builtin is not None or not task.constraints.get("offline")


def _is_place(source: str) -> bool:
    """A URL, or what is or looks like a path; a bare name such as `mnist` is neither, unless it exists here."""
    if "://" in source or source.startswith(("~", "./", "../", "/")):
        return True
    path = Path(source)
    return path.exists() or "/" in source or (path.suffix != "" and not path.suffix[1:].isdigit())


def _absolute(source: str) -> str:
    """`~/pics` → `/home/me/pics`; `user/name`, where no such folder is near, → its page on the Hugging Face Hub.

    Raises DataError `not-found`, with names that come near, for a path that is not there.
    """
    scheme, mark, rest = source.partition("://")
    if mark and scheme.lower() != "file":
        return f"{scheme.lower()}://{rest}"
    source = f"/{rest.partition('/')[2]}" if mark else source
    path = Path(source).expanduser()
    if _HUB_NAME.fullmatch(source) and not path.exists() and not path.parent.exists():
        return f"https://huggingface.co/datasets/{source}"
    local.require(path.absolute())
    return str(path.absolute())
