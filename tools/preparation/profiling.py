"""A reader's sample, to a `Profile`: classes, columns, sizes, and what a reader of the score should be warned of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.files.unchanging import bytes_below
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import Column, DataWarning, Profile
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

_FEW_PER_CLASS = 10
_IMBALANCE = 10.0  # largest class to smallest
_MUCH_MISSING = 0.2
_MOST_CLASSES = 1000
_MOST_LISTED = 5
_PLAIN_LABEL = "label"  # what readers call a label that has no name of its own


def profile(
    raw: Raw,
    reader: str,
    others: Sequence[str],
    match: Match,
    files: Mapping[str, Sequence[str]],
    rows: Mapping[str, int],
) -> Profile:
    """`files`: the match's, as step paths; `rows`: how many there are of each split in all."""
    train = _training(raw)
    columns = _columns(train, raw)
    classes, counts = _classes(raw, train)
    kind = modalities.load(raw.modality)
    image, content_warnings = (None, []) if kind.describe is None else kind.describe(raw, train)
    return Profile(
        modality=raw.modality,
        reader=reader,
        others=list(others),
        why=match.why,
        files={split: list(paths) for split, paths in files.items()},
        rows=dict(rows),
        bytes=sum(bytes_below(Path(path)) for paths in match.files.values() for path in paths),
        target=raw.target,
        columns=columns,
        classes=classes,
        counts=counts,
        image=image,
        warnings=[
            *_unreadable(raw),
            *(DataWarning(kind="reading", message=f"{note}.") for note in raw.notes),
            *_class_warnings(counts, raw.target),
            *_column_warnings([] if kind.content else columns, train.num_rows, raw.target),
            *content_warnings,
            *(_aside_warnings(match.ignored) if kind.content else []),
        ],
        reading=dict(match.reading),
        labels_from=match.labels_from,
        coverage=match.coverage,
    )


def _training(raw: Raw) -> "pa.Table":
    """The split that is learned from; where there is none, whichever comes first."""
    for split in ("train", "all", "unlabelled"):
        if split in raw.splits:
            return raw.splits[split]
    return next(iter(raw.splits.values()))


def _columns(table: "pa.Table", raw: Raw) -> list[Column]:
    """Numbers that stand for named classes are a category."""
    from noglue.tools.values.column_kinds import describe

    named = raw.target if raw.classes is not None else None
    kind = modalities.load(raw.modality)
    if kind.content:  # the columns of the tables that label them; a label of the folders is none
        aside = {*kind.own, *([named] if named == _PLAIN_LABEL else [])}
        table = table.drop_columns([name for name in table.column_names if name in aside])
    found = describe(table)
    kinds = {named: "category"} | dict(zip(kind.own, ("text", "identifier"), strict=False))
    return [one.model_copy(update={"kind": kinds[one.name]}) if one.name in kinds else one for one in found]


def _classes(raw: Raw, table: "pa.Table") -> tuple[list[str] | None, dict[str, int] | None]:
    """Names and counts of the classes, where the format says what the label is and there are few enough of them."""
    import pyarrow as pa

    if raw.target is None or raw.target not in table.column_names:
        return raw.classes, None
    column = table[raw.target]
    if raw.classes is None and pa.types.is_floating(column.type):
        return None, None
    counted = {entry["values"]: entry["counts"] for entry in column.drop_null().value_counts().to_pylist()}
    if raw.classes is not None:
        return raw.classes, {name: counted.get(place, 0) for place, name in enumerate(raw.classes)}
    if len(counted) > min(_MOST_CLASSES, max(2, len(column) // 2)):
        return None, None
    named = {str(value): counted[value] for value in sorted(counted)}
    return list(named), named


def _unreadable(raw: Raw) -> list[DataWarning]:
    from noglue.tools.values.text_values import strays_in_words

    skipped = [*raw.skipped, *(strays_in_words(name, strays) for name, strays in raw.strays.items())]
    if not skipped:
        return []
    more = f"; and {len(skipped) - _MOST_LISTED} more" if len(skipped) > _MOST_LISTED else ""
    return [DataWarning(kind="unreadable", message="; ".join(skipped[:_MOST_LISTED]) + more + ".", count=len(skipped))]


def _class_warnings(counts: Mapping[str, int] | None, target: str | None) -> list[DataWarning]:
    if not counts or target is None:
        return []
    found = []
    few = {name: count for name, count in counts.items() if count < _FEW_PER_CLASS}
    if few:
        listed = ", ".join(f"{name} ({count})" for name, count in list(few.items())[:_MOST_LISTED])
        more = f" and {len(few) - _MOST_LISTED} more" if len(few) > _MOST_LISTED else ""
        message = f"Fewer than {_FEW_PER_CLASS} examples of {listed}{more}."
        found.append(DataWarning(kind="few-per-class", message=message, columns=[target], count=len(few)))
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    if counts[most] > _IMBALANCE * max(1, counts[least]):
        message = f"{most} is {counts[most] / max(1, counts[least]):.0f} times as frequent as {least}."
        found.append(DataWarning(kind="imbalance", message=message, columns=[target]))
    return found


def _column_warnings(columns: Sequence[Column], rows: int, target: str | None) -> list[DataWarning]:
    features = [column for column in columns if column.name != target]
    kinds = {
        "identifier": (
            "looks like an identifier",
            "look like identifiers",
            [c for c in features if c.kind == "identifier"],
        ),
        "constant": ("has one value or none", "have one value or none", [c for c in features if c.kind == "constant"]),
        "missing": (
            f"lacks more than {_MUCH_MISSING:.0%} of its values",
            f"lack more than {_MUCH_MISSING:.0%} of their values",
            [c for c in features if c.kind != "constant" and c.missing > _MUCH_MISSING * rows],
        ),
    }
    found = []
    for kind, (one, many, named) in kinds.items():
        if named:
            names = [column.name for column in named]
            listed = ", ".join(names[:_MOST_LISTED]) + (
                f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
            )
            says = f"{listed} {one if len(names) == 1 else many}."
            found.append(DataWarning(kind=kind, message=says, columns=names, count=len(names)))
    if len(columns) == 1:
        message = f"There is only one column ({columns[0].name}); there is nothing to predict it from."
        found.append(DataWarning(kind="one-column", message=message, columns=[columns[0].name]))
    return found


def _aside_warnings(ignored: Mapping[str, str]) -> list[DataWarning]:
    """What was left aside, and why."""
    counts = Counter(ignored.values())
    if not counts:
        return []
    example = {why: Path(name).name for name, why in ignored.items()}
    listed = "; ".join(f"{count:,} (like {example[why]}): {why}" for why, count in counts.most_common())
    return [DataWarning(kind="left-aside", message=f"Files left aside: {listed}.", count=sum(counts.values()))]
