"""What to try next, from what is known of this run; the most promising first."""

from noglue.tools.evaluation.findings import CHANCE, FEATURELESS, Evaluation, Generation
from noglue.tools.evaluation.wording import cut, listing, number
from noglue.tools.reporting.facts import Prepared, Trained

FEW_ROWS = 2000
FEW_IMAGES = 5000
WEAK = 0.1  # this far below the mean recall
MOST = 5


def advice(found: Evaluation, prepared: Prepared, trained: Trained | None) -> list[str]:
    """At most five suggestions, each a sentence or two."""
    if found.generation is not None:
        return [
            *_copies(found.generation),
            *_time(trained),
            *_poor(found),
            *_lost(found.generation),
            *_images(prepared),
        ][:MOST]
    return [*_chance(found, prepared), *_time(trained), *_simple(found), *_weak_class(found), *_rows(prepared)][:MOST]


def _chance(found: Evaluation, prepared: Prepared) -> list[str]:
    if found.outcome not in ("no-better", "worse"):
        return []
    target = prepared.schema_.target
    if target is None:
        return []
    if found.against != CHANCE:
        return [
            f"Give the “{target}” of earlier rows as columns of their own (the last one, that of a season ago): these "
            "tell more of the next than all columns that there are."
        ]
    return [
        f"Check that “{target}” is what was meant, and that the rows hold something it could be known from. "
        "More of the same rows will not help where nothing is to be learnt."
    ]


def _time(trained: Trained | None) -> list[str]:
    if trained is None or not trained.by_clock:
        return []
    more = "Training was ended by the clock. Give it more with --budget"
    return [f"{more}, or a GPU." if trained.device == "cpu" else f"{more}."]


def _simple(found: Evaluation) -> list[str]:
    """Where the simple model does as well, or better."""
    for rival in (one for one in found.rivals if one.name not in FEATURELESS):
        lead = rival.difference
        if lead is not None and found.outcome in ("better", "mixed") and lead.low <= 0 <= lead.high:
            return [
                f"The test rows show no clear difference from {rival.title}, which is smaller and easier to explain."
            ]
    return []


def _weak_class(found: Evaluation) -> list[str]:
    known = [row for row in found.classes if row.recall is not None and row.rows >= 5]
    if found.outcome != "better" or len(known) < 2:
        return []
    mean = sum(row.recall or 0.0 for row in known) / len(known)
    worst = min(known, key=lambda row: row.recall or 0.0)
    if worst.recall is None or worst.recall > mean - WEAK:
        return []
    name = cut(worst.name, 40)
    mistaken = next((pair.predicted for pair in found.confused if pair.truth == worst.name), None)
    often = f", most often for “{cut(mistaken, 40)}”" if mistaken else ""
    return [
        f"“{name}” is recognised worst ({100 * worst.recall:.0f} % of its rows){often}: "
        "more rows of it would help most."
    ]


def _rows(prepared: Prepared) -> list[str]:
    rows = prepared.schema_.rows.get("train", 0)
    if rows >= FEW_ROWS:
        return []
    more = "More rows" if prepared.schema_.predicts is None else "More labelled rows"
    return [f"The model learned from {number(float(rows)).split('.')[0]} rows. {more} usually help most."]


# ---- of a generator ----------------------------------------------------------------------------------------------


def _copies(generation: Generation) -> list[str]:
    if generation.memorization is None or not generation.memorization.flagged:
        return []
    return [
        "Do not show its images where the training images may not be shown. More images, or a shorter training, help."
    ]


def _poor(found: Evaluation) -> list[str]:
    if found.outcome == "better":
        return []
    return [
        "It has not learned more than the simple model knows: give it more time with --budget, or name another family."
    ]


def _lost(generation: Generation) -> list[str]:
    """Classes that hardly come when they are asked for."""
    lost = [row.name for row in generation.classes if row.asked >= 10 and row.recognised < 0.5 * row.asked]
    return [f"More images of {listing(lost)} would help most: they are hardly recognised."] if lost else []


def _images(prepared: Prepared) -> list[str]:
    rows = prepared.schema_.rows.get("train", 0)
    if rows >= FEW_IMAGES:
        return []
    return [f"The generator learned from {rows:,} images. More of them help most, against copying too."]
