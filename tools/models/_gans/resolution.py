"""The size that pictures are learned at, so that the time allows enough steps: measured by a few steps at one size.

>>> affordable((24, 32, 48, 64), pace=0.02, seconds=480.0)      # 24,000 steps at 32 pixels, 10,700 at 48
32

Larger pictures are worth it only once there is time to learn them well; smaller ones are better than smudges.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from noglue.tools.models._gans import pace
from noglue.tools.models._gans.gan_trainer import Batch, Players
from noglue.tools.models._gans.setting import Setting
from noglue.tools.spec.schema import load_split
from noglue.tools.training.pixels import Size, working_size

if TYPE_CHECKING:
    from noglue.tools.training.machine import Machine

SIDES: dict[str, tuple[int, ...]] = {
    "cpu": (24, 32, 48, 64)
}  # of the longer side, in pixels, to choose from; others: `LARGER`
LARGER = (64,)
USUAL = 32  # measured at, and learned at where time is not limited
ENOUGH, LEAST = 20_000, 1_000  # steps that a larger side needs, and below which a smaller one is taken
PROBING_SHARE = 0.02  # of the time, for the probe


def affordable(sides: tuple[int, ...], pace: float, seconds: float) -> int:
    """The side: the usual one, a larger one that leaves time for enough steps, or a smaller one where the usual leaves
    too few. pace: seconds a step at the usual side, which grow with the area.
    """
    usual = min(USUAL, max(sides))

    def steps(side: int) -> float:
        return seconds / (pace * (side / usual) ** 2)

    larger = [side for side in sides if side > usual and steps(side) >= ENOUGH]
    if larger:
        return max(larger)
    smaller = [side for side in sides if side < usual]
    if steps(usual) >= LEAST or not smaller:
        return usual
    return max((side for side in smaller if steps(side) >= LEAST), default=min(smaller))


def planned(
    data: Path,
    players: Callable[[Setting], Players],
    width: int,
    batch_size: int,
    seconds: float | None,
    kept: Path,
    machine: "Machine",
) -> tuple[int, str]:
    """The longer side at most, and why in words, or "" where nothing was to choose. players: of a setting, with the
    smallest width. seconds: of the training, None: not limited. kept: where the choice lies for a training that goes
    on. Pictures that are no larger are never enlarged.
    """
    if kept.is_file():
        found = json.loads(kept.read_text(encoding="utf-8"))
        return int(found["side"]), str(found["note"])
    sides, rows = SIDES.get(machine.device.type, LARGER), load_split(data, "train")
    if len(rows) == 0 or len(sides) == 1:
        return max(sides), ""
    whole = working_size(rows, max(sides))
    longest = max(whole.height, whole.width)
    sides = (*(side for side in sides if side < longest), min(longest, max(sides)))
    usual = min(USUAL, longest)
    if seconds is None or len(sides) == 1:
        return usual, ""
    step_seconds = _probed(working_size(rows, usual), players, width, min(batch_size, len(rows)), seconds, machine)
    side = affordable(sides, step_seconds, seconds)
    note = ""
    if side != usual:
        wanted = "there is time for more" if side > usual else "time is short"
        about = seconds / step_seconds
        note = f"learned at {side} pixels, as {wanted}: about {about:,.0f} steps at {usual}"
    kept.write_text(json.dumps({"side": side, "note": note}), encoding="utf-8")
    return side, note


def _probed(
    size: Size, players: Callable[[Setting], Players], width: int, count: int, seconds: float, machine: "Machine"
) -> float:
    """Seconds a step on pictures of noise."""
    setting = Setting.of(size, 0, width, machine.device.type == "cuda")
    made = players(setting)
    canvas = setting.canvas
    real = torch.rand(count, size.channels, canvas.tall, canvas.wide, device=machine.device) * 2 - 1
    latents = torch.randn(count, made.latent, device=machine.device)
    return pace.measured(
        made, lambda number, strength: Batch(real, latents, None, lambda x: x), PROBING_SHARE * seconds
    )
