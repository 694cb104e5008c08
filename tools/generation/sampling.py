"""Samples in pieces, so that a million images never lie in memory, and image 7 of a seed is the same in every batch.

    >>> [len(pixels) for pixels, labels in pieces(sampler, 150, seed=3)]
    [100, 50]

Each piece draws from seeds of its own, made from the batch's seed and the piece's number, and is always decoded
whole: the first 10 of 100 images are, bit for bit, those of a batch of 10 (same device, same number of threads).
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from noglue.tools.showing.offering import did_you_mean
from noglue.tools.spec.errors import BadUsage, Kind

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.spec.protocols import Sampler

PIECE = 100


def pieces(
    sampler: "Sampler", count: int, seed: int, label: int | None = None
) -> "Iterator[tuple[Any, np.ndarray | None]]":
    """Rows, as `Sampler.decode` gives them, and int64 (n,) labels or None, `count` in all. label: to draw it alone."""
    import numpy as np

    for piece, first in enumerate(range(0, count, PIECE)):
        for_latents, for_labels = (int(state) for state in np.random.SeedSequence([seed, piece]).generate_state(2))
        labels = None
        if label is not None:
            labels = np.full(PIECE, label, np.int64)
        elif sampler.classes is not None:
            labels = sampler.labels(PIECE, for_labels)
        rows = sampler.decode(sampler.latents(PIECE, for_latents), labels)
        kept = min(PIECE, count - first)
        some = {name: values[:kept] for name, values in rows.items()} if isinstance(rows, Mapping) else rows[:kept]
        yield some, None if labels is None else labels[:kept]


def find_label(asked: str, classes: Sequence[str] | None) -> int:
    """The number of the class that a person names, whatever its case.

    Raises BadUsage `unknown-class`, with the names, and `no-classes`.
    """
    if classes is None:
        raise BadUsage(
            Kind.NO_CLASSES, "This model learned without classes; it can't be asked for one.", hint="Drop --label."
        )
    if asked in classes:
        return classes.index(asked)
    folded = [name.casefold() for name in classes]
    wanted = asked.strip().casefold()
    if folded.count(wanted) == 1:
        return folded.index(wanted)
    close = [classes[folded.index(name)] for name in difflib.get_close_matches(wanted, folded, 3, 0.6)]
    offer = f"{did_you_mean(close)} " if close else ""
    more = f" and {len(classes) - 50} more" if len(classes) > 50 else ""
    raise BadUsage(
        Kind.UNKNOWN_CLASS,
        f"The model knows no class {asked!r}.",
        hint=f"{offer}Its classes: {', '.join(classes[:50])}{more}.",
        close=close,
    )
