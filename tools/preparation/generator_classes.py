"""What a generator learns to be asked for: the classes that have images enough, or none at all.

    conditioned(found, rows, "test" in rows, warnings)   # 1,200 cats, 900 dogs, 1 axolotl, 3 images in no folder
    →  TargetColumn(goal="generate", classes=["cat", "dog"], …) and the rows without the axolotl and those three

An image without a class, or of a class that train has one or two of, is left out with a warning; where that would
leave out too many of them the labels are not used, and every image is learned from. Too few images are refused.
"""

from dataclasses import replace

import numpy as np

from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.schema import Schema

FEWEST = 20  # images: train keeps 16 of them, and with fewer there is nothing but to copy
LEAST = 2  # train rows of a class, under which it can't be asked for
LEFT_OUT = 0.25  # of all rows: rather than leave out more, go without classes
MOST_NAMED = 5

Rows = dict[str, np.ndarray]


def conditioned(found: TargetColumn, rows: Rows, warnings: list[DataWarning]) -> tuple[TargetColumn, Rows]:
    """rows: split → row numbers. Classes that no row is left of are forgotten; what is decided is added to `warnings`.

    Raises DataError `too-few-rows`.
    """
    total = sum(map(len, rows.values()))
    if total < FEWEST:
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"There {'is 1 image' if total == 1 else f'are {total} images'} to learn from; that is too few for a "
            "generator, which could only copy them.",
            hint=f"Give at least {FEWEST} images, better a thousand or more.",
            rows=total,
        )
    if found.numbers is None or found.classes is None:
        return found, rows
    learned = np.concatenate([part for name, part in rows.items() if name != "test"] or [rows["test"]])
    codes = found.numbers[learned]
    counts = np.bincount(codes[codes >= 0], minlength=len(found.classes))
    kept = np.flatnonzero(counts >= LEAST + ("test" not in rows))  # one of each class becomes a test row
    left = {name: part[np.isin(found.numbers[part], kept)] for name, part in rows.items()}
    lost = total - sum(map(len, left.values()))
    text = _in_words([(found.classes[code], int(counts[code])) for code in range(len(counts)) if code not in kept])
    if len(kept) < 2 or lost > LEFT_OUT * total or sum(map(len, left.values())) < FEWEST:
        message = (
            f"A class can't be asked for: {text or 'most images have no label'}. All images are learned from alike."
        )
        warnings.append(DataWarning(kind="unconditional", message=message, count=lost))
        return TargetColumn(found.goal, why=found.why), rows
    if lost:
        why = text or "no class is known of " + ("it" if lost == 1 else "them")
        message = f"{lost:,} of {total:,} images {'is' if lost == 1 else 'are'} left out: {why}."
        warnings.append(DataWarning(kind="left-out", message=message, count=lost))
    elif text:
        warnings.append(DataWarning(kind="left-out", message=f"Can't be asked for: {text}.", count=0))
    numbered = np.full(len(found.classes) + 1, -1, np.int64)  # the last for -1, no label
    numbered[kept] = np.arange(len(kept))
    names = [found.classes[code] for code in kept]
    return replace(found, numbers=numbered[found.numbers], classes=names), left


def of_one_size(schema: Schema) -> None:
    """Say what becomes of images of many sizes: a generator makes images of one."""
    if schema.image is None or not schema.image.varied:
        return
    message = (
        "The images differ in size, and a generator makes images of one size: all are brought to the median, "
        f"{schema.image.width}×{schema.image.height} pixels, or to a smaller size of that shape."
    )
    others = [warning for warning in schema.warnings if warning.kind != "varied-size"]
    schema.warnings = [*others, DataWarning(kind="varied-size", message=message)]


def _in_words(lacking: list[tuple[str, int]]) -> str:
    """`there are too few images of axolotl (1), newt (0)`."""
    if not lacking:
        return ""
    some = ", ".join(f"{name} ({count})" for name, count in lacking[:MOST_NAMED])
    more = f" and {len(lacking) - MOST_NAMED} more classes" if len(lacking) > MOST_NAMED else ""
    return f"there are too few images of {some}{more}"
