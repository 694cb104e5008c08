"""The UCI Machine Learning Repository, through the API that its Python package uses; tables as one CSV with a header.

    GET https://archive.ics.uci.edu/api/datasets/list?search=wine
    {"status": 200, "statusText": "OK", "data": [{"id": 109, "name": "Wine"}, {"id": 186, "name": "Wine Quality"}]}
    GET https://archive.ics.uci.edu/api/dataset?id=109
    {"status": 200, "data": {"uci_id": 109, "name": "Wine", "abstract": "Using chemical analysis to determine …",
        "repository_url": "https://archive.ics.uci.edu/dataset/109/wine", "tasks": ["Classification"],
        "data_url": "https://archive.ics.uci.edu/static/public/109/data.csv", "num_instances": 178,
        "target_col": ["class"], "variables": [{"name": "Alcohol", "role": "Feature", …}, …], …}}

Source: https://github.com/uci-ml-repo/ucimlrepo. `search` looks at names alone, so words are tried one by one.
"""

from collections.abc import Mapping
from typing import Any

from noglue.tools.sources import _asking
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import GoalName
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "data", 50
_BASE = "https://archive.ics.uci.edu"
_LOOKED_AT = 4
_TASKS: dict[str, GoalName] = {"classification": "classify", "regression": "regress"}


def available(environment: Mapping[str, str]) -> str | None:
    return None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    if query.modality not in (None, "table", "series", "text"):
        return []
    base = _asking.endpoint(environment, "uci", _BASE)
    named: dict[int, int] = {}  # id → how many words of the query its name has
    for words in _asking.narrower(query):
        for item in _asking.items(web.json(f"{base}/api/datasets/list", {"search": words.lower()}), "data"):
            identity = _asking.number(item.get("id"))
            if identity is not None:
                named[identity] = named.get(identity, 0) + len(words.split())
    best = sorted(named, key=lambda identity: -named[identity])[: min(limit, _LOOKED_AT)]
    found = [_described(identity, web, base) for identity in best]
    return [candidate for candidate in found if candidate is not None]


def _described(identity: int, web: Web, base: str) -> Candidate | None:
    """None where UCI offers no table of it."""
    try:
        answer = web.json(f"{base}/api/dataset", {"id": str(identity)})
    except DataError:
        return None
    info = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(info, dict) or not info.get("data_url"):
        return None
    variables = _asking.items(info, "variables")
    targets = info.get("target_col") or []
    tasks = [str(task).lower() for task in info.get("tasks") or []]
    goals = [_TASKS[task] for task in tasks if task in _TASKS]
    more = info.get("additional_info")
    return Candidate(
        name=f"uci-{identity}",
        title=_asking.plain(info.get("name"))[:200],
        urls=[str(info["data_url"])],
        modality="table",
        goal=goals[0] if goals else None,
        target=str(targets[0]) if isinstance(targets, list) and len(targets) == 1 else None,
        licence="CC BY 4.0",  # as every page of the repository states
        page=str(info.get("repository_url") or f"{base}/dataset/{identity}"),
        format="csv",
        columns=[str(variable["name"]) for variable in variables if variable.get("name")],
        rows=_asking.number(info.get("num_instances")),
        text=_asking.plain(f"{info.get('abstract', '')} {_summary(more)}"),
        source="uci",
    )


def _summary(more: Any) -> str:
    return str(more.get("summary") or "") if isinstance(more, dict) else ""
