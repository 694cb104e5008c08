"""From prepared images to a model folder: what every GAN family does, assembled from its neighbours.

>>> train("r3gan", r3gan.design, r3gan.WIDTHS, run / "data", run / "model", schema, Settings(), step).validation
{'fd_own': 3.2, 'coverage': 0.93, 'sample_precision': 0.92}
"""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from noglue.tools.models._gans import pace, resolution, sampler
from noglue.tools.models._gans.gan_trainer import Batch, GanTrainer, Players
from noglue.tools.models._gans.scores import Scorer
from noglue.tools.models._gans.setting import Options, Setting
from noglue.tools.models._gans.training_images import Batches, TrainingImages
from noglue.tools.pictures import contact_sheet
from noglue.tools.showing.counted import counted
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import cores
from noglue.tools.spec.step import Step
from noglue.tools.spec.thumbnail import Thumbnail
from noglue.tools.training.checkpoint import digest
from noglue.tools.training.machine import Machine, keep_freed_memory
from noglue.tools.training.randomness import random
from noglue.tools.training.trainer import Outcome, run

PROBED = 32  # examples in a step of the probe for the size
SECONDS = {"cpu": 900.0}  # of training where no budget is stated
MORE_SECONDS = 1800.0
LEAST_SECONDS, MOST_LATE = 3.0, 25.0  # of training in any case, unless what came before it was later than this
MOST_IMAGES = 200  # times that each example is seen at most, and …
LEAST_IMAGES = 1_500_000  # … examples seen that even a small set may take
Widths = Mapping[bool, tuple[int, ...]]  # on a GPU or not → the widths to choose from, smallest first
SCORINGS = 40
LEAST_APART = 20  # steps
SCORING_SHARE = 0.08  # of the time, at most
FEW = 5_000  # examples, under which the discriminator is given more augmentation
HISTORY = "sample_history"  # the folder of the pictures
FRAME = 40  # samples on one picture of the sample history


class Training:
    """One training's parts, built once and then handed to the trainer."""

    def __init__(
        self, design: sampler.MakeDesign, widths: Widths, data: Path, schema: Schema, settings: Settings, step: Step
    ) -> None:
        self.design, self.step, self.settings, self.notes = design, step, settings, list[str]()
        self.scoring = 0.0  # seconds that it takes, once that is known
        self.options = Options.of(settings)
        self.machine = Machine.of(step.device)
        kind = self.machine.device.type
        gpu = kind == "cuda"
        limit = self.options.pixels or self._side(data, widths[gpu][0])
        self.images = TrainingImages.read(data, schema, limit, step, self.options.flips)
        for line in self.images.notes:
            self.note(line)
        rules = design(self._setting(widths[gpu][0])).rules
        self.batch_size = min(settings.batch_size or rules.batch[gpu], len(self.images.pixels))
        self.batches = Batches(self.images, self.batch_size, step.seed, self.machine)
        self.scorer = Scorer.of(self.images.pixels, step)
        if not self.scorer.judge.trusted:
            self.note(
                "no measure here tells noise from these images: no collapse is noticed, and the last state is kept"
            )
        self.data = digest(self.images.pixels, self.images.labels)
        self.setting, self.pace = self._scaled(widths[gpu], rules.enough)
        self.players = self._players(self.setting.width)
        self.shown = self._shown()

    def _side(self, data: Path, width: int) -> int:
        """The longer side to learn at, by a probe of its speed."""

        def players(setting: Setting) -> Players:
            torch.manual_seed(self.step.seed)
            return Players(self.design(setting), self.machine)

        seconds = None if self.settings.epochs is not None else self.seconds()
        batch = self.settings.batch_size or PROBED
        side, why = resolution.planned(
            data, players, width, batch, seconds, self.step.folder / "side.json", self.machine
        )
        if why:
            self.note(why)
        return side

    def note(self, line: str) -> None:
        self.notes.append(line)
        self.step.note(line)

    def seconds(self) -> float:
        """What training may take: what is left, less what a last scoring and writing the model will."""
        left = self.step.remaining()
        usual = SECONDS.get(self.machine.device.type, MORE_SECONDS)
        seconds = usual if left is None else left - 2.0 - self.scoring
        if seconds >= LEAST_SECONDS:
            return seconds
        if left is not None and left <= -MOST_LATE:
            raise BudgetSpent(Kind.BUDGET_SPENT, "Too little time is left to train a generator.",
                              hint="Give a larger --budget.")  # fmt: skip
        return LEAST_SECONDS

    def _scaled(self, widths: tuple[int, ...], enough: int) -> tuple[Setting, float]:
        """The setting with the widest networks that fit, chosen once: a training that goes on keeps it."""
        kept, wanted = self.step.folder / "width.json", self.options.width
        self.setting = self._setting(widths[0])
        found = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        if found.get("fingerprint") == self._fingerprint(wanted):
            width, seconds = found["width"], found["seconds"]
            torch.set_num_threads(found["threads"])
        elif wanted is not None or self.settings.epochs is not None:
            width, seconds = wanted or widths[0], 0.0
        else:
            torch.set_num_threads(cores())
            width, seconds = pace.choose(self._players, self.batch, widths, self.seconds(), enough)
            seconds = pace.threads(self._players, self.batch, width, seconds, self.seconds())
            threads = f", on {torch.get_num_threads()} of {counted(cores(), 'thread')}"
            each = f"{seconds * 1000:.0f} ms a step of {counted(self.batch_size, 'image')}"
            on = threads if self.machine.device.type == "cpu" else ""
            self.note(f"network width {width} (of {', '.join(map(str, widths))}): {each}{on}")
        chosen = {"fingerprint": self._fingerprint(wanted), "width": width, "seconds": seconds}
        partial = kept.with_suffix(".partial")
        partial.write_text(json.dumps(chosen | {"threads": torch.get_num_threads()}), encoding="utf-8")
        partial.replace(kept)
        return self._setting(width), seconds

    def _fingerprint(self, width: int | None) -> str:
        """What must be the same for a training to go on; the width that was asked for, or chosen."""
        asked = f"{self.settings.model_dump()} width {width} batch {self.batch_size} seed {self.step.seed}"
        return f"{self.design.__module__} {asked} {self.data}"

    def _setting(self, width: int) -> Setting:
        return Setting.of(
            self.images.size,
            len(self.images.classes or []),
            width,
            self.machine.device.type == "cuda",
            few=len(self.images.pixels) < FEW,
            minibatch=self.options.minibatch,
        )

    def _players(self, width: int) -> Players:
        torch.manual_seed(self.step.seed)
        made = self.design(self._setting(width))
        if self.settings.learning_rate is not None:
            made.rules = replace(made.rules, rates=(self.settings.learning_rate, self.settings.learning_rate))
        self.latent = made.latent
        return Players(made, self.machine)

    def batch(self, number: int, strength: float) -> Batch:
        return self.batches.batch(number, strength, self.setting.canvas, self.latent)

    def _shown(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The latents and labels of the sample history: classes one after the other."""
        latents = torch.randn(FRAME, self.latent, generator=random(self.step.seed, 4))
        classes = len(self.images.classes or [])
        return latents, torch.arange(FRAME) % classes if classes else None

    def sampler(self, generator: nn.Module) -> sampler.ImageSampler:
        config = sampler.Config(
            family="",
            setting=self.setting,
            latent=self.latent,
            classes=self.images.classes,
            frequencies=self.images.frequencies(),
        )
        return sampler.ImageSampler(generator, config, self.machine)

    def show(self, generator: nn.Module, step: int) -> Thumbnail | None:
        pixels = sampler.as_pixels(self.sampler(generator).images(*self.shown))
        contact_sheet.save(self.step.folder / HISTORY / f"{step:07d}.png", pixels, columns=10)
        return contact_sheet.thumbnail(pixels)

    def _scoring_seconds(self) -> float:
        began = time.monotonic()
        self.scorer.score(self.sampler(self.players.average))
        self.scoring = time.monotonic() - began
        return self.scoring

    def trainer(self) -> GanTrainer:
        steps_per_epoch = max(1, len(self.images.pixels) // self.batch_size)
        most = max(LEAST_IMAGES, MOST_IMAGES * len(self.images.pixels)) // self.batch_size
        epochs = self.settings.epochs
        steps = epochs * steps_per_epoch if epochs is not None else most
        about = min(steps, self.seconds() / self.pace) if self.pace else steps
        apart = self._scoring_seconds() / (SCORING_SHARE * self.pace) if self.pace else 0.0
        if self.pace and about < min(steps, resolution.LEAST):
            self.note(_hopeless(about, self.pace))
        return GanTrainer(
            players=self.players,
            batch=self.batch,
            score=lambda generator: self.scorer.score(self.sampler(generator)),
            show=self.show,
            trusted=self.scorer.judge.trusted,
            rows=len(self.images.pixels),
            batch_size=self.batch_size,
            steps=steps,
            validate_every=max(LEAST_APART, round(max(about / SCORINGS, apart))),
            checkpoint=self.step.folder / "training.safetensors",
            fingerprint=self._fingerprint(self.setting.width),
            checkpoint_seconds=self.options.checkpoint_seconds,
        )

    def finish(self, family: str, model: Path) -> None:
        config = self.sampler(self.players.average).config.model_copy(update={"family": family})
        sampler.save(model, self.players.average, config)

    def trained(self, family: str, outcome: Outcome, seconds: float) -> Trained:
        measures = outcome.measures
        kept = {
            "fd_own": measures["fd_own"],
            "coverage": measures["coverage"],
            "sample_precision": measures["precision"],
        }
        made = self.setting
        facts = {"epochs": round(outcome.epochs, 2), "steps": outcome.steps, "chosen_step": outcome.chosen}
        sizes = {"batch_size": self.batch_size, "size": self.images.size.model_dump(), "width": made.width}
        rate = self.settings.learning_rate  # None: each player has its own
        return Trained(
            family=family,
            parameters=sum(p.numel() for p in self.players.average.parameters()),
            seconds=round(seconds, 2),
            stopped=outcome.stopped,
            by_clock=outcome.by_clock,
            validation=kept,
            history=outcome.history,
            settings=facts
            | sizes
            | ({} if rate is None else {"learning_rate": rate})
            | {"seconds_a_step": round(self.pace, 4), "dtype": str(self.machine.dtype)},
            notes=self.notes,
            alarms=outcome.alarms,
            sample_history=[self.step.name(file) for file in sorted((self.step.folder / HISTORY).glob("*.png"))],
        )


def _hopeless(steps: float, pace: float) -> str:
    """Said before the first step. pace: seconds a step."""
    seconds = (resolution.LEAST - steps) * pace
    more = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1.0, seconds):.0f} s"
    return (
        f"there is time for about {max(1, round(steps)):,} steps, and images are hardly recognisable before "
        f"{resolution.LEAST:,}: expect noise; a budget {more} longer would reach that"
    )


def train(
    family: str,
    design: sampler.MakeDesign,
    widths: Widths,
    data: Path,
    model: Path,
    schema: Schema,
    settings: Settings,
    step: Step,
) -> Trained:
    """Raises StepFailed `bad-setting`, what trainer.run raises, DataError `too-few-rows`, `unreadable`, BudgetSpent."""
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    else:
        torch.backends.cudnn.benchmark = True  # the shapes of a training do not change
    training = Training(design, widths, data, schema, settings, step)
    trainer = training.trainer()
    seconds = None if settings.epochs is not None and step.deadline is None else training.seconds()
    outcome = run(trainer.job(), seconds, step)
    training.finish(family, model)
    trainer.checkpoint.unlink(missing_ok=True)
    return training.trained(family, outcome, time.monotonic() - began)
