"""Sparse rows of LIBSVM and SVMlight: the answer first, then `index:value` for what is not nought.

    +1 3:0.5 7:1 12:2.25      -1 qid:4 1:0.2 # made in May      0 0:39.1 1:18.7 2:3750      4:1.5 9:2 (rows to predict)

Columns are `label`, `qid` where there is one, and `feature_3`, `feature_7`, … for every index that comes up in train.
Source: https://www.csie.ntu.edu.tw/~cjlin/libsvm/ (README), https://www.cs.cornell.edu/people/tj/svm_light/
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "sparse rows of index:value pairs (LIBSVM, SVMlight)"
_PAIR = re.compile(r"(\d+|qid):([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_ENDINGS = frozenset(
    {
        "",
        ".txt",
        ".csv",
        ".tsv",
        ".svm",
        ".libsvm",
        ".svmlight",
        ".dat",
        ".data",
        ".scale",
        ".t",
        ".tr",
        ".val",
        ".train",
        ".test",
    }
)
_PACKED = (".gz", ".bz2", ".xz")
_MOST_COLUMNS = 5_000
_PROBED = 50  # lines
_MOST_FILES = 100
_HEAD = 1 << 16


def sniff(files: Sequence[Path]) -> Match | None:
    """By the first lines: after the answer, nothing but pairs."""
    from noglue.tools.readers._splits import in_order, splits_of

    likely = [path for path in sorted(files) if _ending(path) in _ENDINGS and not path.name.startswith(".")]
    found = [path for path in likely[:_MOST_FILES] if _looks_sparse(path)]
    if not found:
        return None
    by_split: dict[str, list[Path]] = {}
    for path, split in splits_of(found).items():
        by_split.setdefault(split, []).append(path)
    names = ", ".join(path.name for path in found[:5])
    return Match(
        0.9, in_order(by_split), f"{names}: sparse rows, index:value", labels_from="the first thing in each line"
    )


def count(match: Match) -> dict[str, int]:
    """Lines of pairs."""
    return {
        split: sum(_parse(line) is not None for path in paths for line in _lines(Path(path)))
        for split, paths in match.files.items()
    }


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `too-wide` for more than 5,000 different indices."""
    parsed: dict[str, list[_Row]] = {}
    lost: dict[str, int] = {}
    problems: dict[str, dict[int, str]] = {}
    for split, paths in match.files.items():
        rows_ = parsed.setdefault(split, [])
        for path in map(Path, paths):
            for line in _lines(path):
                row = _parse(line)
                if row is None and form is None:
                    reason = f"{path.name}: lines that hold something else than index:value pairs"
                    lost[reason] = lost.get(reason, 0) + 1
                    continue
                if row is None:
                    problems.setdefault(split, {})[len(rows_)] = "it holds something else than index:value pairs"
                rows_.append(row or ("", None, {}))
                if rows is not None and len(rows_) >= rows:
                    break
    every = {index for rows_ in parsed.values() for _, _, pairs in rows_ for index in pairs}
    if len(every) > _MOST_COLUMNS:
        raise DataError(
            Kind.TOO_WIDE,
            f"The sparse rows have {len(every):,} different indices; at most {_MOST_COLUMNS:,} can be learned from.",
            hint="Give fewer columns.",
        )
    known = [int(name[8:]) for name in (form and form.names) or [] if name.startswith("feature_")]
    splits = {split: _table(rows_, known or sorted(every)) for split, rows_ in parsed.items()}
    labelled = any("label" in table.column_names for table in splits.values())
    for split in [split for split in splits if labelled and "label" not in splits[split].column_names]:
        splits["unlabelled"] = splits.pop(split)
    names = list(dict.fromkeys(name for table in splits.values() for name in table.column_names))
    learned = DataForm(names=(form and form.names) or names)
    return Raw("table", splits, "label" if labelled else None, skipped=list(lost), form=learned, lost=lost,
               problems=problems)  # fmt: skip


_Row = tuple[str, str | None, dict[int, float]]  # answer, qid, pairs


def _parse(line: str) -> _Row | None:
    label, pairs, qid = "", dict[int, float](), None
    for place, token in enumerate(line.split()):
        match = _PAIR.fullmatch(token)
        if match is None and place == 0:
            label = token
        elif match is None:
            return None
        elif match[1] == "qid":
            qid = match[2]
        else:
            pairs[int(match[1])] = float(match[2])
    return label, qid, pairs


def _table(parsed: Sequence[_Row], indices: Sequence[int]) -> "pa.Table":
    """Dense columns: nought where a row says nothing."""
    import numpy as np
    import pyarrow as pa

    places = {index: place for place, index in enumerate(indices)}
    block = np.zeros((len(indices), len(parsed)))
    for number, (_, _, pairs) in enumerate(parsed):
        for index in pairs.keys() & places.keys():
            block[places[index], number] = pairs[index]
    columns: dict[str, pa.Array] = {}
    if any(label for label, _, _ in parsed):
        columns["label"] = pa.array([label.removeprefix("+") or None for label, _, _ in parsed], pa.string())
    if any(qid is not None for _, qid, _ in parsed):
        columns["qid"] = pa.array([qid for _, qid, _ in parsed], pa.string())
    columns |= {f"feature_{index}": pa.array(block[place]) for index, place in places.items()}
    return pa.table(columns)


def _lines(path: Path) -> Iterator[str]:
    """Without comments and blank lines."""
    from noglue.tools.readers._text_streams import open_bytes

    with open_bytes(path) as file:
        for raw in file:
            line = raw.decode("utf-8", "replace").split("#")[0].strip()
            if line:
                yield line


def _looks_sparse(path: Path) -> bool:
    from noglue.tools.readers._text_streams import open_bytes

    try:
        with open_bytes(path) as file:
            head = file.read(_HEAD).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError):
        return False
    whole = head.splitlines() if len(head) < _HEAD else head.splitlines()[:-1]
    lines = [tokens for line in whole[:_PROBED] if (tokens := line.split("#")[0].split())]
    pairs = [[_PAIR.fullmatch(token) is not None for token in tokens] for tokens in lines]
    return bool(pairs) and all(all(fits[1:]) for fits in pairs) and sum(map(sum, pairs)) >= max(2, len(pairs))


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix.lower() in _PACKED else path).suffix.lower()
