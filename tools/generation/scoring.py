"""Score a generator on fresh samples, beside real images and beside the simple model.

    metrics["test"]["fd_own"]     = {"value": 4.1, "low": 3.9, "high": 4.4, "n": 10000}    samples against the test rows
    metrics["train"], ["baseline"]                        the same against train rows, and of the simple model's samples
    generation.reference["fd_own"] = {"value": 1.2, …}    train rows in the samples' place

Everything is compared at the size of the samples, in the features of a judge that is trained here, on `data/train`, and
is left in the step's `judge/`. Leaves pages of samples in `samples/`.
"""

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.generation_findings import Generation, Picture
from noglue.tools.evaluation.scores import Rival
from noglue.tools.generation import generator_verdict, sample_pages
from noglue.tools.generation.draws import seed_for
from noglue.tools.generation.evaluator import GeneratorEvaluator, Scored, build
from noglue.tools.generation.memorization import memorization
from noglue.tools.generation.shares import shares
from noglue.tools.metrics import Metric
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Sampler
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

TITLES = {"pixels_gaussian": "a Gaussian of the pixels"}


@dataclass(frozen=True)
class Wishes:
    """metric: the measure asked for. samples: how many, None: as many as suit. judge: the folder of one trained before.

    inception: weights of the Inception network, for FID and its like. alarms: what rang in the training. trained: the
    seconds that it took. sheet: so many new pictures on one page.
    """

    metric: str | None = None
    samples: int | None = None
    judge: Path | None = None
    inception: Path | None = None
    alarms: list[str] = field(default_factory=list)
    trained: float | None = None
    sheet: int | None = None


def evaluation(
    schema: Schema, sampler: Sampler, simple: tuple[str, Sampler] | None, wishes: Wishes, step: Step
) -> Evaluation:
    """simple: the baseline's family and its sampler.

    Raises DataError `no-rows`, `judge-mismatch`, `unreadable`, StepFailed `no-score`.
    """
    evaluator = build(schema, sampler, wishes.judge, wishes.inception, wishes.samples, step, wishes.trained)
    step = evaluator.step
    began = time.monotonic()
    scored = evaluator.score(sampler, evaluator.count, "sampling")
    seconds = time.monotonic() - began
    main, remarks = generator_verdict.main_metric(wishes.metric, scored.scores)
    left = step.remaining()
    if simple is not None and left is not None and left < seconds:
        message = "The time was up, so the simple model was not judged."
        evaluator.remarks.append(DataWarning(kind="judged-in-haste", message=message))
        step.note(message)
        simple = None
    rivals = [] if simple is None else [_rival(evaluator, main, scored, *simple)]
    generation = _generation(evaluator, schema, scored)
    generation.pictures = _pictures(evaluator, sampler, scored, wishes.sheet)
    outcome, words = generator_verdict.verdict(main, scored.scores, rivals, generation, wishes.alarms)
    scores = {"test": scored.scores, "train": evaluator.beside_train_rows(scored)}
    return Evaluation(
        goal=schema.goal,
        modality=schema.modality,
        metric=main.name,
        metrics=scores | ({"baseline": rivals[0].metrics} if rivals else {}),
        rivals=rivals,
        outcome=outcome,
        verdict=words,
        warnings=[
            *evaluator.remarks,
            *remarks,
            *generator_verdict.suspicions(generation, len(evaluator.test), len(evaluator.train)),
        ],
        generation=generation,
        seconds_predicting=round(seconds, 3),
        device=step.device,
    )


def _rival(evaluator: GeneratorEvaluator, main: Metric, scored: Scored, family: str, sampler: Sampler) -> Rival:
    """The simple model, on as many samples."""
    theirs = evaluator.score(sampler, len(scored.drawn), "baseline").scores
    title = TITLES.get(family, f"the {family.replace('_', ' ')} model")
    return Rival(
        name=family, title=title, metrics=theirs, difference=generator_verdict.difference(main, scored.scores, theirs)
    )


def _generation(evaluator: GeneratorEvaluator, schema: Schema, scored: Scored) -> Generation:
    test, train, fake = evaluator.test, evaluator.train, scored.drawn
    judge, size = evaluator.extractor.judge, fake.pixels.shape[1:]
    real = evaluator.of_real_images(len(fake))
    found = Generation(
        samples=len(fake),
        features=f"{judge.how}; all images are compared at {size[0]} × {size[1]} pixels",
        proofs=judge.proofs,
        blind=evaluator.blind,
        judge_accuracy=real["class_conditional_accuracy"].value if "class_conditional_accuracy" in real else None,
        reference=real,
        memorization=memorization(
            train.pixels, test.pixels, fake.pixels, train.features, test.features, fake.features, evaluator.seed
        ),
    )
    if schema.classes is not None and fake.class_probabilities is not None and test.labels is not None:
        asked = scored.asked
        seen = None if asked is None or asked.class_probabilities is None else asked.class_probabilities.argmax(axis=1)
        wanted = None if asked is None else asked.labels
        found.classes = shares(schema.classes, wanted, seen, test.labels, fake.class_probabilities.argmax(axis=1))
    return found


def _pictures(evaluator: GeneratorEvaluator, sampler: Sampler, scored: Scored, sheet: int | None) -> list[Picture]:
    """The pages of samples, the sheet asked for, and some samples beside their nearest training images."""
    folder = evaluator.step.folder / "samples"
    shutil.rmtree(folder, ignore_errors=True)
    evaluator.step.progress("pictures")
    brief = evaluator.step.is_over()
    found = sample_pages.pages(sampler, folder, seed_for(evaluator.step.seed, "pages"), brief)
    if sheet is not None:
        found.insert(0, sample_pages.sheet(sampler, folder, sheet, seed_for(evaluator.step.seed, "sheet")))
    found.append(sample_pages.neighbours(folder, scored.drawn, evaluator.train, evaluator.test, evaluator.seed))
    for picture in found:
        picture.path = evaluator.step.name(folder / picture.path)
    return found
