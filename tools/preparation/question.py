"""The question that the data is to answer: what is to be learned, of which of the rows and columns that a reader gave.

>>> asked(raw, profile, Wishes(target="species"), random).found.classes
['setosa', 'versicolor', 'virginica']
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.preparation import several_targets
from noglue.tools.preparation.gathering import Columns, Gathered, gather
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.requested_rows import columns_of, keep_sample, keep_where
from noglue.tools.preparation.several_targets import Several
from noglue.tools.preparation.target_column import TargetColumn, answers
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import Derived
from noglue.tools.values import derived_targets
from noglue.tools.values.cells import said_missing, settled
from noglue.tools.values.conform import match_names
from noglue.tools.values.targets import find_target


@dataclass
class Question:
    """several: of several targets. found: what is to be learned of each row. derived: how that was made of the target's
    column. why: how the target was found, in words.
    """

    raw: Raw
    several: Several | None
    gathered: Gathered
    found: TargetColumn
    derived: Derived | None
    why: str


def asked(raw: Raw, profile: Profile, wishes: Wishes, random: np.random.Generator) -> Question:
    """The target, and the columns and rows that are wished for."""
    raw = said_missing(settled(raw), wishes.missing)
    several = several_targets.asked(raw, wishes)
    raw = raw if several is None else several.raw
    target, why = _target(raw, wishes) if several is None else (several.columns[0], several_targets.why(several))
    _relabel(raw, target)
    others = [] if several is None else several.columns[1:]
    gathered = gather(raw, profile.columns, target, Columns([*wishes.drop, *others], wishes.exclude, wishes.only))
    several_targets.set_apart(gathered, others)
    if wishes.where:
        keep_where(gathered, wishes.where, columns_of(raw))
    if wishes.sample is not None:
        keep_sample(gathered, wishes.sample, random)
    if several is not None:
        return Question(raw, several, gathered, _joint(several, gathered, raw, wishes), None, why)
    found, derived = _answers(gathered, raw, target, gathered.target, wishes)
    why = why if derived is None else f"{why}: {derived_targets.in_words(str(target), derived)}"
    return Question(raw, None, gathered, found, derived, why)


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
