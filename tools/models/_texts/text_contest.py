"""Models of texts judged on rows that they did not learn from; the best of them, or a blend, fitted again to all.

    >>> train(Entry("text_blend", tuple(Kind), blend=True), run / "data", run / "model", schema, Settings(), step)

Judged by five folds of training and validation rows together; above 20,000 rows, where rows depend on one another
(those of a group, or in time), or when time is short, by the validation rows. What is counted in the texts is chosen
from both, which needs no label. options: `balance`, `avoid` (names of members, or how they begin).
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.data import folds
from noglue.tools.models._tables import blending, train_val_data
from noglue.tools.models._tables.calibration import calibrate
from noglue.tools.models._tables.target import Target
from noglue.tools.models._texts import embedded, judged, other_texts, text_network, text_rows
from noglue.tools.models._texts.counted import Counted
from noglue.tools.models._texts.embedded import Embedded
from noglue.tools.models._texts.judged import Judged, Problem, TextModel
from noglue.tools.models._texts.linear_texts import Features, Kind, LinearTexts
from noglue.tools.models._texts.text_predictor import TextBlend, counted_matrix
from noglue.tools.models._texts.text_rows import TextRows
from noglue.tools.spec.errors import DataError, StepFailed
from noglue.tools.spec.errors import Kind as ErrorKind
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

FOLDS, MOST_CROSSED = 5, 20_000
LONGEST = 600.0  # seconds, where there is no deadline
COUNTING, EMBEDDING = 0.25, 0.4  # shares of the time that is left
BESIDE, ALONE = 0.6, 0.9  # of the time left that a network may take, beside other members or none
FEWEST_SECONDS = 2.0  # for a network
FITTING = 0.2  # of the time left that one fit to all rows may take
CROSSING = 0.15  # of the time left that five folds of one model may take
SPARE = 1.0  # seconds, for weighing and saving
MOST_COUNTED = 200_000  # columns of a text's counts
MOST_WEIGHTS = 15_000_000  # of one linear model, 30 MB as they are kept


@dataclass(frozen=True)
class Entry:
    """What enters for a family. kinds: linear models to try. network: whether a network is tried on many texts, or
    (`always`) on few as well. blend: all are weighed together, in place of the best one alone.
    """

    family: str
    kinds: tuple[Kind, ...]
    network: bool = False
    always: bool = False
    blend: bool = False


@dataclass
class Fitted:
    """A blend in the making. out_of_fold: the blend's answers to the judged rows, in the target's own terms."""

    blend: TextBlend
    trained: Trained
    rows: TextRows
    problem: Problem
    out_of_fold: np.ndarray


@dataclass(frozen=True)
class Judgement:
    """What was tried. history: the learning curve; by_clock: whether there was no time for some."""

    done: list[Judged]
    history: list[dict[str, float]]
    by_clock: bool


def train(entry: Entry, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent, StepFailed `no-family` where all there is was ruled out or can't be had, DataError
    `no-rows` and those of `Target.fit`.
    """
    fitted = fit(entry, data, schema, settings, step)
    fitted.blend.save(model)
    return fitted.trained


def fit(entry: Entry, data: Path, schema: Schema, settings: Settings, step: Step) -> Fitted:
    began = time.monotonic()
    end = began + LONGEST if step.deadline is None else step.deadline
    metric = settings.metric or ("accuracy" if schema.goal == "classify" else "rmse")
    balance = settings.options.get("balance") if schema.goal == "classify" else None
    rows = text_rows.read(data, schema, step.seed, COUNTING * (end - time.monotonic()))
    target = Target.fit(rows.truth, schema)
    notes: list[str] = []
    if len(rows) < sum(schema.rows.get(split, 0) for split in ("train", "validation")) - schema.unlabelled_train:
        notes.append(f"learned from {len(rows):,} rows, as many texts as there was time to count")
    classes = max(1, len(target.present))
    most = min(MOST_COUNTED, max(20_000, MOST_WEIGHTS // classes)) // len(rows.columns)
    others = other_texts.read(data, schema, len(rows), step.seed)
    seen = [[*own, *further] for own, further in zip(rows.columns, others or [[]] * len(rows.columns), strict=True)]
    counted = [Counted.fit(texts, most, units) for texts, units in zip(seen, rows.units, strict=True)]
    rows, matrix = _learnable(rows, counted_matrix(counted, rows.columns), classes, step.seed, end, notes)
    found = _embedded(entry, rows, schema, settings, step, end, notes)
    features = Features(rows.columns, matrix, found.vectors if found else None)
    there = found.there if found else np.ones(len(rows), bool)
    problem = _problem(entry, features, rows, there, target, schema, metric, balance, step, end)
    problem = replace(problem, others=other_texts.features(others, counted, found, end))
    judgement = _judged(entry, problem, found, schema, settings, step, end, notes)
    shares, mixed = _weighed(entry, problem, judgement.done, schema)
    frequency = target.shares(rows.truth)
    frequency = np.full_like(frequency, 1 / max(1, len(frequency))) if balance else frequency
    notes += calibrate(target, mixed, rows.truth[problem.judged], frequency, metric)
    notes += train_val_data.balance_notes(balance)
    members, refitted = _members(judgement.done, shares, step, end)
    needed = any(isinstance(model, LinearTexts) and model.kind is not Kind.COUNTED for _, _, model in members)
    embedder = found.embedder if found is not None and needed else None
    names = text_rows.text_names(schema)
    blend = TextBlend(names, counted, embedder, found.longest if found else 0, members, target)
    decoded = target.decode(mixed) if target.classes else mixed
    trained = _trained(entry, problem, judgement, shares, decoded, blend, schema, settings, began)
    trained.notes = notes
    trained.learned_from = ["train", "validation"] if refitted or problem.count > 1 else ["train"]
    return Fitted(blend, trained, rows, problem, decoded)


def _trained(
    entry: Entry,
    problem: Problem,
    judgement: Judgement,
    shares: np.ndarray,
    decoded: np.ndarray,
    blend: TextBlend,
    schema: Schema,
    settings: Settings,
    began: float,
) -> Trained:
    """What is said of the blend and of everything that was tried. decoded: its answers to the judged rows."""
    metric, truth = problem.metric, problem.truth[problem.judged]
    measure = train_val_data.measure(schema, metric)
    candidates = []
    for one, share in zip(judgement.done, shares, strict=True):
        score = measure.compute(truth, problem.target.full(one.predicted))
        candidates.append(
            Tried(
                family=entry.family,
                title=one.name,
                validation={metric: score} if np.isfinite(score) else {},
                seconds=round(one.seconds, 3),
                share=round(float(share), 4),
                chosen=bool(share > 0),
            )
        )
    chosen = {
        "members": {name: round(share, 3) for name, share, _ in blend.members},
        "folds": problem.count,
        "metric": metric,
        "tokens": blend.longest if blend.embedder else 0,
        "counted": int(problem.features.counted.shape[1]),
    }
    return Trained(
        family=entry.family,
        parameters=blend.parameters,
        seconds=round(time.monotonic() - began, 2),
        stopped="the time budget was used" if judgement.by_clock else "all candidates tried",
        by_clock=judgement.by_clock,
        validation=train_val_data.scores(schema, truth, decoded, metric),
        history=judgement.history,
        settings=chosen | text_network.used(judgement.done, settings),
        candidates=candidates,
        held=(truth, decoded),
    )


def _learnable(
    rows: TextRows, matrix: Any, classes: int, seed: int, end: float, notes: list[str]
) -> tuple[TextRows, Any]:
    """As many rows, with their counts, as one linear model can be fitted to in a part of the time that is left."""
    share = FITTING * (end - time.monotonic()) / max(1e-9, judged.seconds_a_fit(matrix, classes))
    count = max(text_rows.FEWEST, int(share * len(rows)))
    if count >= len(rows):
        return rows, matrix
    chosen = np.sort(np.random.default_rng(seed).choice(len(rows), count, replace=False))
    notes.append(f"learned from {count:,} rows, as many as there was time to fit {classes} classes to")
    return rows.take(chosen), matrix[chosen]


def _embedded(
    entry: Entry, rows: TextRows, schema: Schema, settings: Settings, step: Step, end: float, notes: list[str]
) -> Embedded | None:
    """What a member needs; a note where there is none, and what it would give."""
    if all(kind is Kind.COUNTED for kind in _kinds(entry, settings)):
        return None
    found: Embedded | str | None = embedded.missing()
    if found is None:
        step.progress("embedding")
        seconds = EMBEDDING * (end - time.monotonic())
        found = embedded.embed(rows, schema.rows.get("test", 0), seconds, step.seed)
    if isinstance(found, Embedded):
        if not found.there.all():
            notes.append(f"sentence embeddings of {int(found.there.sum()):,} of {len(rows):,} rows, as time allowed")
        if found.longest < embedded.LENGTHS[0]:
            notes.append(f"of each text the first {found.longest} tokens are embedded, as time allowed")
        return found
    notes.append(found)
    step.note(found)
    return None


def _kinds(entry: Entry, settings: Settings) -> list[Kind]:
    """Those that were not ruled out; what sees both is out where one of the two is."""
    avoid = tuple(settings.options.get("avoid", ()))
    parts = {Kind.BOTH: (Kind.COUNTED, Kind.EMBEDDED)}
    return [k for k in entry.kinds if not any(str(part).startswith(avoid) for part in parts.get(k, (k,)))]


def _problem(
    entry: Entry,
    features: Features,
    rows: TextRows,
    there: np.ndarray,
    target: Target,
    schema: Schema,
    metric: str,
    balance: str | None,
    step: Step,
    end: float,
) -> Problem:
    needed = FOLDS * judged.seconds_a_fit(features.counted, len(target.present))
    apart = schema.rows_depend or len(rows) > MOST_CROSSED or not there.all() or entry.always
    if apart or (needed > CROSSING * (end - time.monotonic()) and rows.held.sum() >= 50):
        dealt = np.where(rows.held, 0, -1)
    elif schema.goal == "classify":
        dealt = folds.stratified(rows.truth, FOLDS, step.seed)
    else:
        dealt = folds.even(len(rows), FOLDS, step.seed)
    if dealt.max() < 0 or (not apart and dealt.max() < 1 and (dealt < 0).sum() < 2):
        raise DataError(
            ErrorKind.NO_REPEATS,
            f"No class of {schema.target!r} has two rows, so nothing can be learned about telling them apart.",
            hint="Give more rows, or name another target column.",
        )
    return Problem(features, rows.truth, dealt, there, target, metric, step.seed, balance)


def _judged(
    entry: Entry,
    problem: Problem,
    found: Embedded | None,
    schema: Schema,
    settings: Settings,
    step: Step,
    end: float,
    notes: list[str],
) -> Judgement:
    """Of all candidates that there is time for."""
    kinds = [kind for kind in _kinds(entry, settings) if kind is Kind.COUNTED or found is not None]
    classes = len(problem.target.present) if problem.target.classes else 0
    tried = judged.candidates(kinds, classes, others=problem.others is not None)
    measure, truth = train_val_data.measure(schema, problem.metric), problem.truth[problem.judged]
    done: list[Judged] = []
    history: list[dict[str, float]] = []
    by_clock = False
    longest: dict[Kind, float] = {}
    for number, one in enumerate(tried):
        guess = judged.seconds_a_fit(problem.features.counted, len(problem.target.present)) * problem.count
        seconds = longest.get(one.kind, guess if one.kind is not Kind.EMBEDDED else 0.0)
        left = end - time.monotonic() - sum(c.refit_seconds for c in done) - SPARE
        if done and seconds * (1 + 1.5 / problem.count) > 0.6 * left:
            notes.append(f"no time for {one.name}")
            by_clock = True
            continue
        done.append(judged.judge(one, problem))
        longest[one.kind] = max(longest.get(one.kind, 0.0), done[-1].seconds)
        score = measure.compute(truth, problem.target.full(done[-1].predicted))
        history.append({"candidate": len(done), "validation": score, "seconds": done[-1].seconds})
        step.progress("candidate", number + 1, len(tried), name=one.name, validation=score, measure=problem.metric)
    network = _network(entry, problem, settings, done, step, end, notes)
    if network is not None:
        done.append(network)
        by_clock = by_clock or text_network.used(done, settings).get("epochs", 0) < (settings.epochs or 0)
        score = measure.compute(truth, problem.target.full(network.predicted))
        history.append({"candidate": len(done), "validation": score, "seconds": network.seconds})
    if not done:
        raise StepFailed(
            ErrorKind.NO_FAMILY,
            f"Nothing is left for {entry.family.replace('_', ' ')} to try{': ' if notes else ''}{'; '.join(notes)}.",
            hint="Rule out fewer kinds of model, or install what is missing.",
        )
    return Judgement(done, history, by_clock)


def _network(
    entry: Entry, problem: Problem, settings: Settings, done: list[Judged], step: Step, end: float, notes: list[str]
) -> Judged | None:
    """Where it is wanted, was not ruled out, and the rows are many."""
    many = entry.always or len(problem.truth) >= MOST_CROSSED
    out = text_network.NETWORK.startswith(tuple(settings.options.get("avoid", ())))
    if not entry.network or not many or out or (problem.count > 1 and done):
        return None
    if text_network.missing():
        notes.append(text_network.missing())
        return None
    left = end - time.monotonic() - sum(one.refit_seconds for one in done) - SPARE
    seconds = (BESIDE if done else ALONE) * left
    return text_network.judge(problem, settings, step, seconds) if seconds >= FEWEST_SECONDS else None


def _weighed(entry: Entry, problem: Problem, done: list[Judged], schema: Schema) -> tuple[np.ndarray, np.ndarray]:
    """Each one's share, and the answers to the judged rows."""
    truth, target = problem.truth[problem.judged], problem.target
    if not entry.blend:
        measure = train_val_data.measure(schema, problem.metric)
        best = 0
        scores = [measure.compute(truth, target.full(one.predicted)) for one in done]
        for place, score in enumerate(scores):
            best = place if measure.better(score, scores[best]) else best
        return np.eye(len(done))[best], done[best].predicted
    places = target.encode(truth) if target.classes else truth
    known = places >= 0 if target.classes else np.isfinite(places)
    loss = blending.loss_for(target.classes, problem.metric)
    stack = np.stack([one.predicted for one in done])
    alone = problem.count == 1 or not known.all()
    judge = blending.Judge(places, known, problem.folds[problem.judged], loss, alone)
    kinds = [one.name for one in done]
    shares = judge.weights(stack, kinds)
    return shares, judge.mixed(stack, kinds, shares)


def _members(
    done: list[Judged], shares: np.ndarray, step: Step, end: float
) -> tuple[list[tuple[str, float, TextModel]], bool]:
    """Fitted to all rows as far as there is time; whether any was."""
    members: list[tuple[str, float, TextModel]] = []
    chosen = [(one, float(share)) for one, share in zip(done, shares, strict=True) if share > 0]
    refitted = False
    for number, (one, share) in enumerate(chosen):
        again = end - time.monotonic() - SPARE > one.refit_seconds and one.name != text_network.NETWORK
        members.append((one.name, share, one.refit() if again else one.first))
        refitted = refitted or again
        step.progress("fit", number + 1, len(chosen), name=one.name)
    return members, refitted
