"""One file for each group of wishes; the folder is the catalogue.

A module has `TURN` (those of a lower turn read first, and what they took is blank for those after them) and
`find(heard) -> list[Mark]`: what it recognises in the request, each mark with the wish's kind and value. A mark of
kind `background` explains words that ask for nothing. The forms of words are in the TOML file of the same name.
"""

import importlib
import pkgutil
from functools import cache
from typing import Any

from noglue.agent.request.heard import Heard
from noglue.agent.request.marks import Mark


@cache
def modules() -> tuple[Any, ...]:
    """Every kind's module, in turn."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: (module.TURN, module.__name__)))


def find(heard: Heard) -> list[Mark]:
    """All the wishes of a request, in order of the text; `heard` is left with their words blanked out."""
    for module in modules():
        heard.take(module.find(heard))
    return sorted(heard.marks, key=lambda mark: mark.start)
