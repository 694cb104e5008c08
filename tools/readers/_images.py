"""Encoded images to a `Raw`'s columns: decoded where they are small and all of one size, else left as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.pictures import bit_depth, decoding
from noglue.tools.readers._arrays import images as pixel_column
from noglue.tools.readers._arrays import pick, training
from noglue.tools.spec.data_form import DataForm, PixelScale
from noglue.tools.spec.profiles import ImageShape

MOST_KEPT = 40  # reasons told; the rest are counted
SMALL_SIDE = 96
SMALL_BYTES = 3 << 29  # decoded, over all splits
_PROBED = 64
_MEASURED, _FEWEST_MEASURED = 256, 16  # pictures that the scale of more than 8 bits is learned from
_MEASURED_PIXELS = 64 << 20  # of these pictures, before they become fewer
_OF_BYTES = (".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp")  # never more than 8 bits

_SINGLE = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".tga")

Source = Path | bytes


@dataclass(frozen=True)
class Loaded:
    """For each split the positions that could be read and their column `image`; `shape` where they are decoded.

    cut: pictures that were decoded and have values beyond a scale known before. unusable: each file that could not be
    read, with the reason.
    """

    kept: dict[str, np.ndarray]
    columns: dict[str, pa.Array]
    shape: ImageShape | None
    skipped: list[str]
    form: DataForm
    cut: int = 0
    unusable: dict[str, str] = field(default_factory=dict)


def load(by_split: Mapping[str, Sequence[Source]], form: DataForm | None = None) -> Loaded:
    """Every image is opened once; those that can't be read are left out, with the reason.

    Small images of one size: FixedSizeList<uint8>. Others: string (paths) or binary (encoded bytes).
    form: where the scale of more than 8 bits a channel is known; else the training pictures tell it.
    """
    loaded = _load(by_split, form)
    return replace(loaded, skipped=[*loaded.skipped, *_several(by_split)])


def _load(by_split: Mapping[str, Sequence[Source]], form: DataForm | None) -> Loaded:
    common = _common_shape(by_split)
    known = form
    form = form or DataForm(pixels=_scale(training(by_split)))
    while common is not None:
        decoded = _decoded(by_split, common, form)
        if decoded is not None:
            return decoded if known is None else replace(decoded, cut=_cut(by_split, known))
        # A colour image among grey ones: once more, all in colour. Another size: they stay encoded.
        common = (*common[:2], 3) if common[2] == 1 and _one_size(by_split) else None
    return _encoded(by_split, form)


def _several(by_split: Mapping[str, Sequence[Source]]) -> list[str]:
    """A note on animations and stacks, by a sample of the files that may be some."""
    whole = [source for part in by_split.values() for source in part]
    may = [one for one in whole if isinstance(one, Path) and one.suffix.lower() not in _SINGLE]
    some = [may[place] for place in pick(len(may), _PROBED)]
    counts = list(decoding.each(decoding.frames, some))
    found = [(one, count) for one, count in zip(some, counts, strict=True) if isinstance(count, int) and count > 1]
    if not found:
        return []
    of = f" of {len(some):,} looked at" if len(some) < len(may) else ""
    one, count = found[0]
    several = f"{len(found):,} files{of} hold" if len(found) > 1 or of else f"{one.name} holds"
    return [f"{several} several pictures ({one.name}: {count:,} frames or pages); the first of each is taken"]


def _cut(by_split: Mapping[str, Sequence[Source]], form: DataForm) -> int:
    whole = [source for part in by_split.values() for source in part]
    return sum(found is True for found in decoding.each(partial(decoding.beyond, scale=form.pixels), whole))


def _scale(parts: Sequence[Sequence[Source]]) -> PixelScale | None:
    """Of pictures with more than 8 bits a channel, by a sample of all; None where it has none."""
    whole = [source for part in parts for source in part]
    kept = [source for source in whole if not (isinstance(source, Path) and source.suffix.lower() in _OF_BYTES)]
    if not kept:
        return None
    shapes = [
        s for s in decoding.each(decoding.size, [kept[i] for i in pick(len(kept), 8)]) if not isinstance(s, ValueError)
    ]
    pixels = max((shape[0] * shape[1] for shape in shapes), default=1)
    most = max(_FEWEST_MEASURED, min(_MEASURED, _MEASURED_PIXELS // max(1, pixels)))
    found = decoding.each(decoding.span, [kept[place] for place in pick(len(kept), most)])
    return bit_depth.learned([one for one in found if isinstance(one, bit_depth.Span)])


def name(source: Source) -> str:
    return source.name if isinstance(source, Path) else f"an image of {len(source)} bytes"


def _common_shape(by_split: Mapping[str, Sequence[Source]]) -> tuple[int, int, int] | None:
    """The shape that a sample of every split shares, if it is small."""
    sample = [part[place] for part in by_split.values() for place in pick(len(part), _PROBED) if len(part)]
    shapes = [found for found in decoding.each(decoding.size, sample) if not isinstance(found, ValueError)]
    if len({shape[:2] for shape in shapes}) != 1:
        return None
    height, width = shapes[0][:2]
    channels = max(shape[2] for shape in shapes)
    total = sum(len(part) for part in by_split.values()) * height * width * channels
    return (height, width, channels) if max(height, width) <= SMALL_SIDE and total <= SMALL_BYTES else None


def _one_size(by_split: Mapping[str, Sequence[Source]]) -> bool:
    whole = [source for part in by_split.values() for source in part]
    found = decoding.each(decoding.size, whole)
    return len({shape[:2] for shape in found if not isinstance(shape, ValueError)}) == 1


def _decoded(by_split: Mapping[str, Sequence[Source]], shape: tuple[int, int, int], form: DataForm) -> Loaded | None:
    """None as soon as one image has another size, or colour where grey was thought."""
    loaded = Loaded({}, {}, ImageShape(height=shape[0], width=shape[1], channels=shape[2]), [], form)
    work = partial(decoding.exactly, shape=shape, scale=form.pixels)
    for split, sources in by_split.items():
        block = np.empty((len(sources), *shape), np.uint8)
        good: list[int] = []
        for place, found in enumerate(decoding.each(work, sources)):
            if found is None:
                return None
            if isinstance(found, ValueError):
                _skip(loaded, sources[place], found)
                continue
            block[len(good)] = found
            good.append(place)
        loaded.kept[split] = np.array(good, np.int64)
        loaded.columns[split] = pixel_column(block[: len(good)])[0]
    return loaded


def _encoded(by_split: Mapping[str, Sequence[Source]], form: DataForm) -> Loaded:
    loaded = Loaded({}, {}, None, [], form)
    for split, sources in by_split.items():
        good: list[int] = []
        for place, found in enumerate(decoding.each(decoding.size, sources)):
            if isinstance(found, ValueError):
                _skip(loaded, sources[place], found)
            else:
                good.append(place)
        kept = [sources[place] for place in good]
        paths = all(isinstance(source, Path) for source in kept)
        values = [str(source) for source in kept] if paths else kept
        loaded.kept[split] = np.array(good, np.int64)
        loaded.columns[split] = pa.array(values, pa.string() if paths else pa.binary())
    return loaded


def _skip(loaded: Loaded, source: Source, reason: ValueError) -> None:
    skipped = loaded.skipped
    if isinstance(source, Path):
        loaded.unusable[str(source)] = str(reason)
    if len(skipped) < MOST_KEPT:
        skipped.append(f"{name(source)}: {reason}")
    elif len(skipped) == MOST_KEPT:
        skipped.append("and more that are not listed")
