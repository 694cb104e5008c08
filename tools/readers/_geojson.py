"""GeoJSON: each feature is a row of its properties; a point becomes its longitude and latitude.

    {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [13.4, 52.5]},
         "properties": {"name": "Mitte", "trees": 812}}]}
    name   trees  lon   lat
    Mitte  812    13.4  52.5

Of lines and areas the middle of their corners is taken, and told. Source: https://www.rfc-editor.org/rfc/rfc7946
"""

from collections.abc import Iterator
from typing import Any

_MOST_CORNERS = 100_000


def is_collection(content: Any) -> bool:
    """Whether a document of JSON is a collection of features."""
    return (
        isinstance(content, dict)
        and content.get("type") == "FeatureCollection"
        and isinstance(content.get("features"), list)
    )


def records(content: dict[str, Any]) -> list[dict[str, Any] | str]:
    """One record a feature; why it is none, where it is none."""
    return [_record(feature) for feature in content["features"]]


def _record(feature: Any) -> dict[str, Any] | str:
    if not isinstance(feature, dict):
        return "an entry that is no feature"
    properties = feature.get("properties")
    found: dict[str, Any] = dict(properties) if isinstance(properties, dict) else {}
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        return found or "a feature without properties and place"
    corners = list(_corners(geometry))
    kind = geometry.get("type")
    if corners:
        names = ("lon", "lat") if kind == "Point" else ("center_lon", "center_lat")
        middle = [sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1)]
        for name, value in zip(names, middle, strict=True):
            found[name if name not in found else f"geometry.{name}"] = value
    if kind != "Point":
        found.setdefault("geometry", kind)
    return found


def _corners(geometry: Any) -> Iterator[tuple[float, float]]:
    """Every position of a geometry, those of a collection too."""
    waiting: list[Any] = [geometry]
    given = 0
    while waiting and given < _MOST_CORNERS:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [one.get("coordinates"), *(one.get("geometries") or [])]
        elif isinstance(one, list) and len(one) >= 2 and all(_is_number(value) for value in one[:2]):
            given += 1
            yield float(one[0]), float(one[1])
        elif isinstance(one, list):
            waiting += one


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
