"""From a prepared image data set with few labels to a model folder: what `semi_gan` does.

>>> train("semi_gan", run / "data", run / "model", schema, Settings(), step).settings
{'labelled': 100, 'unlabelled': 59900, 'steps': 20000, …}

Where the figures come from: docs/recipes/semi-supervised-gan.md.
"""

import math
import time
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel
from torch.nn.functional import cross_entropy

from noglue.tools import metrics
from noglue.tools.models._semi.affine import RandomAffine
from noglue.tools.models._semi.model import Config, logits, save, scaled
from noglue.tools.models._semi.networks import Plan
from noglue.tools.models._semi.players import BothAdams, Players, disagreement, real_or_made, unlike
from noglue.tools.models._semi.rows import read_semi_data
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training.checkpoint import digest
from noglue.tools.training.confidence import calibration_error, fit_temperature, softmax
from noglue.tools.training.flips import may_flip
from noglue.tools.training.machine import Machine, keep_freed_memory
from noglue.tools.training.randomness import Order, random
from noglue.tools.training.split_arrays import some
from noglue.tools.training.supervised import supervised
from noglue.tools.training.trainer import Job, Outcome, run

STEPS, EPOCHS = 20_000, 200  # whichever is shorter, where time is not limited
LONGER = 3  # times as many where there is a budget for more


class Recipe(BaseModel):
    """batch_size: images without labels in a step. taught: those with labels. made: generated ones, beside both.

    every: in how many steps of the critic the maker takes one. rate: Adam's, held for half of the schedule and then
    falling to 0. decay: of the average of the critic's weights. consistency: weight of agreeing with that average,
    reached after `ramp` of the schedule.
    """

    batch_size: int = 64
    taught: int = 32
    made: int = 16
    every: int = 4
    steps: int = STEPS
    rate: float = 0.003
    decay: float = 0.999
    consistency: float = 10.0
    ramp: float = 0.2
    width: float = 1.0

    @classmethod
    def choose(cls, rows: int, labelled: int, timed: bool) -> "Recipe":
        batch = min(rows, 64, max(16, 2 ** round(math.log2(rows / 40))))
        steps = max(1, min(STEPS, EPOCHS * rows // batch)) * (LONGER if timed else 1)
        return cls(batch_size=batch, taught=min(batch, 32, labelled), made=max(1, batch // 4), steps=steps)

    def adjusted(self, settings: Settings) -> "Recipe":
        """With what the planner states instead; see `tools/models/semi_gan.py` for the options."""
        stated = {"batch_size": settings.batch_size, "rate": settings.learning_rate}
        change = {name: value for name, value in stated.items() if value is not None}
        change |= {name: float(settings.options[name]) for name in ("width", "consistency") if name in settings.options}
        return self.model_copy(update=change)

    def images(self) -> int:
        """That the critic learns from in a step."""
        return self.taught + self.batch_size + self.made


WATCHED = 1_000  # images that are looked at on the way
JUDGED = 10_000  # validation images that the finished model is judged and calibrated on
JUDGING_SHARE, FEWEST = 0.3, 64  # of the time left, at most, for that; images that are looked at in any case
SURE = 0.95
SPARE = 1.5  # seconds to write the model in


class Training:
    """One training's parts, built once and then handed to the trainer."""

    def __init__(self, data: Path, schema: Schema, settings: Settings, step: Step) -> None:
        self.step, self.settings, self.notes = step, settings, list[str]()
        self.watched, self.judged = WATCHED, JUDGED
        self.machine = Machine.of(step.device)
        self.metric = metrics.bound(settings.metric or "accuracy", schema.classes, schema.positive)
        self.classes = schema.classes or []
        self.data_rows = read_semi_data(data, schema, int(settings.options.get("pixels", 64)), step)
        self.flip, self.flip_why = may_flip(schema, settings.options)
        self.data = digest(self.data_rows.pixels, self.data_rows.labelled, self.data_rows.labels)
        size, rows = self.data_rows.size, len(self.data_rows.pixels)
        self.recipe = Recipe.choose(rows, len(self.data_rows.labelled), step.deadline is not None).adjusted(settings)
        self.look = RandomAffine(flip=self.flip)
        self.plan = Plan(**size.model_dump(), classes=len(self.classes), factor=self.recipe.width)
        torch.manual_seed(step.seed)
        self.players = Players(self.plan).to(self.machine.device)
        self.machine.use_threads(self.recipe.images() * 3 * self.plan.operations())
        others = rows - len(self.data_rows.labelled)
        self.note(f"learning from {len(self.data_rows.labelled):,} labelled images and {others:,} without a label")
        self.note(f"images are {'' if self.flip else 'not '}mirrored in training: {self.flip_why}")
        if self.data_rows.val is None:
            self.note("no labels are left for validation: the final averaged network is kept")
        self.order = Order(rows, self.recipe.batch_size, step.seed)

    def note(self, line: str) -> None:
        self.notes.append(line)
        self.step.note(line)

    # ---- one step --------------------------------------------------------------------------------------------------

    def loss(self, epoch: int, index: int, fraction: float) -> torch.Tensor:
        """Both players', of one batch; everything random in it comes from (seed, epoch, index).

        The critic's gradient comes from its own loss alone, and the maker's from its own: the two are only added up.
        """
        recipe, players = self.recipe, self.players
        labelled, labels, others = self._batch(epoch, index)
        parts = [len(labels), len(others), recipe.made]
        with self.machine.precision():
            made = players.maker(torch.rand(recipe.batch_size, self.plan.latent, device=self.machine.device))
            outputs, features = players.critic(
                _ordered(self.look(labelled), self.look(others), made[: recipe.made].detach())
            )
            with torch.no_grad():
                teacher = players.average(_ordered(self.look(others)))[0].float()
            labelled, real, fake = outputs.float().split(parts)
            weight = recipe.consistency * math.exp(-5 * (1 - min(1.0, fraction / recipe.ramp)) ** 2)
            loss = cross_entropy(labelled, labels) + real_or_made(real, fake) + weight * disagreement(real, teacher)
            if index % recipe.every == 0:
                players.critic.requires_grad_(False)
                loss = loss + unlike(features.split(parts)[1].detach(), players.critic(_ordered(made))[1])
                players.critic.requires_grad_(True)
        return loss

    def _batch(self, epoch: int, index: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Labelled images with their labels, and others; seeds all that is drawn after."""
        torch.manual_seed(int(random(self.step.seed, 3, epoch, index).initial_seed()))
        chosen = torch.randperm(len(self.data_rows.labelled))[: self.recipe.taught].numpy()
        others = self.order.batch(epoch, index).numpy()
        labels = torch.from_numpy(self.data_rows.labels[chosen]).to(self.machine.device)
        return self._images(self.data_rows.labelled[chosen]), labels, self._images(others)

    def _images(self, rows: np.ndarray) -> torch.Tensor:
        return scaled(torch.from_numpy(self.data_rows.pixels[rows]).to(self.machine.device))

    # ---- what the trainer needs --------------------------------------------------------------------------------------

    def score(self) -> float:
        """The measure on validation; without one, the share of some unlabelled images that the average is sure of."""
        held, truth = self.data_rows.val, self.data_rows.val_labels
        if held is None or truth is None:
            rows = some(len(self.data_rows.pixels), self.watched, self.step.seed)
            return float((softmax(self.outputs(self.data_rows.pixels[rows])).max(axis=1) > SURE).mean())
        rows = some(len(held), self.watched, self.step.seed)
        return self.metric.compute(truth[rows], softmax(self.outputs(held[rows])))

    def outputs(self, pixels: np.ndarray) -> np.ndarray:
        return logits(self.players.average.eval(), pixels, self.machine)

    def seconds(self) -> float | None:
        """For the trainer: what is left, less what judging the finished model and writing it will take."""
        remaining = self.step.remaining()
        if remaining is None:
            return None
        scoring = min(self._scoring_seconds() for _ in range(2))  # the first time the machine warms up
        judged = 0 if self.data_rows.val is None else min(self.judged, len(self.data_rows.val))
        remaining = self.step.remaining() or 0.0
        if scoring * (3 + 2 * judged / WATCHED) > JUDGING_SHARE * remaining:
            share = max(0.0, JUDGING_SHARE * remaining / (scoring * (3 + 2 * judged / WATCHED)))
            self.judged, self.watched = (max(FEWEST, int(share * count)) for count in (self.judged, self.watched))
            scoring, judged = scoring * self.watched / WATCHED, min(judged, self.judged)
            self.note(f"time is short: fewer images are looked at, {self.watched:,} on the way")
        left = remaining - SPARE - scoring * (3 + 2 * judged / self.watched)
        if left <= 0:
            raise BudgetSpent(
                Kind.BUDGET_SPENT,
                f"{remaining:.0f} s are left, too few to train two image networks.",
                hint="Give a larger --budget.",
                seconds=remaining,
            )
        return left

    def _scoring_seconds(self) -> float:
        began = time.monotonic()
        self.score()
        return time.monotonic() - began

    def job(self) -> Job:
        recipe, chosen = self.recipe, self.data_rows.val is not None
        each = max(1, len(self.data_rows.pixels) // recipe.batch_size)
        return supervised(
            network=self.players,
            optimizer=BothAdams(self.players, recipe.rate, recipe.decay),
            loss=self.loss,
            score=self.score,
            better=self.metric.better if chosen else lambda a, b: False,
            batch_size=recipe.images(),
            steps=recipe.steps if self.settings.epochs is None else self.settings.epochs * each,
            steps_per_epoch=each,
            validate_every=max(each, recipe.steps // 60) if self.settings.epochs is None else each,
            checkpoint_file=self.step.folder / "training.safetensors",
            fingerprint=f"{self._facts()} seed {self.step.seed} {self.data}",
            checkpoint_seconds=float(self.settings.options.get("checkpoint_seconds", 30)),
            scored="validation" if chosen else "sure",
            measure=self.metric.name,
        )

    def _facts(self) -> dict[str, object]:
        facts = {"metric": self.metric.name, "dtype": str(self.machine.dtype).removeprefix("torch.")}
        labelled = len(self.data_rows.labelled)
        rows = {"labelled": labelled, "unlabelled": len(self.data_rows.pixels) - labelled}
        return rows | self.recipe.model_dump() | {"size": self.data_rows.size.model_dump()} | facts

    def finish(self, model: Path) -> dict[str, float]:
        """Fit the temperature where there is something to fit it on, write the model; the validation measures."""
        config = Config(plan=self.plan, classes=self.classes, flip=self.flip, flip_why=self.flip_why)
        measures: dict[str, float] = {}
        held, truth = self.data_rows.val, self.data_rows.val_labels
        if held is not None and truth is not None:
            rows = some(len(held), self.judged, self.step.seed)
            outputs, truth = self.outputs(held[rows]), truth[rows]
            config.temperature = fit_temperature(outputs, truth)
            said = softmax(outputs, config.temperature)
            measures = {
                self.metric.name: self.metric.compute(truth, said),
                "calibration_error": calibration_error(said, truth),
            }
        save(model, self.players.average, config)
        return measures

    def trained(self, family: str, outcome: Outcome, measures: dict[str, float], seconds: float) -> Trained:
        return Trained(
            family=family,
            parameters=sum(p.numel() for p in self.players.average.parameters()),
            seconds=round(seconds, 2),
            stopped=outcome.stopped,
            by_clock=outcome.by_clock,
            validation=measures,
            history=outcome.history,
            settings=self._facts() | {"epochs": round(outcome.epochs, 2), "learning_rate": self.recipe.rate},
            notes=self.notes,
        )


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    training = Training(data, schema, settings, step)
    job = training.job()
    outcome = run(job, training.seconds(), step)
    measures = training.finish(model)
    job.checkpoint.unlink(missing_ok=True)
    return training.trained(family, outcome, measures, time.monotonic() - began)


def _ordered(*images: torch.Tensor) -> torch.Tensor:
    """All in one batch, in the memory order that convolutions like."""
    return torch.cat(images).contiguous(memory_format=torch.channels_last)
