"""Which of the named arrays of one data set holds the features, which the labels, which the rows of which split.

x_train (60000, 28, 28)   y_train (60000,)   x_test …      → train and test, each with features and labels
age (n,)   sex (n,)   outcome (n,)                         → all, with three columns
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from noglue.tools.readers._splits import SPLIT_ORDER, unreadable
from noglue.tools.readers._stored import Stored, Told, known, together, told


@dataclass
class Part:
    """A split's arrays. columns: each of one value a row."""

    features: Stored | None = None
    labels: Stored | None = None
    columns: dict[str, Stored] = field(default_factory=dict)
    rows: int = 0
    axis: int = 0


@dataclass
class Found:
    """Arrays of one data set. names: of the classes; titles: of the columns of the features; beside: split → the file
    of text that tells of its rows.
    """

    parts: dict[str, Part]
    names: Stored | None
    titles: Stored | None
    target: str | None
    path: Path
    of_pictures: bool  # by a name that says it holds some
    notes: list[str] = field(default_factory=list)
    beside: Mapping[str, Path] = field(default_factory=dict)

    def called(self, split: str) -> str:
        """Its name as a split: rows without a label beside rows with one are unlabelled."""
        part = self.parts[split]
        labelled = any(one.labels is not None for one in self.parts.values())
        alone = part.labels is None and not labelled and split != "all"
        pictures = part.features is not None and len(part.features.shape) > 2
        if part.labels is not None or split in self.beside or alone or not (labelled or self.beside or pictures):
            return split
        return "unlabelled"


def sorted_out(arrays: Mapping[tuple[str, ...], Stored], path: Path) -> Found:
    """Raises DataError `unreadable` where the names and the sizes tell no data."""
    there = {parts: one for parts, one in arrays.items() if one.shape and math.prod(one.shape) > 0}
    named = {parts: told(parts) for parts in there}
    notes: list[str] = []
    by_split: dict[str, dict[tuple[str, ...], Stored]] = {}
    labelled = [parts for parts, one in named.items() if one.role == "labels"]
    for key in labelled:
        if there[key].kind == "U" and named[key].own.lower() == "classes" and len(labelled) > 1:
            named[key] = named[key]._replace(role="classes")
    for key, one in named.items():
        if one.role not in ("classes", "columns") or _as_long(there[key], there, named):
            by_split.setdefault(one.split, {})[key] = there[key]
    names = _text_of(there, named, "classes", by_split)
    titles = _text_of(there, named, "columns", by_split)
    made = {split: _part(inside, named, path, notes) for split, inside in by_split.items()}
    parts = {split: part for split, part in made.items() if part is not None and part.rows}
    if not parts:
        raise unreadable(
            path,
            f"its arrays ({known(flat(arrays)) or 'none'}) are not named as features and labels",
            "Name them x_train, y_train, x_test, y_test, or X and y.",
        )
    columns = [name for part in parts.values() for name in part.columns]
    targets = {own for _, role, exact, _, own in named.values() if role == "labels" and exact}
    features = any(part.features is not None for part in parts.values())
    chosen = list(dict.fromkeys(name for name in columns if name in targets)) if not features else []
    pictures = any(one.role == "features" and "im" in "_".join(key).lower() for key, one in named.items())
    return Found(_splits(parts, notes), names, titles, chosen[0] if len(chosen) == 1 else None, path, pictures, notes)


def _as_long(one: Stored, there: Mapping[tuple[str, ...], Stored], named: Mapping[tuple[str, ...], Told]) -> bool:
    """Whether what may be names of classes has a value for every row."""
    return one.vector and any(
        max(one.shape) in (there[parts].shape[0], there[parts].shape[-1])
        for parts, other in named.items()
        if other.role == "features" and there[parts] is not one
    ) and not any(other.role == "labels" for other in named.values())  # fmt: skip


def _text_of(
    there: Mapping[tuple[str, ...], Stored],
    named: Mapping[tuple[str, ...], Told],
    role: str,
    used: Mapping[str, Mapping[tuple[str, ...], Stored]],
) -> Stored | None:
    taken = {parts for arrays in used.values() for parts in arrays}
    found = [one for parts, one in there.items() if named[parts].role == role and parts not in taken and one.vector]
    return found[0] if found and found[0].kind == "U" else None


def _part(
    arrays: Mapping[tuple[str, ...], Stored], named: Mapping[tuple[str, ...], Told], path: Path, notes: list[str]
) -> Part | None:
    """One split. None where no two arrays fit each other, and none is features."""
    features = _role_of(arrays, named, "features", path)
    labels, others = _labels_of(arrays, named, path)
    if features is None:
        wide = {parts: one for parts, one in others.items() if len(one.shape) > 1 and not one.vector}
        if len(wide) == 1 and (labels is not None or len(arrays) == 1):
            (parts, features) = next(iter(wide.items()))
            others.pop(parts)
    if features is None or (features.vector and features.kind == "U"):
        return _as_columns(arrays, named, notes)
    part = Part(features, labels)
    part.axis = _axis(features, labels)
    part.rows = features.shape[part.axis]
    if labels is not None and _length(labels) != part.rows:
        raise unreadable(path, f"it has {part.rows} rows and {_length(labels)} labels")
    passed = []
    for parts, one in others.items():
        if one.vector and max(one.shape) == part.rows and one.kind in "buifU":
            part.columns[named[parts].own] = one
        else:
            passed.append(parts[-1])
    notes += [f"arrays that fit no row are passed over: {', '.join(sorted(passed))}"] if passed else []
    return part


def _role_of(
    arrays: Mapping[tuple[str, ...], Stored], named: Mapping[tuple[str, ...], Told], role: str, path: Path
) -> Stored | None:
    """The array of a role, its shards together; those called just so before those that are called so as well."""
    found = {parts: one for parts, one in arrays.items() if named[parts].role == role}
    exact = {parts: one for parts, one in found.items() if named[parts].exact}
    chosen = exact or found
    if len(chosen) > 1:
        shards = {named[parts].shard for parts in chosen}
        sides = {one.shape[1:] for one in chosen.values()}
        if len(shards) < len(chosen) or len(sides) > 1:
            listed = ", ".join(sorted("/".join(parts[-2:]) for parts in chosen))
            raise unreadable(path, f"several arrays may be its {role}: {listed}", "Leave one of them.")
    return (
        together([chosen[parts] for parts in sorted(chosen, key=lambda key: (named[key].shard, key))])
        if chosen
        else None
    )


def _labels_of(
    arrays: Mapping[tuple[str, ...], Stored], named: Mapping[tuple[str, ...], Told], path: Path
) -> tuple[Stored | None, dict[tuple[str, ...], Stored]]:
    """The labels, and what has no role. Of several that are only called so as well (`coarse_labels`) the fine ones."""
    others = {parts: one for parts, one in arrays.items() if named[parts].role not in ("features", "labels")}
    found = [parts for parts in arrays if named[parts].role == "labels"]
    exact = [parts for parts in found if named[parts].exact]
    less = {parts: arrays[parts] for parts in found if parts not in exact}
    if exact:
        chosen = {parts: arrays[parts] for parts in exact}
        return _role_of(chosen, named, "labels", path), others | less
    fine = [parts for parts in less if named[parts].own.lower().startswith("fine")]
    owns = {named[parts].own for parts in less}
    if len(owns) == 1:
        return _role_of(less, named, "labels", path), others
    if fine:
        chosen = {parts: less.pop(parts) for parts in fine}
        return _role_of(chosen, named, "labels", path), others | less
    return None, others | less


def _as_columns(
    arrays: Mapping[tuple[str, ...], Stored], named: Mapping[tuple[str, ...], Told], notes: list[str]
) -> Part | None:
    """A table of a column each: the vectors of the length that most have."""
    vectors = {parts: one for parts, one in arrays.items() if one.vector and one.kind in "buifU"}
    lengths = [max(one.shape) for one in vectors.values()]
    rows = max(set(lengths), key=lambda length: (lengths.count(length), length), default=0)
    fit = {parts: one for parts, one in vectors.items() if max(one.shape) == rows}
    if rows < 2 or len({named[parts].own for parts in fit}) < 2:
        return None
    passed = sorted(parts[-1] for parts in arrays if parts not in fit)
    notes += [f"arrays that fit no row are passed over: {', '.join(passed)}"] if passed else []
    return Part(columns={named[parts].own: one for parts, one in fit.items()}, rows=rows)


def _axis(features: Stored, labels: Stored | None) -> int:
    """Along which the rows lie: the first, but the last where only that has as many as there are labels."""
    shape = features.shape
    if labels is not None:
        count = _length(labels)
        if labels.shape[0] != count or (shape[0] != count and shape[-1] == count):
            return len(shape) - 1 if shape[-1] == count else 0
        return 0
    last = len(shape) == 4 and shape[2] in (1, 3) and shape[3] not in (1, 3, 4) and shape[1] not in (1, 3)
    return 3 if last else 0


def _length(labels: Stored) -> int:
    return max(labels.shape) if labels.vector else labels.shape[0]


def _splits(parts: dict[str, Part], notes: list[str]) -> dict[str, Part]:
    """Beside a test split what tells none is for training; a test split alone is all there is."""
    if len(parts) == 1 and next(iter(parts)) in ("test", "validation"):
        return {"all": next(iter(parts.values()))}
    if "all" in parts and len(parts) > 1:
        rest = parts.pop("all")
        if "train" not in parts:
            parts["train"] = rest
        elif rest.labels is None and "unlabelled" not in parts and rest.features is not None:
            parts["unlabelled"] = rest
        else:
            notes.append(f"{rest.rows:,} rows of no split that a name tells, beside those that do, are passed over")
    return {split: parts[split] for split in SPLIT_ORDER if split in parts}


def flat(arrays: Mapping[tuple[str, ...], Stored]) -> dict[str, Stored]:
    return {parts[-1] if len(arrays) == 1 else "/".join(parts[-2:]): one for parts, one in arrays.items()}
