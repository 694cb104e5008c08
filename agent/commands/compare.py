"""`noglue compare`: two and more runs on the same test rows, each set against the first with a paired 95 % interval.

    >>> compare([RunFolder.find(runs, "old"), RunFolder.find(runs, "new")]).differences[0].text
    'B is better than A: accuracy +1.2 points (0.3 to 2.1) on the same 359 test rows.'

Rows are the same where both runs know them by the same `input` and the same truth. What two models share cancels in a
paired difference, so that it says more than two intervals that overlap. It is drawn over what is independent, groups or
stretches of time where rows depend on one another, as a run's own intervals are. A difference whose interval holds 0 is
none that these rows can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from noglue.agent.commands import compared_rows
from noglue.agent.commands.compared_rows import TestRows
from noglue.agent.config import flags
from noglue.agent.run_folder import RunFolder
from noglue.tools import metrics
from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import BadUsage, Kind

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.evaluation.bootstrap import Bootstrap
    from noglue.tools.evaluation.jackknife import Jackknife

FEWEST_SHARED = 20  # rows, under which nothing could be told
FEWEST_SERIES = 5  # of a forecast, to count as units of their own
MOST_CELLS = 1 << 30  # rows × classes
SEED = 0
Standing = Literal["better", "worse", "undecided"]


class ComparedRun(BaseModel):
    """label: A, B, C, … in the order given, by which texts call it. run: its name; path: its folder. family: of its
    model. score: on the shared rows, None where it has no value there. seconds: that the whole run took. rows: of its
    test."""

    label: str
    run: str
    path: str
    family: str
    score: Score | None
    seconds: float
    rows: int


class Difference(BaseModel):
    """run minus `against`, in the measure's own unit, with its paired 95 % interval. standing: of `run`. text: in
    words."""

    run: str
    against: str
    difference: Score | None
    standing: Standing
    text: str


class Comparison(BaseModel):
    """measure: a module of `tools/metrics/`. rows: test rows that all of the runs share, which alone count.

    notes: what to know of the comparison, in words.
    """

    measure: str
    title: str
    higher: bool
    rows: int
    runs: list[ComparedRun]
    differences: list[Difference]
    notes: list[str]


@dataclass(frozen=True)
class _Shared:
    """The rows that all runs have, as the measures take them."""

    truth: "np.ndarray"
    predicted: list["np.ndarray"]
    rows: list[list[int]]  # of each run, which of its rows they are
    classes: list[str] | None
    exact: bool  # whether the whole probabilities are known, or the answers alone


def compare(folders: Sequence[RunFolder], metric: str | None = None) -> Comparison:
    """metric: a measure by a name that people call it; None: the one that decided in the first run.

    Raises BadUsage `compare` where the runs can't be set against each other, `metric` for a measure that the
    predictions alone can't give, DataError for damaged runs.
    """
    if len({folder.path.resolve() for folder in folders}) < 2:
        raise BadUsage(
            Kind.COMPARE,
            "It takes two different runs to compare." if len(folders) > 1 else "One run alone can't be compared.",
            hint="noglue compare RUN RUN; `noglue runs` lists them.",
        )
    found = [compared_rows.load(folder) for folder in {folder.path.resolve(): folder for folder in folders}.values()]
    first = found[0]
    for other in found[1:]:
        _must_be_alike(first, other)
    shared, notes = _shared(found)
    chosen, remark = _measure(first, shared, metric)
    notes += [remark] if remark else []
    drawing, doubt = _drawing(found, shared)
    notes += [doubt] if doubt else []
    runs = [_run(one, label, drawing.score(chosen, shared.truth, given)) for one, label, given in
            zip(found, _labels(found), shared.predicted, strict=True)]  # fmt: skip
    differences = [
        _difference(chosen, one, runs[0], drawing.difference(chosen, shared.truth, given, shared.predicted[0]))
        for one, given in list(zip(runs, shared.predicted, strict=True))[1:]
    ]
    if len(differences) > 2:
        notes.append(
            f"Of {len(differences)} intervals of 95 %, about one in twenty misses the true difference by chance."
        )
    return Comparison(measure=chosen.name, title=chosen.title, higher=chosen.higher, rows=len(shared.truth), runs=runs,
                      differences=differences, notes=notes)  # fmt: skip


def _must_be_alike(first: TestRows, other: TestRows) -> None:
    """Raises BadUsage for other goals and targets."""
    for what, a, b in (
        ("have different goals", first.goal, other.goal),
        ("predict different columns", first.content["task"].get("target"), other.content["task"].get("target")),
    ):
        if a != b:
            raise BadUsage(
                Kind.COMPARE,
                f"{first.name} and {other.name} {what}: {a} and {b}.",
                hint="Compare runs of one goal and one target.",
            )


def _shared(found: list[TestRows]) -> tuple[_Shared, list[str]]:
    """The rows in all of them, and what is to be said of it. Raises BadUsage where they are too few or not the same."""
    first = found[0]
    for one in found:
        if len(set(one.inputs)) < len(one.inputs):
            raise BadUsage(
                Kind.COMPARE,
                f"Rows of {one.name} have the same name in its predictions.csv, so that they can't be matched.",
                hint="Its data can't be compared row by row; `noglue show` gives each run's score with its interval.",
            )
    places = [{name: place for place, name in enumerate(one.inputs)} for one in found]
    common = [name for name in first.inputs if all(name in known for known in places)]
    if len(common) < min(FEWEST_SHARED, *(len(one.inputs) for one in found)):
        sizes = " and ".join(f"{len(one.inputs):,}" for one in found)
        raise BadUsage(
            Kind.COMPARE,
            f"These runs were tested on different rows: of their {sizes} test rows they share {len(common):,}.",
            hint="Runs of the same data with the same --seed and --test have the same test rows; `noglue show` tells "
            "each run's score with its interval.",
        )
    rows = [[known[name] for name in common] for known in places]
    _must_agree(found, rows)
    notes = []
    if any(len(one.inputs) != len(common) for one in found):
        sizes = ", ".join(f"{len(one.inputs):,} of {one.name}" for one in found)
        notes.append(f"Only the {len(common):,} test rows that all of them have are compared ({sizes}).")
    if _sources(first) and any(_sources(one) != _sources(first) for one in found[1:]):
        notes.append("The runs' data files differ; the rows count as the same, as all their true values agree.")
    return _as_arrays(found, rows), notes


def _must_agree(found: list[TestRows], rows: list[list[int]]) -> None:
    """Raises BadUsage where a row has another truth in another run."""
    first = found[0]
    for one, own in zip(found[1:], rows[1:], strict=True):
        wrong = [(a, b) for a, b in zip(rows[0], own, strict=True) if not _same(first.truth[a], one.truth[b])]
        if wrong:
            a, b = wrong[0]
            raise BadUsage(
                Kind.COMPARE,
                f"{first.name} and {one.name} were not tested on the same rows: {len(wrong):,} of {len(own):,} that "
                f"have one name have different true values (row {first.inputs[a]}: {first.truth[a]!r} and "
                f"{one.truth[b]!r}).",
                hint="Compare runs of the same data.",
            )


def _same(a: str, b: str) -> bool:
    """`3` and `3.0` are one value."""
    if a == b:
        return True
    try:
        return float(a) == float(b)
    except ValueError:
        return False


def _sources(one: TestRows) -> list[str]:
    """SHA-256 of what was downloaded or read."""
    origins = (one.content.get("data") or {}).get("sources") or []
    return sorted(str(origin.get("sha256")) for origin in origins if isinstance(origin, dict))


def _as_arrays(found: list[TestRows], rows: list[list[int]]) -> _Shared:
    """Raises BadUsage for answers that are no numbers where numbers are told, and for too many classes."""
    import numpy as np

    if goals.predicts(found[0].goal) != "classes":
        numbers = [[_values(one, one.predicted, own), _values(one, one.truth, own)] for one, own in
                   zip(found, rows, strict=True)]  # fmt: skip
        return _Shared(numbers[0][1], [predicted for predicted, _ in numbers], rows, None, True)
    first, own = found[0], rows[0]
    told = {label for one in found for label in (*one.predicted, *one.truth)}
    known = (first.content.get("data") or {}).get("classes") or []
    classes = [*known, *sorted(told - set(known))]
    if len(own) * len(classes) > MOST_CELLS:
        raise BadUsage(Kind.COMPARE, f"{len(own):,} rows of {len(classes):,} classes are too many to compare here.")
    code = {name: place for place, name in enumerate(classes)}
    truth = np.array([code[first.truth[row]] for row in own], np.int64)
    exact = len(classes) == 2 and all(np.isfinite(np.array(one.confidence)[mine]).all() for one, mine in
                                      zip(found, rows, strict=True))  # fmt: skip
    predicted = []
    for one, mine in zip(found, rows, strict=True):
        answers = np.array([code[one.predicted[row]] for row in mine], np.int64)
        shares = np.zeros((len(mine), len(classes)), np.float64 if exact else np.uint8)
        if exact:
            shares[:] = 1.0 - np.array(one.confidence)[mine][:, None]
        shares[np.arange(len(mine)), answers] = np.array(one.confidence)[mine] if exact else 1
        predicted.append(shares)
    return _Shared(truth, predicted, rows, classes, exact)


def _values(one: TestRows, cells: list[str], rows: list[int]) -> "np.ndarray":
    import numpy as np

    try:
        return np.array([float(cells[row]) for row in rows])
    except ValueError as error:
        raise BadUsage(Kind.COMPARE, f"The predictions.csv of {one.name} holds no numbers: {error}.") from error


def _measure(first: TestRows, shared: _Shared, asked: str | None) -> tuple[Metric, str]:
    """The measure, and what is to be said where it is not the one that decided. Raises BadUsage `metric`."""
    decided = flags.measure(asked) if asked is not None else str(first.content["task"].get("metric") or "")
    known = catalogue.names("noglue.tools.metrics")
    goal = goals.load(first.goal)
    usual = goal.measure if metrics.load(goal.measure).observe is None else "mae"
    if not shared.exact and not metrics.load(usual).answers:
        usual = "accuracy"
    chosen = _bound(decided if decided in known else usual, first, shared)
    why = _lacking(chosen, first, shared)
    if not why:
        return chosen, ""
    if asked is not None:
        raise BadUsage(
            Kind.METRIC,
            f"Runs can't be compared by {chosen.title}: {why}.",
            hint=f"Compare by another measure, as --metric {usual}.",
        )
    instead = _bound(usual, first, shared)
    return instead, f"Compared by {instead.title}, as {chosen.title}, which decided, can't be computed: {why}."


def _bound(name: str, first: TestRows, shared: _Shared) -> Metric:
    return metrics.bound(name, shared.classes, first.schema.positive)


def _lacking(metric: Metric, first: TestRows, shared: _Shared) -> str:
    """Why predictions.csv does not do for a measure, if it does not."""
    if not metric.measures(first.goal):
        return f"it does not measure how well to {first.goal}"
    if metric.observe is not None or metric.needs:
        return "it looks at more than the predictions"
    if metric.binary and len(shared.classes or []) != 2:
        return f"it is a measure of two classes, and there are {len(shared.classes or [])}"
    if shared.classes is not None and not shared.exact and not metric.answers:
        return "it needs the probability of every class, and predictions.csv has that of the answer alone"
    return ""


def _drawing(found: list[TestRows], shared: _Shared) -> "tuple[Bootstrap | Jackknife, str]":
    """What intervals are drawn over, and a doubt, if there is one."""
    import numpy as np

    from noglue.tools.evaluation.bootstrap import Bootstrap
    from noglue.tools.evaluation.jackknife import Jackknife

    known = [np.array(one.units)[own] for one, own in zip(found, shared.rows, strict=True) if one.units is not None]
    known += _of_forecasts(found[0], shared)
    coarsest = min(known, key=lambda codes: len(np.unique(codes)), default=None)
    if coarsest is not None and len(np.unique(coarsest)) > 1:
        return Jackknife(coarsest, SEED), ""
    doubt = "Rows depend on one another, and the runs do not say how: the intervals may be too narrow."
    return Bootstrap(len(shared.truth), SEED), doubt if any(one.schema.rows_depend for one in found) else ""


def _of_forecasts(first: TestRows, shared: _Shared) -> list["np.ndarray"]:
    """Of a forecast the series; of few series stretches of time, as long as the errors last."""
    import numpy as np

    from noglue.tools.evaluation.independent_units import stretches

    if first.series is None or first.times is None:
        return []
    series = np.unique([first.series[row] for row in shared.rows[0]], return_inverse=True)[1]
    if int(series.max()) + 1 >= FEWEST_SERIES:
        return [series]
    order = {moment: place for place, moment in enumerate(dict.fromkeys(first.times[row] for row in shared.rows[0]))}
    step = np.array([order[first.times[row]] for row in shared.rows[0]])
    rows_each = np.bincount(step)
    errors = [np.bincount(step, weights=np.abs(given - shared.truth)) / rows_each for given in shared.predicted]
    found = stretches(step, errors)
    return [] if found is None else [found.codes]


def _run(one: TestRows, label: str, score: Score | None) -> ComparedRun:
    seconds = one.content["seconds"].get("total")
    return ComparedRun(
        label=label,
        run=one.name,
        path=str(one.folder.path),
        family=str((one.content.get("model") or {}).get("family", "")),
        score=score,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        rows=len(one.inputs),
    )


def _labels(found: list[TestRows]) -> list[str]:
    """A, B, C, …: the runs' names are long, and stand in the table once."""
    return [chr(ord("A") + place) if place < 26 else f"run {place + 1}" for place in range(len(found))]


def _difference(metric: Metric, one: ComparedRun, first: ComparedRun, found: Score | None) -> Difference:
    """In words, with the sign that the run's own score moves by."""
    standing, text = _standing(metric, one.label, first.label, found)
    return Difference(run=one.run, against=first.run, difference=found, standing=standing, text=text)


def _standing(metric: Metric, own: str, first: str, found: Score | None) -> tuple[Standing, str]:
    from noglue.tools.evaluation.wording import signed_text

    if found is None:
        text = f"{own} and {first} can't be compared: {metric.title} has no value on the rows they share."
        return "undecided", text
    moved = f"{metric.title} {signed_text(metric, found)} on the same {found.n:,} test rows"
    if found.low <= 0 <= found.high:
        return "undecided", f"{own} and {first} show no clear difference: {moved}."
    if (found.value > 0) == metric.higher:
        return "better", f"{own} is better than {first}: {moved}."
    return "worse", f"{own} is worse than {first}: {moved}."
