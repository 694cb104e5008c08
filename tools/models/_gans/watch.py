"""The watch over a training: is the generator collapsing, and what is done about it.

    >>> watch = Watch(collapsed=0.02)
    >>> watch.look({"coverage": 0.21, "precision": 0.9, "spread": 0.3, "fd_own": 50, "loss_d": 0.4, "step": 5000}, 0.5)
    'coverage fell from 0.81 to 0.21 while precision held at 0.90'

coverage, precision: Naeem et al. 2020 and Kynkäänniemi et al. 2019, of some hundred samples against training examples.
spread: the mean distance between two samples, as a share of that between two training examples.
"""

import math
from dataclasses import dataclass, field

from noglue.tools.models._gans.design import MOST_STRENGTH
from noglue.tools.spec.errors import Kind, StepFailed

SETTLED = 0.25  # share of the schedule after which a generator must have left its random beginnings
LEARNED = 400  # steps before which nothing is called a collapse, as nothing was built yet
FELL = 0.6  # of the best coverage or spread so far: less is a fall
NARROW = 0.35  # spread under which samples are much alike, whatever it was before
STARVED = 0.3  # coverage as a share of precision, under which only some modes are painted well
MORE = 0.2  # augmentation after an alarm
CALM = 5  # looks without an alarm after which half of the rate that was taken is given back
MOST_ALARMS = 4  # then this family is given up
CLOSER = 0.9  # of the smallest distance so far: less is progress
LEAST_COVERAGE = 0.2  # of the best snapshot: with less, and none better since the last alarm, there is no generator
LEAST_PRECISION = 0.3  # samples that look like no data have no modes to lack


@dataclass
class Watch:
    """collapsed: see `Losses.collapsed`. best: the measures' best values so far. alarms: in words. at: the
    step of the last one. quiet: looks since then.
    """

    collapsed: float | None
    best: dict[str, float] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    at: int = 0
    quiet: int = 0

    def look(self, measures: dict[str, float], fraction: float) -> str | None:
        """What is wrong, in words, or None. fraction: of the schedule that is over."""
        why = self._why(measures, fraction)
        for name in ("coverage", "spread", "precision"):
            self.best[name] = max(self.best.get(name, 0.0), measures[name])
        self.best["fd_own"] = min(self.best.get("fd_own", math.inf), measures["fd_own"])
        return why

    def _why(self, now: dict[str, float], fraction: float) -> str | None:
        coverage, spread, precision = now["coverage"], now["spread"], now["precision"]
        if now["step"] < LEARNED or fraction < SETTLED:
            return None
        if self.alarms and not self.quiet:
            return None  # what the last alarm did has to show first
        best, held = self.best, now["precision"] >= 0.8 * self.best.get("precision", 0.0)
        if held and coverage < FELL * best.get("coverage", 0.0) and best["coverage"] - coverage > 0.1:
            return (
                f"coverage fell from {best['coverage']:.2f} to {coverage:.2f} while precision held at {precision:.2f}"
            )
        if spread < FELL * best.get("spread", 0.0) and spread < 0.7:
            return f"samples grew alike: their spread fell from {best['spread']:.2f} of the data's to {spread:.2f}"
        if self._recovering(now):
            return None
        if spread < NARROW:
            return f"samples are much alike: their spread is {spread:.2f} of the data's"
        if precision > LEAST_PRECISION and coverage < STARVED * precision:
            return f"only some of the data is painted: precision {precision:.2f}, coverage {coverage:.2f}"
        if self.collapsed is not None and now["loss_d"] < self.collapsed:
            return f"the discriminator has won: its loss is {now['loss_d']:.4f}"
        return None

    def _recovering(self, now: dict[str, float]) -> bool:
        """Still on the way up: better than ever before."""
        nearer = now["fd_own"] < CLOSER * self.best.get("fd_own", math.inf)
        return nearer or any(now[name] > self.best.get(name, 0.0) + 0.01 for name in ("coverage", "spread"))

    def intervene(self, why: str, step: int, rate: float, strength: float) -> tuple[float, float]:
        """Half the learning rates and a stronger augmentation; keeps the alarm. → both, to go on with."""
        self.at, self.quiet, rate, strength = step, 0, rate / 2, min(MOST_STRENGTH, strength + MORE)
        self.alarms.append(f"step {step}: {why}; learning rates halved, augmentation {strength:.1f}")
        return rate, strength

    def relax(self, rate: float, strength: float) -> tuple[float, float]:
        """One step back from what alarms did, once nothing rang for `CALM` looks. → both, to go on with."""
        self.quiet += 1
        if self.quiet < CALM or strength <= 0:
            return rate, strength
        self.quiet = 0
        return min(1.0, rate * 2), max(0.0, strength - MORE)

    @property
    def exhausted(self) -> bool:
        return len(self.alarms) >= MOST_ALARMS

    def judge(self, best: dict[str, float]) -> None:
        """Raises StepFailed `collapsed` when an alarm rang, nothing was better since and the best snapshot covers less
        than a fifth of the data. best: its measures, and its step."""
        if self.alarms and best["step"] <= self.at and best["coverage"] < LEAST_COVERAGE:
            raise StepFailed(
                Kind.COLLAPSED,
                f"The generator collapsed: its best snapshot covers {best['coverage']:.0%} of the data "
                f"({self.alarms[-1]}).",
                hint="Another family, more examples or more time may do better.",
                alarms=self.alarms,
            )
