"""What to do next, from what is known of this run; the most promising first, with a command where one does it.

>>> advice(material)[0]
Advice(text='Training was ended by the clock …', command="noglue run 'Predict price' --data homes.csv --budget 4m")
"""

from dataclasses import dataclass

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.generation_findings import Generation
from noglue.tools.evaluation.scores import CHANCE, FEATURELESS
from noglue.tools.evaluation.wording import cut, listing, number
from noglue.tools.overview.findings import Overview
from noglue.tools.reporting.commands import again, budget_for, longer
from noglue.tools.reporting.facts import Asked, Prepared, Trained, Wished
from noglue.tools.reporting.generator_section import kept_improving, stopped_improving

FEW_ROWS = 2000
FEW_IMAGES = 5000
WEAK = 0.1  # this far below the mean recall
WORSE = 1.3  # times the error of all rows
EMPTY, TELLING = 0.2, 0.1  # a column's share of missing cells, and its relation to the target
MOST = 5


@dataclass(frozen=True)
class Advice:
    """A sentence or two, and a command or nothing."""

    text: str
    command: str = ""


@dataclass(frozen=True)
class Known:
    """What the advice is drawn from."""

    found: Evaluation
    prepared: Prepared
    trained: Trained | None
    asked: Asked
    wishes: list[Wished]
    seconds: dict[str, float]
    overview: Overview | None


def advice(known: Known) -> list[Advice]:
    """At most five suggestions."""
    found, prepared = known.found, known.prepared
    if found.generation is not None:
        of = [*_copies(found.generation), *_longer_training(known), *_lost(found.generation), *_images(prepared)]
        return of[:MOST]
    hasty = known.trained is not None and known.trained.short is not None
    of = [
        *([] if hasty else _chance(found, prepared)),
        *_time(known),
        *_simple(known),
        *_weak_class(found),
        *_segment(found),
    ]
    return [*of, *_missing(known), *_rows(prepared)][:MOST]


def _chance(found: Evaluation, prepared: Prepared) -> list[Advice]:
    if found.outcome not in ("no-better", "worse"):
        return []
    target = prepared.schema_.target
    if target is None:
        return []
    if found.against != CHANCE:
        said = (
            f"Add the “{target}” of earlier rows as columns (the previous one, and the one a season ago): they say "
            "more about the next value than all the present columns."
        )
    else:
        said = (
            f"Check that “{target}” is what was meant, and that the rows hold something it could be known from. "
            "More of the same rows will not help where nothing is to be learnt."
        )
    return [Advice(said)]


def _time(known: Known) -> list[Advice]:
    trained = known.trained
    if trained is None or not trained.by_clock:
        return []
    if trained.short is not None:
        enough = budget_for(known.asked, trained.short) or longer(known.asked, known.seconds)
        said = f"The training {trained.short.in_words()}: give it the time."
        return [Advice(said, again(known.asked, known.wishes, budget=enough))]
    gpu = " A GPU would be faster still." if trained.device == "cpu" else ""
    command = again(known.asked, known.wishes, budget=longer(known.asked, known.seconds))
    return [Advice(f"Training was ended by the clock: give it more time.{gpu}", command)]


def _simple(known: Known) -> list[Advice]:
    """Where the simple model does as well, or better."""
    found = known.found
    for rival in (one for one in found.rivals if one.name not in FEATURELESS):
        lead = rival.difference
        if lead is not None and found.outcome in ("better", "mixed") and lead.low <= 0 <= lead.high:
            said = f"The test rows show no clear difference from {rival.title}, which is smaller and easier to explain."
            command = "" if known.prepared.schema_.targets else again(known.asked, known.wishes, family=rival.name)
            return [Advice(said, command)]
    return []


def _weak_class(found: Evaluation) -> list[Advice]:
    known = [row for row in found.classes if row.recall is not None and row.rows >= 5]
    if found.outcome != "better" or len(known) < 2:
        return []
    mean = sum(row.recall or 0.0 for row in known) / len(known)
    worst = min(known, key=lambda row: row.recall or 0.0)
    if worst.recall is None or worst.recall > mean - WEAK:
        return []
    name = cut(worst.name, 40)
    mistaken = next((pair.predicted for pair in found.confused if pair.truth == worst.name), None)
    often = f" and most often taken for “{cut(mistaken, 40)}”" if mistaken else ""
    said = f"“{name}” is recognised worst ({100 * worst.recall:.0f} % of its rows){often}: more rows of it help most."
    return [Advice(said)]


def _segment(found: Evaluation) -> list[Advice]:
    """Where the errors gather in one part of the rows."""
    worse = [one for one in found.segments if one.apart and found.overall and one.error > WORSE * found.overall]
    if not worse or found.overall is None:
        return []
    one = max(worse, key=lambda segment: segment.error * segment.rows)
    if one.bias is None:
        off = f"{100 * one.error:.0f} % of them are wrong, against {100 * found.overall:.0f} % overall"
    else:
        off = f"they are off by {number(one.error)} on average, against {number(found.overall)} overall"
    said = f"Rows whose {cut(one.feature, 60)} is {one.value} are predicted worst: {off}. "
    return [Advice(said + "More rows of this kind would help, or a column that says what is different about them.")]


def _missing(known: Known) -> list[Advice]:
    """Columns that say something of the target and are often empty."""
    views = [] if known.overview is None else known.overview.columns
    empty = [view.name for view in views if view.missing > EMPTY and (view.relation or 0) > TELLING]
    if not empty:
        return []
    these = (
        "It says something about the target, but is"
        if len(empty) == 1
        else "They say something about the target, but are"
    )
    said = f"Fill in {listing(empty, 3)} where you can. {these} often empty."
    return [Advice(said)]


def _rows(prepared: Prepared) -> list[Advice]:
    rows = prepared.schema_.rows.get("train", 0)
    if rows >= FEW_ROWS:
        return []
    more = "More rows" if prepared.schema_.predicts is None else "More labelled rows"
    return [Advice(f"The model learned from {rows:,} rows. {more} usually help most.")]


# ---- of a generator ----------------------------------------------------------------------------------------------


def _copies(generation: Generation) -> list[Advice]:
    if generation.memorization is None or not generation.memorization.flagged:
        return []
    said = (
        "Do not show its images where the training images may not be shown. More images, or a shorter training, help."
    )
    return [Advice(said)]


def _longer_training(known: Known) -> list[Advice]:
    """More time where it would be used; else another family."""
    trained = known.trained
    if trained is None:
        return []
    command = again(known.asked, known.wishes, budget=longer(known.asked, known.seconds))
    poor = known.found.outcome != "better"
    if kept_improving(trained):
        return [Advice("It was still getting better when its time was up: give it more.", command)]
    if poor and stopped_improving(trained) and trained.others:
        said = (
            "It has not learned more than the simple model knows, and had stopped getting better: try another family."
        )
        return [Advice(said, again(known.asked, known.wishes, family=trained.others[0]))]
    if poor:
        said = "It has not learned more than the simple model knows: give it more time, or name another family."
        return [Advice(said, command)]
    return (
        [Advice("Training was ended by the clock: give it more time, or a GPU.", command)] if trained.by_clock else []
    )


def _lost(generation: Generation) -> list[Advice]:
    """Classes that hardly come when they are asked for."""
    lost = [row.name for row in generation.classes if row.asked >= 10 and row.recognised < 0.5 * row.asked]
    if not lost:
        return []
    return [Advice(f"More images of {listing(lost)} would help most: they are hardly recognised.")]


def _images(prepared: Prepared) -> list[Advice]:
    rows = prepared.schema_.rows.get("train", 0)
    if rows >= FEW_IMAGES:
        return []
    return [Advice(f"The generator learned from {rows:,} images. More of them would help most, also against copying.")]
