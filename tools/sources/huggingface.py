"""The Hugging Face Hub: data sets by their names, and what the Hub's viewer knows of their columns and classes.

    GET https://huggingface.co/api/datasets?search=mnist&limit=10&full=true
    [{"id": "ylecun/mnist", "downloads": 66000, "likes": 200, "gated": false, "private": false, "description": "…",
      "tags": ["task_categories:image-classification", "license:mit", "modality:image", "size_categories:10K<n<100K"],
      "cardData": {"license": ["mit"], "dataset_info": {…}}, …}]
    GET https://datasets-server.huggingface.co/info?dataset=ylecun/mnist
    {"dataset_info": {"mnist": {"features": {"image": {"_type": "Image"},
        "label": {"names": ["0", "1", …], "_type": "ClassLabel"}},
        "splits": {"train": {"num_bytes": 17223300, "num_examples": 60000}, …}, "download_size": 18157506}}, …}

Source: https://huggingface.co/docs/hub/api, https://huggingface.co/docs/dataset-viewer/info. HF_ENDPOINT names another
Hub; its viewer is NOGLUE_HUB_VIEWER_URL, else `datasets-server.` before the Hub's name (as the `datasets` library has
it), or the Hub itself where that is a bare address. HF_TOKEN opens what the user may see. The data itself is
downloaded as the Parquet files that the Hub makes of every data set.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from noglue.tools.net import origin
from noglue.tools.sources import _asking, _hub_card
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import GoalName, ModalityName
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "data", 40
KEYS = ("HF_TOKEN",)
_BASE = "https://huggingface.co"
_VIEWER = "https://datasets-server.huggingface.co"  # the only other place that HF_TOKEN is for
_LOOKED_AT = 6
_GOALS: dict[str, GoalName] = {"classification": "classify", "regression": "regress"}
_MODALITIES: dict[str, ModalityName] = {"tabular": "table", "timeseries": "series", "time-series": "series"}


def available(environment: Mapping[str, str]) -> str | None:
    return None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = hub(environment)
    listed: dict[str, dict[str, Any]] = {}
    for words in _asking.narrower(query):
        asked = {"search": words, "limit": str(limit), "full": "true"}
        for item in _asking.items({"list": web.json(f"{base}/api/datasets", asked, token(environment))}, "list"):
            listed.setdefault(str(item.get("id") or ""), item)
        if len(listed) >= limit:
            break
    open_ones = [item for name, item in listed.items() if name and _may_be_had(item, environment)]
    found = [_candidate(item, base) for item in open_ones[:limit]]
    return [described(one, web, environment) for one in found[:_LOOKED_AT]] + found[_LOOKED_AT:]


def hub(environment: Mapping[str, str]) -> str:
    return (environment.get("HF_ENDPOINT") or _BASE).rstrip("/")


def viewer(environment: Mapping[str, str]) -> str:
    """Where /info and /first-rows are asked."""
    base = hub(environment)
    host = urlsplit(base).hostname or ""
    bare = re.fullmatch(r"[\d.:]+|localhost", host) is not None
    own = base if bare else base.replace("://", "://datasets-server.", 1)
    return _asking.endpoint(environment, "hub_viewer", own)


def token(environment: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {environment['HF_TOKEN']}"} if environment.get("HF_TOKEN") else {}


def described(candidate: Candidate, web: Web, environment: Mapping[str, str]) -> Candidate:
    """With the columns, classes, rows and bytes that the viewer, or else the card, tells. Never raises DataError."""
    try:
        place = viewer(environment)
        login = token(environment) if place == _VIEWER or origin.same(place, hub(environment)) else {}
        answer = web.json(f"{place}/info", {"dataset": candidate.name}, login)
    except DataError:
        return candidate
    info = answer.get("dataset_info") if isinstance(answer, dict) else None
    return _hub_card.with_facts(candidate, info) if isinstance(info, dict) else candidate


def _may_be_had(item: dict[str, Any], environment: Mapping[str, str]) -> bool:
    closed = item.get("private") or item.get("disabled")
    return not closed and (not item.get("gated") or bool(environment.get("HF_TOKEN")))


def _candidate(item: dict[str, Any], base: str) -> Candidate:
    name = str(item["id"])
    tags = [str(tag) for tag in item.get("tags") or []]
    card = item.get("cardData") if isinstance(item.get("cardData"), dict) else {}
    known = {kind: value for kind, _, value in (tag.partition(":") for tag in tags) if value}
    modality, goal = _kind(tags)
    found = Candidate(
        name=name,
        title=str((card or {}).get("pretty_name") or name)[:200],
        urls=[f"{base}/datasets/{name}"],
        modality=modality,
        goal=goal,
        licence=known.get("license"),
        page=f"{base}/datasets/{name}",
        format="parquet",
        text=_asking.plain(f"{name} {' '.join(tag for tag in tags if ':' not in tag)} {item.get('description') or ''}"),
        source="huggingface",
    )
    info = (card or {}).get("dataset_info")
    return _hub_card.with_facts(found, info)


def _kind(tags: list[str]) -> tuple[ModalityName | None, GoalName | None]:
    """From `task_categories:image-classification`, `modality:tabular`."""
    said = [tag.partition(":")[2] for tag in tags if tag.startswith(("task_categories:", "modality:"))]
    words = [word for tag in said for word in [tag, *tag.split("-")]]
    kinds = [_MODALITIES.get(word, word) for word in words]
    modality = next((kind for kind in ("image", "audio", "series", "text", "table") if kind in kinds), None)
    goal = next((_GOALS[word] for word in words if word in _GOALS), None)
    return next((kind for kind in modalities.names() if kind == modality), None), goal
