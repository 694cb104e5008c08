"""What generators are judged by: the judge, real images of both splits, and fresh samples that are set beside them.

>>> evaluator = build(schema, sampler, judge=None, inception=None, samples=None, step=step)
>>> evaluator.score(sampler, evaluator.count, "sampling").scores["fd_own"].value
4.1
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools import metrics
from noglue.tools.evaluation.scores import Score
from noglue.tools.evaluation.wording import listing
from noglue.tools.generation import blindness
from noglue.tools.generation.checkpoints import Amounts, affordable
from noglue.tools.generation.draws import MOST, draw, how_many, real, seed_for, size_of
from noglue.tools.generation.features import FeatureExtractor, Features, of_the_model, recognised, scores
from noglue.tools.generation.inception import inception as load_inception
from noglue.tools.generation.judge import NETWORK, Judge, load_judge, train_judge
from noglue.tools.generation.shares import evenly
from noglue.tools.generation.spoilings import noise, scrambled
from noglue.tools.metrics import Evidence
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Sampler
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training.machine import one_thread_if_busy

if TYPE_CHECKING:
    import datasets

JUDGE_ROWS, JUDGE_EPOCHS, JUDGE_EPOCHS_GPU = 20_000, 3, 7
ROWS_A_SECOND, FEWEST_ROWS = 400, 800  # that the judge's network learns from where time is short
JUDGE_SHARE = 0.3  # of the time there is, for that network
LEAST_SECONDS = 15.0  # of judging in any case, however short the training was
TRAIN_ROWS = 20_000  # that samples are searched for copies of
MOST_VALUES = 1 << 28  # pixel values of one set of real images


@dataclass(frozen=True)
class Scored:
    """One generator's samples and scores. drawn: as in training; asked: every class as often, None without classes."""

    drawn: Features
    asked: Features | None
    scores: dict[str, Score]


@dataclass(frozen=True)
class GeneratorEvaluator:
    """test, train: real images at the samples' size, random rows of each split; rows: all rows of each, as they are.

    count: how many samples to draw. blind: measures that can't tell noise from data here.

    remarks: what could not be had, or had only smaller.
    """

    extractor: FeatureExtractor
    test: Features
    train: Features
    rows: "dict[str, datasets.Dataset]"
    schema: Schema
    count: int
    step: Step
    blind: list[str]
    remarks: list[DataWarning]

    @property
    def seed(self) -> int:
        return seed_for(self.step.seed, "intervals")

    def score(self, sampler: Sampler, count: int, stage: str) -> Scored:
        """Draw fresh samples, and set them beside the test rows."""
        seed = seed_for(self.step.seed, "samples")
        drawn = draw(sampler, count, seed, size=size_of(self.test.pixels),
                     progress=lambda *at: self.step.progress(stage, *at))  # fmt: skip
        seen, asked = self.extractor.extract(drawn), None
        if sampler.classes is not None and self.extractor.judge.classes is not None:
            labels = evenly(len(sampler.classes), count)
            asked = self.extractor.extract(draw(sampler, len(labels), seed_for(self.step.seed, "asked"), labels))
        found = scores(self.test, seen, self.seed, self.train)
        found |= recognised(asked, self.seed) if asked else {}
        nothing = np.full(len(seen), np.nan)  # samples have no truth
        evidence = Evidence(self.schema, nothing, seen.pixels, self.rows["test"], sampler, self.rows["train"])
        return Scored(seen, asked, self._told(found | of_the_model(evidence, self.seed)))

    def _told(self, found: dict[str, Score]) -> dict[str, Score]:
        return {name: score for name, score in found.items() if name not in self.blind}

    def beside_train_rows(self, scored: Scored) -> dict[str, Score]:
        return self._told(scores(self.train.first(MOST), scored.drawn, self.seed, self.train))

    def of_real_images(self, count: int) -> dict[str, Score]:
        """Training rows in the samples' place; test rows, where the measure sets samples beside training rows."""
        found = scores(self.test, self.train.first(count), self.seed)
        apart = scores(self.test, self.test, self.seed, self.train, only_train=True)
        return self._told(found | apart | recognised(self.test, self.seed))


def build(
    schema: Schema,
    sampler: Sampler,
    judge: Path | None,
    inception: Path | None,
    samples: int | None,
    step: Step,
    trained: float | None = None,
) -> GeneratorEvaluator:
    """samples: how many, None: as many as suit. trained: seconds that the training took: where the time is stated,
    judging takes no longer. Raises DataError `no-rows`, `judge-mismatch`, `unreadable`.
    """
    if trained is not None and step.deadline is not None:
        step = replace(step, deadline=min(step.deadline, time.monotonic() + max(LEAST_SECONDS, trained)))
    rows = {"test": load_split(step.run / "sealed", "test"), "train": load_split(step.run / "data", "train")}
    if len(rows["test"]) == 0:
        raise DataError(Kind.NO_ROWS, "The test split has no image to compare the samples with.")
    own = _judge(schema, judge, step)
    if step.deadline is not None and step.device == "cpu":
        one_thread_if_busy()
    size = size_of(draw(sampler, 1, 0).pixels)
    values = size.height * size.width * size.channels
    network, why = (None, "") if inception is None else load_inception(inception, step.device)
    extractor = FeatureExtractor(own, network)
    fit = max(1, MOST_VALUES // values)
    wanted = Amounts(
        test=min(MOST, fit, len(rows["test"])),
        train=min(TRAIN_ROWS, fit, len(rows["train"])),
        samples=how_many(len(rows["test"]), values) if samples is None else samples,
    )
    chosen = affordable(sampler, extractor, size, wanted, step, fixed=samples is not None)
    seen = {
        split: extractor.extract(real(rows[split], schema.target, count, seed_for(step.seed, split), size))
        for split, count in (("test", chosen.test), ("train", chosen.train))
    }
    remarks = [DataWarning(kind="no-inception", message=f"{why[:1].upper()}{why[1:]}.")] if why else []
    remarks += _of_the_judge(own)
    unable = _blind(extractor, seen["test"], seen["train"], seed_for(step.seed, "blind"))
    if unable:
        titles = listing([metrics.load(name).title for name in unable])
        message = (
            f"Left out, as {'they' if len(unable) > 1 else 'it'} can't tell noise or copies from data here: {titles}."
        )
        remarks.append(DataWarning(kind="blind-measures", message=message, count=len(unable)))
    if chosen != wanted:
        remarks.append(_fewer(wanted, chosen))
        step.note(remarks[-1].message)
    return GeneratorEvaluator(
        extractor, seen["test"], seen["train"], rows, schema, chosen.samples, step, unable, remarks
    )


def _blind(extractor: FeatureExtractor, test: Features, train: Features, seed: int) -> list[str]:
    """As many of each: what is measured depends on how many there are."""
    random, count = np.random.default_rng(seed), min(len(test), len(train), blindness.ROWS)
    if count < blindness.FEWEST:
        return []
    pixels = test.pixels[:count]
    spoilt = [extractor.judge.features(change(pixels, random)) for change in (noise, scrambled)]
    return blindness.blind(metrics.for_goal("generate"), test.features[:count], train.features[:count], spoilt)


def _of_the_judge(judge: Judge) -> list[DataWarning]:
    """Where what was to judge did not prove itself, and what takes its place."""
    if judge.predictor is not None or NETWORK not in judge.proofs:
        return []
    return [DataWarning(kind="judge-unproved", message=f"It is judged by {judge.how}.")]


def _fewer(wanted: Amounts, chosen: Amounts) -> DataWarning:
    message = (
        f"There was too little time to judge by {wanted.samples:,} samples, {wanted.test:,} test and {wanted.train:,} "
        f"train rows: it is judged by {chosen.samples:,}, {chosen.test:,} and {chosen.train:,}. Distances come out "
        "larger with fewer images, for the simple model as well."
    )
    return DataWarning(kind="judged-in-haste", message=message, count=chosen.samples)


def _judge(schema: Schema, folder: Path | None, step: Step) -> Judge:
    """One that was trained before, or a fresh one that is left in the step's `judge/`."""
    if folder is not None:
        judge = load_judge(folder, step.device)
        if judge.classes not in (None, schema.classes):
            raise DataError(Kind.JUDGE_MISMATCH, f"The judge in {folder} learned other classes than these data have.")
        return judge
    left = step.remaining()
    if left is None:
        return _trained(schema, step, JUDGE_ROWS, None)
    seconds = max(1.0, JUDGE_SHARE * left)
    rows = min(JUDGE_ROWS, max(FEWEST_ROWS, round(ROWS_A_SECOND * seconds)))
    try:
        return _trained(schema, replace(step, deadline=time.monotonic() + seconds), rows, seconds)
    except BudgetSpent:
        return _trained(schema, step, rows, None, network=False)


def _trained(schema: Schema, step: Step, rows: int, seconds: float | None, network: bool = True) -> Judge:
    return train_judge(
        step.run / "data",
        step.folder / "judge",
        schema,
        step,
        seed=seed_for(step.seed, "judge"),
        rows=rows,
        epochs=JUDGE_EPOCHS if step.device == "cpu" else JUDGE_EPOCHS_GPU,
        seconds=seconds,
        network=network,
    )
