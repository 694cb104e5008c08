"""From a prepared image data set to a model folder: what `resnet` does, assembled from its neighbours.

>>> train("resnet", run / "data", run / "model", schema, Settings(), step).validation
{'accuracy': 0.894, 'calibration_error': 0.012}
"""

import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from noglue.tools.evaluation.wording import value_text
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training import confidence, image_model
from noglue.tools.training.augment import Augmentation
from noglue.tools.training.checkpoint import digest
from noglue.tools.training.examples import Examples
from noglue.tools.training.flips import may_flip
from noglue.tools.training.machine import Machine, keep_freed_memory
from noglue.tools.training.muon import Muon
from noglue.tools.training.pixels import Size
from noglue.tools.training.randomness import Order, random
from noglue.tools.training.recipe import Recipe
from noglue.tools.training.residual import Residual, fit_whitening
from noglue.tools.training.split_arrays import Split, some, splits
from noglue.tools.training.supervised import supervised
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.test_time_views import TestTimeAugmentation, forward, logits
from noglue.tools.training.trainer import Job, Outcome, run

PIXELS = {"cpu": 64}  # longest side to train at; `LARGER` on other devices
LARGER = 128
WHITENED = 2_000_000  # pixels whose patches the first layer is fitted on
WATCHED = 2_000  # validation images that the states are compared on, or one in twenty if that is more
JUDGED = 10_000  # validation images that the finished model is judged and calibrated on
UNSURE = 0.2  # share of images that get more than one look
PASSES = 1 + 5 * UNSURE  # forward passes over the judged images after the training
JUDGING_SHARE, FEWEST_JUDGED = 0.3, 64  # of the time left, at most, for them; images that are judged in any case


class Training:
    """One training's parts, built once, then handed to the trainer. noun: what the user calls what it learns from."""

    noun = "images"

    def __init__(self, data: Path, schema: Schema, settings: Settings, step: Step) -> None:
        self.step, self.settings, self.notes = step, settings, list[str]()
        self.machine = Machine.of(step.device)
        limit = int(settings.options.get("pixels", PIXELS.get(self.machine.device.type, LARGER)))
        balance = settings.options.get("balance")
        self.size, train, validation = self.splits(data, schema, limit, balance)
        self.data = digest(train.pixels, train.values, validation.pixels, validation.values)
        self.target = Target.of(train.values, schema, settings)
        self.flip, self.flip_why = self.may_flip(schema)
        for line in self.target.notes:
            self.note(line)
        self.recipe = self.recipe_for(len(train.values), self.target.outputs).adjusted(settings)
        self.train = Examples.of(train.pixels, self.target.taught(train.values), self.machine)
        self.validation = Examples.of(
            validation.pixels, self.target.taught(validation.values), self.machine, self.train.normalisation
        )
        self.values = validation.values
        self.batch_size = min(self.recipe.batch_size, len(self.train))
        self.network = self._network()
        self.machine.use_threads(3 * self.batch_size * self.network.shape.operations())
        self.mirrored = torch.rand(len(self.train), generator=random(step.seed, 1)) < 0.5
        self.augment = Augmentation(self.recipe.shift, self.flip, self.recipe.cutout)
        self.watched = some(len(self.validation), max(WATCHED, len(self.validation) // 20), step.seed)
        self.judged = some(len(self.validation), JUDGED, step.seed)
        self.order = Order(len(self.train), self.batch_size, step.seed)
        self.begin()

    def recipe_for(self, rows: int, outputs: int) -> Recipe:
        gpu = self.machine.device.type == "cuda"
        return Recipe.choose(rows, outputs, self.size, self.flip, gpu)

    def begin(self) -> None:
        """What a kind of training needs beside these parts, once they are there."""

    def splits(self, data: Path, schema: Schema, limit: int, balance: str | None) -> tuple[Size, Split, Split]:
        """Train and validation as pixels, and their size."""
        return splits(data, schema, limit, self.step, balance=balance)

    def may_flip(self, schema: Schema) -> tuple[bool, str]:
        """Whether what is learned from may be mirrored, and why or why not."""
        flip, why = may_flip(schema, self.settings.options)
        self.note(f"images are {'' if flip else 'not '}mirrored in training: {why}")
        return flip, why

    def note(self, line: str) -> None:
        self.notes.append(line)
        self.step.note(line)

    def _network(self) -> Residual:
        torch.manual_seed(self.step.seed)
        network = Residual(self.recipe.shape(self.size, self.target.outputs)).to(self.machine.device)
        most = max(50, min(4000, WHITENED // (self.size.height * self.size.width)))
        sample = torch.from_numpy(some(len(self.train), most, self.step.seed))
        self.machine.use_threads(0.0)  # the same filters whatever was computed in this process before
        fit_whitening(network, self.train.batch(sample))
        return network

    def loss(self, epoch: int, index: int, fraction: float) -> torch.Tensor:
        """Of one batch; everything random in it comes from (seed, epoch, index)."""
        rows = self.order.batch(epoch, index)
        mirrored = self.mirrored[rows] ^ (epoch % 2 == 1)
        images = self.augment(self.train.batch(rows), mirrored, random(self.step.seed, 3, epoch, index))
        if self.recipe.reduced < 1 and fraction < self.recipe.reduced_until:
            images = functional.interpolate(images, scale_factor=self.recipe.reduced, mode="bilinear")
        with self.machine.precision():
            outputs = self.network(images.contiguous(memory_format=torch.channels_last))
        taught = self.train.targets[rows.to(self.machine.device)]
        return self.target.loss(outputs, taught, self.recipe.smoothing)

    def score(self) -> float:
        return self.target.measure(self.outputs(self.watched, TestTimeAugmentation()), self.values[self.watched])

    def outputs(self, rows: np.ndarray, looks: TestTimeAugmentation) -> np.ndarray:
        """The network's outputs (n, outputs) for these validation rows."""
        parts = []
        for start in range(0, len(rows), image_model.ROWS):
            images = self.validation.batch(torch.from_numpy(rows[start : start + image_model.ROWS]))
            parts.append(logits(self.network, images, looks, self.machine).numpy())
        return np.concatenate(parts)

    def seconds(self) -> float | None:
        """For the trainer: what is left, less what scoring the finished model and writing it will take.

        Where that would be much of it, on a slow or busy machine, fewer images judge. Raises BudgetSpent.
        """
        remaining = self.step.remaining()
        if remaining is None:
            return None
        self.network.eval()
        images = self.validation.batch(torch.from_numpy(self.judged[:256]))
        forward(self.network, images, self.machine)
        began = time.monotonic()
        forward(self.network, images, self.machine)
        each = (time.monotonic() - began) / len(images)
        remaining = self.step.remaining() or 0.0
        judging = each * (2.0 * PASSES * len(self.judged) + len(self.watched))
        if judging > JUDGING_SHARE * remaining:
            judging *= self._judge_fewer(max(0.0, JUDGING_SHARE * remaining / judging))
        left = remaining - 1.0 - judging
        if left <= 0:
            raise BudgetSpent(
                Kind.BUDGET_SPENT,
                f"{remaining:.0f} s are left, too few to train a network and judge it.",
                hint="Give a larger --budget.",
                seconds=remaining,
            )
        return left

    def _judge_fewer(self, share: float) -> float:
        """Only such a share of the validation images; the share that it came to."""
        before = len(self.judged)
        self.judged = some(len(self.validation), max(FEWEST_JUDGED, int(share * before)), self.step.seed)
        self.watched = some(len(self.validation), max(FEWEST_JUDGED, int(share * len(self.watched))), self.step.seed)
        self.note(f"time is short: the model is judged by {len(self.judged):,} of {before:,} validation rows")
        return len(self.judged) / before

    def job(self) -> Job:
        steps = max(1, len(self.train) // self.batch_size)
        most = self.recipe.most_epochs if self.step.deadline is not None else self.recipe.epochs
        recipe, settings = self.recipe, self.settings
        return supervised(
            network=self.network,
            optimizer=Muon(self.network.named_parameters(), recipe.rate, recipe.rates(), self.machine.dtype),
            loss=self.loss,
            score=self.score,
            better=self.target.metric.better,
            batch_size=self.batch_size,
            steps=steps * most,
            steps_per_epoch=steps,
            validate_every=min(max(steps, -(-steps * most // 60)), max(1, 200_000 // self.batch_size)),
            checkpoint_file=self.step.folder / "training.safetensors",
            fingerprint=f"{self._facts()} seed {self.step.seed} {self.data}",
            checkpoint_seconds=float(settings.options.get("checkpoint_seconds", 30)),
            measure=self.target.metric.name,
        )

    def _facts(self) -> dict[str, object]:
        facts = {"metric": self.target.metric.name, "dtype": str(self.machine.dtype).removeprefix("torch.")}
        return self.recipe.model_dump() | {"size": self.size.model_dump()} | facts

    def finish(self, family: str, model: Path) -> dict[str, float]:
        """Choose the looks, fit the temperature, write the model; the validation measures."""
        self.network.eval()
        values, name = self.values[self.judged], self.target.metric.name
        config = image_model.Config(
            family=family,
            size=self.size,
            shape=self.recipe.shape(self.size, self.target.outputs),
            normalisation=self.train.normalisation,
            classes=self.target.classes,
            flip=self.flip,
            flip_why=self.flip_why,
            offset=self.target.offset,
            scale=self.target.scale,
        )
        outputs = self.outputs(self.judged, TestTimeAugmentation())
        measures = {}
        if self.target.classes is not None:
            outputs, config.looks = self._more_looks(outputs, values)
            config.temperature = confidence.fit_temperature(outputs, values)
            before, after = (
                confidence.calibration_error(confidence.softmax(outputs, t), values) for t in (1.0, config.temperature)
            )
            self.note(
                f"probabilities calibrated (temperature {config.temperature:.2f}): "
                f"calibration error {100 * before:.1f} % before, {100 * after:.1f} % after"
            )
            measures["calibration_error"] = after
        image_model.save(model, self.network, config)
        return {name: self.target.measure(outputs, values, config.temperature), **measures}

    def _more_looks(self, first: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, TestTimeAugmentation]:
        """Several looks at the least certain of them, if that scores better on validation."""
        looks = self.looks(first)
        unsure = confidence.softmax(first).max(axis=1) < looks.below
        if not unsure.any() or not (looks.flip or looks.shift):
            return first, TestTimeAugmentation()
        remaining = self.step.remaining()
        if remaining is not None and remaining <= 0:
            self.note(f"averaging several views of uncertain {self.noun} was not tried: the time was up")
            return first, TestTimeAugmentation()
        several = first.copy()
        several[unsure] = self.outputs(self.judged[unsure], looks.model_copy(update={"below": 2.0}))
        alone, together = (self.target.measure(outputs, values) for outputs in (first, several))
        pays = self.target.metric.better(together, alone)
        before, after = (value_text(self.target.metric, value) for value in (alone, together))
        kept = "used" if pays else "not used"
        self.note(f"averaging several views of uncertain {self.noun}: {after} instead of {before}, {kept}")
        return (several, looks) if pays else (first, TestTimeAugmentation())

    def looks(self, first: np.ndarray) -> TestTimeAugmentation:
        """Several for the least certain pictures. first: the outputs of one look."""
        shift = 1 if min(self.size.height, self.size.width) >= 24 else 0
        sure = confidence.softmax(first).max(axis=1)
        return TestTimeAugmentation(flip=self.flip, shift=shift, below=float(np.quantile(sure, UNSURE)))

    def trained(self, family: str, outcome: Outcome, measures: dict[str, float], seconds: float) -> Trained:
        return Trained(
            family=family,
            parameters=sum(p.numel() for p in self.network.parameters()),
            seconds=round(seconds, 2),
            stopped=outcome.stopped,
            by_clock=outcome.by_clock,
            validation=measures,
            history=outcome.history,
            settings=self._facts()
            | {"epochs": round(outcome.epochs, 2), "batch_size": self.batch_size, "learning_rate": self.recipe.rate},
            notes=self.notes,
        )


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    else:
        torch.backends.cudnn.benchmark = True  # the shapes of a training do not change
    return learned(Training(data, schema, settings, step), family, model, began)


def learned(training: Training, family: str, model: Path, began: float) -> Trained:
    """The training carried out and its model written."""
    job = training.job()
    outcome = run(job, training.seconds(), training.step)
    measures = training.finish(family, model)
    job.checkpoint.unlink(missing_ok=True)
    return training.trained(family, outcome, measures, time.monotonic() - began)
