"""The schema of a prepared data set, with what a reader of the score should know."""

import numpy as np
import pyarrow as pa

from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.target_column import TargetColumn, class_warnings
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.profiles import Column, DataWarning, ImageShape, Profile
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values.text_values import strays_in_words, target_strays_in_words

MOST_LISTED = 5
SMALL_TEST = 50  # rows, under which a score says little


def schema_of(
    raw: Raw,
    profile: Profile,
    found: TargetColumn,
    parted: Partition,
    columns: list[Column],
    warnings: list[DataWarning],
) -> Schema:
    train = parted.rows["train"]
    counts = target_range = None
    if found.classes is not None and found.numbers is not None:
        codes = found.numbers[train]
        numbers = np.bincount(codes[codes >= 0], minlength=len(found.classes))
        counts = dict(zip(found.classes, numbers.tolist(), strict=True))
        warnings = warnings + (
            class_warnings(codes, found.numbers[parted.rows["test"]], found.classes)
            if goals.predicts(found.goal) == "classes"
            else []
        )
    elif found.numbers is not None:
        there = found.numbers[train][np.isfinite(found.numbers[train])]
        target_range = (float(there.min()), float(there.max()))
    test = len(parted.rows["test"])
    if test < SMALL_TEST:
        message = f"The test split has only {counted(test, 'row')}, so the score's interval is wide."
        warnings = [*warnings, DataWarning(kind="small", message=message, count=test)]
    unread = _unread(raw, found.target)
    if unread:
        more = f"; and {len(unread) - MOST_LISTED} more" if len(unread) > MOST_LISTED else ""
        message = f"{'; '.join(unread[:MOST_LISTED])}{more}."
        warnings = [*warnings, DataWarning(kind="unreadable", message=message, count=len(unread))]
    if raw.notes:
        message = f"{'; '.join(raw.notes[:MOST_LISTED])}."
        warnings = [*warnings, DataWarning(kind="reading", message=message, count=len(raw.notes))]
    return Schema(
        goal=found.goal,
        modality=raw.modality,
        target=found.target,
        features=columns,
        classes=found.classes,
        class_kind=found.class_kind,
        counts=counts,
        target_range=target_range,
        image=_image(raw, profile),
        rows={split: len(rows) for split, rows in parted.rows.items()},
        unlabelled_train=len(parted.hidden),
        split=parted.how,
        split_why=parted.why,
        warnings=warnings,
        form=raw.form.model_copy(update={"target": found.target}),
    )


def _unread(raw: Raw, target: str | None) -> list[str]:
    """In words, the target's cells first: their rows are left out, where other cells that don't fit are missing."""
    answers = (
        [target_strays_in_words(target, raw.strays[target])] if target is not None and target in raw.strays else []
    )
    return [
        *answers,
        *raw.skipped,
        *(strays_in_words(name, strays) for name, strays in raw.strays.items() if name != target),
    ]


def _image(raw: Raw, profile: Profile) -> ImageShape | None:
    """The reader's shape, else the profile's, else that of some images."""
    describe = modalities.load(raw.modality).describe
    if raw.image or profile.image or describe is None:
        return raw.image or profile.image
    return describe(raw, pa.concat_tables(list(raw.splits.values()), promote_options="default"))[0]
