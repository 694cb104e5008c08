"""From a reader's tables to splits on disk: gather, decide, split, screen, write."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.data.hashing import byte_hash
from noglue.tools.data.row_content import Cells
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.preparation import generator_classes, near_duplicates, screening, several_targets, traps
from noglue.tools.preparation.dependence import Dependence, find_dependence
from noglue.tools.preparation.dividing import divide, pool
from noglue.tools.preparation.gathering import Columns, Gathered, gather
from noglue.tools.preparation.outline import schema_of
from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.requested_rows import columns_of, keep_at_most, keep_sample, keep_where
from noglue.tools.preparation.several_targets import Several
from noglue.tools.preparation.target_column import TargetColumn, answers, class_named
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
from noglue.tools.values.cells import said_missing, settled
from noglue.tools.values.conform import features_of, match_names
from noglue.tools.values.targets import find_target

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
                for one in self.answers.apart() if self.schema.target is not None else []:
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
    raw, kind = said_missing(settled(raw), wishes.missing), modalities.load(raw.modality)
    several = several_targets.asked(raw, wishes)
    raw = raw if several is None else several.raw
    target, target_why = _target(raw, wishes) if several is None else (several.columns[0], several_targets.why(several))
    _relabel(raw, target)
    others = [] if several is None else several.columns[1:]
    gathered = gather(raw, profile.columns, target, Columns([*wishes.drop, *others], wishes.exclude, wishes.only))
    several_targets.set_apart(gathered, others)
    if wishes.where:
        keep_where(gathered, wishes.where, columns_of(raw))
    if wishes.sample is not None:
        keep_sample(gathered, wishes.sample, random)
    if several is None:
        found, derived = _answers(gathered, raw, target, gathered.target, wishes)
    else:
        found, derived = _joint(several, gathered, raw, wishes), None
    target_why = target_why if derived is None else f"{target_why}: {derived_targets.in_words(str(target), derived)}"
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
    checking = random.spawn(1)[0]
    patience.begin()
    joined, copies = near_duplicates.kept_together(gathered, hashes, strata, raw, wishes, depends, checking)
    patience.pause()
    parted, strata = divide(gathered, found, joined, depends, raw, wishes, random, pooled)
    found = found.without(parted.hidden)
    train = parted.rows["train"]
    target_known = found.numbers is not None and not len(parted.hidden)
    warnings += parted.warnings
    if depends.group is None:  # conditions that each of them meets are no copies
        warnings += screening.equal_rows(hashes[train], strata[train], target_known)
    name = near_duplicates.names(raw, gathered.content)
    warnings += near_duplicates.told(copies, parted, found.numbers, name, _things(kind))
    columns = _screened(gathered, found, train, random, warnings)
    for one in found.apart():
        known = parted if several is None else several_targets.known_rows(one, parted)
        told = traps.Look(gathered, one, known, name, _things(kind), checking).warnings(patience)
        told = told if several is None else several_targets.named_each(told, one, several)
        warnings += [warning for warning in told if warning not in warnings]
    schema = schema_of(raw, profile, found, parted, columns, warnings)
    _tell_dependence(schema, depends)
    schema.positive, schema.derived = _positive(found, wishes, derived), derived
    if several is not None:
        several_targets.describe(schema, several, found, parted)
    schema.warnings = by_weight(schema.warnings)
    if schema.target_range is not None:
        schema.target_range = tuple(derived_targets.own_unit(np.array(schema.target_range), derived).tolist())
    if goals.makes_new(found.goal):
        generator_classes.of_one_size(schema)
    ledger = gathered.account.ledger(parted.rows, _lost(raw))
    return Prepared(schema, gathered, found, parted, hashes, gathered.dropped, target_why, ledger)


def _things(kind: ModalityPlugin) -> str:
    return kind.plural if kind.content else "rows"


def _lost(raw: Raw) -> dict[str, int]:
    """Rows that the reader could not hand over; where each file is one, those too."""
    kind = modalities.load(raw.modality)
    files = len(raw.unusable) if kind.content else 0
    return raw.lost | ({kind.undecoded: files} if files else {})


def _joint(several: Several, gathered: Gathered, raw: Raw, wishes: Wishes) -> several_targets.JointTarget:
    """What is to be learned of each row, of every target. Raises as for one, and `unsupported`."""
    if wishes.derive is not None or wishes.classes is not None or goals.makes_new(wishes.goal):
        raise DataError(
            Kind.UNSUPPORTED,
            "Of several targets each is learned as its column is; none is made of others, or kept to some classes.",
            hint="Ask for one target.",
        )
    each = []
    for one in several.asked:
        own = replace(wishes, goal=one.goal, positive=one.positive)
        found, _ = _answers(gathered, raw, one.column, several_targets.column_of(raw, one.column), own)
        each.append(found if several.labels is None else several_targets.of_label(found))
    return several_targets.joint(each)


def _answers(
    gathered: Gathered, raw: Raw, target: str | None, column: pa.ChunkedArray | None, wishes: Wishes
) -> tuple[TargetColumn, Derived | None]:
    """What is to be learned of each row, and how it was made of the target's column, if it was."""
    names, goal, derived = raw.classes if target == raw.target else None, wishes.goal, None
    if wishes.derive is not None and column is not None and target is not None:
        derived = wishes.derive
        if derived.op == "log":
            numbers, shift = derived_targets.logarithm(column, target)
            derived = Derived(op="log", value=shift)
            column, names, goal = pa.chunked_array([pa.array(numbers, mask=~np.isfinite(numbers))]), None, "regress"
        else:
            whole = columns_of(raw)[target] if names is not None else column
            column, names, goal = derived_targets.classes(whole, derived, target), None, "classify"
            column = pc.if_else(pa.array(gathered.account.in_use), column, pa.scalar(None, pa.string()))
    known = np.concatenate([gathered.rows.get(name, np.zeros(0, np.int64)) for name in ("train", "all")])
    found = answers(column, target, goal, names, known if len(known) else None)
    if wishes.classes is not None:
        found = _of_classes(gathered, found, wishes.classes)
    elif wishes.where:
        found = found.of_rows(np.flatnonzero(gathered.account.in_use))
    return (found if wishes.positive is None else found.looking_for(wishes.positive)), derived


def _of_classes(gathered: Gathered, found: TargetColumn, wanted: list[str]) -> TargetColumn:
    """Rows of other classes are left out; those to predict, and those without a class, are no concern of it."""
    kept = found.of_classes(wanted)
    assert found.numbers is not None, "no classes"
    assert kept.numbers is not None, "no classes"
    assert kept.classes is not None, "no classes"
    others = (found.numbers >= 0) & (kept.numbers < 0)
    gathered.leave_out(np.flatnonzero(others), f"not of the classes {', '.join(kept.classes)}, as asked")
    if goals.predicts(found.goal) == "classes" and len(kept.classes) < 2:
        raise DataError(
            Kind.ONE_CLASS,
            f"Only the class {kept.classes[0]} is asked for; there is nothing to distinguish it from.",
            hint="Name two classes or more.",
        )
    return kept


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


def _target(raw: Raw, wishes: Wishes) -> tuple[str | None, str]:
    main = raw.splits.get("train", raw.splits.get("all", next(iter(raw.splits.values()), None)))
    names = [] if main is None else main.column_names
    if not goals.needs_target(wishes.goal) and wishes.target is None:
        labelled = raw.target in names and goals.load(str(wishes.goal)).target == "optional"
        return (raw.target, "the labels that came with the data") if labelled else (None, "none is needed")
    kind = modalities.load(raw.modality)
    if kind.content:
        names = [name for name in names if name not in kind.own]
        if not names:
            raise DataError(
                Kind.NO_LABELS,
                f"The {kind.plural} carry no labels, so there is nothing to learn to predict.",
                hint=f"Put each class's {kind.plural} into a folder of its own, or give a table of their labels.",
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
    each = found.apart()
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
