"""From a prepared image data set to a model folder: what `pretrained_images` does, assembled from its neighbours.

1. What the pretrained network sees in each picture is computed once (`frozen_features.py`), and a linear probe learned
   from it (`linear_probe.py`).
2. Pictures without a label, where there are some, are named by their neighbours, and a probe learned from these too.
3. Where time is left, the network itself is trained further (`fine_tuning.py`), and kept if validation says so.

>>> train("pretrained_images", run / "data", run / "model", schema, Settings(), step).validation
{'accuracy': 0.971, 'calibration_error': 0.02}
"""

import copy
import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from noglue.tools.data import labels
from noglue.tools.pretrained.efficientnet_lite import FEATURES, pretrained
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import cores, slowness
from noglue.tools.spec.step import Step
from noglue.tools.training import fine_tuning, frozen_features, linear_probe, pretrained_model
from noglue.tools.training.checkpoint import digest
from noglue.tools.training.fine_tuning import FineTuning
from noglue.tools.training.flips import may_flip
from noglue.tools.training.frozen_features import MANY, Plan
from noglue.tools.training.linear_probe import Probe
from noglue.tools.training.machine import Machine, keep_freed_memory
from noglue.tools.training.pixels import COLUMN, encoded, read, working_size
from noglue.tools.training.pretrained_candidates import Candidate, finished
from noglue.tools.training.pretrained_model import Backbone, Resolution
from noglue.tools.training.pseudo_labelling import named, stands
from noglue.tools.training.split_arrays import Split, some, splits
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.trainer import Outcome

LARGEST = 224  # pixels of the longer side
JUDGED = 10_000  # validation pictures that the model is judged on, as those of other networks are
READING, SEEING, FITTING = 0.25, 0.3, 0.15  # of the time left, at each one's beginning, at most as planned
OF_MANY = 0.15  # of these shares is enough where there are many rows, from which the network itself learns a lot
MOST_TUNING = 0.8  # of the time left at the beginning
MOST_SEEING = 0.6  # of the time left for features where they take longer than planned
MOST_FITTING = 120.0  # seconds, where time is not limited
SPARED = 0.08  # of the time left at the beginning: so much remains for evaluation anyway
SCORED = 3_000  # validation pictures that evaluation sees beside the test, at most
MOST_OTHERS, FEWEST_OTHERS = 20_000, 20  # pictures without a label that are learned from
PROBED = 16  # encoded pictures whose reading is timed
FEWEST, FEWEST_FITTED = 2, 500  # rows that a linear layer is learned from: in any case, where there are so many
HEAD_ROWS = 3_000  # that the head is learned from anew where the network is trained at another size
CACHE = "features.npy"
OPERATIONS = 1e12  # of a batch: enough for every thread


class PretrainedTraining:
    """One training's parts, built once."""

    def __init__(self, data: Path, schema: Schema, settings: Settings, step: Step) -> None:
        self.data, self.schema, self.settings, self.step = data, schema, settings, step
        self.notes = list[str]()
        self.history: list[dict[str, float]] = []
        self.machine = Machine.of(step.device)
        self.machine.use_threads(OPERATIONS)
        try:
            self.network = pretrained_model.rounded(pretrained().headless().folded())
        except WeightsMissing as error:
            message = f"The pretrained network can't be used: {error}."
            raise StepFailed(Kind.FAMILY_UNAVAILABLE, message, hint="Let another family be tried.") from error
        self.backbone = Backbone(copy.deepcopy(self.network), self.machine)
        self.pace = self._quickest_pace()
        self.flip, self.flip_why = may_flip(schema, settings.options)
        self.note(f"images are {'' if self.flip else 'not '}mirrored in training: {self.flip_why}")
        limit = min(LARGEST, int(settings.options.get("pixels", LARGEST)))
        most = _rows_in_time(data, limit, step.remaining())
        there = schema.rows.get("train", 0) - schema.unlabelled_train
        if most is not None and most < there:
            self.note(f"time is short: {most:,} of {there:,} pictures are read")
        self.size, self.train, validation = splits(data, schema, limit, step, most, settings.options.get("balance"))
        judged = some(len(validation.values), JUDGED, step.seed)
        self.held = Split(validation.pixels[judged], validation.values[judged])
        self.target = Target.of(self.train.values, schema, settings)
        self.order = np.random.default_rng(step.seed).permutation(len(self.train.values))
        for line in self.target.notes:
            self.note(line)
        self.tuning = FineTuning(
            pretrained().headless(), self.train, self.held, self.target, self.flip, self.machine, step,
            settings.learning_rate, settings.batch_size,
        )  # fmt: skip
        left, many = step.remaining(), len(self.train.values) > MANY
        self.spared = math.inf if left is None else SPARED * left
        self.share = OF_MANY if many and self.further(0, None if left is None else MOST_TUNING * left) else 1.0

    def _quickest_pace(self) -> float:
        """Pixels a second; where other programs hold the processors, with one thread if that is quicker."""
        pace = frozen_features.pace(self.backbone)
        if self.machine.device.type != "cpu" or cores() == 1 or slowness() == 1:
            return pace
        self.machine.use_threads(0.0)
        alone = frozen_features.pace(self.backbone)
        if alone < pace:
            self.machine.use_threads(OPERATIONS)
        return max(pace, alone)

    def note(self, line: str) -> None:
        self.notes.append(line)
        self.step.note(line)

    def score(self, outputs: np.ndarray) -> float:
        return self.target.measure(outputs, self.held.values)

    def better(self, one: Candidate, other: Candidate) -> Candidate:
        """The one only if it validates better."""
        return one if self.target.metric.better(self.score(one.outputs), self.score(other.outputs)) else other

    def frozen(self) -> Candidate:
        """Features of as many pictures as there is time for, and a probe on them. Raises BudgetSpent."""
        began, left = time.monotonic(), self.step.remaining()
        count, held = len(self.train.values), len(self.held.values)
        share = self.share
        seconds = None if left is None else SEEING * share * left
        wanted = min(count, self._learnable(2 if self.flip and count <= MANY else 1))
        plan = Plan.choose(self.size, wanted, held, self.flip, self.pace, seconds)
        rows = self.order[: plan.rows]
        deadline = None if left is None else time.monotonic() + MOST_SEEING * share * left
        features = frozen_features.computed(
            self.backbone,
            [(self.held.pixels, np.arange(held)), (self.train.pixels, rows)],
            plan.resolution,
            self.step.folder / CACHE,
            digest(self.train.pixels, self.train.values, self.held.pixels, self.held.values) + f" {self.step.seed}",
            lambda: None if deadline is None else deadline - time.monotonic(),
            lambda done, total: self.step.progress("features", done, total, unit="images"),
        )
        known = features[held:]
        if len(known) < min(FEWEST, count):
            raise _spent()
        together = self._together(len(known))
        values = self.train.values[rows[: len(known)]]
        choice = linear_probe.choose(
            known, values, features[:held], self.held.values, self.target, self.step.remaining, together
        )
        if choice is None:
            raise _spent()
        seconds = time.monotonic() - began
        title = f"pretrained features at {plan.resolution.height}×{plan.resolution.width}"
        self.note(f"{title} of {len(known):,} pictures: {self.score(choice.held):.4f} after {seconds:.1f} s")
        if len(known) < count:
            self.note(f"the linear layer learned from {len(known):,} of {count:,} pictures, to keep to the time")
        learned_from = ["train", "validation"] if together else ["train"]
        self.known = features[:held], known, values
        return Candidate(
            title, self.network, choice.probe, plan.resolution, choice.held, seconds, learned_from,
            by_clock=left is not None and (len(known) < count or not choice.probe.converged),
        )  # fmt: skip

    def beside_unlabelled(self, first: Candidate) -> Candidate | None:
        """The probe once more, from pictures without a label too, named by their neighbours; None where there are none.

        first: what `frozen` gave.
        """
        began, left, form = time.monotonic(), self.step.remaining(), first.resolution
        most = MOST_OTHERS if left is None else int(SEEING * left * self.pace / form.pixels)
        if self.target.classes is None or self.step.is_over() or not labels.has_unlabelled(self.data, self.schema):
            return None
        most = min(most, MOST_OTHERS, self._learnable(form.views))
        rows = labels.unlabelled(self.data, self.schema, COLUMN, most, self.step.seed)
        if len(rows) < FEWEST_OTHERS:
            return None
        pixels = read(rows, self.size, self.step.folder / "unlabelled.pixels")
        others = self.backbone.features(pixels, form).astype(np.float16)
        held, known, values = self.known
        which, guessed = named(known.mean(axis=1), values, others.mean(axis=1), self.target.outputs)
        every, all_values = np.concatenate([known, others[which]]), np.concatenate([values, guessed])
        choice = linear_probe.choose(
            every, all_values, held, self.held.values, self.target, self.step.remaining, together=False
        )
        if choice is None:
            return None
        title = f"{first.title}, {len(which):,} of {len(others):,} pictures named by their neighbours"
        self.note(f"{title}: {self.score(choice.held):.4f}")
        seconds = time.monotonic() - began
        return replace(
            first, title=title, probe=choice.probe, outputs=choice.held, seconds=seconds, learned_from=["train"]
        )

    def _learnable(self, views: int) -> int:
        """Rows that the probe can be fitted to in a part of the time left."""
        left = self.step.remaining()
        seconds = MOST_FITTING if left is None else FITTING * self.share * left
        return max(FEWEST_FITTED, linear_probe.rows_in_time(seconds, views, FEATURES, self.target.outputs))

    def _together(self, known: int) -> bool:
        """Whether the probe may learn from the validation rows in the end: not where they stand for another time or
        other people, nor where they would add little.
        """
        return not self.schema.rows_depend and len(self.train.values) == known <= MANY

    # ---- the network itself ----------------------------------------------------------------------------------------

    def further(self, side: int, seconds: float | None) -> fine_tuning.Plan | None:
        """How the network would be trained further; None where there are too few rows or too little time.

        side: what the frozen network was shown.
        """
        if len(self.train.values) < fine_tuning.FEWEST or (seconds is not None and seconds <= 0):
            return None
        return self.tuning.planned(self.size, side, seconds)

    def tuned(self, first: Candidate) -> Candidate | None:
        """The network trained further from the probe on; None where `further` says so or the time ran out."""
        began, asked, side = time.monotonic(), self.settings, longest(first.resolution)
        seconds = self._seconds(side)
        plan = self.further(side, seconds)
        if asked.epochs is not None and (plan is not None or seconds is None or seconds > 0):
            plan = replace(plan or self.tuning.least(first.resolution), epochs=asked.epochs)
        if plan is None:
            self.note("the pretrained network was not trained further: there was too little time for it to be of use")
            return None
        same = digest(self.train.pixels, self.train.values) + f" {self.target.metric.name}"
        try:
            self.tuning.begin_from(self._probe_at(plan.resolution, first), plan)
            seconds = self._seconds(longest(plan.resolution))
            outcome = self.tuning.learn(seconds, float(asked.options.get("checkpoint_seconds", 30)), same)
        except BudgetSpent:
            return None
        return self._best_shown(self.tuning, outcome, began)

    def _probe_at(self, resolution: Resolution, first: Candidate) -> Probe:
        """A probe of what the network sees at the size that it will be trained at, learned from train alone: what
        judges must be new to it. Raises BudgetSpent.
        """
        same = (resolution.height, resolution.width) == (first.resolution.height, first.resolution.width)
        if same and first.learned_from == ["train"]:
            return first.probe
        rows = self.order[: max(FEWEST_FITTED, min(HEAD_ROWS, self._learnable(1)))]
        features = self.backbone.features(self.train.pixels[rows], resolution)
        values, strength = self.train.values[rows], first.probe.strength
        probe = linear_probe.fitted(features, values, self.target, strength, self.step.remaining)
        if probe is None:
            raise _spent()
        return probe

    def _seconds(self, side: int) -> float | None:
        """What is left for training further, less what scoring and writing will take, and scoring the test rows if that
        is more than is spared for it.
        """
        left = self.step.remaining()
        pixels = side * side * (2 if self.flip else 1)
        seen = 2.5 * len(self.held.values) * pixels / self.pace
        return None if left is None else left - 2.0 - seen - max(0.0, self._evaluated(pixels) - self.spared)

    def _evaluated(self, pixels: int) -> float:
        """Seconds that evaluation will need to see its pictures, at so many pixels each."""
        rows = self.schema.rows.get("test", 0) + min(SCORED, self.schema.rows.get("validation", 0))
        return rows * pixels / self.pace

    def _best_shown(self, tuning: FineTuning, outcome: Outcome, began: float) -> Candidate:
        """At the size that it was trained on, or a step larger, with mirror images or without."""
        network, probe, plan = pretrained_model.rounded(tuning.folded()), tuning.average.probe(), tuning.plan
        backbone = Backbone(copy.deepcopy(network), self.machine)
        side = longest(plan.resolution)
        sides = [side, *[one for one in reversed(frozen_features.SIDES) if side < one <= 1.5 * side][:1]]
        best: tuple[float, Resolution, np.ndarray] | None = None
        for one in sides:
            resolution = frozen_features.proportional(self.size, one, self.flip)
            if best is not None and (self.step.is_over() or self._evaluated(resolution.pixels) > self.spared):
                break
            features = backbone.features(self.held.pixels, resolution)
            for form, seen in self._forms(resolution, features):
                outputs = probe.outputs(seen)
                score = self.score(outputs)
                if best is None or self.target.metric.better(score, best[0]):
                    best = score, form, outputs
        assert best is not None
        score, resolution, outputs = best
        seconds = time.monotonic() - began
        title = f"pretrained network trained further at {plan.resolution.height}×{plan.resolution.width}"
        self.note(f"{title} for {outcome.epochs:.1f} epochs: {score:.4f} after {seconds:.1f} s")
        self.history = outcome.history
        return Candidate(
            title, network, probe, resolution, outputs, seconds, ["train"], tuned=True, epochs=outcome.epochs,
            by_clock=outcome.by_clock,
        )  # fmt: skip

    def _forms(self, resolution: Resolution, features: np.ndarray) -> list[tuple[Resolution, np.ndarray]]:
        """Pictures alone first, which is half the work, then with their mirror images."""
        alone = resolution.model_copy(update={"mirrored": False}), features[:, :1]
        return [alone, (resolution, features)] if resolution.mirrored else [alone]


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as the `Family` protocol has it, and StepFailed `family-unavailable` where the weights are missing."""
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    training = PretrainedTraining(data, schema, settings, step)
    best = training.frozen()
    tried = [best]
    if (beside := training.beside_unlabelled(best)) is not None:
        tried.append(beside)
        best = beside if stands(best.outputs, beside.outputs, training.held.values) else best
    if (tuned := training.tuned(best)) is not None:
        tried.append(tuned)
        stated = (settings.epochs, settings.batch_size, settings.learning_rate)
        asked = any(value is not None for value in stated)  # for a network that is trained
        best = tuned if asked else training.better(tuned, best)
    elif settings.epochs is not None:  # a network that was not trained is not what was asked for
        raise _spent()
    trained = finished(training, family, model, best, tried, time.monotonic() - began)
    (step.folder / CACHE).unlink(missing_ok=True)
    return trained


def longest(resolution: Resolution) -> int:
    return max(resolution.height, resolution.width)


def _rows_in_time(data: Path, limit: int, left: float | None) -> int | None:
    """So many encoded pictures can be read in a part of the time left; None: all."""
    rows = load_split(data, "train")
    if left is None or not encoded(rows) or len(rows) <= PROBED:
        return None
    size = working_size(rows, limit)
    began = time.monotonic()
    read(rows.select(np.linspace(0, len(rows) - 1, PROBED).astype(int)), size)
    return max(FEWEST_FITTED, int(READING * left * PROBED / (time.monotonic() - began)))


def _spent() -> BudgetSpent:
    message = "The time was up before the pretrained network had seen enough pictures."
    return BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give a larger --budget.")
