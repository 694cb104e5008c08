"""Networks for tables, those of all folds trained at once: each number through cosines of its own, then two layers.

    >>> found = fit(rows, wanted, weights, Plan(classes=2), seed=0)
    >>> found.learned.predict(rows).shape, found.held.shape     # weights (10, 569): 0 where one must not learn
    ((569, 2), (10, 569, 2))

After RealMLP (Holzmüller et al. 2024, https://arxiv.org/abs/2407.04491): robustly scaled and smoothly cut off inputs,
periodic embeddings of numbers (Gorishniy et al. 2022, https://arxiv.org/abs/2203.05556), and a learning rate that falls
as a cosine. As TabM (Gorishniy et al. 2024, https://arxiv.org/abs/2410.24210) trains its members in one pass, so are
these, by batched products; they share no weight, so that a network says nothing about rows of its fold that another
learned from. The epoch kept is the best for all of them together.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.forms import Networks
from noglue.tools.models._tables.train_val_data import threads
from noglue.tools.spec.errors import BudgetSpent, Kind

if TYPE_CHECKING:
    import torch

COSINES, EMBEDDED = 16, 3  # of each number, and the features that become of them, beside the number
BATCHES, SMALLEST, LARGEST = 8, 48, 256  # in an epoch about, of so many rows
DECAY_BETAS = (0.9, 0.95)
PATIENCE = 0.35  # of all epochs, without a better one
TIMED = 2  # epochs, to see what one takes
FEWEST_EPOCHS = 8
JUDGING = 1.3  # of the seconds of the training, with the look at the held rows
FEW_CELLS = 1_000_000  # in all networks; below, threads wait for each other longer than they work


@dataclass(frozen=True)
class Plan:
    """classes: 0 for a value. absolute: errors of values count by their size. frequency: of the cosines, their spread.

    epochs: of the schedule; stop: the epoch after which it ends, None: the best by the held rows.
    """

    classes: int
    absolute: bool = False
    width: int = 128
    layers: int = 2
    rate: float = 2e-3
    dropout: float = 0.2
    decay: float = 1e-2
    frequency: float = 0.1
    epochs: int = 50
    stop: int | None = None


@dataclass(frozen=True)
class Trained:
    """held: float64 (networks, n, m) or (networks, n), what each says of every row. epochs: of the schedule, as far as
    there was time for; best: the one that was kept."""

    learned: Networks
    held: np.ndarray
    epochs: int
    best: int


def fit(
    rows: Encoded,
    wanted: np.ndarray,
    weights: np.ndarray,
    plan: Plan,
    seed: int,
    left: Callable[[], float] = lambda: float("inf"),
) -> Trained:
    """wanted: int64 0…m-1 or float64 (n,). weights: float64 (networks, n); a network is judged by the rows that it has
    weight 0 for, where `plan.stop` is None. left: seconds. Raises BudgetSpent where they are too few to begin.
    """
    import torch

    dense = Dense.fit(rows)
    matrix = dense.matrix(rows)
    numbers = int((dense.scale > 0).sum())
    centre, scale = _robust(matrix[:, :numbers])
    given = Networks.scaled(matrix, centre, scale)
    torch.set_num_threads(threads() if given.size * len(weights) > FEW_CELLS else 1)
    draw = torch.Generator().manual_seed(seed)
    net = _Net(len(weights), given.shape[1], numbers, plan, draw)
    x, heavy = torch.tensor(given, dtype=torch.float32), torch.tensor(weights, dtype=torch.float32)
    y = torch.tensor(wanted) if plan.classes else torch.tensor(wanted, dtype=torch.float32)
    known = torch.tensor(wanted >= 0 if plan.classes else np.isfinite(wanted))
    y = torch.where(known, y, torch.zeros_like(y))
    epochs, best = _train(net, x, y, heavy, known, plan, draw, left)
    arrays = {name: value.detach().numpy().astype(np.float32) for name, value in net.parameters.items()}
    learned = Networks.of(dense, {"centre": centre, "scale": scale, **arrays})
    return Trained(learned, learned.each(rows), epochs, best)


def _robust(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median of each column and what its quartiles are apart, half its range where that is nothing."""
    if not numbers.shape[1]:
        return np.zeros(0), np.ones(0)
    low, centre, high = np.quantile(numbers, [0.25, 0.5, 0.75], axis=0)
    apart = high - low
    spread = (numbers.max(axis=0) - numbers.min(axis=0)) / 2
    return centre, np.where(apart > 1e-9, apart, np.maximum(spread, 1e-9))


class _Net:
    """Many networks of one shape; every parameter's first dimension is the network."""

    def __init__(self, count: int, inputs: int, numbers: int, plan: Plan, draw: "torch.Generator") -> None:
        import torch

        def normal(*shape: int, spread: float) -> "torch.Tensor":
            return spread * torch.randn(*shape, generator=draw)

        self.numbers, self.plan, self.draw = numbers, plan, draw
        wide = inputs + EMBEDDED * numbers
        outputs = max(1, plan.classes)
        sizes = [wide, *[plan.width] * plan.layers, outputs]
        self.parameters: dict[str, torch.Tensor] = {
            "frequency": normal(count, numbers, COSINES, spread=plan.frequency),
            "phase": torch.rand(count, numbers, COSINES, generator=draw),
            "mixing": normal(count, numbers, COSINES, EMBEDDED, spread=COSINES**-0.5),
        }
        for layer, (below, width) in enumerate(pairwise(sizes)):
            last = layer == plan.layers
            spread = (0.1 if last else 1.4) * below**-0.5
            self.parameters[f"matrix_{layer}"] = normal(count, below, width, spread=spread)
            self.parameters[f"offset_{layer}"] = torch.zeros(count, 1, width)
        for value in self.parameters.values():
            value.requires_grad_(True)

    def __call__(self, x: "torch.Tensor", training: bool) -> "torch.Tensor":
        """(networks, n, outputs) of (n, inputs)."""
        import torch

        p, numbers = self.parameters, x[:, : self.numbers]
        waves = torch.cos(2 * torch.pi * (numbers[None, :, :, None] * p["frequency"][:, None] + p["phase"][:, None]))
        embedded = torch.einsum("kndc,kdce->knde", waves, p["mixing"]).flatten(2)
        found = torch.cat([x[None].expand(len(embedded), -1, -1), embedded], dim=2)
        for layer in range(self.plan.layers + 1):
            found = torch.baddbmm(p[f"offset_{layer}"], found, p[f"matrix_{layer}"])
            if layer < self.plan.layers:
                found = torch.nn.functional.silu(found)
                if training and self.plan.dropout > 0:
                    kept = torch.rand(found.shape, generator=self.draw) >= self.plan.dropout
                    found = found * kept / (1 - self.plan.dropout)
        return found


def _train(
    net: _Net,
    x: "torch.Tensor",
    y: "torch.Tensor",
    weights: "torch.Tensor",
    known: "torch.Tensor",
    plan: Plan,
    draw: "torch.Generator",
    left: Callable[[], float],
) -> tuple[int, int]:
    """Leaves the parameters of the best epoch in `net`; how many epochs there were in the schedule, and the best."""
    import torch

    batch = int(np.clip(len(x) // BATCHES, SMALLEST, LARGEST))
    matrices = [value for name, value in net.parameters.items() if name.startswith(("matrix", "mixing"))]
    others = [value for name, value in net.parameters.items() if not name.startswith(("matrix", "mixing"))]
    groups = [{"params": matrices, "weight_decay": plan.decay}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=plan.rate, betas=DECAY_BETAS)
    judged = (weights == 0) & known
    epochs, best, best_loss, begun = plan.epochs, 0, float("inf"), time.monotonic()
    kept: dict[str, Any] = {}
    epoch = 0
    timed = plan.stop is None and left() < float("inf")
    while epoch < (plan.stop or epochs):
        order = torch.randperm(len(x), generator=draw)
        for place, start in enumerate(range(0, len(x), batch)):
            done = (epoch + place * batch / len(x)) / epochs
            for group in optimiser.param_groups:
                group["lr"] = plan.rate * min(1.0, 20 * done + 0.05, 0.5 * (1 + np.cos(np.pi * min(1.0, done))) + 1e-3)
            some = order[start : start + batch]
            loss = _loss(net(x[some], True), y[some], weights[:, some] * known[some], plan)
            optimiser.zero_grad()
            loss.sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            if timed and epoch == 0:
                _is_time_for(FEWEST_EPOCHS, begun, (place + 1) * batch / len(x), left())
            if timed and left() < 0:
                break
        epoch += 1
        if epoch == TIMED and timed:
            each = (time.monotonic() - begun) / TIMED
            epochs = int(np.clip(epoch + left() / each / JUDGING, FEWEST_EPOCHS, epochs))
        if plan.stop is not None:
            continue
        with torch.no_grad():
            held = float(_loss(_in_blocks(net, x), y, judged.float(), plan).mean())
        if held < best_loss:
            best, best_loss = epoch, held
            kept = {name: value.detach().clone() for name, value in net.parameters.items()}
        if epoch - best > PATIENCE * epochs or left() < 0:
            break
    if kept:
        net.parameters = kept
    return epochs, best or epoch


def _is_time_for(epochs: int, begun: float, done: float, left: float) -> None:
    """Raises BudgetSpent where a part of the first epoch shows that so many take longer than there is time for."""
    took = time.monotonic() - begun
    if took > left / 10 and took / done * epochs * JUDGING > took + left:
        raise BudgetSpent(Kind.BUDGET_SPENT, f"{done:.0%} of an epoch took {took:.1f} s")


def _loss(found: "torch.Tensor", y: "torch.Tensor", weights: "torch.Tensor", plan: Plan) -> "torch.Tensor":
    """(networks,), the weighted mean over the rows."""
    import torch

    if plan.classes:
        each = torch.logsumexp(found, dim=2) - found.gather(2, y[None, :, None].expand(len(found), -1, 1))[..., 0]
    else:
        each = found[..., 0] - y
        each = torch.sqrt(each**2 + 1e-4) if plan.absolute else each**2
    return (each * weights).sum(dim=1) / weights.sum(dim=1).clamp_min(1e-9)


def _in_blocks(net: _Net, x: "torch.Tensor") -> "torch.Tensor":
    import torch

    return torch.cat([net(part, False) for part in torch.split(x, 2048)], dim=1)
