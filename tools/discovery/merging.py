"""One data set that several providers, or several queries, found: once, with what each of them knew.

>>> [candidate.source for candidate in merge([from_the_hub, the_same_from_searxng])]
['huggingface']
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from noglue.tools.spec.sources import Candidate


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In the order in which each was first found; what the first does not know is taken from the others."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        key = _key(candidate)
        found[key] = _both(found[key], candidate) if key in found else candidate
    return list(found.values())


def _key(candidate: Candidate) -> str:
    if candidate.builtin:
        return f"builtin:{candidate.builtin}"
    place = sorted(candidate.urls)[0] if candidate.urls else candidate.page or candidate.name
    parts = urlsplit(place)
    return f"{(parts.hostname or '').removeprefix('www.')}:{parts.port or ''}{parts.path.rstrip('/')}?{parts.query}"


def _both(first: Candidate, second: Candidate) -> Candidate:
    """The first, with the second's facts where it has none, and the longer text."""
    known = {}
    for name in ("modality", "goal", "target", "licence", "bytes", "format", "rows", "page"):
        if getattr(first, name) is None and getattr(second, name) is not None:
            known[name] = getattr(second, name)
    for name in ("columns", "classes", "checksums", "mirrors", "urls"):
        if not getattr(first, name) and getattr(second, name):
            known[name] = getattr(second, name)
    if len(second.text) > len(first.text):
        known["text"] = second.text
    return first.model_copy(update=known)
