"""The answers of the Hugging Face Hub and of its dataset viewer, for the sets that have a name there.

    /api/datasets?search=penguins                [{"id": "allison/palmer-penguins", "downloads": …, "tags": […]}]
    /api/datasets/NAME                           {"id", "sha", "cardData": {"license"}, "siblings": [{"rfilename"}]}
    /api/datasets/NAME/parquet                   {"default": {"train": ["…/default/train/0.parquet"]}}
    /info?dataset=NAME                           {"dataset_info": {"default": {"features", "splits", …}}}
    /first-rows?dataset=NAME&config=default&split=train   {"features": […], "rows": [{"row_idx", "row"}]}

Shapes: https://huggingface.co/docs/hub/api, https://huggingface.co/docs/dataset-viewer/info,
https://huggingface.co/docs/dataset-viewer/first_rows, https://huggingface.co/docs/dataset-viewer/parquet
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noglue.tasks.web import ranking
from noglue.tasks.web.server import Reply
from noglue.tasks.web.sets import WebSet

if TYPE_CHECKING:
    import pandas as pd

_API = "/api/datasets"
_SHA = "3f2b8c1d0a5e4f6790b1c2d3e4f5a6b7c8d9e0f1"
_SHOWN = 100


@dataclass(frozen=True)
class HubSet:
    """`about`: the text of its card. `parquet`: its one file."""

    about: str
    chosen: WebSet
    rows: "pd.DataFrame"
    parquet: bytes

    @property
    def name(self) -> str:
        return str(self.chosen.hub)


class Hub:
    """`url`: path → address on the server that answers."""

    def __init__(self, sets: list[HubSet], url: Callable[[str], str]) -> None:
        self._sets = {hub_set.name: hub_set for hub_set in sets}
        self._url = url

    def answer(self, path: str, query: dict[str, str]) -> Reply | None:
        """None: not the Hub's business."""
        viewers = {"/info": self._info, "/first-rows": self._first_rows, "/parquet": self._viewer_parquet}
        if path in viewers:
            found = self._sets.get(query.get("dataset", ""))
            return _missing() if found is None else as_json(viewers[path](found, query))
        if path == _API:
            return as_json(self._search(query))
        if path.startswith(_API + "/"):
            return self._api(path.removeprefix(_API + "/"))
        for hub_set in self._sets.values():
            if path.startswith(f"/datasets/{hub_set.name}/resolve/") and path.endswith("/data/train.parquet"):
                return Reply(hub_set.parquet)
        return None

    def _api(self, rest: str) -> Reply:
        for hub_set in self._sets.values():
            places: dict[str, Callable[[], Reply]] = {
                hub_set.name: lambda one=hub_set: as_json(self._about(one)),  # type: ignore[misc]
                f"{hub_set.name}/parquet": lambda one=hub_set: as_json({"default": {"train": [self._file(one)]}}),  # type: ignore[misc]
                f"{hub_set.name}/parquet/default/train/0.parquet": lambda one=hub_set: Reply(one.parquet),  # type: ignore[misc]
            }
            if rest in places:
                return places[rest]()
        return _missing()

    def _file(self, hub_set: HubSet) -> str:
        return self._url(f"{_API}/{hub_set.name}/parquet/default/train/0.parquet")

    def _search(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Every word of the search is in the name, the tags or the card."""
        asked = set(ranking.words(query.get("search", "")))
        fitting = [one for one in self._sets.values() if asked <= set(ranking.words(f"{one.name} {one.about}"))]
        listed = [self._about(one) for one in fitting[: int(query.get("limit", "20"))]]
        if query.get("full", "").lower() not in ("1", "true"):
            listed = [
                {key: value for key, value in one.items() if key not in ("cardData", "siblings")} for one in listed
            ]
        return listed

    def _about(self, hub_set: HubSet) -> dict[str, Any]:
        licence = hub_set.chosen.licence.lower().replace(" ", "-")
        return {
            "_id": "621ffdd236468d709f181e5e",
            "id": hub_set.name,
            "author": hub_set.name.partition("/")[0],
            "sha": _SHA,
            "lastModified": "2025-03-01T12:00:00.000Z",
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": [f"license:{licence}", "format:parquet", "modality:tabular", "region:us"],
            "downloads": 1234,
            "likes": 12,
            "description": hub_set.about,
            "cardData": {"license": licence, "pretty_name": hub_set.chosen.title},
            "siblings": [{"rfilename": name} for name in (".gitattributes", "README.md", "data/train.parquet")],
        }

    def _info(self, hub_set: HubSet, query: dict[str, str]) -> dict[str, Any]:
        rows = len(hub_set.rows)
        split = {"name": "train", "num_bytes": len(hub_set.parquet), "num_examples": rows, "dataset_name": "parquet"}
        features = {str(column): _feature(hub_set.rows[column]) for column in hub_set.rows}
        told = {
            "description": hub_set.about,
            "license": hub_set.chosen.licence,
            "features": features,
            "splits": {"train": split},
            "download_size": len(hub_set.parquet),
            "dataset_size": len(hub_set.parquet),
        }
        return {"dataset_info": told if "config" in query else {"default": told}, "partial": False}

    def _first_rows(self, hub_set: HubSet, query: dict[str, str]) -> dict[str, Any]:
        columns = enumerate(hub_set.rows)
        shown = json.loads(hub_set.rows.head(_SHOWN).to_json(orient="records"))
        return {
            "dataset": hub_set.name,
            "config": query.get("config", "default"),
            "split": query.get("split", "train"),
            "features": [
                {"feature_idx": place, "name": str(column), "type": _feature(hub_set.rows[column])}
                for place, column in columns
            ],
            "rows": [{"row_idx": place, "row": row, "truncated_cells": []} for place, row in enumerate(shown)],
            "truncated": len(hub_set.rows) > _SHOWN,
        }

    def _viewer_parquet(self, hub_set: HubSet, query: dict[str, str]) -> dict[str, Any]:
        place = {"dataset": hub_set.name, "config": "default", "split": "train"}
        file = place | {"url": self._file(hub_set), "filename": "0.parquet", "size": len(hub_set.parquet)}
        return {"parquet_files": [file], "pending": [], "failed": [], "partial": False}


def as_json(content: Any) -> Reply:
    return Reply(json.dumps(content).encode(), "application/json")


def _feature(column: "pd.Series[Any]") -> dict[str, str]:
    kind = str(column.dtype)
    return {"dtype": kind if kind.startswith(("int", "float", "bool")) else "string", "_type": "Value"}


def _missing() -> Reply:
    return Reply(b'{"error":"Repository not found"}', "application/json", 404)
