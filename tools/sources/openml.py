"""OpenML, where data sets come with their target and their qualities; as one Parquet file.

    GET https://www.openml.org/api/v1/json/data/list/data_name/iris/status/active/limit/5
    {"data": {"dataset": [{"did": 61, "name": "iris", "version": 1, "status": "active", "format": "ARFF",
        "quality": [{"name": "NumberOfInstances", "value": "150.0"}, {"name": "NumberOfClasses", "value": "3.0"}]}]}}
    GET https://www.openml.org/api/v1/json/data/61
    {"data_set_description": {"id": "61", "name": "iris", "description": "**Author**: R.A. …", "licence": "Public",
        "default_target_attribute": "class", "url": "https://…/iris.arff", "parquet_url": "https://…/dataset_61.pq", …}}
    GET https://www.openml.org/api/v1/json/data/features/61
    {"data_features": {"feature": [{"index": "4", "name": "class", "data_type": "nominal", "is_target": "true",
        "nominal_value": ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]}, …]}}

Source: https://www.openml.org/apis and the answers kept in scikit-learn's tests (`sklearn/datasets/tests/data/openml`).
A name must match whole, so names are tried as people write them. What OpenML can't find it answers with 412.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from noglue.tools.sources import _asking
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import GoalName
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "data", 60
_BASE = "https://www.openml.org"
_NAMES, _LOOKED_AT, _MOST_CLASSES = 6, 3, 50
_NOTHING = (Kind.BAD_REQUEST, Kind.NOT_FOUND)


def available(environment: Mapping[str, str]) -> str | None:
    return None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    if query.modality not in (None, "table", "series", "text"):
        return []
    base = f"{_asking.endpoint(environment, 'openml', _BASE)}/api/v1/json/data"
    listed: dict[int, dict[str, Any]] = {}
    for name in _names(query):
        for item in _asked(web, f"{base}/list/data_name/{quote(name)}/status/active/limit/3"):
            identity = _asking.number(item.get("did"))
            if identity is not None:
                listed.setdefault(identity, item)
    found = [_described(identity, listed[identity], web, base) for identity in list(listed)[: min(limit, _LOOKED_AT)]]
    return [candidate for candidate in found if candidate is not None]


def _names(query: Query) -> list[str]:
    """`wine quality` → wine-quality, wine_quality, winequality, wine, quality."""
    words = query.words.lower().split()
    joined = [mark.join(words[:2]) for mark in ("-", "_", "")] if len(words) > 1 else []
    return list(dict.fromkeys([*joined, *words]))[:_NAMES]


def _asked(web: Web, url: str) -> list[dict[str, Any]]:
    try:
        return _asking.items(web.json(url), "data", "dataset")
    except DataError as error:
        if error.kind in _NOTHING:
            return []
        raise


def _described(identity: int, item: dict[str, Any], web: Web, base: str) -> Candidate | None:
    """None where there is no Parquet file of it: ARFF is read by none of the readers here."""
    try:
        answer = web.json(f"{base}/{identity}")
        features = _asking.items(web.json(f"{base}/features/{identity}"), "data_features", "feature")
    except DataError:
        return None
    info = answer.get("data_set_description") if isinstance(answer, dict) else None
    address = info.get("parquet_url") or info.get("minio_url") if isinstance(info, dict) else None
    if not isinstance(info, dict) or not str(address or "").startswith(("http://", "https://")):
        return None
    quality = {str(one.get("name")): _asking.number(one.get("value")) for one in _asking.items(item, "quality")}
    target = str(info.get("default_target_attribute") or "") or None
    aim = next((feature for feature in features if feature.get("name") == target), {})
    classes = aim.get("nominal_value")  # newer answers list them
    goal: GoalName | None = None if not aim else "classify" if aim.get("data_type") == "nominal" else "regress"
    return Candidate(
        name=f"openml-{identity}",
        title=_asking.plain(info.get("name"))[:200],
        urls=[str(address)],
        modality="table",
        goal=goal,
        target=target,
        licence=str(info.get("licence") or "") or None,
        page=f"{base.removesuffix('/api/v1/json/data')}/d/{identity}",
        format="parquet",
        columns=[str(feature["name"]) for feature in features if feature.get("name")],
        classes=[str(name) for name in classes][:_MOST_CLASSES] if isinstance(classes, list) else [],
        rows=quality.get("NumberOfInstances"),
        text=_asking.plain(info.get("description")),
        source="openml",
    )
