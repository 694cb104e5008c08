"""From a reader's tables to splits on disk: gather, decide, split, screen, write."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from noglue.tools.data.hashing import byte_hash
from noglue.tools.data.row_content import Cells
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.preparation import generator_classes, near_duplicates, screening, several_targets, traps
from noglue.tools.preparation.dependence import Dependence, find_dependence
from noglue.tools.preparation.dividing import divide, pool
from noglue.tools.preparation.gathering import Gathered
from noglue.tools.preparation.outline import schema_of
from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.question import Question, asked
from noglue.tools.preparation.requested_rows import keep_at_most
from noglue.tools.preparation.target_column import TargetColumn, class_named
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.ledgers import RowLedger
from noglue.tools.spec.modalities import ModalityPlugin
from noglue.tools.spec.profiles import Column, DataWarning, Profile
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import Derived
from noglue.tools.spec.schema import ORIGIN, Schema
from noglue.tools.spec.warning_order import by_weight
from noglue.tools.values import derived_targets
from noglue.tools.values.conform import features_of

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
    answers: TargetColumn
    parted: Partition
    hashes: np.ndarray
    dropped: dict[str, str]
    target_why: str
    ledger: RowLedger

    @property
    def goal_why(self) -> str:
        return self.answers.why

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
        origin = self.gathered.origin.cells(rows) if split in ("test", "unlabelled") else None
        if origin is not None:
            features |= datasets.Features.from_arrow_schema(pa.schema([(ORIGIN, origin.type)]))
        fingerprint = f"{byte_hash(self.hashes[rows].tobytes() + self.schema.model_dump_json().encode()):016x}"
        with SplitWriter(folder, datasets.Features(features), fingerprint) as writer:
            done = 0
            for columns in self.gathered.content.batches(rows):
                count = len(next(iter(columns.values())))
                part = rows[done : done + count]
                extra = {name: column.take(pa.array(part)) for name, column in aside.items()}
                for one in self.answers.targets() if self.schema.target is not None else []:
                    extra[str(one.target)] = one.arrow(part)
                if origin is not None:
                    extra[ORIGIN] = origin.slice(done, count)
                writer.write(columns | extra)
                done += count


def in_the_goals_way(raw: Raw, profile: Profile, wishes: Wishes, seed: int, left: float | None = None) -> Any:
    """As the goal prepares its data, else as rows. Rows that turn out to follow one another, where the words ask for
    what comes next, are a forecast's, if a goal makes one.
    """
    own = None if wishes.goal is None else goals.load(wishes.goal).prepare
    if own is not None:
        return own(raw, profile, wishes)
    try:
        return prepare(raw, profile, wishes, seed, left)
    except TaskUnclear as unclear:
        later = goals.of_what_comes_next()
        own = None if later is None or unclear.kind != Kind.FORECAST else goals.load(later).prepare
        if own is None:
            raise
        return own(raw, profile, wishes)


def prepare(raw: Raw, profile: Profile, wishes: Wishes, seed: int, left: float | None = None) -> Prepared:
    """left: seconds of the budget, of which the checks of the data may take a twentieth; None: as many as they need.

    Raises DataError, see `tools/prepare.py`.
    """
    patience = traps.Patience(left)
    random = np.random.default_rng(seed)
    question = asked(raw, profile, wishes, random)
    raw, several, gathered, found = question.raw, question.several, question.gathered, question.found
    kind = modalities.load(raw.modality)
    warnings = [warning for warning in profile.warnings if warning.kind not in OURS]
    pooled = pool(gathered, found, wishes)
    depends = find_dependence(gathered, found, raw, wishes, warnings)
    if wishes.max_rows is not None:
        keep_at_most(gathered, wishes.max_rows, found.strata(len(gathered.account.reason)), depends.order, random)
    hashes = gathered.content.hashes()
    _without_damaged(gathered, kind, warnings)
    if goals.makes_new(found.goal) and kind.content:
        found = _conditioned(gathered, found, warnings)
    strata = found.strata(len(hashes))
    checking, dealing = random.spawn(2)
    patience.begin()
    joined, copies = near_duplicates.kept_together(gathered, hashes, strata, raw, wishes, depends, checking)
    patience.pause()
    parted, strata = divide(gathered, found, joined, depends, raw, wishes, dealing, pooled)
    found = found.without(parted.hidden)
    train = parted.rows["train"]
    target_known = found.numbers is not None and not len(parted.hidden)
    warnings += parted.warnings
    if depends.group is None:  # conditions that each of them meets are no copies
        warnings += screening.equal_rows(hashes[train], strata[train], target_known, goals.predicts(found.goal))
    name = near_duplicates.names(raw, gathered.content)
    warnings += near_duplicates.told(copies, parted, found.numbers, name, _things(kind))
    columns = _screened(gathered, found, train, random, warnings)
    for one in found.targets():
        known = parted if several is None else several_targets.known_rows(one, parted)
        told = traps.Look(gathered, one, known, name, _things(kind), checking).warnings(patience)
        told = told if several is None else several_targets.named_each(told, one, several)
        warnings += [warning for warning in told if warning not in warnings]
    schema = schema_of(raw, profile, found, parted, columns, warnings)
    _complete(schema, question, found, parted, depends, wishes)
    ledger = gathered.account.ledger(parted.rows, _lost(raw))
    return Prepared(schema, gathered, found, parted, hashes, gathered.dropped, question.why, ledger)


def _complete(
    schema: Schema, question: Question, found: TargetColumn, parted: Partition, depends: Dependence, wishes: Wishes
) -> None:
    """What the schema says beside columns and splits. found: of the rows that are left."""
    _tell_dependence(schema, depends)
    schema.positive, schema.derived = _positive(found, wishes, question.derived), question.derived
    if question.several is not None:
        several_targets.describe(schema, question.several, found, parted)
    schema.warnings = by_weight(schema.warnings)
    if schema.target_range is not None:
        schema.target_range = tuple(derived_targets.own_unit(np.array(schema.target_range), question.derived).tolist())
    if goals.makes_new(found.goal):
        generator_classes.of_one_size(schema)


def _things(kind: ModalityPlugin) -> str:
    return kind.plural if kind.content else "rows"


def _lost(raw: Raw) -> dict[str, int]:
    """Rows that the reader could not hand over; where each file is one, those too."""
    kind = modalities.load(raw.modality)
    files = len(raw.unusable) if kind.content else 0
    return raw.lost | ({kind.undecoded: files} if files else {})


def _positive(found: TargetColumn, wishes: Wishes, derived: Derived | None) -> str | None:
    """The class that is looked for: as asked, or `yes` of a target made so."""
    if wishes.positive is not None and found.classes is not None:
        return class_named(found.classes, wishes.positive)
    return derived_targets.YES if derived is not None and derived.op != "log" else None


def _conditioned(gathered: Gathered, found: TargetColumn, warnings: list[DataWarning]) -> TargetColumn:
    """With the classes that a generator can be asked for; the images of the others are left out."""
    found, left = generator_classes.conditioned(found, gathered.rows, warnings)
    before, after = (np.concatenate(list(rows.values())) for rows in (gathered.rows, left))
    gathered.leave_out(np.setdiff1d(before, after), "of a class with too few images to be asked for, or of none")
    return found


def _tell_dependence(schema: Schema, depends: Dependence) -> None:
    schema.group = None if depends.group is None else depends.group.name
    if depends.order is not None:
        schema.time = depends.order.name
        schema.series = None if depends.order.series is None else depends.order.series.name


def _without_damaged(gathered: Gathered, kind: ModalityPlugin, warnings: list[DataWarning]) -> None:
    damaged = gathered.content.damaged
    if not damaged:
        return
    gathered.leave_out(np.array(sorted(damaged)), kind.undecoded, list(damaged.values()))
    some = "; ".join(list(damaged.values())[:3])
    message = f"{len(damaged)} {kind.plural} can't be decoded and were left out, like {some}."
    warnings.append(DataWarning(kind="damaged", message=message, count=len(damaged)))


def _screened(
    gathered: Gathered, found: TargetColumn, train: np.ndarray, random: np.random.Generator, warnings: list[DataWarning]
) -> list[Column]:
    """The features; columns not worth keeping leave the content."""
    if identifiers := gathered.identifiers:
        message = f"{', '.join(identifiers[:8])}: names rows and says nothing about new ones; left out."
        warnings.append(DataWarning(kind="identifier", message=message, columns=identifiers))
    if not isinstance(gathered.content, Cells):
        return gathered.columns
    table = gathered.content.table.take(pa.array(train))
    each = found.targets()
    columns, dropped, screened = screening.screen(table, gathered.columns, each, train, random, gathered.only)
    warnings += screened
    gathered.dropped |= dropped
    if not columns:
        raise DataError(
            Kind.NO_FEATURES,
            f"Every column besides the target has the same value in all {len(train)} train rows.",
            hint="Give a table with at least one column that varies.",
        )
    gathered.content = Cells(gathered.content.table.select([column.name for column in columns]))
    return columns
