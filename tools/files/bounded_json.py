"""JSON that others wrote: never deeper than what noglue's own code can walk, whatever the brackets.

>>> parsed(b'{"a": [1]}')
{'a': [1]}
>>> parsed(b"[" * 100_000)
Traceback (most recent call last):
ValueError: it is nested more than 100 deep
"""

import json
from typing import Any

DEPTH = 100
_TOO_DEEP = f"it is nested more than {DEPTH} deep"


def parsed(data: bytes | str) -> Any:
    """The value of a whole text. Raises ValueError, in words, for what is no JSON, no UTF-8, or nested too deep."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    level = [value]
    for _ in range(DEPTH):
        level = [below for one in level for below in _inside(one) if isinstance(below, dict | list)]
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
