"""CIFAR-10 and CIFAR-100, the version for Python: pickles of uint8 rows, planes of red, green and blue.

    cifar-10-batches-py/   data_batch_1 … 5   test_batch   batches.meta
        {b"data": uint8 (10000, 3072), b"labels": [6, 9, …], b"filenames": […], b"batch_label": …}
    cifar-100-python/      train   test   meta
        {b"data": uint8 (50000, 3072), b"fine_labels": […], b"coarse_labels": […], …}

CIFAR-100's fine labels become `fine_label`, the target; the coarse ones are a column `coarse_label` of names.
Source: https://www.cs.toronto.edu/~kriz/cifar.html
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "CIFAR's own pickles"
_META = ("batches.meta", "meta")


def sniff(files: Sequence[Path]) -> Match | None:
    """By the official names, and a pickle's first byte."""
    found: dict[str, list[Path]] = {"train": [], "test": []}
    for path in files:
        if re.fullmatch(r"data_batch_\d+|train", path.name) and _is_pickle(path):
            found["train"].append(path)
        elif path.name in ("test_batch", "test") and _is_pickle(path):
            found["test"].append(path)
    found = {split: sorted(paths) for split, paths in found.items() if paths}
    if not found:
        return None
    meta = [path for path in files if path.name in _META and _is_pickle(path)]
    why = f"CIFAR's Python pickles: {', '.join(path.name for paths in found.values() for path in paths)}"
    return Match(0.95 if meta else 0.85, found | ({"about": meta[:1]} if meta else {}), why)


def named(path: Path) -> bool:
    """Whether a file is called as CIFAR's are."""
    return re.fullmatch(r"data_batch_\d+|test_batch|train|test|batches\.meta|meta", path.name) is not None


def count(match: Match) -> dict[str, int]:
    """Rows a split; the pickles must be read for it."""
    return {split: table.num_rows for split, table in read(match).splits.items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Images (n, 32, 32, 3) with their labels and file names."""
    from noglue.tools.readers import _safe_pickle

    about = [Path(path) for path in match.files.get("about", ())]
    names: Mapping[str, Any] = _names(_safe_pickle.load(about[0])) if about else {}
    splits: dict[str, pa.Table] = {}
    highest = -1
    for split, paths in match.files.items():
        if split != "about":
            splits[split], most = _split([Path(path) for path in paths], names, rows)
            highest = max(highest, most)
    class_names = names.get("fine_label_names") or names.get("label_names") or []
    classes = list(class_names) if len(class_names) > highest else [str(place) for place in range(highest + 1)]
    from noglue.tools.spec.profiles import ImageShape

    target = "label"
    if all("coarse_label" in table.column_names for table in splits.values()):
        target = "fine_label"
        splits = {split: table.rename_columns({"label": target}) for split, table in splits.items()}
    return Raw("image", splits, target, classes, ImageShape(height=32, width=32, channels=3))


def _split(paths: list[Path], names: Mapping[str, Any], rows: int | None) -> "tuple[pa.Table, int]":
    """One split's table, and the highest label in it."""
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers import _safe_pickle
    from noglue.tools.readers._arrays import images, pick

    batches = [_checked(_safe_pickle.load(path), path) for path in paths]
    labels = np.concatenate([batch["label"] for batch in batches])
    kept = pick(len(labels), rows)
    pixels = np.concatenate([batch["data"] for batch in batches])
    if rows is not None:
        pixels = pixels[kept]
    column, _ = images(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    columns = {"image": column, "label": pa.array(labels[kept])}
    if all(batch["coarse"] is not None for batch in batches):
        coarse = np.concatenate([batch["coarse"] for batch in batches])[kept]
        class_names = names.get("coarse_label_names") or []
        columns["coarse_label"] = pa.array(
            [class_names[place] if place < len(class_names) else str(place) for place in coarse]
        )
    return pa.table(columns), int(labels.max(initial=-1))


def _checked(batch: Any, path: Path) -> dict[str, Any]:
    """`data`, `label` and `coarse` as arrays that fit each other. Raises DataError `unreadable`."""
    import numpy as np

    from noglue.tools.readers._splits import unreadable

    if not isinstance(batch, dict) or not isinstance(batch.get("data"), np.ndarray):
        raise unreadable(path, "it has no array called `data`, as a CIFAR batch must")
    data = batch["data"]
    labels = batch.get("fine_labels", batch.get("labels"))
    if data.dtype != np.uint8 or data.size != len(data) * 3072:
        raise unreadable(path, f"its `data` is {data.dtype} {data.shape}, not uint8 (n, 3072)")
    if labels is None or len(labels) != len(data):
        raise unreadable(path, f"it has {len(data)} images and {0 if labels is None else len(labels)} labels")
    coarse = batch.get("coarse_labels")
    try:
        numbers = np.asarray(labels).astype(np.int64)
        wide = None if coarse is None else np.asarray(coarse).astype(np.int64)
    except (TypeError, ValueError) as error:
        raise unreadable(path, "its labels are not whole numbers") from error
    if numbers.ndim != 1 or numbers.min(initial=0) < 0 or (wide is not None and wide.shape != numbers.shape):
        raise unreadable(path, "its labels are not one whole number an image")
    return {"data": data, "label": numbers, "coarse": wide}


def _names(meta: Any) -> dict[str, list[str]]:
    """The lists of names in `batches.meta` or `meta`, as text."""
    lists = {key: value for key, value in meta.items() if key.endswith("label_names")} if isinstance(meta, dict) else {}
    return {
        key: [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in value]
        for key, value in lists.items()
        if isinstance(value, list)
    }


def _is_pickle(path: Path) -> bool:
    """Protocol 2 and later start with 0x80, protocol 0 of a dictionary with `(dp`."""
    with path.open("rb") as file:
        start = file.read(3)
    return start[:1] == b"\x80" or start == b"(dp"
