"""Which of a page's links are the data set.

    choose(links of cifar.html, ["CIFAR-10"])  →  cifar-10-python.tar.gz
    choose(links of a Fashion-MNIST page, [])  →  the four IDX files

Versions of one thing (python, matlab, binary; zip, tar.gz; csv, xlsx) are alternatives: the one our readers read
best is taken. Parts of one thing (train and test, images and labels) are taken together. Of several data sets on a
page, those that the hints name; without a hint the first that is an archive, or else all tables.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from noglue.tools.net import url_names
from noglue.tools.spec.web_pages import Link

# Best first, by what our readers read most directly.
_VERSIONS = (
    ("python", "py", "numpy"),
    ("parquet",),
    ("csv",),
    ("binary", "bin"),
    ("json", "jsonl"),
    ("matlab", "mat", "octave"),
    ("rdata", "weka", "arff", "java", "cpp", "torch", "tensorflow"),
)
_UNNAMED = 3  # where a file stands that names no version
_FORMATS = (
    ".parquet",
    ".csv",
    ".tsv",
    ".data",
    ".npz",
    ".jsonl",
    ".arrow",
    ".zip",
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.xz",
    ".txz",
    ".tar.bz2",
    ".tbz2",
    ".tar.zst",
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
)
_IDX = re.compile(r"^(train|t10k|test)[-_](images|labels)[-_.]idx([13])[-_]ubyte(\.gz|\.zip)?$", re.I)
_NOT_DATA = re.compile(
    r"(licen[cs]e|readme|changelog|requirements|robots|paper|poster|slides|code|src|source[-_]?code|devkit)\b", re.I
)
_CODE = re.compile(r"(?:^|[-_. ])(src|sources?|code|scripts?|notebooks?|devkit)$", re.I)
_PART = re.compile(
    r"(?<![^-_. ])(train(ing)?|test(ing)?|valid(ation)?|val|dev|images?|labels?|annotations?|features?|targets?"
    r"|part\d*)(?![^-_. ])",
    re.I,
)
_TELLS_NOTHING = frozenset(
    ("a", "an", "and", "data", "dataset", "file", "files", "for", "in", "of", "set", "the", "to", "with")
)
_DOWNLOADS = re.compile(r"\bdownloads?\b|\bget the data\b|\bdata ?sets?\b|\bdata files?\b|\bfiles\b", re.I)


@dataclass(frozen=True)
class Choice:
    """links: to download. left: data links that were passed over. why: in words."""

    links: list[Link]
    left: list[Link] = field(default_factory=list)
    why: str = ""


def choose(links: Sequence[Link], hints: Sequence[str], everything: bool = False, page: str = "") -> Choice:
    """`everything`: the page is a listing, where what is no alternative of something else belongs to the whole.

    page: its address; of two links to a file of the same name, the one that lies nearer to it is no mirror.
    """
    offered = [link for link in links if url_names.is_data(link.url) and not url_names.is_checksums(link.url)]
    data = [link for link in offered if not _is_code(link)] or offered
    quartet = _quartet(data)
    if quartet:
        return _choice(quartet, data, "the IDX files that belong together")
    wanted, named = _named(data, hints)
    why = "named by the task" if named else ""
    kept, dropped = _best_versions(wanted, hints, page)
    if dropped and not why:
        why = f"the version that is read best ({', '.join(link.name for link in kept[:3])})"
    if not everything and not named and len(kept) > 1 and not _parts(kept):
        archives = [link for link in kept if url_names.extension(link.name) in url_names.ARCHIVES]
        if archives:
            kept, why = archives[:1], why or "the first of several data sets on the page"
    return _choice(kept, data, why or "every data file")


def pages_further(links: Sequence[Link], host: str) -> list[Link]:
    """Links that may lead to the files when the page itself has none: `Download`, `Get the data`; same site first."""
    near = [link for link in links if not url_names.is_data(link.url) and _DOWNLOADS.search(f"{link.text} {link.name}")]
    return sorted(
        near, key=lambda link: (f"//{host}" not in link.url, "download" not in f"{link.text} {link.name}".lower())
    )[:3]


def _choice(kept: list[Link], data: Sequence[Link], why: str) -> Choice:
    taken = {link.url for link in kept}
    return Choice(kept, [link for link in data if link.url not in taken], why)


def _quartet(data: Sequence[Link]) -> list[Link]:
    """Images and labels, train and test (`train-images-idx3-ubyte.gz`, …); gzip before plain where both are offered."""
    found: dict[tuple[str, str], Link] = {}
    for link in sorted(data, key=lambda link: not link.name.endswith(".gz")):
        match = _IDX.match(link.name)
        if match:
            found.setdefault((match[1].lower(), match[2].lower()), link)
    whole = [split for split in ("train", "t10k", "test") if (split, "images") in found and (split, "labels") in found]
    return [found[split, part] for split in whole for part in ("images", "labels")]


def _named(data: Sequence[Link], hints: Sequence[str]) -> tuple[list[Link], bool]:
    """The links that share most words with the hints, and True, when that tells some apart from others; else all."""
    said = _said(hints) - _version_words() - _TELLS_NOTHING
    words = {word for word in said if not _PART.fullmatch(word)}
    scores = [len(words & set(_words(f"{url_names.stem(link.name)} {link.text}"))) for link in data]
    best = max(scores, default=0)
    kept = [link for link, score in zip(data, scores, strict=True) if score == best]
    if best == 0 or len(kept) == len(data):
        return list(data), False
    rest = [link for link in data if link not in kept]
    if _parts([*kept, *rest]) and not any(url_names.extension(link.name) in url_names.ARCHIVES for link in data):
        return list(data), False
    return kept, True


def _is_code(link: Link) -> bool:
    """`readme.zip`, `code.zip`, `crabs-src.zip`: what comes with data and is none."""
    return bool(_NOT_DATA.match(link.name) or _CODE.search(url_names.stem(link.name)))


def _best_versions(data: Sequence[Link], hints: Sequence[str], page: str) -> tuple[list[Link], list[Link]]:
    """Of links that differ in nothing but version or format, the best one. → kept, dropped."""
    asked = _said(hints)
    groups: dict[tuple[str, ...], list[Link]] = {}
    for link in data:
        groups.setdefault(_thing(link), []).append(link)
    kept = [min(group, key=lambda link: (*_rank(link, asked), _away(link, page))) for group in groups.values()]
    return kept, [link for link in data if link not in kept]


def _thing(link: Link) -> tuple[str, ...]:
    """What a link is a version of: `cifar-10-matlab.tar.gz` → (`cifar`, `10`). An image or a sound is itself alone."""
    ending = url_names.extension(link.name)
    if ending in url_names.MEDIA:
        return (link.url,)
    words = _words(url_names.stem(link.name))
    versions = _version_words()
    split = (ending.strip("."),) if ending in (".test", ".train") else ()  # adult.data and adult.test are two things
    return (*(tuple(word for word in words if word not in versions) or tuple(words)), *split)


def _rank(link: Link, asked: set[str]) -> tuple[int, int, int]:
    words = set(_words(link.name))
    version = next((place for place, group in enumerate(_VERSIONS) if words & set(group)), _UNNAMED)
    wish = not any(words & set(group) & asked for group in _VERSIONS)
    ending = url_names.extension(link.name)
    return (wish, version, _FORMATS.index(ending) if ending in _FORMATS else len(_FORMATS))


def _away(link: Link, page: str) -> int:
    """0: below the page's own folder; 1: on its host; 2: elsewhere."""
    there, here = urlsplit(link.url), urlsplit(page)
    if there.netloc != here.netloc:
        return 2
    return 0 if there.path.startswith(here.path[: here.path.rfind("/") + 1]) else 1


def _parts(links: Sequence[Link]) -> bool:
    """Do these files make one data set: train and test, images and labels, part 1 and 2, 01 to 20?"""
    numbered = [re.fullmatch(r"(.*?)[-_. ]?(\d+)", url_names.stem(link.name)) for link in links]
    if len(links) > 1 and all(numbered):
        counted = sorted(int(match[2]) for match in numbered if match)
        if len({match[1] for match in numbered if match}) == 1 and counted == list(
            range(counted[0], counted[0] + len(counted))
        ):
            return counted[0] in (0, 1)
    things = {re.sub(r"[-_. ]+", " ", _PART.sub(" ", url_names.stem(link.name))).strip().lower() for link in links}
    named = sum(1 for link in links if _PART.search(link.name))
    return named >= 2 and len(things) <= max(1, len(links) // 2)


def _said(hints: Sequence[str]) -> set[str]:
    """The words of the hints; an address in them is no wish."""
    return {word for hint in hints for word in _words(re.sub(r"https?://\S+", " ", hint))}


def _version_words() -> set[str]:
    return {word for group in _VERSIONS for word in group}


def _words(text: str) -> list[str]:
    """`CIFAR-10_python` → cifar, 10, python."""
    return re.findall(r"[a-z]+|\d+", text.lower())
