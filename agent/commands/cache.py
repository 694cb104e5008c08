"""`noglue cache`: what lies in it, and room where it is wanted."""

import time
from pathlib import Path
from typing import Any

from noglue.agent import cache_upkeep
from noglue.agent.cache_upkeep import Item
from noglue.tools.spec.errors import BadUsage, Kind


def upkeep(cache: Path, most: int, clear: bool, prune: str | None) -> dict[str, Any]:
    """What the command answers: `path`, `limit`, `bytes`, `items`, and what was `removed`.

    Raises BadUsage for two wishes at once, and for what is no size.
    """
    if clear and prune is not None:
        raise BadUsage(Kind.USAGE, "--clear and --prune can't be used together.", hint="Take one of them.")
    removed: list[Item] = []
    if clear:
        removed = cache_upkeep.clear(cache)
    elif prune is not None:
        removed = cache_upkeep.prune(cache, cache_upkeep.size_of(prune))
    items = cache_upkeep.held(cache)
    return {
        "path": str(cache),
        "limit": most,
        "bytes": sum(item.bytes for item in items),
        "items": [item.model_dump() for item in items],
        "removed": [item.model_dump() for item in removed],
    }


def lines(content: dict[str, Any]) -> list[str]:
    """For people: one line an item, the last used first."""
    from noglue.tools.reporting.quantities import size

    found = []
    for item in content["items"]:
        age = _ago(time.time() - item["used"])
        found.append(f"{size(item['bytes']):>10}  {item['kind']:9} {age:>14}  {item['what']}")
    if content["removed"]:
        freed = sum(item["bytes"] for item in content["removed"])
        found.append(f"Removed {len(content['removed'])} of {size(freed)}.")
    found.append(f"{size(content['bytes'])} in {content['path']}; at most {size(content['limit'])}.")
    return found


def _ago(seconds: float) -> str:
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {name}{'s' * (count != 1)} ago"
    return "just now"
