"""Which strings of a tool's result are paths, so that the runner can hold each to what the step may speak of.

class Result(BaseModel):
    roots: list[StepPath]
    only: dict[StepPath, str]

list(of(Result(roots=["steps/02-extract/files"], only={})))     # ["steps/02-extract/files"]
"""

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

BUILTIN = "builtin:"  # a data set that comes with a library stands where a path may stand


class _Marker:
    """Marks a string as a path."""


StepPath = Annotated[str, _Marker()]


def of(result: BaseModel) -> Iterator[str]:
    """Every path in a result, at whatever depth, but for the names of built-in data sets."""
    for name, field in type(result).model_fields.items():
        value = getattr(result, name)
        if any(isinstance(one, _Marker) for one in field.metadata):
            yield from _texts(value)
        else:
            yield from _in(field.annotation, value)


def _in(kind: Any, value: Any) -> Iterator[str]:
    """The paths in a value of this type."""
    origin, inner = get_origin(kind), get_args(kind)
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from of(value)
    elif origin is Annotated:
        marked = any(isinstance(one, _Marker) for one in inner[1:])
        yield from _texts(value) if marked else _in(inner[0], value)
    elif origin in (Union, UnionType):
        for one in inner:
            yield from _in(one, value)
    elif isinstance(value, Mapping) and len(inner) == 2:
        for key, item in value.items():
            yield from _in(inner[0], key)
            yield from _in(inner[1], item)
    elif isinstance(value, list | tuple | set) and inner:
        for item in value:
            yield from _in(inner[0], item)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str) and not value.startswith(BUILTIN):
        yield value
