"""From a reader's tables to splits on disk: gather, decide, split, screen, write."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tools.core import conditioning, screening
from tools.core.answers import Answers, answers
from tools.core.cells import settled
from tools.core.conform import features_of, match_names
from tools.core.content import Cells
from tools.core.dividing import Dependence, Wishes, divide, find_dependence
from tools.core.errors import DataError
from tools.core.gather import Gathered, gather
from tools.core.goals import find_target
from tools.core.hashing import byte_hash
from tools.core.outline import schema_of
from tools.core.partition import Partition
from tools.core.profiles import Column, DataWarning, Profile
from tools.core.protocols import Raw
from tools.core.schema import Schema
from tools.core.writing import SplitWriter

OURS = {
    "identifier",
    "constant",
    "leak",
    "imbalance",
    "rare-class",
    "few-per-class",
    "unreadable",
    "reading",
    "duplicates",
    "duplicates-across-splits",
}


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
        aside = {name: column for name, column in self.gathered.kept.items() if name not in features}
        if split == "unlabelled":  # identifiers, by which the rows to predict are told apart
            aside = self.gathered.aside | aside
        if aside:
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
    raw = settled(raw)
    target, target_why = _target(raw, wishes)
    _relabel(raw, target)
    gathered = gather(raw, profile.columns, target, wishes.drop)
    _thin_out(gathered, wishes.max_rows, random)
    known = np.concatenate([gathered.rows.get(name, np.zeros(0, np.int64)) for name in ("train", "all")])
    found = answers(
        gathered.target, target, wishes.goal, raw.classes if target == raw.target else None,
        known if len(known) else None,
    )  # fmt: skip
    warnings = [warning for warning in profile.warnings if warning.kind not in OURS]
    depends = find_dependence(gathered, found, raw, wishes, warnings)
    hashes = gathered.content.hashes()
    _without_damaged(gathered, warnings)
    if found.goal == "generate" and raw.modality == "image":
        found, gathered.rows = conditioning.conditioned(found, gathered.rows, warnings)
    parted, strata = divide(gathered, found, hashes, depends, raw, wishes, random)
    found = found.without(parted.hidden)
    train = parted.rows["train"]
    told = found.numbers is not None and not len(parted.hidden)
    warnings += parted.warnings + screening.equal_rows(hashes[train], strata[train], told)
    columns = _screened(gathered, found, train, random, warnings)
    schema = schema_of(raw, profile, found, parted, columns, warnings)
    _tell_dependence(schema, depends)
    if found.goal == "generate":
        conditioning.of_one_size(schema)
    return Prepared(schema, gathered, found, parted, hashes, gathered.dropped, target_why)


def _tell_dependence(schema: Schema, depends: Dependence) -> None:
    schema.group = None if depends.group is None else depends.group.name
    if depends.order is not None:
        schema.time = depends.order.name
        schema.series = None if depends.order.series is None else depends.order.series.name


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


def _relabel(raw: Raw, target: str | None) -> None:
    """A table taken for rows to predict, as it lacks a column, is the test table when that is not the target."""
    held = raw.splits.get("unlabelled")
    if held is None or "test" in raw.splits or target not in held.column_names:
        return
    if held.column(target).null_count < held.num_rows:
        raw.splits = {("test" if name == "unlabelled" else name): table for name, table in raw.splits.items()}


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
