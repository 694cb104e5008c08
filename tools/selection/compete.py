"""Several families within one budget, where the user named none: the quick ones, then the best bet with the rest of the
time; the best by validation is kept.

    >>> best, tried = compete(("pretrained_images", "resnet"), making, schema, settings, None, step)
    >>> [(one.family, one.begun, one.share) for one in tried]
    [('pretrained_images', True, 1.0), ('resnet', False, 0.0)]

What a training of use takes is the family's own estimate (`seconds` of the `Family` protocol). One that takes a small
part of what is left is tried before the one that suits the data best, which gets all the rest; what that leaves goes to
the others. A family that can't be of use in what is left is not begun, and that is told. Without a budget all are
trained to their end, the cheapest first.
An interrupted competition goes on with what it finished: each one's folder keeps what came of it.
"""

import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.selection import contenders, tune_threshold
from noglue.tools.selection.train_each import FAMILIES, train_one, tried_with_members
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BudgetSpent, Kind, ToolError
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import numpy as np

HELD = "held.npz"
QUICK = 0.2  # of the time left: what a family that is tried before the best bet may take
DEVICE = 20.0  # by how much another device than the processor is quicker, where nothing is known of it


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, and how many seconds it has; None: no limit."""

    name: str
    seconds: float | None


def next_turn(names: Sequence[str], costs: Mapping[str, float], left: float | None, needed: bool) -> Turn | None:
    """names: those not yet tried, the best suited first. left: seconds. needed: nothing was trained yet, so that one is
    begun even where none can be of use in time.

    >>> next_turn(("net", "features"), {"net": 100, "features": 10}, 120, True)
    Turn(name='features', seconds=20)
    """
    if not names:
        return None
    cheapest = min(names, key=lambda name: costs[name])
    if left is None:
        return Turn(cheapest, None)
    bets = [name for name in names if costs[name] <= left]
    if not bets:
        return Turn(cheapest, left) if needed and left > 0 else None
    best, others = bets[0], bets[1:]
    quick = [name for name in others if costs[name] <= QUICK * left and costs[name] + costs[best] <= left]
    if not quick:
        return Turn(best, left)
    return Turn(min(quick, key=lambda name: costs[name]), min(QUICK * left, left - costs[best]))


def compete(
    names: Sequence[str], making: Path, schema: Schema, settings: Settings, decision: Decision | None, step: Step
) -> tuple[Trained, list[Tried]]:
    """The best by validation, left in `making`, and what is to be told of each. One that fails is told of and left out.

    names: the best suited first, which of equals is kept. Raises what the first one raised, where all failed, and
    BudgetSpent where none was begun.
    """
    costs, untried = costs_of(names, schema, step.device), list(names)
    found: dict[str, Trained] = {}
    failed: list[tuple[str, ToolError]] = []
    while (turn := next_turn(untried, costs, step.remaining(), not found)) is not None:
        untried.remove(turn.name)
        step.progress("family", len(names) - len(untried), len(names), name=turn.name)
        try:
            found[turn.name] = _trained(turn, schema, settings, decision, step)
        except ToolError as error:
            failed.append((turn.name, error))
            step.note(f"{turn.name} could not be trained: {error.message}")
    if not found:
        message = "The time was up before any model was begun."
        raise failed[0][1] if failed else BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give a larger --budget.")
    best: Trained | None = None
    for name in names:
        if name in found and (best is None or contenders.better(schema, settings.metric, found[name], best)):
            best = found[name]
    assert best is not None
    shutil.copytree(step.folder / "tried" / best.family / "model", making, dirs_exist_ok=True)
    shutil.rmtree(step.folder / "tried")
    best.notes += [f"{name} could not be trained: {error.message}" for name, error in failed]
    tried = [one for trained in found.values() for one in tried_with_members(trained, trained is best)]
    late = [not_begun(name, costs[name], step.remaining()) for name in untried]
    best.notes += [one.why for one in late]
    return best, [*tried, *late]


def costs_of(names: Sequence[str], schema: Schema, device: str) -> dict[str, float]:
    """Seconds that a training of use takes, by family, on a machine as busy as this one."""
    pace = slowness() if device == "cpu" else 1 / DEVICE
    families = {name: catalogue.load(FAMILIES, name) for name in names}
    return {
        name: pace * float(family.seconds(schema)) if hasattr(family, "seconds") else 0.0
        for name, family in families.items()
    }


def _trained(turn: Turn, schema: Schema, settings: Settings, decision: Decision | None, step: Step) -> Trained:
    """One family's training in a folder of its own, or what came of it before an interruption."""
    folder = step.folder / "tried" / turn.name
    kept, model = folder / "trained.json", folder / "model"
    same = hashlib.sha256(f"{settings.model_dump_json()} {decision} {schema.model_dump_json()} {step.seed}".encode())
    if kept.is_file():
        before, _, told = kept.read_text(encoding="utf-8").partition("\n")
        if before == same.hexdigest():
            step.note(f"{turn.name} was trained before the interruption")
            return Trained.model_validate_json(told).model_copy(update={"held": _held(folder)})
    model.mkdir(parents=True, exist_ok=True)
    deadline = None if turn.seconds is None else time.monotonic() + turn.seconds
    share = replace(step, folder=folder, deadline=deadline)
    trained = train_one(turn.name, [], model, schema, settings, share)
    tune_threshold.tune(trained, schema, decision, settings.metric)
    if trained.held is not None:
        import numpy as np

        np.savez(folder / HELD, *trained.held)
    kept.write_text(f"{same.hexdigest()}\n{trained.model_dump_json()}", encoding="utf-8")
    scores = ", ".join(f"{name} {score:.4g}" for name, score in trained.validation.items())
    step.note(f"{turn.name}: {scores} on validation rows, after {trained.seconds:.1f} s", family=turn.name)
    return trained


def _held(folder: Path) -> tuple["np.ndarray", "np.ndarray"] | None:
    """The validation rows' truth and what the model says of them, as they were kept beside `trained.json`."""
    import numpy as np

    if not (folder / HELD).is_file():
        return None
    with np.load(folder / HELD, allow_pickle=False) as both:
        return both["arr_0"], both["arr_1"]


def not_begun(name: str, cost: float, left: float | None) -> Tried:
    """How it is told of a family that there was no time for. cost, left: seconds."""
    there = 0.0 if left is None else max(0.0, left)
    title = name.replace("_", " ")
    left_over = "less than a second was" if there < 1 else f"{there:.0f} s were"
    why = f"{title} was not begun: {left_over} left, and it takes about {max(1.0, cost):.0f} s to be of use"
    return Tried(family=name, title=title, begun=False, why=why)
