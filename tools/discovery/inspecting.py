"""A candidate's files looked at before they are downloaded: is it data at all, which format, which columns?

The first bytes only, of at most three files. An address that the policy forbids, a page in the place of a file, or a
file that is not there ends the candidate; a server that is slow or busy does not.
"""

from typing import Any

from noglue.tools.discovery.previewing import Preview, read
from noglue.tools.discovery.search_words import content, stem, stems
from noglue.tools.net import checksums, failures, hub_files, origin
from noglue.tools.net.reach import Look, Reach
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.sources import Candidate, Query

_LOOKED_AT = 3
_GONE = (
    Kind.NOT_FOUND,
    Kind.FORBIDDEN,
    Kind.FORBIDDEN_ADDRESS,
    Kind.NAME_NOT_FOUND,
    Kind.HTML_INSTEAD_OF_DATA,
    Kind.BAD_ADDRESS,
)


def inspect(
    candidate: Candidate, query: Query, web: Reach, hub_address: str, headers: dict[str, dict[str, str]]
) -> tuple[Candidate, bool]:
    """→ the candidate with what its first bytes tell, and whether anything was looked at. Raises DataError (`_GONE`).

    headers: origin → what it wants to see (a key).
    """
    files = [url for url in candidate.urls if hub_files.repository_of(url, hub_address) is None]
    if candidate.builtin or not files or candidate.urls == [candidate.page]:
        return candidate, candidate.builtin is not None or bool(candidate.columns)
    looks, sizes = [], []
    for url in files[:_LOOKED_AT]:
        places = [url, *candidate.mirrors.get(url, [])]
        place, look = _first_that_answers(places, web, headers, candidate.checksums.get(url))
        if look is None:
            continue
        if place != url:
            candidate = _from(candidate, url, [place, *(one for one in places if one != place)])
        looks.append(read(look))
        sizes.append(look.bytes)
    if not looks:
        return candidate, False
    known = _known(candidate, looks, query)
    whole = sum(size for size in sizes if size) if all(sizes) and len(sizes) == len(files) else None
    return candidate.model_copy(update=known | ({"bytes": whole} if whole else {})), True


def _from(candidate: Candidate, url: str, places: list[str]) -> Candidate:
    """The candidate with the place that answered in front, and the dead one among the mirrors."""
    first, *others = places
    checksums = {first if key == url else key: value for key, value in candidate.checksums.items()}
    mirrors = {key: value for key, value in candidate.mirrors.items() if key != url} | {first: others}
    urls = [first if one == url else one for one in candidate.urls]
    return candidate.model_copy(update={"urls": urls, "mirrors": mirrors, "checksums": checksums})


def _first_that_answers(
    urls: list[str], web: Reach, headers: dict[str, dict[str, str]], published: str | None
) -> tuple[str, Look | None]:
    """The first bytes from the first place that has them; None when none answered. Raises when all say it is gone.

    published: the file's checksum; a small file that has come whole and has another one is not it.
    """
    gone: DataError | None = None
    unsure = False
    for url in urls:
        try:
            look = web.look(url, headers.get(origin.of(url)))
        except DataError as error:
            gone = gone or error
            unsure = unsure or error.kind not in _GONE
            continue
        if _is_another(look, published):
            gone = gone or DataError(
                Kind.CHECKSUM_MISMATCH, f"{failures.shown(url)} is not the file that was published."
            )
        elif not look.is_page:
            return url, look
        else:
            gone = gone or DataError(
                Kind.HTML_INSTEAD_OF_DATA, f"{failures.shown(url)} gives a web page instead of data."
            )
    if gone is not None and not unsure:
        raise gone
    return "", None


def _is_another(look: Look, published: str | None) -> bool:
    """Only where all of the file is here and its checksum is published."""
    if published is None or look.bytes is None or look.bytes != len(look.head):
        return False
    expected = checksums.parse(published)
    digests = checksums.Digests([expected.algorithm])
    digests.update(look.head)
    return digests.hex(expected.algorithm) != expected.hex


def _known(candidate: Candidate, looks: list[Preview], query: Query) -> dict[str, Any]:
    best = max(looks, key=lambda preview: (len(preview.columns), preview.modality is not None))
    facts: dict[str, Any] = {"format": best.format}
    if best.modality is not None:
        facts["modality"] = best.modality
    if best.columns:
        facts["columns"] = best.columns
    if best.rows is not None:
        rows = [preview.rows for preview in looks if preview.rows is not None]
        facts["rows"] = sum(rows)
    if not candidate.classes and (classes := _classes(best, query)):
        facts["classes"] = classes
    if best.members:
        facts["text"] = f"{candidate.text[:1500]} {' '.join(best.members[:20])}"[:2000]
    return facts


def _classes(preview: Preview, query: Query) -> list[str]:
    """The words of the column that is asked for, or of that which holds the classes asked for; else of the last."""
    wanted = {stem(word) for word in content(query.target or "")}
    asked = {word for name in query.classes for word in stems(name)}
    for column, values in preview.values.items():
        if wanted & set(stems(column.replace("_", " "))) or asked & set(stems(" ".join(values))):
            return values
    if preview.values and preview.columns and preview.columns[-1] in preview.values:
        return preview.values[preview.columns[-1]]
    return []
