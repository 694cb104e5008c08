"""Pictures that stand for others: masks, second copies, other renderings. They are neither classes nor more data."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.readers._folders import Arrangement, common, parts

MASK = "a mask of another picture"
COPY = "a second copy of another picture"
RENDERING = "another rendering of the same picture"
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
    stems = {path.stem.casefold() for path in pictures}
    beside = {f"{path.parent}/{path.stem.casefold()}" for path in pictures}
    marked = {
        path
        for path in pictures
        if (match := _MARKED.fullmatch(path.stem)) and f"{path.parent}/{match[1].casefold()}" in beside
    }
    inside = {path for path, names in between.items() if any(_MASKS.fullmatch(name) for name in names)}
    outside = [path for path in pictures if path not in inside]
    plain = {path.stem.casefold() for path in outside}
    paired = [path for path in inside if _pair(path, plain)]
    shown = any(_PICTURES.fullmatch(name) for path in outside for name in between[path]) or any(
        _MARKED.fullmatch(path.stem) for path in inside
    )
    clear = any(re.search("trimap|segm|truth|mattes", name, re.I) for path in inside for name in between[path])
    if inside and outside and (len(paired) >= 0.7 * len(inside)) and (shown or clear):
        marked |= inside
    return marked if len(marked) < len(stems) + len(outside) else []


def _pair(mask: Path, plain: set[str]) -> bool:
    match = _MARKED.fullmatch(mask.stem)
    return mask.stem.casefold() in plain or (match is not None and match[1].casefold() in plain)


def _copies(pictures: Sequence[Path]) -> list[Path]:
    """The pictures of a folder that holds the whole tree around it once more (`cell_images/cell_images/…`)."""
    if not pictures:
        return []
    base = common(pictures)
    by_top: dict[str, dict[str, Path]] = {}
    start = len(str(base)) + 1
    for path in pictures:
        top, _, rest = str(path)[start:].partition(os.sep)
        by_top.setdefault(top if rest else "", {})[rest or top] = path
    for top, inside in by_top.items():
        if not top:
            continue
        twins = {rest: base / rest for rest in inside if os.sep in rest and rest.partition(os.sep)[0] in by_top}
        same = [
            inside[rest] for rest, other in twins.items() if other in by_top.get(rest.partition(os.sep)[0], {}).values()
        ]
        if len(same) >= 0.9 * len(inside) and all(
            _same_size(path, twins[str(path)[start + len(top) + 1 :]]) for path in same
        ):
            return list(inside.values())
    return []


def _same_size(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size


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
