"""One file for each group of wishes; the folder is the catalogue.

A module has `TURN` (those of a lower turn read first, and what they took is blank for those after them) and
`find(heard) -> list[Mark]`: what it recognises in the request, each mark with the wish's kind and value. A mark of
kind `background` explains words that ask for nothing. The forms of words are in the TOML file of the same name.

A module that states its kinds in `SHAPES` (kind → examples of its value, as in `agent/request/wish.py`) is asked first
when the request is settled. Each of these functions may be missing:

    impossible(wish, task, goal) → str | None           why nothing here can do it
    bind(wish, task, profile) → Wish                    in terms of the data; what can't be met has a state and a reason
    effects(wish, task, goal) → {step: {name: value}}   what it changes in the plan, of `prepare`, `train`, `evaluate`
    done(wish, evidence) → (bool, str)                  whether the finished steps show it (`agent/settle/evidence.py`)
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from noglue.agent.request.heard import Heard
from noglue.agent.request.marks import Mark
from noglue.agent.request.wish import SHAPES


@cache
def modules() -> tuple[Any, ...]:
    """Every kind's module, in turn."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: (module.TURN, module.__name__)))


@cache
def shapes() -> dict[str, tuple[Any, ...]]:
    """Every kind, with examples of its value."""
    return {**SHAPES, **{kind: ways for module in modules() for kind, ways in getattr(module, "SHAPES", {}).items()}}


def hook(kind: str, name: str) -> Callable[..., Any] | None:
    """The function of this name in the module that states this kind, if there is one."""
    module = next((one for one in modules() if kind in getattr(one, "SHAPES", {})), None)
    return getattr(module, name, None)


def find(heard: Heard) -> list[Mark]:
    """All the wishes of a request, in order of the text; `heard` is left with their words blanked out."""
    for module in modules():
        heard.take(module.find(heard))
    return sorted(heard.marks, key=lambda mark: mark.start)
