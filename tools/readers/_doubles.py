"""Pictures that stand for others: masks, second copies, other renderings. They are neither classes nor more data."""

import filecmp
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from noglue.tools.readers._folders import Arrangement, common, parts

_COMPARED = 20  # pairs of files, byte by byte
MASK = "a mask of another picture"
COPY = "a second copy of another picture"
RENDERING = "another rendering of the same picture"
DECORATION = "a picture of a document beside the data"
_DOCUMENTS = re.compile(
    r"docs?|documentation|assets?|figs?|figures?|plots?|screenshots?|readme|results?|static|logos?", re.I
)
_MARKED = re.compile(
    r"(.+?)[ _.-]*(?:masks?|segmentation|segmented|seg|gt|ground_?truth|trimap|matte|labelids)(?:[ _-]?\d+)?",
    re.I,
)
_MASKS = re.compile(
    r"(?:.*[ _-])?(?:masks?|trimaps?|segmentations?|segmentation(?:class|object)|ground[ _-]?truths?|gts?|mattes?)"
    r"(?:[ _-].*)?|pixellabels?|segmaps?",
    re.I,
)
_WITHOUT = re.compile(
    r"\b(?:no|non|not|un|without|wo|ohne|sans|sin|senza|bad)[ _-]?(?:a[ _-])?mask|unmasked|with[ _-]?mask",
    re.I,
)
_PICTURES = re.compile(
    r"(?:.*[ _-])?(?:images?|imgs?|pictures?|photos?|inputs?|jpegimages|originals?|raw|x|data)", re.I
)
_RENDERINGS = (
    r"(?:colou?rs?|rgb|originals?|raw|images?)",
    r"(?:gr[ea]y(?:[ _-]?scaled?)?|bw|black[ _-]?(?:and[ _-]?)?white|mono(?:chrome)?|segment(?:ed|ation)?|edges?|canny"
    r"|sketch|depth|thermal|ir|infrared|nir|contours?|binari[sz]ed|enhanced|augmented|aug|resized|scaled|small|large|thumbs?"
    r"|thumbnails?|cropped|crops?|normali[sz]ed|filtered|hist(?:ogram)?|equali[sz]ed|negative[ _-]image|heatmaps?"
    r"|\d+x\d+|\d+px|(?:low|high)[ _-]?res|[hl]d|[hl]r)",
)


def found(pictures: Sequence[Path]) -> dict[Path, str]:
    """Which pictures only repeat others, each with what it is. Never all of them."""
    passed = dict.fromkeys(_masks(pictures), MASK)
    left = [path for path in pictures if path not in passed]
    passed |= dict.fromkeys(_copies(left), COPY)
    passed |= dict.fromkeys(_decoration([path for path in left if path not in passed]), DECORATION)
    return passed if len(passed) < len(pictures) else {}


def _masks(pictures: Sequence[Path]) -> Iterable[Path]:
    """By their names beside a picture's (`x.png`, `x_mask.png`), or by their folder's beside that of the pictures."""
    if not pictures:
        return []
    base = common(pictures)
    between = {path: parts(path, base) for path in pictures}
    folders = {name for names in between.values() for name in names}
    if any(_WITHOUT.search(name) for name in folders):  # faces with masks on
        return []
    suspects = [(path, match[1].casefold()) for path in pictures if (match := _MARKED.fullmatch(path.stem))]
    named = {name for name in folders if _MASKS.fullmatch(name)}
    if not suspects and not named:
        return []
    beside = {f"{path.parent}/{path.stem.casefold()}" for path in pictures} if suspects else set()
    marked = {path for path, stem in suspects if f"{path.parent}/{stem}" in beside}
    inside = {path for path, names in between.items() if not named.isdisjoint(names)}
    outside = [path for path in pictures if path not in inside]
    plain = {path.stem.casefold() for path in outside}
    paired = [path for path in inside if _pair(path, plain)]
    shown = any(_PICTURES.fullmatch(name) for path in outside for name in between[path]) or any(
        path in inside for path, _ in suspects
    )
    clear = any(re.search("trimap|segm|truth|mattes", name, re.I) for name in named)
    if inside and outside and len(paired) >= 0.7 * len(inside) and (shown or clear):
        marked |= inside
    return marked


def _decoration(pictures: Sequence[Path]) -> list[Path]:
    """A few pictures in a folder of documents beside those of the data."""
    if not pictures:
        return []
    base = common(pictures)
    tops = {path: parts(path, base)[:1] for path in pictures}
    few = [path for path, top in tops.items() if top and _DOCUMENTS.fullmatch(top[0])]
    return few if len(few) < 0.2 * len(pictures) else []


def _pair(mask: Path, plain: set[str]) -> bool:
    match = _MARKED.fullmatch(mask.stem)
    return mask.stem.casefold() in plain or (match is not None and match[1].casefold() in plain)


def _copies(pictures: Sequence[Path]) -> list[Path]:
    """The pictures of a folder that holds the tree around it once more (`cells/cells/…`), or the one beside it."""
    if not pictures:
        return []
    base = common(pictures)
    start = len(str(base)) + 1
    below = {str(path)[start:]: path for path in pictures}
    by_top: dict[str, dict[str, Path]] = {}
    for name, path in below.items():
        top, _, rest = name.partition(os.sep)
        if rest:
            by_top.setdefault(top, {})[rest] = path
    for inside in by_top.values():
        if inside.keys() <= below.keys() and _equal([(path, below[rest]) for rest, path in inside.items()]):
            return list(inside.values())
    for top, inside in sorted(by_top.items(), key=lambda one: -len(one[0])):
        for other, twins in by_top.items():
            nested = all(os.sep in rest for rest in inside)  # two classes may hold the same pictures by mistake
            twin = other != top and nested and inside.keys() == twins.keys()
            if twin and _equal([(path, twins[rest]) for rest, path in inside.items()]):
                return list(inside.values())
    return []


def _equal(pairs: Sequence[tuple[Path, Path]]) -> bool:
    """Whether the files of each pair are the same, by some of them."""
    some = [pairs[place * len(pairs) // _COMPARED] for place in range(_COMPARED)] if len(pairs) > _COMPARED else pairs
    return all(filecmp.cmp(one, other, shallow=False) for one, other in some)


def renderings(arranged: Arrangement) -> tuple[int, list[str]] | None:
    """The level of folders that hold the same pictures in several forms, and these folders, the plainest first.

    They are renderings where their names say so and the same file names come in each.
    """
    for level in range(arranged.depth):
        names = arranged.level(level)
        kinds = Counter(names.values())
        if not 2 <= len(kinds) <= 12:
            continue
        rank = {
            kind: next((n for n, like in enumerate(_RENDERINGS) if re.fullmatch(like, _last(kind), re.I)), 9)
            for kind in kinds
        }
        if max(rank.values()) == 9 or min(rank.values()) == max(rank.values()) == 0 or 1 not in rank.values():
            continue
        inner: dict[str, set[str]] = {kind: set() for kind in kinds}
        for path, kind in names.items():
            rest = arranged.folders[path][:level] + arranged.folders[path][level + 1 :]
            inner[kind].add(
                "/".join((arranged.splits[path], *rest, re.sub(r"[ _-]+[a-z]+$", "", path.stem.casefold())))
            )
        whole = set.union(*inner.values())
        if all(len(held) >= 0.5 * len(whole) for held in inner.values()) and arranged.depth > 1:
            return level, sorted(kinds, key=lambda kind: (rank[kind], -kinds[kind], kind))
    return None


def _last(name: str) -> str:
    """The last words of a folder's name that may tell a form: `plants_grayscale`, `leaf color`."""
    return (
        name if re.fullmatch(r"\d+x\d+", name) else re.split(r"[ _-]", name)[-1] if "_" in name or " " in name else name
    )
