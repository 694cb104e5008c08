"""Fixed convolutions of many widths, each told by how often it exceeds a threshold (the share of positive values).

The 84 kernels of nine weights, three of them 2 and six −1, at dilations spread from 1 to the series' length; thresholds
are quantiles of what the training series give; of several channels each kernel sees a few drawn at random, each by
another of the 84, so that it is seen which of them goes before the other. Most is Dempster, Schmidt & Webb,
"MiniRocket" (2021), https://arxiv.org/abs/2012.08791, written anew from the paper; unlike there, a series shorter than
the others is measured over its own steps alone, and series are not brought to one level.

>>> kernels, told, _ = Kernels.drawn(128, channels=3, features=2_000, seed=0).fit(series, [], seed=0, end=math.inf)
>>> told.shape, kernels.measure(series).shape
((500, 1848), (500, 1848))
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch

LENGTH = 9
PATTERNS = np.array([[2.0 if place in three else -1.0 for place in range(LENGTH)]
                     for three in combinations(range(LENGTH), 3)], np.float32)  # fmt: skip
MOST_DILATIONS = 16
FITTED = 256  # series from which thresholds are taken
BATCH_VALUES = 1 << 22  # outputs of one dilation that are in memory at once


@dataclass
class Kernels:
    """dilations: of each group of 84 kernels. weights (groups, 84, channels, 9); thresholds (groups, 84, q)."""

    dilations: list[int]
    weights: torch.Tensor
    thresholds: torch.Tensor

    @classmethod
    def drawn(cls, steps: int, channels: int, features: int, seed: int) -> "Kernels":
        """About so many features, for series of so many steps; thresholds are still to be learned."""
        draw = np.random.default_rng(seed)
        most = max(1, (steps - 1) // (LENGTH - 1))
        powers = np.geomspace(1, most, min(MOST_DILATIONS, 1 + int(np.log2(most) * 2)))
        dilations = draw.permutation(sorted({int(power) for power in powers})).tolist()
        each = max(1, features // (len(PATTERNS) * len(dilations)))
        shape = (len(dilations), len(PATTERNS), channels)
        order = np.stack([[draw.permutation(len(PATTERNS)) for _ in range(channels)] for _ in dilations])
        weights = PATTERNS[order.transpose(0, 2, 1)] * _drawn_channels(shape, draw)[..., None]
        return cls(dilations, torch.from_numpy(weights), torch.zeros(len(dilations), len(PATTERNS), each))

    def fit(
        self, series: Sequence[np.ndarray], held: Sequence[np.ndarray], seed: int, end: float
    ) -> tuple["Kernels", np.ndarray, np.ndarray]:
        """The groups whose thresholds could be learned until `end`, the first always; and what they tell of both."""
        some = [series[place] for place in np.sort(np.random.default_rng(seed).permutation(len(series))[:FITTED])]
        told: list[tuple[np.ndarray, np.ndarray]] = []
        for group in range(len(self.dilations)):
            self._learn(some, group)
            told.append((self._told(series, group), self._told(held, group)))
            if time.monotonic() > end:
                break
        count = len(told)
        kept = Kernels(self.dilations[:count], self.weights[:count], self.thresholds[:count])
        ours, theirs = (np.concatenate(parts, axis=1) for parts in zip(*told, strict=True))
        return kept, ours, theirs

    def measure(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (n, features), in 0…1."""
        return np.concatenate([self._told(series, group) for group in range(len(self.dilations))], axis=1)

    def _learn(self, some: Sequence[np.ndarray], group: int) -> None:
        """Thresholds: quantiles of what the kernels give, at low-discrepancy levels that differ between groups."""
        each = self.thresholds.shape[2]
        levels = np.arange(group * each + 1, (group + 1) * each + 1) * ((5**0.5 + 1) / 2) % 1
        outputs = [
            found[:, inside][:, :: max(1, int(inside.sum()) // 64)]
            for _, batch, masks in _batches(some)
            for found, inside in zip(self._convolved(batch, group), masks, strict=True)
        ]
        whole = torch.cat(outputs, dim=1).numpy()
        self.thresholds[group] = torch.from_numpy(np.quantile(whole, levels, axis=1).T.astype(np.float32))

    def _told(self, series: Sequence[np.ndarray], group: int) -> np.ndarray:
        found = np.zeros((len(series), self.thresholds[group].numel()), np.float32)
        for places, batch, masks in _batches(series):
            steps = masks.sum(dim=1).clamp(min=1)[:, None]
            outputs = self._convolved(batch, group)
            for level in range(self.thresholds.shape[2]):
                above = (outputs > self.thresholds[group, :, level][None, :, None]) & masks[:, None, :]
                start = level * len(PATTERNS)
                found[places, start : start + len(PATTERNS)] = (above.sum(dim=2) / steps).numpy()
        return found

    def _convolved(self, batch: torch.Tensor, group: int) -> torch.Tensor:
        """(n, 84, steps): as long as the series, which goes on as nought at both ends."""
        dilation = self.dilations[group]
        with torch.inference_mode():
            return torch.nn.functional.conv1d(
                batch, self.weights[group], dilation=dilation, padding=dilation * (LENGTH // 2)
            )


def _drawn_channels(shape: tuple[int, int, int], draw: np.random.Generator) -> np.ndarray:
    """Which channels each kernel sees, float32 of nought and one: mostly few of them."""
    groups, kernels, channels = shape
    found = np.zeros(shape, np.float32)
    for group in range(groups):
        for kernel in range(kernels):
            count = min(channels, int(2 ** draw.uniform(0, np.log2(min(channels, LENGTH) + 1))))
            found[group, kernel, draw.choice(channels, count, replace=False)] = 1.0
    return found


def _batches(series: Sequence[np.ndarray]) -> Iterator[tuple[np.ndarray, torch.Tensor, torch.Tensor]]:
    """Places, values (n, channels, steps) and which steps are the series' own; those of like length together."""
    order = np.argsort([one.shape[1] for one in series], kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end - start + 1) * len(PATTERNS) * series[order[end]].shape[1] <= BATCH_VALUES:
            end += 1
        places = order[start:end]
        steps = max(1, series[places[-1]].shape[1])
        values = np.zeros((len(places), len(series[places[0]]), steps), np.float32)
        inside = np.zeros((len(places), steps), bool)
        for row, place in enumerate(places):
            values[row, :, : series[place].shape[1]] = series[place]
            inside[row, : series[place].shape[1]] = True
        yield places, torch.from_numpy(values), torch.from_numpy(inside)
        start = end
