"""The rows of a prepared data set that have a label, and those that have none."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.spec import goals
from noglue.tools.spec.schema import Schema, load_split

if TYPE_CHECKING:
    import datasets


def known(rows: "datasets.Dataset", schema: Schema) -> np.ndarray:
    """bool (n,): which rows have a label."""
    return goals.load(schema.goal).has_truth(label_array(rows, str(schema.target)))


def labelled(rows: "datasets.Dataset", schema: Schema) -> "datasets.Dataset":
    there = known(rows, schema)
    return rows if there.all() else rows.select(np.flatnonzero(there))


def has_unlabelled(data: Path, schema: Schema) -> bool:
    return schema.unlabelled_train > 0 or (data / "unlabelled").is_dir()


def unlabelled(data: Path, schema: Schema, column: str, most: int, seed: int) -> "datasets.Dataset":
    """This column of train's rows without a label and of those to be predicted, at most so many, chosen at random."""
    import datasets

    rows = load_split(data, "train")
    found = rows.select_columns([column]).select(np.flatnonzero(~known(rows, schema)))
    if (data / "unlabelled").is_dir():
        found = datasets.concatenate_datasets([found, load_split(data, "unlabelled").select_columns([column])])
    return found.select(np.sort(np.random.default_rng(seed).permutation(len(found))[:most]))
