"""The pages of samples that the report shows: taken as they come, class by class, and along paths between latents.

>>> [picture.kind for picture in pages(sampler, step.folder / "samples", seed=7)]
['grid', 'classes', 'interpolation', 'arithmetic']

Nothing is picked by its looks. A page holds as many images as keep its PNG at about a megabyte.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.evaluation.generation_findings import Picture
from noglue.tools.evaluation.wording import listing
from noglue.tools.generation.memorization import NEAR, nearest
from noglue.tools.metrics._neighbours import nearest as nearest_rows
from noglue.tools.pictures import contact_sheet
from noglue.tools.spec.protocols import Sampler

if TYPE_CHECKING:
    from noglue.tools.generation.features import Features

MOST_BYTES = 1_500_000  # of a page's pixels, before they are compressed
MOST_SAMPLES, MOST_CLASSES, ACROSS, PATHS, BESIDE = 100, 20, 10, 8, 12
FEW_SAMPLES = 36  # on the one page for which there is time
TESTED = 2_000  # test images that tell how near a near-copy lies


def pages(sampler: Sampler, folder: Path, seed: int, brief: bool = False) -> list[Picture]:
    """Every page but the neighbours'; brief: a small one, for want of time. A picture's path is its file's name."""
    first = sampler.decode(sampler.latents(1, seed), sampler.labels(1, seed))
    most = max(ACROSS + 2, MOST_BYTES // first.size)
    found = []
    kinds = _kinds(sampler, min(most, FEW_SAMPLES) if brief else most, seed)
    for kind, pixels, columns, caption in islice(kinds, 1 if brief else None):
        contact_sheet.save(folder / f"{kind}.png", pixels, columns)
        found.append(Picture(kind=kind, path=f"{kind}.png", caption=caption))
    return found


def sheet(sampler: Sampler, folder: Path, count: int, seed: int) -> Picture:
    """So many new samples on one page, `sheet.png`, as square as it gets."""
    across = max(1, round(count**0.5))
    pixels = sampler.decode(sampler.latents(count, seed), sampler.labels(count, seed))
    contact_sheet.save(folder / "sheet.png", pixels, across)
    text = "1 new picture" if count == 1 else f"{count:,} new pictures"
    return Picture(kind="sheet", path="sheet.png", caption=f"{text} on one sheet, as they come, none picked")


def _kinds(sampler: Sampler, most: int, seed: int) -> Iterator[tuple[str, np.ndarray, int, str]]:
    """Kind, images, how many stand in a row, caption."""
    across = int(min(MOST_SAMPLES, most) ** 0.5)
    count = across * across
    taken = sampler.decode(sampler.latents(count, seed), sampler.labels(count, seed))
    yield "grid", taken, across, f"{count} samples as they come, none picked"
    if sampler.classes is not None and len(sampler.classes) > 1:
        yield "classes", *_class_by_class(sampler, sampler.classes, most, seed)
    yield "interpolation", *_between(sampler, most, seed)
    if sampler.classes is not None and len(sampler.classes) > 1:
        yield "arithmetic", *_same_latent(sampler, sampler.classes, most, seed)


def _class_by_class(sampler: Sampler, classes: list[str], most: int, seed: int) -> tuple[np.ndarray, int, str]:
    """A row a class."""
    rows = min(len(classes), MOST_CLASSES, most)
    across = max(1, min(ACROSS, most // rows))
    labels = np.repeat(np.arange(rows), across)
    pixels = sampler.decode(sampler.latents(len(labels), seed + 1), labels)
    return pixels, across, f"Asked for, row by row: {listing(classes[:rows], MOST_CLASSES)}"


def _between(sampler: Sampler, most: int, seed: int) -> tuple[np.ndarray, int, str]:
    """A row a path, with one label from its start to its end."""
    rows = max(1, min(PATHS, most // ACROSS))
    ends = sampler.latents(2 * rows, seed + 2)
    latents = np.concatenate([spherical(ends[2 * row], ends[2 * row + 1], ACROSS) for row in range(rows)])
    labels = None if sampler.classes is None else np.repeat(np.arange(rows) % len(sampler.classes), ACROSS)
    kept = "" if labels is None else ", the class kept"
    caption = f"From one latent to another, a row each{kept}: smooth steps speak against memorisation"
    return sampler.decode(latents, labels), ACROSS, caption


def _same_latent(sampler: Sampler, classes: list[str], most: int, seed: int) -> tuple[np.ndarray, int, str]:
    """A row a latent, a column a class."""
    across = min(len(classes), MOST_CLASSES, most)
    rows = max(1, min(PATHS, most // across))
    latents = np.repeat(sampler.latents(rows, seed + 3), across, axis=0)
    pixels = sampler.decode(latents, np.tile(np.arange(across), rows))
    names = listing(classes[:across], MOST_CLASSES)
    return pixels, across, f"A row is one latent, a column one class ({names}): what stays along a row is the latent's"


def spherical(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """float32 (count, latent), along the arc from one latent to the other (White 2016, https://arxiv.org/abs/1609.04468).

    A straight line would pass through latents far shorter than any drawn in training.
    """
    share = np.linspace(0, 1, count)[:, None]
    length = float(np.linalg.norm(start) * np.linalg.norm(end))
    angle = float(np.arccos(np.clip(start @ end / max(1e-12, length), -1, 1)))
    first, second = 1 - share, share
    if np.sin(angle) > 1e-4:
        first, second = (np.sin(part * angle) / np.sin(angle) for part in (first, second))
    path: np.ndarray = first * start + second * end
    return path.astype(np.float32)


def neighbours(folder: Path, fake: "Features", train: "Features", test: "Features", seed: int) -> Picture:
    """Three rows: samples, their nearest training images in features, and in pixels.

    Half of the samples are those nearest to a training image in features, the others are taken at random.
    """
    most = max(2, min(BESIDE, MOST_BYTES // (3 * fake.pixels[0].size)))
    order = np.argsort(nearest_rows(fake.features, train.features)[1], kind="stable")
    suspects, rest = order[: most // 2], np.random.default_rng(seed).permutation(order[most // 2 :])
    chosen = np.concatenate([suspects, rest[: most - len(suspects)]])
    found = nearest(train.pixels, train.features, fake.pixels[chosen], fake.features[chosen])
    rows = [fake.pixels[chosen], train.pixels[found.by_features], train.pixels[found.by_pixels]]
    contact_sheet.save(folder / "neighbours.png", np.concatenate(rows), len(chosen))
    caption = (
        "Above samples, below each the training image nearest to it in features, then the one nearest in pixels. "
        f"The first {len(suspects)} samples are those nearest to any training image, the others are taken at random"
    )
    some = test.first(TESTED)
    apart = nearest(train.pixels, train.features, some.pixels, some.features).distances
    copies = np.flatnonzero(found.distances <= np.quantile(apart, NEAR, method="lower")) + 1
    if len(copies):
        caption += f". Near-copies: {listing([f'number {place}' for place in copies], BESIDE)} from the left"
    return Picture(kind="neighbours", path="neighbours.png", caption=caption)
