"""Random kernels in groups that compete: at each step the one counts that answers most strongly, and the one least.

Groups of eight kernels of nine normal weights, at dilations 1, 2, 4, …, on the series and on its changes from step to
step; a kernel's numbers are how strongly it won, added up, and how often it lost. After Dempster, Schmidt & Webb,
"Hydra" (2023), https://arxiv.org/abs/2203.13652, written anew from the paper; a series shorter than the others is
measured over its own steps.

>>> Contest.drawn(128, channels=3, groups=64, seed=0).measure(series).shape      # 5 dilations, 2 · 32 · 8 kernels, 2
(500, 5120)
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from noglue.tools.models._series.convolutions import LENGTH, batches, drawn_channels

RIVALS = 8  # kernels of a group


@dataclass
class Contest:
    """dilations: each for all groups. weights: float32 (dilations, 2, groups / 2 · 8, channels, 9); of the second half
    the kernels see changes from step to step.
    """

    dilations: list[int]
    weights: torch.Tensor

    @classmethod
    def drawn(cls, steps: int, channels: int, groups: int, seed: int) -> "Contest":
        draw = np.random.default_rng(seed)
        most = int(np.log2(max(1, (steps - 1) // (LENGTH - 1))))
        dilations = [2**power for power in range(most + 1)]
        kernels = groups // 2 * RIVALS
        shape = (len(dilations), 2, kernels, channels, LENGTH)
        weights = draw.normal(size=shape).astype(np.float32)
        weights -= weights.mean(axis=-1, keepdims=True)
        weights /= np.abs(weights).sum(axis=-1, keepdims=True)
        if channels > 1:
            seen = drawn_channels((2 * len(dilations), groups // 2, channels), draw)
            seen = np.repeat(seen.reshape(len(dilations), 2, groups // 2, channels), RIVALS, axis=2)
            weights *= seen[..., None]
        return cls([dilations[place] for place in draw.permutation(len(dilations))], torch.from_numpy(weights))

    def within(self, series: Sequence[np.ndarray], end: float) -> tuple["Contest", np.ndarray]:
        """The dilations that there was time for until `end`, the first always, and what they tell."""
        told = []
        for place in range(len(self.dilations)):
            told.append(self._told(series, place))
            if time.monotonic() > end:
                break
        return Contest(self.dilations[: len(told)], self.weights[: len(told)]), np.concatenate(told, axis=1)

    def measure(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (n, features): roots of sums, so that long series do not outweigh all."""
        return np.concatenate([self._told(series, place) for place in range(len(self.dilations))], axis=1)

    def _told(self, series: Sequence[np.ndarray], place: int) -> np.ndarray:
        dilation, kernels = self.dilations[place], self.weights.shape[2]
        found = np.zeros((len(series), 2, 2, kernels), np.float32)
        for places, batch, masks in batches(series, kernels):
            for half in (0, 1):
                seen = batch if half == 0 else torch.diff(batch, dim=2, prepend=batch[:, :, :1])
                with torch.inference_mode():
                    outputs = torch.nn.functional.conv1d(
                        seen * masks[:, None, :], self.weights[place, half], dilation=dilation,
                        padding=dilation * (LENGTH // 2),
                    )  # fmt: skip
                    grouped = outputs.reshape(len(batch), -1, RIVALS, outputs.shape[2])
                    best, winner = grouped.max(dim=2)
                    _, loser = grouped.min(dim=2)
                    won = torch.zeros(grouped.shape[:3])
                    won.scatter_add_(2, winner, best.clamp(min=0) * masks[:, None, :])
                    lost = torch.zeros(grouped.shape[:3])
                    lost.scatter_add_(2, loser, masks[:, None, :].expand(loser.shape).float())
                found[places, half, 0] = won.reshape(len(batch), -1).sqrt().numpy()
                found[places, half, 1] = lost.reshape(len(batch), -1).sqrt().numpy()
        return found.reshape(len(series), 4 * kernels)
