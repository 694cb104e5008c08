"""Several targets, one model each: every one of them is trained as if it were the only one, in its part of the time.

    model/targets/0/  model/targets/1/  …      a whole model each, in the schema's order (see `tools/train.py`)

One model for all of them would share what it learns, and would have to give up for each what only another needs: how
many trees, which measure, which rows. A model each is hard to beat where each learner is tuned by itself: of labels
Bogatinovski et al. 2022, https://arxiv.org/abs/2102.07113; of numbers Spyromitros-Xioufis et al. 2016,
https://arxiv.org/abs/1211.6581.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from noglue.tools import metrics
from noglue.tools.modelstore.several_models import folder_of
from noglue.tools.selection.cross_validation import Spread
from noglue.tools.selection.train_each import shared
from noglue.tools.spec import goals
from noglue.tools.spec.protocols import Tried
from noglue.tools.spec.schema import OneTarget, Schema, load_split
from noglue.tools.spec.step import Step

MEASURE_OF_LABELS = "f1"  # what decides of a label where nothing else was asked for: most labels fit few rows

LEAST = 1.0  # seconds that a target gets in any case, once there was time to begin at all

Learned = TypeVar("Learned")
Spreading = TypeVar("Spreading", bound=Spread)


@dataclass(frozen=True)
class Turn:
    """One target's turn. schema: with it for the only one. step: with its data, its time, and a folder of its own."""

    target: OneTarget
    schema: Schema
    step: Step


def each(schema: Schema, step: Step, model: Path, learn: Callable[[Turn], Learned]) -> list[Learned]:
    """What `learn` gives of every target; the model that it leaves in `step.run / "model"` goes into its place below
    `model`. Raises what `learn` raises: a target that can't be learned is never left out in silence.
    """
    found = []
    for number, one in enumerate(schema.targets):
        step.progress("target", number + 1, len(schema.targets), name=one.name)
        own = _at_least(shared(step, len(schema.targets) - number), LEAST)
        with _turn(schema, one, own, step.folder / "turns" / str(number)) as turn:
            found.append(learn(turn))
            place = folder_of(model, number)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(turn.step.run / "model", place)
    return found


def _at_least(step: Step, seconds: float) -> Step:
    """With enough time for the simple model, where the targets before have taken more than their part."""
    left = step.remaining()
    return step if left is None or left >= seconds else replace(step, deadline=time.monotonic() + seconds)


@contextmanager
def _turn(schema: Schema, one: OneTarget, step: Step, folder: Path) -> Iterator[Turn]:
    """A run folder with this target's data alone, gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    run = folder / "run"
    (run / "data").mkdir(parents=True)
    view = schema.of(one)
    for split in ("train", "validation"):
        if (step.run / "data" / split).is_dir():
            _known_rows(step.run / "data" / split, run / "data" / split, view)
    view.save(run / "data")
    try:
        yield Turn(one, view, replace(step, run=run, folder=folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _known_rows(split: Path, place: Path, schema: Schema) -> None:
    """The split itself where every row has the target, else a copy of those that have it."""
    import numpy as np

    from noglue.tools.data.arrays import label_array

    rows = load_split(split.parent, split.name)
    known = goals.load(schema.goal).has_truth(label_array(rows, str(schema.target)))
    if known.all():
        place.symlink_to(split.resolve(), target_is_directory=True)
        return
    rows.select(np.flatnonzero(known)).save_to_disk(str(place))


def tried(target: OneTarget, candidates: Sequence[Tried]) -> list[Tried]:
    """The candidates of one target, told apart from those of the others."""
    return [one.model_copy(update={"target": target.name}) for one in candidates]


def scores(targets: Sequence[OneTarget], each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Each measure's mean over the targets that have it, then every target's own: `rmse`, `rmse[yield]`, …"""
    found = {}
    for name in dict.fromkeys(name for one in each for name in one):
        there = [one[name] for one in each if name in one]
        found[name] = sum(there) / len(there)
    own = zip(targets, each, strict=True)
    return found | {metrics.of_target(name, target.name): one[name] for target, one in own for name in one}


def fewest(targets: Sequence[OneTarget], spreads: Sequence[Spreading | None]) -> Spreading | None:
    """Of folds or repeats, those of the target that had the fewest, with its name; None where one had none."""
    there = [(target, one) for target, one in zip(targets, spreads, strict=True) if one is not None]
    if not there or len(there) < len(spreads):
        return None
    target, least = min(there, key=lambda both: both[1].count)
    return least.model_copy(update={"target": target.name})


def in_common(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What all of them say alike: the settings that hold for every target."""
    first, *others = values
    return {name: value for name, value in first.items() if all(one.get(name, _NONE) == value for one in others)}


_NONE = object()


def alike(values: Sequence[str]) -> str:
    """The one word, or all of them: `boosted_trees`, `boosted_trees, linear`."""
    return ", ".join(dict.fromkeys(values))
