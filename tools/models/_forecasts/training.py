"""Train a forecaster: members judged at rolling origins, weighted by their errors, those that are slow probed first.

An origin is a moment before the end of what is known; everything after it is out of sight of what forecasts from it.
The trees learn from what lies before the first origin, and once more from everything when their share is known.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from noglue.tools.forecasting import horizons
from noglue.tools.forecasting.panel import Panel, Series, cut, of_splits, scale
from noglue.tools.models._forecasts import blending, classical, members
from noglue.tools.models._forecasts.forecaster import Forecaster, blended
from noglue.tools.models._forecasts.given import Histories
from noglue.tools.showing.counted import counted
from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

UNLIMITED = 120.0  # seconds for the slow members, where no budget was given
SLOW = 0.75  # of the time that is left, for the slow members together
PROBED = 3  # series that a slow member is tried on
AFTERWARDS = 2  # forecasts that evaluation makes of each series, with the same members
MOST_AFTERWARDS = 20.0  # seconds of one member, in evaluation
LEAST_LEFT = 8.0  # seconds, to import its library and to fit anything
MOST_JUDGED = 1_500  # series that members are judged by
EXTRA = "pip install 'noglue[forecast]'"


@dataclass
class _Contest:
    """What the members forecast from each origin. known: everything that training may see. series: rows of it that
    are judged; origins: how many. means, spreads: member → origin → (series, steps)."""

    known: Panel
    ahead: int
    origins: int
    scales: np.ndarray
    truth: list[np.ndarray] = field(default_factory=list)
    histories: list[Histories] = field(default_factory=list)
    there: list[np.ndarray] = field(default_factory=list)
    means: dict[str, np.ndarray] = field(default_factory=dict)
    spreads: dict[str, np.ndarray] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def train(
    family: str, names: Sequence[str], data: Path, model: Path, schema: Schema, settings: Settings, step: Step
) -> Trained:
    """names: of the members to try. Raises BudgetSpent where there is no time for any, StepFailed `missing-package`
    where all that was asked for needs an extra that is not there.
    """
    started = time.monotonic()
    timeline = schema.timeline
    assert timeline is not None, "a forecast has a grid of times"
    parts = [load_split(data, split) for split in ("train", "validation") if (data / split).is_dir()]
    known = of_splits(parts, timeline, str(schema.target))
    avoided = tuple(settings.options.get("avoid", ()))
    wanted = [name for name in names if name not in avoided]
    notes: list[str] = []
    wanted = _to_be_had(wanted, notes)
    contest = _contest(known)
    booster = _forecasts(contest, wanted, step, notes)
    tried = [name for name in wanted if name in contest.means]
    if not tried:
        raise BudgetSpent(Kind.BUDGET_SPENT, "There was no time for any forecast.", hint="Give a larger --budget.")
    found, validation, errors = _weighed(contest, tried, booster)
    model.mkdir(exist_ok=True)
    if members.TREES in found.names:
        found.booster = _trees(contest.known, step, None) or booster
    found.save(model)
    shares = dict(zip(found.names, found.overall, strict=True))
    seconds = time.monotonic() - started
    return Trained(
        family=family,
        parameters=None,
        seconds=max(seconds, 1e-3),
        stopped=f"{counted(len(tried), 'model')} compared at {counted(contest.origins, 'rolling origin')}",
        validation=validation,
        learned_from=[split for split in ("train", "validation") if (data / split).is_dir()],
        settings={
            "members": {name: round(float(share), 3) for name, share in shares.items()},
            "season": timeline.season,
            "origins": contest.origins,
        },
        notes=notes,
        candidates=[
            Tried(
                family=name,
                title=members.MEMBERS[name].title,
                validation={"mase": errors[name]} if np.isfinite(errors[name]) else {},
                seconds=max(1e-3, round(contest.seconds.get(name, 0.0), 3)),
                share=round(float(shares.get(name, 0.0)), 3),
                chosen=shares.get(name, 0.0) > 0,
            )
            for name in tried
        ],
    )


def _to_be_had(wanted: list[str], notes: list[str]) -> list[str]:
    """Those whose library is here."""
    if classical.available():
        return wanted
    there = [name for name in wanted if name not in members.NEED_EXTRA]
    lacking = [members.MEMBERS[name].title for name in wanted if name not in there]
    if lacking and not there:
        raise StepFailed(
            Kind.MISSING_PACKAGE,
            f"{lacking[0]} needs statsforecast, which is not installed.",
            hint=f"{EXTRA} installs it.",
            package="statsforecast",
            extra="forecast",
        )
    if lacking:
        notes.append(f"{'; '.join(lacking)}: not tried, as statsforecast is not installed ({EXTRA} would add them)")
    return there


def _contest(known: Panel) -> _Contest:
    """Histories, truths and scales at each origin, the latest first."""
    timeline = known.timeline
    ahead = timeline.horizon
    judged = Panel(timeline, _judged(known))
    origins = horizons.origins(max(len(one.values) for one in judged.series), timeline)
    contest = _Contest(known, ahead, origins, np.zeros(0))
    first = cut(judged, origins * ahead)
    keys = {one.key for one in first.series}
    by_key = {one.key: scale(one.values, timeline.season) for one in first.series}
    contest.scales = np.array([by_key.get(one.key, np.nan) for one in judged.series])
    for back in range(1, origins + 1):
        part = cut(judged, back * ahead)
        able = {one.key for one in part.series if len(one.values) >= horizons.LEAST_HISTORY}
        there = np.array([one.key in able for one in judged.series])
        chosen = [one for one in part.series if one.key in able]
        contest.histories.append(Histories.of(Panel(timeline, chosen)))
        ends = [len(one.values) - (back - 1) * ahead for one in judged.series]
        truth = np.full((len(judged.series), ahead), np.nan)
        for row, (one, end) in enumerate(zip(judged.series, ends, strict=True)):
            if there[row]:
                truth[row] = one.values[end - ahead : end]
        contest.truth.append(truth)
        contest.there.append(there)
    if not keys:
        contest.scales = np.array([scale(one.values, timeline.season) for one in judged.series])
    return contest


def _forecasts(contest: _Contest, wanted: Sequence[str], step: Step, notes: list[str]) -> object:
    """Every member's forecasts from every origin, as far as there is time. → the trees of the first origin."""
    booster = None
    for number, name in enumerate(wanted):
        step.progress("member", number + 1, len(wanted), name=name)
        if contest.means and step.is_over():
            notes.append(f"{members.MEMBERS[name].title}: not tried, the time was up")
            continue
        begun = time.monotonic()
        if name == members.TREES:
            earliest = Panel(contest.known.timeline, cut(contest.known, contest.origins * contest.ahead).series)
            booster = _trees(earliest, step, 0.25)
            if booster is None:
                notes.append(f"{members.MEMBERS[name].title}: too few values to learn from")
                continue
        limit = _limit(contest, name, step, notes)
        if limit == 0:
            continue
        _from_origins(contest, name, limit, step, booster)
        contest.seconds[name] = time.monotonic() - begun
    return booster


def _limit(contest: _Contest, name: str, step: Step, notes: list[str]) -> int | None:
    """How many origins there is time for, by a probe of what is slow; None: for all."""
    member = members.MEMBERS[name]
    if not member.slow or member.forecast is None:
        return None
    count, left = len(contest.known.series), step.remaining()
    if left is not None and left < LEAST_LEFT:
        notes.append(f"{member.title}: not tried, {max(0.0, left):.0f} s were left")
        return 0
    whole = Histories.of(Panel(contest.known.timeline, contest.known.series[:PROBED]))
    member.forecast(whole.of_rows([0]), contest.ahead, lambda: False)  # the first one compiles and imports
    begun = time.monotonic()
    member.forecast(whole, contest.ahead, lambda: False)
    each = (time.monotonic() - begun) / len(whole.values)
    left = step.remaining()
    seconds = SLOW * (UNLIMITED if left is None else max(0.0, left)) / 2
    later = each * count * AFTERWARDS
    if later > MOST_AFTERWARDS * (1 if left is None else min(1.0, left / 60)) or each * count > seconds:
        notes.append(f"{member.title}: not tried, as {count:,} series at {each:.2f} s each take too long")
        return 0
    return max(1, int(seconds / max(each * len(contest.scales), 1e-6)))


def _from_origins(contest: _Contest, name: str, limit: int | None, step: Step, booster: object) -> None:
    shape = (max(1, contest.origins), len(contest.scales), contest.ahead)
    means, spreads = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, known in enumerate(contest.histories[:limit]):
        if place and step.is_over():
            break
        found = members.forecast(name, known, contest.ahead, step.is_over, booster)
        means[place, contest.there[place]], spreads[place, contest.there[place]] = found.mean, found.spread
    contest.means[name], contest.spreads[name] = means, spreads


def _trees(known: Panel, step: Step, share: float | None) -> object:
    from noglue.tools.models._forecasts import lag_trees

    left = step.remaining()
    seconds = None if left is None else max(1.0, left * (share or 0.5))
    return lag_trees.learn(Histories.of(known), known.timeline.horizon, step.seed, 1, seconds)


def _weighed(
    contest: _Contest, tried: list[str], booster: object
) -> tuple[Forecaster, dict[str, float], dict[str, float]]:
    """The forecaster, its own scores at the origins, and the members' errors."""
    if not contest.origins:
        even = np.full(len(tried), 1 / len(tried))
        return Forecaster(tried, even, booster=booster), {}, dict.fromkeys(tried, float("nan"))
    truth = np.stack(contest.truth)  # (origins, series, steps)
    means = np.stack([contest.means[name] for name in tried])
    spreads = np.stack([contest.spreads[name] for name in tried])
    with np.errstate(invalid="ignore"):
        scaled = np.abs(means - truth[None]) / contest.scales[None, None, :, None]
    judged = blending.Judged(blending.nanmean(scaled, 3).transpose(0, 2, 1))
    overall, own = blending.weights(judged)
    keys = [one.key for one in _judged(contest.known)]
    found = Forecaster(tried, overall, dict(zip(keys, own, strict=True)), booster=booster)
    ratios, errors = [], []
    for place, known in enumerate(contest.histories):
        there = contest.there[place]
        mean, spread = blended(known, means[:, place, there], spreads[:, place, there], own[there])
        miss = np.abs(mean - truth[place][there])
        ratios.append((miss / np.where(spread > 0, spread, np.nan)).ravel())
        errors.append((miss / contest.scales[there][:, None]).ravel())
    found.ratios = np.concatenate(ratios)
    found.origins = int(sum(int(there.sum()) for there in contest.there))
    missed = np.concatenate(errors)
    missed = missed[np.isfinite(missed)]
    return (
        found,
        {"mase": float(missed.mean())} if len(missed) else {},
        dict(zip(tried, map(float, judged.each), strict=True)),
    )


def _judged(known: Panel) -> list[Series]:
    """The series that members are judged by: all, or every so-manieth of very many."""
    return known.series[:: max(1, -(-len(known.series) // MOST_JUDGED))]
