"""Well-known data sets: which names there are, and what each says of the task.

>>> known()["cifar 10"]
Known(name='cifar 10', modality='image', goal='classify', plain=False)
"""

import importlib.util
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from noglue.agent.task import GoalName, ModalityName


@dataclass(frozen=True)
class Known:
    """A data set by name. `plain`: its name is an everyday word too. None: that name says nothing of it."""

    name: str
    modality: ModalityName | None
    goal: GoalName | None
    plain: bool = False


def key(name: str) -> str:
    """One form for all the ways to write a name: `CIFAR-10`, `cifar_10`, `Cifar10` → `cifar 10`."""
    return " ".join(re.findall(r"[^\W\d_]+|\d+", name.lower()))


@cache
def known() -> dict[str, Known]:
    """Key → data set: those of `names.toml`, and those that the catalogue can get."""
    found: dict[str, Known] = {}
    with (Path(__file__).parent / "names.toml").open("rb") as file:
        for group in tomllib.load(file)["name"]:
            for name in [*group["names"], *group["plain"]]:
                found[key(name)] = Known(name, group["modality"], group["goal"], name in group["plain"])
    if importlib.util.find_spec("noglue.tools.sources.catalogue"):
        from noglue.tools.sources import catalogue

        everyday = {key(name) for name in catalogue.everyday_names()}
        for alias, canonical in catalogue.known_names().items():
            entry = found.get(key(alias)) or found.get(key(canonical))
            if entry is None:
                candidate = catalogue.get(canonical)
                entry = (
                    Known(canonical, candidate.modality, candidate.goal) if candidate else Known(canonical, None, None)
                )
            plain = key(alias) in everyday or (entry.plain and key(alias) == key(entry.name))
            found[key(alias)] = replace(entry, name=canonical, plain=plain)
    return found
