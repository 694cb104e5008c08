"""Fixed convolutions of many widths, each told by how often it exceeds a threshold (the share of positive values).

The 84 kernels of nine weights, three of them 2 and six −1, at dilations spread from 1 to the series' length; some
10,000 thresholds in all, most of them for small dilations where the series are short; thresholds are quantiles of
what one of the training series gives, another for each kernel. Half of the kernels look beyond both ends, where the
series is nought, the others only where it is whole. Of several channels each kernel sees a few drawn at random, each
by another of the 84, so that it is seen which of them goes before the other.
Most is Dempster, Schmidt & Webb, "MiniRocket"
(2021), https://arxiv.org/abs/2012.08791, written anew from the paper; unlike there, a series shorter than the others is
measured over its own steps alone, and series are not brought to one level.

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
MOST_DILATIONS = 32
BATCH_VALUES = 1 << 22  # outputs of one dilation that are in memory at once


@dataclass
class Kernels:
    """dilations: of each group of 84 kernels, and counts: how many thresholds each of them has.

    weights: float32 (groups, 84, channels, 9). thresholds: float32 (84, sum of counts), group after group.
    """

    dilations: list[int]
    counts: list[int]
    weights: torch.Tensor
    thresholds: torch.Tensor

    @classmethod
    def drawn(cls, steps: int, channels: int, features: int, seed: int) -> "Kernels":
        """About so many features, for series of so many steps; thresholds are still to be learned."""
        draw = np.random.default_rng(seed)
        each = max(1, features // len(PATTERNS))
        most = max(1, (steps - 1) // (LENGTH - 1))
        powers = np.geomspace(1, most, min(MOST_DILATIONS, each)).astype(int)
        found, often = np.unique(powers, return_counts=True)
        counts = np.maximum(1, often * each // often.sum())
        order = draw.permutation(len(found))  # whatever time there is for, small and large ones are among them
        shape = (len(found), len(PATTERNS), channels)
        places = np.stack([[draw.permutation(len(PATTERNS)) for _ in range(channels)] for _ in found])
        weights = PATTERNS[places.transpose(0, 2, 1)] * drawn_channels(shape, draw)[..., None]
        if channels == 1:
            weights = np.broadcast_to(PATTERNS[None, :, None, :], (*shape, LENGTH)).copy()
        return cls(
            found[order].tolist(),
            counts[order].tolist(),
            torch.from_numpy(weights),
            torch.zeros(len(PATTERNS), int(counts.sum())),
        )

    def fit(
        self, series: Sequence[np.ndarray], held: Sequence[np.ndarray], seed: int, end: float
    ) -> tuple["Kernels", np.ndarray, np.ndarray]:
        """The groups whose thresholds could be learned until `end`, the first always; and what they tell of both."""
        draw = np.random.default_rng(seed)
        told: list[tuple[np.ndarray, np.ndarray]] = []
        for group in range(len(self.dilations)):
            self._learn(series, group, draw)
            told.append((self._told(series, group), self._told(held, group)))
            if time.monotonic() > end:
                break
        count = len(told)
        kept = Kernels(
            self.dilations[:count],
            self.counts[:count],
            self.weights[:count],
            self.thresholds[:, : sum(self.counts[:count])],
        )
        ours, theirs = (np.concatenate(parts, axis=1) for parts in zip(*told, strict=True))
        return kept, ours, theirs

    def measure(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (n, features), in 0…1."""
        return np.concatenate([self._told(series, group) for group in range(len(self.dilations))], axis=1)

    def _place(self, group: int) -> slice:
        start = sum(self.counts[:group])
        return slice(start, start + self.counts[group])

    def _learn(self, series: Sequence[np.ndarray], group: int, draw: np.random.Generator) -> None:
        """Thresholds: quantiles of what a kernel gives of one series, at levels spread evenly over all kernels."""
        place, golden = self._place(group), (5**0.5 + 1) / 2
        chosen = draw.integers(0, len(series), len(PATTERNS))
        known, which = np.unique(chosen, return_inverse=True)
        width = place.stop - place.start
        for number, one in enumerate(known):
            kernels = np.flatnonzero(which == number)
            _, batch, masks = next(batches([series[one]]))
            whole = self._convolved(batch, group)[0]
            for kernel in kernels:
                seen = whole[kernel][self._inside(masks, group, int(kernel) % 2)[0]].numpy()
                at = np.arange(width) + kernel * width + place.start * len(PATTERNS) + 1
                levels = np.quantile(seen, at * golden % 1) if len(seen) else np.zeros(width)
                self.thresholds[kernel, place] = torch.from_numpy(levels.astype(np.float32))

    def _told(self, series: Sequence[np.ndarray], group: int) -> np.ndarray:
        """float32 (n, 84 · count): of each kernel by threshold."""
        place = self._place(group)
        found = np.zeros((len(series), len(PATTERNS), place.stop - place.start), np.float32)
        for places, batch, masks in batches(series):
            outputs = self._convolved(batch, group)
            for half in (0, 1):
                inside = self._inside(masks, group, half)
                steps = inside.sum(dim=1).clamp(min=1)[:, None]
                kernels = slice(half, None, 2)
                own = outputs[:, kernels]
                for level in range(place.start, place.stop):
                    above = (own > self.thresholds[kernels, level][None, :, None]) & inside[:, None, :]
                    found[places, kernels, level - place.start] = (above.sum(dim=2) / steps).numpy()
        return found.reshape(len(series), found.shape[1] * found.shape[2])

    def _inside(self, masks: torch.Tensor, group: int, half: int) -> torch.Tensor:
        """bool (n, steps): which outputs count; of every second kernel only those that see the series alone."""
        if (half + group) % 2 == 0:
            return masks
        beyond = self.dilations[group] * (LENGTH // 2)
        steps = masks.sum(dim=1, keepdim=True)
        at = torch.arange(masks.shape[1])[None, :]
        whole = (at >= beyond) & (at < steps - beyond)
        return torch.where(whole.any(dim=1, keepdim=True), whole, masks)

    def _convolved(self, batch: torch.Tensor, group: int) -> torch.Tensor:
        """(n, 84, steps): as long as the series, which goes on as nought at both ends."""
        dilation = self.dilations[group]
        with torch.inference_mode():
            return torch.nn.functional.conv1d(
                batch, self.weights[group], dilation=dilation, padding=dilation * (LENGTH // 2)
            )


def drawn_channels(shape: tuple[int, int, int], draw: np.random.Generator) -> np.ndarray:
    """Which channels each kernel sees, float32 (groups, kernels, channels) of nought and one: mostly few of them."""
    groups, kernels, channels = shape
    found = np.zeros(shape, np.float32)
    for group in range(groups):
        for kernel in range(kernels):
            count = min(channels, int(2 ** draw.uniform(0, np.log2(min(channels, LENGTH) + 1))))
            found[group, kernel, draw.choice(channels, count, replace=False)] = 1.0
    return found


def batches(
    series: Sequence[np.ndarray], width: int = len(PATTERNS)
) -> Iterator[tuple[np.ndarray, torch.Tensor, torch.Tensor]]:
    """Places, values (n, channels, steps) and which steps are the series' own; those of like length together.

    width: outputs that each step has.
    """
    order = np.argsort([one.shape[1] for one in series], kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end - start + 1) * width * series[order[end]].shape[1] <= BATCH_VALUES:
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
