"""Files of named arrays, as one data set: what the readers of NumPy's, MATLAB's, HDF5's and other arrays share.

    x_train (60000, 28, 28)   y_train (60000,)   x_test …        pictures and their classes, in splits
    fea (n, d)   gnd (n, 1)   feature_names (d,)                 a table of numbers with a target
    age (n,)   sex (n,)   outcome (n,)                           a table, a column each
    X (32, 32, 3, n)   y (n, 1)                                  pictures along the last axis, as MATLAB has them

A reader of a format is a `load`: path → name → `Stored`, by the headers alone. Files whose names differ in the split,
the role or a number belong together; others are data sets of their own, and readings of their own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from noglue.tools.readers import _array_labels
from noglue.tools.readers._array_roles import Found, flat, sorted_out
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, group_of, known, parts_of
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

OTHER_SET = "another data set, of arrays of their own"
Load = Callable[[Path], Mapping[str, Stored]]
_UNNAMED = re.compile(r"arr_0|array|data|value|default")  # what writers call an array without a name
_MOST_FILES = 2_000
_MOST_SETS = 6
_MOST_COLUMNS = 100_000
_SURE, _COLUMNS, _UNLABELLED, _BROKEN = 0.9, 0.8, 0.6, 0.3
_IN_SPLITS = 0.02


# ---- which files belong together ----------------------------------------------------------------------------------


def readings(likely: Sequence[Path], load: Load, doubt: float = 1.0, files: Sequence[Path] = ()) -> list[Match]:
    """Every data set among these files, the largest first. doubt: times the confidence where no name tells a role.

    files: all that lie there, of which one may hold the labels.
    """
    groups: dict[str, list[Path]] = {}
    broken: list[Path] = []
    inside: dict[Path, Mapping[str, Stored]] = {}
    for path, parts in parts_of(sorted(likely)[:_MOST_FILES]).items():
        try:
            inside[path] = load(path)
        except DataError:
            broken.append(path)
            continue
        groups.setdefault(group_of(parts), []).append(path)
    groups = _attached(groups, inside)
    ordered = sorted(groups.values(), key=lambda paths: -sum(path.stat().st_size for path in paths))
    beside = [path for path in files if path not in inside]
    found = [_match(paths, inside, doubt, beside) for paths in ordered]
    found = sorted(found, key=lambda match: -match.confidence)[:_MOST_SETS]
    if not found and broken:  # `read` says what is wrong with them
        return [Match(_BROKEN * doubt, {"all": broken[:1]}, f"{broken[0].name} by its first bytes")]
    whole = [path for match in found for path in match.files["all"]]
    return [
        Match(match.confidence * 0.97**place, match.files, match.why, labels_from=match.labels_from,
              ignored={str(path): OTHER_SET for path in whole if path not in match.files["all"]})
        for place, match in enumerate(found)
    ]  # fmt: skip


def _attached(groups: dict[str, list[Path]], inside: Mapping[Path, Mapping[str, Stored]]) -> dict[str, list[Path]]:
    """Files of one value a row join the only ones that have more: `X.npy`, `subjects.npy`."""
    main = {name for name, paths in groups.items() if any(_wide(inside[path]) for path in paths)}
    if len(main) != 1 or len(groups) == 1:
        return groups
    (name,) = main
    lengths = {one.shape[axis] for path in groups[name] for one in inside[path].values() if len(one.shape) > 1
               for axis in (0, -1)}  # fmt: skip
    joined = dict(groups)
    for other, paths in groups.items():
        vectors = [one for path in paths for one in inside[path].values()]
        if other != name and all(one.vector and max(one.shape) in lengths for one in vectors):
            joined[name] = sorted([*joined[name], *joined.pop(other)])
    return joined


def _wide(arrays: Mapping[str, Stored]) -> bool:
    return any(len(one.shape) > 1 and not one.vector for one in arrays.values())


def _match(
    paths: list[Path], inside: Mapping[Path, Mapping[str, Stored]], doubt: float, beside: Sequence[Path]
) -> Match:
    arrays = _named({path: inside[path] for path in paths})
    listed = ", ".join(path.name for path in paths[:6]) + (f" and {len(paths) - 6} more" if len(paths) > 6 else "")
    try:
        found = sorted_out(arrays, paths[0])
    except DataError:
        return Match(_UNLABELLED * doubt, {"all": paths}, f"{listed}: arrays {known(flat(arrays))[:200]}")
    features = any(part.features is not None for part in found.parts.values())
    labelled = any(part.labels is not None for part in found.parts.values()) or found.target is not None
    sure = (_SURE if features else _COLUMNS) if labelled else _UNLABELLED if features else 0.7
    sure += _IN_SPLITS if labelled and len(found.parts) > 1 else 0.0
    told = _array_labels.of(beside, _sizes(found)) if features and not labelled else {}
    if told:
        listed_too = ", ".join(path.name for path in told.values())
        why = f"{listed}: arrays {known(flat(arrays))[:200]}; labels in {listed_too}"
        return Match(_SURE, {"all": paths, "about": list(told.values())}, why, labels_from=listed_too)
    return Match(sure, {"all": paths}, f"{listed}: arrays {known(flat(arrays))[:200]}")


def _named(inside: Mapping[Path, Mapping[str, Stored]]) -> dict[tuple[str, ...], Stored]:
    """Each array by the parts of its name: folders, file, groups, its own."""
    places = parts_of(list(inside))
    found: dict[tuple[str, ...], Stored] = {}
    for path, arrays in inside.items():
        for name, one in arrays.items():
            unnamed = len(arrays) == 1 and _UNNAMED.fullmatch(name)
            found[(*places[path], *(piece for piece in name.split("/") if piece and not unnamed))] = one
    return found


# ---- reading -------------------------------------------------------------------------------------------------------


def found_in(match: Match, load: Load) -> Found:
    paths = [Path(path) for path in match.files["all"]]
    found = sorted_out(_named({path: load(path) for path in paths}), paths[0])
    about = [Path(path) for path in match.files.get("about", ())]
    found.beside = _array_labels.of(about, _sizes(found)) if about else {}
    return found


def _sizes(found: Found) -> dict[str, int]:
    return {split: part.rows for split, part in found.parts.items()}


def count(match: Match, load: Load) -> dict[str, int]:
    """Rows a split, by the headers alone."""
    found = found_in(match, load)
    return {found.called(split): part.rows for split, part in found.parts.items()}


def read(match: Match, load: Load, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`."""
    from noglue.tools.readers import _array_rows

    return _array_rows.raw_of(found_in(match, load), rows, form)


def most_columns(shape: Sequence[int], path: Path) -> None:
    """Raises DataError `unreadable` for rows of more numbers than can be columns."""
    if len(shape) == 2 and shape[1] > _MOST_COLUMNS:
        raise unreadable(path, f"it has {shape[1]:,} columns; at most {_MOST_COLUMNS:,} can be learned from")
