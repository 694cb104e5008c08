"""From a prepared image data set with few labels to a model folder: what `pseudo_labels` does.

>>> train("pseudo_labels", run / "data", run / "model", schema, Settings(), step).settings
{'labelled': 100, 'unlabelled': 59900, 'steps': 24000, …}

Where the figures come from: docs/recipes/pseudo-labels.md.
"""

import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from noglue.tools import metrics
from noglue.tools.models._semi.curriculum import ROUNDS, Curriculum, at
from noglue.tools.models._semi.recipe import Recipe
from noglue.tools.models._semi.rows import read_semi_data
from noglue.tools.models._semi.soft_thresholds import Belief
from noglue.tools.models._semi.student import Mover, Pair
from noglue.tools.models._semi.views import strong, weak
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training import checkpoint, image_model
from noglue.tools.training.confidence import calibration_error, fit_temperature, softmax
from noglue.tools.training.examples import Examples
from noglue.tools.training.flips import may_flip
from noglue.tools.training.machine import Machine, keep_freed_memory
from noglue.tools.training.pseudo_labelling import shares, spread
from noglue.tools.training.randomness import random
from noglue.tools.training.residual import Shape
from noglue.tools.training.split_arrays import some
from noglue.tools.training.test_time_views import TestTimeAugmentation, forward, logits
from noglue.tools.training.trainer import Job, Measures, Outcome, State, Tensors, run

RISE = 0.01  # share of the schedule in which the learning rate comes up
WATCHED = 1_000  # images that are looked at on the way
JUDGED = 10_000  # validation images that the finished model is judged and calibrated on
ENOUGH = 500  # validation images by which one state of the network is told to be better than another
SURE = 0.95
UNSURE = 0.9  # of what is less sure several views are looked at
LOOKING_SHARE, JUDGING_SHARE = 0.15, 0.2  # of the time left, at most: for the pseudo-labels, for the finished model
FEWEST = 64  # images that are looked at in any case
WHITENED = 2_000_000  # pixels whose patches the first layer is fitted on
SPARE = 1.5  # seconds to write the model in
MOST = 60_000  # images in the graph, whose time grows with their square
READ = 1024  # images that are looked at at once
PROBE = 2_000  # made-up images by which the time for a graph is told


class Training:
    """One training's parts, built once and then handed to the trainer."""

    def __init__(self, data: Path, schema: Schema, settings: Settings, step: Step) -> None:
        self.step, self.settings, self.notes = step, settings, list[str]()
        self.machine = Machine.of(step.device)
        self.metric = metrics.bound(settings.metric or "accuracy", schema.classes, schema.positive)
        self.classes = schema.classes or []
        self.rows = read_semi_data(data, schema, int(settings.options.get("pixels", 64)), step)
        self.flip, self.flip_why = may_flip(schema, settings.options)
        self.weak, self.strong = weak(self.flip), strong(self.flip)
        self.data = checkpoint.digest(self.rows.pixels, self.rows.labelled, self.rows.labels)
        count, size = len(self.rows.pixels), self.rows.size
        sides = (size.height, size.width, size.channels)
        chosen = Recipe.choose(count, len(self.rows.labelled), sides, step.deadline is not None)
        self.recipe = chosen.adjusted(settings, count)
        self.images = Examples.of(self.rows.pixels, np.zeros(count, np.int64), self.machine)
        self.shape = self._shape()
        self.machine.use_threads(3 * (self.recipe.batch_size + self.recipe.taught) * self.shape.operations())
        torch.manual_seed(step.seed)
        most = max(50, min(4000, WHITENED // (size.height * size.width)))
        self.pair = Pair(self.shape, self.images.batch(torch.from_numpy(some(count, most, step.seed))))
        self.pair.to(self.machine.device)
        self.mover = Mover(self.pair, self.recipe.rate, self.machine.dtype)
        self.prior = shares(self.rows.labels, len(self.classes))
        self.belief = Belief(torch.tensor(self.prior, dtype=torch.float32, device=self.machine.device))
        self.curriculum = Curriculum(self._pool(MOST), self.recipe.batch_size, step.seed)
        self.watched, self.judged = WATCHED, JUDGED
        others = count - len(self.rows.labelled)
        self.note(f"learning from {len(self.rows.labelled):,} labelled images and {others:,} without a label")
        self.note(f"images are {'' if self.flip else 'not '}mirrored in training: {self.flip_why}")
        if self.rows.val is None:
            self.note("no labels are left for validation: the final averaged network is kept")

    def _shape(self) -> Shape:
        size, colour = self.rows.size, self.rows.size.channels == 3
        return Shape(
            **size.model_dump(),
            outputs=len(self.classes),
            widths=self.recipe.widths,
            patch=2 if colour else 3,
            whitening=24 if colour else 16,
        )

    def _pool(self, most: int) -> np.ndarray:
        """Row numbers of so many images, and of those with labels."""
        return np.union1d(some(len(self.rows.pixels), most, self.step.seed), self.rows.labelled)

    def note(self, line: str) -> None:
        self.notes.append(line)
        self.step.note(line)

    # ---- one step --------------------------------------------------------------------------------------------------

    def loss(self, number: int) -> torch.Tensor:
        """Of step `number`; everything random in it comes from (seed, number)."""
        torch.manual_seed(int(random(self.step.seed, 3, number).initial_seed()))
        drawn = torch.randperm(len(self.rows.labelled))[: self.recipe.taught].numpy()
        labelled, half = self._batch(self.rows.labelled[drawn]), len(drawn) // 2
        truth = torch.from_numpy(self.rows.labels[drawn]).to(self.machine.device)
        chosen, told = self.curriculum.batch(number)
        others = self._batch(chosen)
        if told is None:
            labels, weights = self.belief(self._teacher(self.weak(others)))
        else:
            labels, weights = torch.from_numpy(told).to(self.machine.device), None
        looks = [self.weak(labelled[:half]), self.strong(labelled[half:]), self.strong(others)]
        with self.machine.precision():
            outputs = self.pair.student(torch.cat(looks).contiguous(memory_format=torch.channels_last)).float()
        known, unknown = outputs.split([len(truth), len(labels)])
        each = cross_entropy(unknown, labels, reduction="none")
        return cross_entropy(known, truth) + (each if weights is None else each * weights).mean()

    def _batch(self, rows: np.ndarray) -> torch.Tensor:
        return self.images.batch(torch.from_numpy(rows))

    def _teacher(self, images: torch.Tensor) -> torch.Tensor:
        """The average's probabilities."""
        with torch.no_grad(), self.machine.precision():
            outputs: torch.Tensor = self.pair.average(images.contiguous(memory_format=torch.channels_last))
            return outputs.float().softmax(1)

    def _enter(self, fraction: float) -> None:
        """The next round where its time has come."""
        number = at(fraction)
        if number > self.curriculum.number:
            self.curriculum.enter(number, self._said(), self.prior)
            self.step.note(f"round {number}: learning from {int(self.curriculum.used.sum()):,} pseudo-labels")

    def _said(self) -> np.ndarray:
        """Probabilities float32 (n, k) of the pool's images: what spreads over the graph of the average's features."""
        pool, average = self.curriculum.pool, self.pair.average.eval()
        parts = [
            forward(average.pooled, self._batch(pool[start : start + READ]), self.machine)
            for start in range(0, len(pool), READ)
        ]
        known = np.searchsorted(pool, self.rows.labelled)
        said = spread(torch.cat(parts).numpy(), known, self.rows.labels, self.prior)
        said[known] = np.eye(len(self.classes), dtype=np.float32)[self.rows.labels]
        return said

    def train_step(self, state: State, fraction: float) -> torch.Tensor:
        self._enter(fraction)
        self.pair.train()
        lost = self.loss(state.step)
        self.mover.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        rise = min(1.0, 0.1 + fraction / RISE)
        self.mover.step(rise * 0.5 * (1 + math.cos(math.pi * fraction)) * state.caution)
        return lost.detach().view(1)

    # ---- what the trainer needs --------------------------------------------------------------------------------------

    def validate(self, step: int) -> Measures:
        """The measure on validation; without one, the share of some unlabelled images that the average is sure of."""
        held, truth = self.rows.val, self.rows.val_labels
        if held is None or truth is None:
            rows = some(len(self.rows.pixels), self.watched, self.step.seed)
            said = softmax(self.outputs(self.rows.pixels[rows], TestTimeAugmentation()))
            return {"sure": float((said.max(axis=1) > SURE).mean())}
        rows = some(len(held), self.watched, self.step.seed)
        said = softmax(self.outputs(held[rows], TestTimeAugmentation()))
        return {"validation": self.metric.compute(truth[rows], said)}

    def improves(self, measures: Measures, best: Measures) -> bool:
        """The newest state, or the best where validation tells."""
        if not best or self.rows.val is None or len(self.rows.val) < ENOUGH:
            return True
        return not self.metric.better(best["validation"], measures["validation"])

    def outputs(self, pixels: np.ndarray, looks: TestTimeAugmentation) -> np.ndarray:
        """The average's, float32 (n, k), of images uint8 (n, h, w, c)."""
        self.pair.average.eval()
        parts = [np.zeros((0, len(self.classes)), np.float32)]
        for start in range(0, len(pixels), READ):
            part = torch.from_numpy(np.array(pixels[start : start + READ])).to(self.machine.device)
            images = self.images.normalisation.apply(part)
            parts.append(logits(self.pair.average, images, looks, self.machine).numpy())
        return np.concatenate(parts)

    def tensors(self) -> dict[str, torch.Tensor]:
        found = checkpoint.prefixed("network", self.pair.state_dict())
        found |= checkpoint.prefixed("mover", self.mover.tensors())
        found |= checkpoint.prefixed("belief", self.belief.tensors())
        return found | checkpoint.prefixed("curriculum", self.curriculum.tensors())

    def restore(self, tensors: Tensors) -> None:
        kept = dict(tensors)
        self.pair.load_state_dict(checkpoint.under("network", kept))
        self.mover.restore(checkpoint.under("mover", kept))
        self.belief.restore(checkpoint.under("belief", kept))
        self.curriculum.restore(checkpoint.under("curriculum", kept))

    def seconds(self) -> float | None:
        """For the trainer: what is left, less what judging the finished model and writing it will take.

        Where looking at images would be much of it, fewer are looked at. Raises BudgetSpent.
        """
        if self.step.remaining() is None:
            return None
        each = min(self._seconds_an_image() for _ in range(2))  # the first time the machine warms up
        remaining = self.step.remaining() or 0.0
        count = len(self.curriculum.pool)
        most = self._most_in_the_graph(each, LOOKING_SHARE * remaining / len(ROUNDS))
        if most < count:
            self.curriculum.keep_to(self._pool(most))
            self.note(
                f"{len(self.curriculum.pool):,} of {count:,} images are learned from: more take too long to compare"
            )
        judging = JUDGING_SHARE * remaining / each / 4  # less sure ones are looked at several times
        self.judged, self.watched = (max(FEWEST, min(most, int(judging))) for most in (self.judged, self.watched))
        held = 0 if self.rows.val is None else min(self.judged, len(self.rows.val))
        left = remaining - SPARE - each * (3 * held + self.watched)
        if left <= 0:
            raise BudgetSpent(
                Kind.BUDGET_SPENT,
                f"{remaining:.0f} s are left, too few to train an image network.",
                hint="Give a larger --budget.",
                seconds=remaining,
            )
        return left

    def _most_in_the_graph(self, each: float, seconds: float) -> int:
        """How many images can be seen, at `each` seconds, and compared with one another in this time."""
        probe = np.random.default_rng(0).normal(size=(PROBE, self.shape.widths[-1])).astype(np.float32)
        began = time.monotonic()
        spread(probe, np.arange(1), np.zeros(1, np.int64), self.prior)
        square = (time.monotonic() - began) / PROBE**2
        return max(FEWEST, int((math.sqrt(each**2 + 4 * square * seconds) - each) / (2 * square)))

    def _seconds_an_image(self) -> float:
        rows = some(len(self.rows.pixels), 512, self.step.seed)
        began = time.monotonic()
        self.outputs(self.rows.pixels[rows], TestTimeAugmentation())
        return max(1e-9, (time.monotonic() - began) / len(rows))

    def job(self) -> Job:
        recipe = self.recipe
        each = max(1, len(self.rows.pixels) // recipe.batch_size)
        return Job(
            network=self.pair,
            train_step=self.train_step,
            validate=self.validate,
            improves=self.improves,
            tensors=self.tensors,
            restore=self.restore,
            batch_size=recipe.batch_size + recipe.taught,
            steps=recipe.steps,
            steps_per_epoch=each,
            validate_every=max(1, recipe.steps // 60) if self.settings.epochs is None else each,
            checkpoint=self.step.folder / "training.safetensors",
            fingerprint=f"{self._facts()} seed {self.step.seed} {self.data}",
            checkpoint_seconds=float(self.settings.options.get("checkpoint_seconds", 30)),
            measure=self.metric.name,
        )

    def _facts(self) -> dict[str, object]:
        facts = {"metric": self.metric.name, "dtype": str(self.machine.dtype).removeprefix("torch.")}
        labelled = len(self.rows.labelled)
        rows = {"labelled": labelled, "unlabelled": len(self.rows.pixels) - labelled}
        return rows | self.recipe.model_dump() | {"size": self.rows.size.model_dump()} | facts

    # ---- the finished model ------------------------------------------------------------------------------------------

    def finish(self, family: str, model: Path) -> dict[str, float]:
        """Fit the temperature where there is something to fit it on, write the model; the validation measures."""
        shift = 1 if min(self.rows.size.height, self.rows.size.width) >= 24 else 0
        config = image_model.Config(
            family=family,
            size=self.rows.size,
            shape=self.shape,
            normalisation=self.images.normalisation,
            classes=self.classes,
            flip=self.flip,
            flip_why=self.flip_why,
            looks=TestTimeAugmentation(flip=self.flip, shift=shift, below=UNSURE),
        )
        measures: dict[str, float] = {}
        held, truth = self.rows.val, self.rows.val_labels
        if held is not None and truth is not None:
            rows = some(len(held), self.judged, self.step.seed)
            outputs, truth = self.outputs(held[rows], config.looks), truth[rows]
            config.temperature = fit_temperature(outputs, truth)
            said = softmax(outputs, config.temperature)
            measures = {
                self.metric.name: self.metric.compute(truth, said),
                "calibration_error": calibration_error(said, truth),
            }
        image_model.save(model, self.pair.average, config)
        return measures

    def trained(self, family: str, outcome: Outcome, measures: dict[str, float], seconds: float) -> Trained:
        return Trained(
            family=family,
            parameters=sum(p.numel() for p in self.pair.average.parameters()),
            seconds=round(seconds, 2),
            stopped=outcome.stopped,
            by_clock=outcome.by_clock,
            validation=measures,
            history=outcome.history,
            settings=self._facts()
            | {"epochs": round(outcome.epochs, 2), "taken": outcome.steps, "learning_rate": self.recipe.rate},
            notes=self.notes,
        )


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    training = Training(data, schema, settings, step)
    job = training.job()
    outcome = run(job, training.seconds(), step)
    measures = training.finish(family, model)
    job.checkpoint.unlink(missing_ok=True)
    return training.trained(family, outcome, measures, time.monotonic() - began)
