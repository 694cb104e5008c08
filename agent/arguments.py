"""What Python arguments may be, held as the flags of the command line are: types and bounds, in one sentence.

>>> @checked
... def load(run: Place) -> None: ...
>>> load("a\\0b")
BadUsage: run='a\\0b' makes no sense: no path has a NUL in it, and none is empty.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

from pydantic import AfterValidator, ConfigDict, PlainValidator, TypeAdapter, ValidationError
from pydantic import validate_call as validated

from noglue.tools.spec.errors import BadUsage, Kind

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")
STRICT = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True, extra="forbid")


def _path(place: str | Path) -> str | Path:
    if "\0" in str(place) or not str(place).strip():
        raise ValueError("no path has a NUL in it, and none is empty")
    return place


def _many(one: Any) -> PlainValidator:
    """A list of these, from any iterable; one alone is a list of one."""
    form = TypeAdapter(list[one], config=STRICT)

    def listed(value: Any) -> list[Any]:
        if isinstance(value, str | Path):
            return form.validate_python([value])
        many = isinstance(value, Iterable) and not isinstance(value, bytes)
        return form.validate_python(list(value) if many else value)

    return PlainValidator(listed)


Place = Annotated[str | Path, AfterValidator(_path)]
Places = Annotated[str | Path | Iterable[str | Path], _many(Place)]
Names = Annotated[str | Iterable[str], _many(str)]


def checked(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """The function, which raises BadUsage `argument`, in one sentence, for what is no such argument."""
    names = list(inspect.signature(function).parameters)
    valid = validated(config=STRICT)(function)

    @wraps(function)
    def checking(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
        try:
            return valid(*args, **kwargs)
        except ValidationError as error:
            first = error.errors()[0]
            place, value = first["loc"][0], str(first["input"])[:100]
            name = names[min(place, len(names) - 1)] if isinstance(place, int) else place
            if "argument" in first["type"] or first["type"] == "extra_forbidden":  # missing, unknown, given twice
                raise TypeError(f"{function.__name__}(): {name}: {first['msg']}") from None
            raise BadUsage(
                Kind.ARGUMENT,
                f"{name}={value!r} makes no sense: {first['msg']}.".replace("\0", "\\0"),
                hint="Types and bounds are those of the command line's flags: `noglue run --help`.",
            ) from None

    return checking
