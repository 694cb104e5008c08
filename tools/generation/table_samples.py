"""Generated rows of a table: judged in standardised columns, and left by the step `generate` as a CSV file.

    samples.csv    the features by name, and the column of classes where the model has them; an empty cell is missing

Rows are compared as vectors: numbers and dates in standard deviations of the training rows, a switch for each of a
column's commonest words and one for a missing cell. Beside the samples stand training rows in their place (what no
generator can beat), and rows whose columns are drawn each by itself, which keep every distribution and lose every
relation between columns: a generator that is no better has learned none.
"""

import csv
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.data.arrays import arrow_column
from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.generation_findings import Generation
from noglue.tools.evaluation.scores import Rival
from noglue.tools.generation import generator_verdict
from noglue.tools.generation.draws import MOST, how_many, seed_for
from noglue.tools.generation.features import Features, of_the_model, scores
from noglue.tools.generation.memorization import memorization
from noglue.tools.metrics import Evidence
from noglue.tools.modelstore.model_folder import alarms
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split

if TYPE_CHECKING:
    import datasets

    from noglue.tools.spec.profiles import Column
    from noglue.tools.spec.protocols import Sampler
    from noglue.tools.spec.step import Step

WORDS = 20  # of a column, each with a switch of its own
SHOWN = 10  # samples in the report
HOW = "the columns themselves, numbers in standard deviations and words as switches"
INDEPENDENT = "independent columns"
Rows = Mapping[str, np.ndarray]


def evaluate(
    schema: Schema, sampler: "Sampler", simple: "tuple[str, Sampler] | None", args: Any, step: "Step"
) -> Evaluation:
    """Raises DataError `no-rows`, StepFailed `no-score`."""
    splits = {"test": load_split(step.run / "sealed", "test"), "train": load_split(step.run / "data", "train")}
    if len(splits["test"]) == 0:
        raise DataError(Kind.NO_ROWS, "The test split has no row to compare the samples with.")
    real = {split: cells(_few(rows, seed_for(step.seed, split)), schema) for split, rows in splits.items()}
    space = Space(schema.features, real["train"])
    test, train = (space.features(real[split]) for split in ("test", "train"))
    count = how_many(len(splits["test"]), max(1, test.features.shape[1])) if args.samples is None else args.samples
    began = time.monotonic()
    drawn = _drawn(sampler, count, step)
    seconds = time.monotonic() - began
    seed = seed_for(step.seed, "intervals")
    fake = space.features(drawn)
    evidence = Evidence(schema, np.full(count, np.nan), fake.features, splits["test"], sampler, splits["train"])
    found = scores(test, fake, seed, train) | of_the_model(evidence, seed)
    main, remarks = generator_verdict.main_metric(args.metric, found)
    others = [("independent_columns", INDEPENDENT, _independent(real["train"], count, step))]
    if simple is not None:
        others.append((simple[0], f"the {simple[0].replace('_', ' ')} model", _drawn(simple[1], count, step)))
    rivals = []
    for name, title, rows in others:
        theirs = scores(test, space.features(rows), seed, train)
        difference = generator_verdict.difference(main, found, theirs)
        rivals.append(Rival(name=name, title=title, metrics=theirs, difference=difference))
    reference = scores(test, train.first(count), seed) | scores(test, test, seed, train, only_train=True)
    copies = memorization(train.features, test.features, fake.features, train.features, test.features, fake.features,
                          seed, thing="row", where="cell by cell")  # fmt: skip
    shown = [{name: _in_words(values[row]) for name, values in drawn.items()} for row in range(min(SHOWN, count))]
    generation = Generation(samples=count, features=HOW, reference=reference, memorization=copies, rows=shown)
    outcome, words = generator_verdict.verdict(main, found, rivals, generation, alarms(step.run / "model"))
    return Evaluation(
        goal=schema.goal,
        modality=schema.modality,
        metric=main.name,
        metrics={"test": found, "train": scores(train.first(MOST), fake, seed, train), "baseline": rivals[0].metrics},
        rivals=rivals,
        outcome=outcome,
        against=rivals[0].name,
        verdict=words,
        warnings=remarks + generator_verdict.suspicions(generation, len(test), len(train)),
        generation=generation,
        seconds_predicting=round(seconds, 3),
        device=step.device,
    )


def write(
    batches: "Iterator[tuple[Rows, np.ndarray | None]]", count: int, schema: Schema, step: "Step"
) -> dict[str, Any]:
    """Raises OSError when the disk is full."""
    file, done = step.folder / "samples.csv", 0
    names = [column.name for column in schema.features]
    with file.open("w", encoding="utf-8", newline="") as opened:
        written = csv.writer(opened, lineterminator="\n")
        for rows, labels in batches:
            classes = [] if labels is None else [[(schema.classes or [])[label] for label in labels]]
            if done == 0:
                written.writerow([*names, *([str(schema.target)] if classes else [])])
            columns = [[_cell(value) for value in rows[name]] for name in names] + classes
            written.writerows(zip(*columns, strict=True))
            done += len(columns[0])
            step.progress("generate", done, count, unit="rows")
    return {"file": step.name(file)}


class Space:
    """Where rows are compared. Learned of training rows: means, deviations, the commonest words."""

    def __init__(self, columns: "list[Column]", train: Rows) -> None:
        self.columns = columns
        self.scale: dict[str, tuple[float, float]] = {}
        self.words: dict[str, list[str]] = {}
        for column in columns:
            if column.kind in ("number", "date"):
                values = _numbers(train[column.name])
                known = values[np.isfinite(values)]
                self.scale[column.name] = (float(known.mean()), float(known.std()) or 1.0) if len(known) else (0.0, 1.0)
            else:
                words, counts = np.unique([str(value) for value in train[column.name]], return_counts=True)
                self.words[column.name] = [str(words[place]) for place in np.argsort(-counts, kind="stable")[:WORDS]]

    def features(self, rows: Rows) -> Features:
        """float32 (n, d); a missing number lies at the mean, with its switch on."""
        parts: list[np.ndarray] = []
        for column in self.columns:
            if column.name in self.scale:
                mean, deviation = self.scale[column.name]
                values = (_numbers(rows[column.name]) - mean) / deviation
                parts += [np.nan_to_num(values), ~np.isfinite(values)]
            else:
                texts = np.array([str(value) for value in rows[column.name]])
                parts += [texts == word for word in self.words[column.name]]
        found = np.stack([part.astype(np.float32) for part in parts], axis=1)
        return Features(pixels=found, labels=None, features=found, class_probabilities=None)


def cells(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """The features of prepared rows in the form in which a sampler gives its own: None where missing."""
    return {
        column.name: np.array([*arrow_column(rows, column.name).to_pylist(), None], dtype=object)[:-1]
        for column in schema.features
    }


def _few(rows: "datasets.Dataset", seed: int) -> "datasets.Dataset":
    if len(rows) <= MOST:
        return rows
    return rows.select(np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST]))


def _drawn(sampler: "Sampler", count: int, step: "Step") -> dict[str, np.ndarray]:
    seed = seed_for(step.seed, "samples")
    rows: Rows = sampler.decode(sampler.latents(count, seed), sampler.labels(count, seed),
                                lambda *at: step.progress("sampling", *at))  # fmt: skip
    return dict(rows)


def _independent(train: Rows, count: int, step: "Step") -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed_for(step.seed, "independent"))
    return {name: random.choice(values, count) for name, values in train.items()}


def _numbers(values: np.ndarray) -> np.ndarray:
    """float64 (n,), dates in seconds; NaN where missing."""
    if np.issubdtype(values.dtype, np.datetime64):
        return np.where(np.isnat(values), np.nan, values.astype("datetime64[us]").astype(np.int64) / 1e6)
    return np.array([_number(value) for value in values], dtype=np.float64)


def _number(value: Any) -> float:
    if value is None:
        return float("nan")
    return float(value.timestamp()) if hasattr(value, "timestamp") else float(value)


def _cell(value: Any) -> str:
    missing = value is None or (isinstance(value, float | np.floating) and np.isnan(value))
    return "" if missing else str(value)


def _in_words(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else _cell(value)
