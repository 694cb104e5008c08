"""Listings of object stores, and what they list: S3 and its kin, Google Cloud Storage, Azure.

    <ListBucketResult><Name>store</Name><Contents><Key>a/train.csv</Key><Size>9</Size></Contents>…    S3, GCS, MinIO
    <EnumerationResults><Blobs><Blob><Name>a/train.csv</Name></Blob></Blobs>…                         Azure
    {"kind": "storage#objects", "items": [{"name": "a/train.csv", "mediaLink": "https://…"}]}         GCS, in JSON

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html,
https://learn.microsoft.com/rest/api/storageservices/list-blobs.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

from noglue.tools.net.page_moves import absolute
from noglue.tools.spec.web_pages import Link

_ROOTS = re.compile(rb"<(?:[\w.-]+:)?(ListBucketResult|ListVersionsResult|EnumerationResults)[\s>]")
_JSON = re.compile(rb"\A\s*\{\s*\"kind\"\s*:\s*\"storage#objects\"")


@dataclass(frozen=True)
class Bucket:
    """links: the objects; `text` is the key. next: the listing's next page, where there is one."""

    name: str
    links: list[Link] = field(default_factory=list)
    next: str | None = None


def is_listing(head: bytes) -> bool:
    """By its first bytes."""
    return bool(_ROOTS.search(head[:2048]) or _JSON.match(head[:2048]))


def read(content: bytes, url: str) -> Bucket | None:
    """The listing at `url`; None for what can't be read as one (cut off, or with a document type in it)."""
    if _JSON.match(content[:2048]):
        return _of_json(content, url)
    if b"<!DOCTYPE" in content[:4096].upper() or b"<!ENTITY" in content.upper():
        return None
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return _of_azure(root, url) if root.tag == "EnumerationResults" else _of_s3(root, url)


def _of_s3(root: ElementTree.Element, url: str) -> Bucket:
    encoded = _text(root, "EncodingType") == "url"
    keys = [_text(item, "Key") for name in ("Contents", "Version") for item in root.iter(name)]
    keys = [unquote(key) if encoded else key for key in keys]
    following = None
    if _text(root, "IsTruncated") == "true":
        token = _text(root, "NextContinuationToken")
        marker = _text(root, "NextMarker") or (keys[-1] if keys else "")
        step = {"list-type": "2", "continuation-token": token} if token else {"marker": marker}
        following = _with_query(url, step) if token or marker else None
    return Bucket(_text(root, "Name"), _links(keys, url), following)


def _of_azure(root: ElementTree.Element, url: str) -> Bucket:
    blobs = list(root.iter("Blob"))
    base = _base(url)
    links = []
    for blob in blobs:
        name = _text(blob, "Name")
        stated = absolute(url, _text(blob, "Url")) if _text(blob, "Url") else None
        if name and not name.endswith("/"):
            links.append(Link(stated or base + quote(name), name))
    marker = _text(root, "NextMarker")
    name = root.get("ContainerName") or base.rstrip("/").rpartition("/")[2]
    return Bucket(name, links, _with_query(url, {"marker": marker}) if marker else None)


def _of_json(content: bytes, url: str) -> Bucket | None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return None
    items = [item for item in answer.get("items") or [] if isinstance(item, dict) and isinstance(item.get("name"), str)]
    links = []
    for item in items:
        target = absolute(url, str(item.get("mediaLink") or ""))
        if target and not item["name"].endswith("/"):
            links.append(Link(target, item["name"]))
    token = answer.get("nextPageToken")
    name = str(items[0].get("bucket") or "") if items else ""
    return Bucket(name, links, _with_query(url, {"pageToken": str(token)}) if token else None)


def _links(keys: list[str], url: str) -> list[Link]:
    base = _base(url)
    return [Link(base + quote(key), key) for key in keys if key and not key.endswith("/")]


def _base(url: str) -> str:
    """Where the objects are: the listing's address without its query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))


def _with_query(url: str, more: dict[str, str]) -> str:
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()])))


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
