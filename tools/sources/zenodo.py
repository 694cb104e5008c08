"""Zenodo, the research repository at CERN, and others that run the same software (NOGLUE_ZENODO_URL).

    GET https://zenodo.org/api/records?q=wine+quality&type=dataset&size=10
    {"hits": {"total": 42, "hits": [{"id": 53169, "doi": "10.5281/zenodo.53169",
        "metadata": {"title": "Collection of textures in colorectal cancer histology", "description": "<p>This …</p>",
                     "access_right": "open", "license": {"id": "cc-by-4.0"}, "keywords": ["histology"]},
        "files": [{"key": "Kather_texture_2016_image_tiles_5000.zip", "size": 258098431, "checksum": "md5:…",
                   "links": {"self": "https://zenodo.org/api/records/53169/files/Kather…zip/content"}}],
        "links": {"self_html": "https://zenodo.org/records/53169"}}]}}

Source: https://developers.zenodo.org/#records
"""

from collections.abc import Mapping
from typing import Any

from noglue.tools.net import choose_links, url_names
from noglue.tools.sources import _asking
from noglue.tools.spec.sources import Candidate, Query, Web
from noglue.tools.spec.web_pages import Link

FINDS, RANK = "data", 70
_BASE = "https://zenodo.org"
_WORDS = 6


def available(environment: Mapping[str, str]) -> str | None:
    return None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = _asking.endpoint(environment, "zenodo", _BASE)
    asked = {"q": " ".join(query.words.split()[:_WORDS]), "type": "dataset", "size": str(limit), "sort": "bestmatch"}
    records = _asking.items(web.json(f"{base}/api/records", asked), "hits", "hits")
    found = [_candidate(record, base, query) for record in records]
    return [candidate for candidate in found if candidate is not None][:limit]


def _candidate(record: dict[str, Any], base: str, query: Query) -> Candidate | None:
    """None for closed records and for those without a file that could be data."""
    metadata = record.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    files = {str(file.get("key", "")): file for file in _asking.items(record, "files")}
    if metadata.get("access_right", "open") != "open":
        return None
    links = [Link(f"{base}/{name}", name) for name in files if url_names.is_data(f"{base}/{name}")]
    chosen = [link.text for link in choose_links.choose(links, [query.words]).links]
    urls = {name: _address(record, name, files[name], base) for name in chosen}
    if not urls:
        return None
    licence = metadata.get("license")
    checksums = {urls[name]: str(files[name]["checksum"]) for name in chosen if files[name].get("checksum")}
    keywords = metadata.get("keywords") if isinstance(metadata.get("keywords"), list) else []
    return Candidate(
        name=f"zenodo-{record.get('id')}",
        title=_asking.plain(metadata.get("title"))[:200],
        urls=list(urls.values()),
        checksums=checksums,
        licence=str(licence.get("id")) if isinstance(licence, dict) and licence.get("id") else None,
        bytes=sum(_asking.number(files[name].get("size")) or 0 for name in chosen) or None,
        page=f"{base}/records/{record.get('id')}",
        text=_asking.plain(
            f"{' '.join(map(str, keywords or []))} {', '.join(files)[:300]} {metadata.get('description', '')}"
        ),
        source="zenodo",
    )


def _address(record: dict[str, Any], name: str, file: dict[str, Any], base: str) -> str:
    """The file under its own name, which `…/content` would hide."""
    return f"{base}/records/{record.get('id')}/files/{name}?download=1"
