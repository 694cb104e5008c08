"""Files that the request puts into a split: `train on a.csv and test on b.csv`."""

from collections.abc import Sequence
from pathlib import PurePath

from noglue.agent.task import Task
from noglue.tools.preparation.splits_by_file import is_file
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Profile


def divided(task: Task) -> dict[str, list[str]]:
    """Files that the request puts into a split: `train on a.csv and test on b.csv`, as arguments of `prepare`."""
    named: dict[str, list[str]] = {}
    for wish in task.wishes:
        divides = isinstance(wish.value, dict) and "file" in wish.value and wish.state == "open"
        if wish.kind in ("train", "test") and divides:
            named.setdefault(f"{wish.kind}_files", []).append(PurePath(str(wish.value["file"])).name)
    return named


def has_files(profile: Profile, named: dict[str, list[str]]) -> bool:
    paths = [path for split, listed in profile.files.items() if split != "about" for path in listed]
    return all(any(is_file(path, name) for path in paths) for names in named.values() for name in names)


def no_such_file(named: dict[str, list[str]], profiles: Sequence[Profile]) -> TaskUnclear:
    there = {PurePath(path).name for one in profiles for paths in one.files.values() for path in paths}
    listed = ", ".join(sorted(there)[:12]) + (" …" if len(there) > 12 else "")
    said = ", ".join(name for names in named.values() for name in names)
    return TaskUnclear(
        Kind.NO_SUCH_FILE,
        f"The request divides the data by {said}, which do not hold rows of one table: there are {listed}.",
        hint="Name files of the same columns, as they are called.",
    )
