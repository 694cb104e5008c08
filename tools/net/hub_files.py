"""A data set's page on the Hugging Face Hub → its Parquet files, through the Hub's API.

    GET /api/datasets/ylecun/mnist           {"id", "sha", "cardData": {"license"}, "siblings": [{"rfilename"}]}
    GET /api/datasets/ylecun/mnist/parquet   {"mnist": {"train": ["https://…/0.parquet"], "test": […]}}

Source: https://huggingface.co/docs/dataset-viewer/parquet. Where the Hub made no Parquet, the repository's own data
files are taken. `HF_TOKEN` in the step's environment opens gated sets.
"""

import json
import os
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from noglue.tools.net import origin, url_names
from noglue.tools.net.choose_links import choose
from noglue.tools.net.fetch import Fetcher
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.web_pages import Link

HUB = "https://huggingface.co"


@dataclass
class HubFiles:
    """files: (address, the path to keep it under)."""

    repository: str
    licence: str | None = None
    why: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)


def repository_of(url: str, hub: str = HUB) -> str | None:
    """`https://huggingface.co/datasets/ylecun/mnist/viewer` → `ylecun/mnist`; None when it is no data set's page."""
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    if not _is_hub(parts.netloc, hub) or path[:1] != ["datasets"] or len(path) < 2:
        return None
    if "resolve" in path or "blob" in path:
        return None
    return "/".join(path[1:3]) if len(path) > 2 and path[2] not in ("tree", "viewer", "discussions") else path[1]


def raw_file(url: str, hub: str = HUB) -> str:
    """`…/datasets/o/n/blob/main/a.csv` → `…/resolve/main/a.csv`."""
    ours = _is_hub(urlsplit(url).netloc, hub)
    return re.sub(r"(/datasets/[^/]+(?:/[^/]+)?)/blob/", r"\1/resolve/", url) if ours else url


def _is_hub(netloc: str, hub: str) -> bool:
    """The Hub itself, or the mirror of it that is used."""
    return netloc.removeprefix("www.") in (urlsplit(HUB).netloc, urlsplit(hub).netloc)


def authorize(fetcher: Fetcher, hub: str = HUB) -> None:
    """Send the user's token to the Hub, or the one that HF_ENDPOINT names, and to nobody else.

    A plan may name another Hub; it gets none. A redirect to another origin drops it.
    """
    token = os.environ.get("HF_TOKEN")
    if token and any(origin.same(hub, own) for own in (HUB, os.environ.get("HF_ENDPOINT") or HUB)):
        fetcher.headers[origin.of(hub)] = {"Authorization": f"Bearer {token}"}


def files_of(repository: str, url: str, fetcher: Fetcher, hints: list[str], hub: str = HUB) -> HubFiles:
    """Raises what `Fetcher.get` raises; DataError `no-data-links` for a repository without data."""
    about = _ask(fetcher, f"{hub}/api/datasets/{quote(repository)}", repository)
    card = about.get("cardData") if isinstance(about.get("cardData"), dict) else {}
    found = HubFiles(repository, _licence(card.get("license") if isinstance(card, dict) else None))
    try:
        listed = _ask(fetcher, f"{hub}/api/datasets/{quote(repository)}/parquet", repository)
    except DataError as error:
        if error.kind not in (Kind.NOT_FOUND, Kind.SERVER_ERROR, Kind.BAD_REQUEST):
            raise
        listed = {}
    configs = {name: splits for name, splits in listed.items() if isinstance(splits, dict) and splits}
    if configs:
        config = _config(list(configs), url, hints)
        found.files = _parquet(configs[config])
        others = f" of {', '.join(configs)}" if len(configs) > 1 else ""
        found.why = f"the Parquet files of configuration {config!r}{others}"
        return found
    return _own_files(found, about, hints, hub)


def _own_files(found: HubFiles, about: dict[str, Any], hints: list[str], hub: str) -> HubFiles:
    base = f"{hub}/datasets/{found.repository}/resolve/{about.get('sha') or 'main'}/"
    paths = [str(item.get("rfilename", "")) for item in about.get("siblings", []) if isinstance(item, dict)]
    links = [Link(base + quote(path), path) for path in paths if path and not path.startswith(".")]
    choice = choose(links, hints, everything=True)
    if not choice.links:
        raise DataError(
            Kind.NO_DATA_LINKS,
            f"The Hub's repository {found.repository} holds no data files.",
            hint="Name another source.",
        )
    found.why = "the repository's own files, as the Hub offers no Parquet"
    found.files = [(link.url, link.text) for link in choice.links]
    return found


def _config(configs: list[str], url: str, hints: list[str]) -> str:
    """The one in the address (`/viewer/CONFIG/…`), else one that a hint names, else `default`, else the first."""
    parts = urlsplit(url).path.split("/")
    stated = parts[parts.index("viewer") + 1 :][:1] if "viewer" in parts else []
    wishes = [*stated, *hints, "default"]
    return next((config for wish in wishes for config in configs if config.lower() == wish.lower()), configs[0])


def _parquet(splits: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Split by split: `train-00000.parquet`, so that a reader knows the split by the name."""
    found = []
    for split, urls in splits.items():
        for place, url in enumerate(urls):
            found.append((url, url_names.safe(f"{split}-{place:05d}-of-{len(urls):05d}.parquet")))
    return found


def _licence(stated: Any) -> str | None:
    if isinstance(stated, list):
        return ", ".join(map(str, stated)) or None
    return str(stated) if stated else None


def _ask(fetcher: Fetcher, url: str, repository: str) -> dict[str, Any]:
    fetched = fetcher.get(url)
    try:
        answer = json.loads(fetched.path.read_bytes())
    except ValueError as error:
        raise DataError(Kind.SERVER_ERROR, f"The Hub's answer about {repository} can't be read: {error}.") from error
    if not isinstance(answer, dict):
        raise DataError(Kind.SERVER_ERROR, f"The Hub's answer about {repository} is not what its API documents.")
    return answer
