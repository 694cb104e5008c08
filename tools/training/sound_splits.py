"""A prepared set's train and validation recordings, with their targets, as many as the time allows.

>>> train, validation = splits(run / "data", schema, step)
>>> train.rows, train.values.dtype
(Dataset({features: ['audio', 'label'], num_rows: 1600}), dtype('int64'))
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.data.held_back import HELD, held_back
from noglue.tools.sound.features import recordings, summaries
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training import class_weights as balancing

if TYPE_CHECKING:
    import datasets

PROBED = 24  # recordings whose spectrograms are timed
READING_SHARE = 0.3  # of the time left may go into them
FEWEST = 500


@dataclass(frozen=True)
class Part:
    """values: the target as the data has it, int64 class indices or float64 (n,)."""

    rows: "datasets.Dataset"
    values: np.ndarray


def splits(
    data: Path, schema: Schema, step: Step, balance: str | None = None, most: int | None = None
) -> tuple[Part, Part]:
    """Some of train is held back where there is no validation. most: rows of each at most.

    Raises DataError `too-few-rows`.
    """
    train = _part(data / "train", schema)
    most = min(most or len(train.rows), _in_time(train.rows, rate_of(schema), step))
    if (data / "validation").is_dir() and len((held := _part(data / "validation", schema)).rows):
        validation = _some(held, most, step.seed)
    else:
        held_rows = held_back(train.rows, schema, HELD, step.seed)
        validation, train = (_of(train, np.flatnonzero(part)) for part in (held_rows, ~held_rows))
    train = _some(train, most, step.seed)
    if len(train.rows) < 2 or not len(validation.rows):
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"There are {len(train.rows)} labelled recordings to train with and {len(validation.rows)} to choose by.",
            hint="Give at least three labelled recordings, better fifty of each class.",
        )
    if schema.predicts == "classes" and balance in ("oversample", "undersample"):
        train = _of(train, balancing.drawn(train.values, balance, step.seed))
    return train, validation


def rate_of(schema: Schema) -> int:
    return SoundForm.known(schema.form).rate


def seconds(rows: "datasets.Dataset", rate: int) -> np.ndarray:
    """float64 (n,): how long each recording is, of some thousand."""
    some = rows.select(np.linspace(0, len(rows) - 1, min(len(rows), 2000)).astype(int))
    return np.array([len(one) / rate for one in recordings(some)])


def _part(folder: Path, schema: Schema) -> Part:
    rows = load_split(folder.parent, folder.name)
    values = label_array(rows, str(schema.target))
    there = goals.load(schema.goal).has_truth(values)
    return Part(rows, values) if there.all() else _of(Part(rows, values), np.flatnonzero(there))


def _of(part: Part, places: np.ndarray) -> Part:
    return Part(part.rows.select(places), part.values[places])


def _some(part: Part, most: int, seed: int) -> Part:
    if len(part.rows) <= most:
        return part
    return _of(part, np.sort(np.random.default_rng(seed).choice(len(part.rows), most, replace=False)))


def _in_time(rows: "datasets.Dataset", rate: int, step: Step) -> int:
    """So many recordings that reading them takes a part of the time that is left."""
    left = step.remaining()
    if left is None or len(rows) <= FEWEST:
        return len(rows)
    probe = rows.select(np.linspace(0, len(rows) - 1, PROBED).astype(int))
    began = time.monotonic()
    summaries(probe, rate)
    each = (time.monotonic() - began) / PROBED
    return int(max(FEWEST, READING_SHARE * left / max(each, 1e-6)))
