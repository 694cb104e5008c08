"""The folder is the catalogue: a plugin is a module found by its file's name.

    >>> names("noglue.tools.readers")
    ['builtin', 'cifar_binary', …]
    >>> load("noglue.tools.readers", "idx").sniff
    <function sniff …>

A file whose name starts with an underscore is a helper of its neighbours, not a plugin.
"""

import importlib
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType


def names(package: str) -> list[str]:
    """The plugins of a package, sorted, without importing any of them."""
    return list(_files(package))


@cache
def _files(package: str) -> tuple[str, ...]:
    """Read once a process: a command looks a few hundred plugins up, and each would list the folder again."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"no package {package!r}")
    folders = [Path(place) for place in spec.submodule_search_locations]
    files = {file.stem for folder in folders for file in folder.glob("*.py")}
    return tuple(sorted(file for file in files if not file.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """One plugin. Raises KeyError, listing what there is, when the name is not in the catalogue."""
    known = _files(package)
    if name not in known:
        raise KeyError(f"{package} has no {name!r}; it has: {', '.join(known)}")
    return importlib.import_module(f"{package}.{name}")
