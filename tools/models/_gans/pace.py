"""How large a network the device and the budget allow: the largest whose measured step leaves time for enough steps.

>>> choose(players_of, batch_of, widths=(32, 48, 64), seconds=800.0, enough=6000)
(48, 0.094)
"""

import math
import statistics
import time
from collections.abc import Callable

import torch

from noglue.tools.models._gans.gan_trainer import Batch, Players
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.slowness import slowness
from noglue.tools.training.machine import out_of_memory

WARM, MEASURED = 2, 4  # steps
WORTH = 1.15  # how much slower one thread may be than several
MEASURING_SHARE = 0.03  # of the time, that either kind of step is measured for
TURNS, TURNING_SHARE = 4, 0.01  # how often both are measured, and the share of the time after which that is enough


def choose(
    players: Callable[[int], Players],
    batch: Callable[[int, float], Batch],
    widths: tuple[int, ...],
    seconds: float,
    enough: int,
) -> tuple[int, float]:
    """The width, and its seconds a step (of the generator). players(width), batch(number, strength).

    The smallest is measured first; a larger one is looked at only where a third more would still fit into the time, and
    left where it does not fit into the memory. Raises StepFailed `out-of-memory` where even the smallest does not.
    """
    chosen, pace = widths[0], _fitting(players, batch, widths[0], seconds)
    for width in widths[1:]:
        if 1.3 * pace * enough > seconds:
            break
        try:
            larger = _fitting(players, batch, width, seconds)
        except StepFailed:
            break
        if larger * enough > seconds:
            break
        chosen, pace = width, larger
    return chosen, pace


def _fitting(
    players: Callable[[int], Players], batch: Callable[[int, float], Batch], width: int, seconds: float
) -> float:
    try:
        return measured(players(width), batch, MEASURING_SHARE * seconds)
    except (RuntimeError, MemoryError) as error:
        failure = out_of_memory(error, len(batch(0, 0.0).real))
        if failure is None:
            raise
        raise failure from error


def threads(
    players: Callable[[int], Players], batch: Callable[[int, float], Batch], width: int, pace: float, seconds: float
) -> float:
    """Let one thread do it where several gain little; the seconds a step, whoever does it.

    Threads wait for each other at the end of every small layer, and lose much where another program takes a core.
    Measured in turns, as a machine that is busy for a moment would else decide for the whole training. pace: what the
    several threads of now took a step. seconds: of the training.
    """
    several, began = torch.get_num_threads(), time.monotonic()
    asked = players(width)
    if asked.machine.device.type != "cpu" or several == 1:
        return pace
    if 2 * 2 * pace > MEASURING_SHARE * seconds:  # two steps by each: too slow to be compared
        torch.set_num_threads(1 if slowness() > 1 else several)
        return pace
    costs: dict[int, list[float]] = {1: [], several: [pace]}
    for _ in range(TURNS):
        for count, found in costs.items():
            torch.set_num_threads(count)
            found.append(measured(asked, batch, MEASURING_SHARE * seconds))
        if time.monotonic() - began > TURNING_SHARE * seconds:
            break
    usual = {count: statistics.median(found) for count, found in costs.items()}
    chosen = 1 if usual[1] < WORTH * usual[several] else several
    torch.set_num_threads(chosen)
    return usual[chosen]


def measured(players: Players, batch: Callable[[int, float], Batch], most: float = math.inf) -> float:
    """Seconds a step, as a mean over the steps with the penalty and those without. most: seconds that either may take;
    fewer steps are measured where those of a slow or busy machine take more.
    """
    rules = players.rules
    weight = rules.weight[0] or 1.0
    costs = []
    for penalise in (True, False) if rules.penalty_interval > 1 else (True,):
        begun = began = time.monotonic()
        counted = 0
        for number in range(WARM + MEASURED):
            if number <= WARM:
                _wait(players)
                began, counted = time.monotonic(), 0
            players.step(iter([batch(number, 0.5)] * rules.n_critic), weight, 0.0, penalise)
            players.follow(1.0)
            counted += 1
            if time.monotonic() - begun > most:
                break
        _wait(players)
        costs.append((time.monotonic() - began) / counted)
    return (costs[0] + (rules.penalty_interval - 1) * costs[-1]) / rules.penalty_interval


def _wait(players: Players) -> None:
    if players.machine.device.type == "cuda":
        torch.cuda.synchronize(players.machine.device)
