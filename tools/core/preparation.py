"""From a reader's tables to splits on disk: gather, decide, split, screen, write."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from tools.core import screening, splits
from tools.core.answers import Answers, answers, class_warnings
from tools.core.conform import features_of, match_names
from tools.core.content import Cells
from tools.core.errors import DataError
from tools.core.gather import Gathered, find_groups, gather, joined
from tools.core.goals import find_target
from tools.core.hashing import byte_hash
from tools.core.partition import Partition, Rows, Shares, partition
from tools.core.profile import Column, DataWarning, Goal, ImageShape, Profile
from tools.core.protocols import Raw
from tools.core.schema import Schema
from tools.core.writing import SplitWriter

GENERATOR_TEST = 0.1  # of the rows, to judge a generator by
MOST_TOLD = 5
SMALL_TEST = 50  # rows, under which a score says little
OURS = {
    "identifier",
    "constant",
    "leak",
    "imbalance",
    "rare-class",
    "few-per-class",
    "unreadable",
    "duplicates",
    "duplicates-across-splits",
}


@dataclass(frozen=True)
class Wishes:
    """What `prepare` was asked for; see `tools/prepare.py`."""

    goal: Goal | None = None
    target: str | None = None
    test_fraction: float = 0.2
    validation_fraction: float | None = None
    max_rows: int | None = None
    labels: int | None = None
    group: str | None = None
    time: str | None = None
    drop: list[str] = field(default_factory=list)


@dataclass
class Prepared:
    """Everything decided, nothing written yet."""

    schema: Schema
    gathered: Gathered
    answers: Answers
    parted: Partition
    hashes: np.ndarray
    dropped: dict[str, str]
    target_why: str

    def write(self, data: Path, sealed: Path) -> None:
        """Every split, then `schema.json`, so that a data set with a schema is whole."""
        data.mkdir(exist_ok=True)
        (data / "schema.json").unlink(missing_ok=True)
        for split, rows in self.parted.rows.items():
            self._write(split, rows, (sealed if split == "test" else data) / split)
        self.schema.save(data)

    def _write(self, split: str, rows: np.ndarray, folder: Path) -> None:
        import datasets

        features = features_of(self.schema)
        aside = self.gathered.aside if split == "unlabelled" else {}
        if aside:  # identifiers, by which the rows to predict are told apart
            features |= {
                name: datasets.Features.from_arrow_schema(pa.schema([(name, column.type)]))[name]
                for name, column in aside.items()
            }
        fingerprint = f"{byte_hash(self.hashes[rows].tobytes() + self.schema.model_dump_json().encode()):016x}"
        with SplitWriter(folder, datasets.Features(features), fingerprint) as writer:
            done = 0
            for columns in self.gathered.content.batches(rows):
                count = len(next(iter(columns.values())))
                part = rows[done : done + count]
                extra = {name: column.take(pa.array(part)) for name, column in aside.items()}
                if self.schema.target is not None:
                    extra[self.schema.target] = self.answers.arrow(part)
                writer.write(columns | extra)
                done += count


def prepare(raw: Raw, profile: Profile, wishes: Wishes, seed: int) -> Prepared:
    """Raises DataError, see `tools/prepare.py`."""
    random = np.random.default_rng(seed)
    target, target_why = _target(raw, wishes)
    gathered = gather(raw, profile.columns, target, wishes.drop)
    _thin_out(gathered, wishes.max_rows, random)
    known = np.concatenate([gathered.rows.get(name, np.zeros(0, np.int64)) for name in ("train", "all")])
    found = answers(
        gathered.target, target, wishes.goal, raw.classes if target == raw.target else None,
        known if len(known) else None,
    )  # fmt: skip
    warnings = [warning for warning in profile.warnings if warning.kind not in OURS]
    hashes = gathered.content.hashes()
    _without_damaged(gathered, warnings)
    given, by = _rows(gathered, found, hashes, raw, wishes, warnings)
    parted = _parted(gathered, given, found, wishes, random)
    if parted.how == "grouped":
        parted.why += f" (by {by}, so that no value of it stands on both sides)"
    _fewer_labels(parted, found, wishes.labels, random)
    train = parted.rows["train"]
    warnings += parted.warnings + screening.equal_rows(hashes[train], given.strata[train], found.numbers is not None)
    columns = _screened(gathered, found, train, random, warnings)
    schema = _schema(raw, profile, found, parted, columns, warnings)
    return Prepared(schema, gathered, found, parted, hashes, gathered.dropped, target_why)


def _target(raw: Raw, wishes: Wishes) -> tuple[str | None, str]:
    main = raw.splits.get("train", raw.splits.get("all", next(iter(raw.splits.values()), None)))
    names = [] if main is None else main.column_names
    if wishes.goal == "generate" and wishes.target is None:
        return (raw.target, "the labels that came with the data") if raw.target in names else (None, "none is needed")
    if raw.modality == "image":
        names = [name for name in names if name not in ("image", "path")]
        if not names:
            raise DataError(
                "no-labels",
                "The images carry no labels, so there is nothing to learn to tell.",
                hint="Put each class's images into a folder of its own, or give a table of labels beside them.",
            )
        wished = match_names(names, [wishes.target]) if wishes.target else {}
        return find_target(names, wishes.target if wished else None, raw.target)
    others = [raw.splits[name] for name in ("unlabelled", "test") if name in raw.splits]
    predicted = [name for name in names if others and name not in others[0].column_names]
    return find_target(names, wishes.target, raw.target, predicted)


def _thin_out(gathered: Gathered, most: int | None, random: np.random.Generator) -> None:
    """Forget all but `most` rows of train, at random: files are often sorted."""
    for name in ("train", "all"):
        rows = gathered.rows.get(name)
        if most is not None and rows is not None and len(rows) > most:
            gathered.rows[name] = np.sort(random.choice(rows, most, replace=False))


def _without_damaged(gathered: Gathered, warnings: list[DataWarning]) -> None:
    damaged = gathered.content.damaged
    if not damaged:
        return
    for name, rows in gathered.rows.items():
        gathered.rows[name] = rows[~np.isin(rows, list(damaged))]
    some = "; ".join(list(damaged.values())[:3])
    message = f"{len(damaged)} images can't be decoded and were left out, like {some}."
    warnings.append(DataWarning(kind="damaged", message=message, count=len(damaged)))


def _rows(
    gathered: Gathered, found: Answers, hashes: np.ndarray, raw: Raw, wishes: Wishes, warnings: list[DataWarning]
) -> tuple[Rows, str | None]:
    """What the split needs to know of each row, and the column whose values it keeps together."""
    strata = found.strata(len(hashes))
    natural = False
    if isinstance(gathered.content, Cells):
        used = np.concatenate([part[strata[part] >= 0] for part in gathered.rows.values()])
        natural = len(used) > 0 and screening.natural_repeats(hashes[used])
    if natural:
        message = "Most rows equal another one in every column; they are taken for different cases that look alike."
        warnings.append(DataWarning(kind="coarse", message=message))
    groups = times = None
    official = bool((strata[gathered.rows["test"]] >= 0).any()) if "test" in gathered.rows else False
    group = wishes.group or (None if official or raw.modality == "image" else find_groups(gathered))
    tables = [table for table in raw.splits.values() if table.num_rows]
    for name in (wishes.group, wishes.time):
        if name is not None and name not in tables[0].column_names:
            raise DataError("missing-columns", f"There is no column {name!r} to split by.", columns=[name])
    if group is not None:
        encoded = joined(tables, group).combine_chunks().dictionary_encode(null_encoding="encode")
        groups = encoded.indices.to_numpy().astype(np.int64)
        _leave_out(gathered, group, "it says which rows belong together, which no new row shares")
    if wishes.time is not None:
        times = _times(joined(tables, wishes.time), wishes.time)
    return Rows(strata, None if natural else hashes, groups, times, found.classes is not None), group


def _times(column: pa.ChunkedArray, name: str) -> np.ndarray:
    if not (pa.types.is_temporal(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise DataError("no-time", f"Column {name!r} holds {column.type}, neither dates nor numbers to split by.")
    kind = pa.timestamp("us") if pa.types.is_temporal(column.type) else pa.float64()
    values = column.cast(kind).cast(pa.int64() if pa.types.is_temporal(column.type) else kind)
    return np.asarray(np.nan_to_num(values.fill_null(0).to_numpy().astype(np.float64)))


def _leave_out(gathered: Gathered, name: str, why: str) -> None:
    if isinstance(gathered.content, Cells) and name in gathered.content.table.column_names:
        gathered.aside[name] = gathered.content.table.column(name)
        gathered.content = Cells(gathered.content.table.drop_columns([name]))
        gathered.columns = [column for column in gathered.columns if column.name != name]
        gathered.dropped[name] = why


def _parted(gathered: Gathered, given: Rows, found: Answers, wishes: Wishes, random: np.random.Generator) -> Partition:
    if found.goal != "generate":
        return partition(gathered.rows, given, Shares(wishes.test_fraction, wishes.validation_fraction), random)
    everything = [part for name, part in gathered.rows.items() if name != "test"]
    rows = {"all": np.sort(np.concatenate([np.zeros(0, np.int64), *everything]))}
    if "test" in gathered.rows:
        rows["test"] = gathered.rows["test"]
    return partition(rows, given, Shares(GENERATOR_TEST, 0), random)


def _fewer_labels(parted: Partition, found: Answers, most: int | None, random: np.random.Generator) -> None:
    """Learn from `most` rows alone, as evenly over the classes as train is; the others are left unused."""
    train = parted.rows["train"]
    if most is None or most >= len(train):
        return
    strata = found.strata(int(train.max()) + 1)[train]
    kept = splits.exactly(strata, most, random)
    parted.rows["train"] = train[kept]
    message = f"Learning from {most} labelled rows, as asked; {len(train) - most} more are left unused."
    parted.warnings.append(DataWarning(kind="few-labels", message=message, count=most))


def _screened(
    gathered: Gathered, found: Answers, train: np.ndarray, random: np.random.Generator, warnings: list[DataWarning]
) -> list[Column]:
    """The features; columns not worth keeping leave the content."""
    identifiers = [name for name, why in gathered.dropped.items() if why.startswith("an identifier")]
    if identifiers:
        message = f"{', '.join(identifiers[:8])}: names rows and says nothing about new ones; left out."
        warnings.append(DataWarning(kind="identifier", message=message, columns=identifiers))
    if not isinstance(gathered.content, Cells):
        return gathered.columns
    table = gathered.content.table.take(pa.array(train))
    columns, dropped, told = screening.screen(table, gathered.columns, found, train, random)
    warnings += told
    gathered.dropped |= dropped
    if not columns:
        raise DataError(
            "no-features",
            f"Every column beside the target has the same value in all {len(train)} train rows.",
            hint="Give a table with at least one column that varies.",
        )
    gathered.content = Cells(gathered.content.table.select([column.name for column in columns]))
    return columns


def _schema(
    raw: Raw, profile: Profile, found: Answers, parted: Partition, columns: list[Column], warnings: list[DataWarning]
) -> Schema:
    train = parted.rows["train"]
    counts = target_range = None
    if found.classes is not None and found.numbers is not None:
        codes = found.numbers[train]
        numbers = np.bincount(codes[codes >= 0], minlength=len(found.classes))
        counts = dict(zip(found.classes, numbers.tolist(), strict=True))
        warnings = warnings + (class_warnings(codes, found.classes) if found.goal == "classify" else [])
    elif found.numbers is not None:
        target_range = (float(found.numbers[train].min()), float(found.numbers[train].max()))
    test = len(parted.rows["test"])
    if test < SMALL_TEST:
        message = f"The test split has {test} rows; the score's interval is wide."
        warnings = [*warnings, DataWarning(kind="small", message=message, count=test)]
    if raw.skipped:
        more = f"; and {len(raw.skipped) - MOST_TOLD} more" if len(raw.skipped) > MOST_TOLD else ""
        message = f"{'; '.join(raw.skipped[:MOST_TOLD])}{more}."
        warnings = [*warnings, DataWarning(kind="unreadable", message=message, count=len(raw.skipped))]
    return Schema(
        goal=found.goal,
        modality=raw.modality,
        target=found.target,
        features=columns,
        classes=found.classes,
        counts=counts,
        target_range=target_range,
        image=_image(raw, profile),
        rows={split: len(rows) for split, rows in parted.rows.items()},
        split=parted.how,
        split_why=parted.why,
        warnings=warnings,
    )


def _image(raw: Raw, profile: Profile) -> ImageShape | None:
    """The reader's shape, else the profile's, else the median of some images."""
    if raw.modality != "image" or raw.image or profile.image:
        return raw.image or profile.image
    return _median_shape(joined(list(raw.splits.values()), "image"))


def _median_shape(column: pa.ChunkedArray, looked_at: int = 200) -> ImageShape:
    from tools.core import images

    rows = np.unique(np.linspace(0, len(column) - 1, looked_at).astype(np.int64))
    values: Iterator[bytes | str] = iter(column.take(pa.array(rows)).to_pylist())
    sources = [Path(value) if isinstance(value, str) else value for value in values]
    shapes = np.array([shape for shape in images.each(images.size, sources) if not isinstance(shape, ValueError)])
    height, width = (int(np.median(shapes[:, axis])) for axis in (0, 1))
    varied = len(np.unique(shapes[:, :2], axis=0)) > 1
    return ImageShape(height=height, width=width, channels=int(shapes[:, 2].max()), varied=varied)
