"""A small convolutional network over words or characters, for many texts.

    >>> fit(features, rows, wanted, weights, held, held_wanted, classes=26, unit="words", seed=0, until=…).predict(…)

Vectors of 128 numbers for the commonest words (others share 2,000 places by their hash), convolutions over one, two,
three and five neighbours, the largest of each over the text, dropout, one linear layer; of scripts without blanks and
of names over characters, three to nine neighbours. Adam with one cycle, at most eight passes, stopped by the clock or
when held rows are told worse twice; where passes are asked for, so many. Source: Kim 2014, arXiv:1408.5882; Zhang, Zhao
and LeCun 2015, arXiv:1509.01626.

model/member-N/config.json           `Shape` and the vocabulary
model/member-N/weights.safetensors
"""

import re
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from pydantic import BaseModel
from torch import nn
from torch.nn import functional

from noglue.tools.models._texts.linear_texts import Features, fit_sharpness, probabilities
from noglue.tools.spec.protocols import Settings
from noglue.tools.training.randomness import random

Unit = Literal["words", "characters"]
KNOWN = {"words": 30_000, "characters": 3_000}
SHARED = 2_000  # places for all that is rarer
WIDE, DROPOUT = 128, 0.4
NEIGHBOURS: dict[str, tuple[int, ...]] = {"words": (1, 2, 3, 5), "characters": (3, 5, 7, 9)}
LONGEST = {"words": 200, "characters": 400}
PASSES, BATCH, RATE = 8, 64, 2e-3
PATIENCE = 2  # passes after which held rows are told worse
_WORD = re.compile(r"\w+|[^\w\s]")


class Shape(BaseModel):
    """unit: what has a vector. length: of a text, in these. outputs: classes, or 1 for a value. sharpness: see
    `linear_texts.py`.
    """

    unit: Unit
    length: int
    outputs: int
    vocabulary: list[str]
    sharpness: float = 1.0


class Network(nn.Module):
    """int64 (n, length), 0 where a text is over → (n, outputs)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.vectors = nn.Embedding(1 + len(shape.vocabulary) + SHARED, WIDE, padding_idx=0)
        widths = NEIGHBOURS[shape.unit]
        self.convolutions = nn.ModuleList(nn.Conv1d(WIDE, WIDE, width, padding=width // 2) for width in widths)
        self.head = nn.Linear(WIDE * len(widths), shape.outputs)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        seen = functional.dropout(self.vectors(ids), DROPOUT / 2, self.training).transpose(1, 2)
        found = torch.cat([functional.relu(one(seen)).amax(2) for one in self.convolutions], 1)
        return self.head(functional.dropout(found, DROPOUT, self.training))  # type: ignore[no-any-return]


class TextNetwork:
    """A trained network, as a member of a blend. passes: how many were made, of a network just trained."""

    def __init__(self, shape: Shape, network: Network) -> None:
        self.shape, self.network, self.passes = shape, network, 0.0
        self.places = {word: 1 + place for place, word in enumerate(shape.vocabulary)}

    @property
    def parameters(self) -> int:
        return sum(one.numel() for one in self.network.parameters())

    def ids(self, columns: Sequence[Sequence[str]]) -> torch.Tensor:
        """int64 (n, length)."""
        rows = [" | ".join(texts) for texts in zip(*columns, strict=True)]
        found = np.zeros((len(rows), self.shape.length), np.int64)
        for row, text in enumerate(rows):
            pieces = pieces_of(text, self.shape.unit)[: self.shape.length]
            found[row, : len(pieces)] = [self._place(piece) for piece in pieces]
        return torch.from_numpy(found)

    def _place(self, piece: str) -> int:
        known = self.places.get(piece)
        return known or 1 + len(self.places) + zlib.crc32(piece.encode()) % SHARED

    def outputs(self, ids: torch.Tensor) -> np.ndarray:
        """float64 (n, outputs)."""
        self.network.eval()
        with torch.inference_mode():
            parts = [self.network(ids[start : start + 256]).double().numpy() for start in range(0, len(ids), 256)]
        return np.concatenate(parts) if parts else np.zeros((0, self.shape.outputs))

    def predict(self, features: Features) -> np.ndarray:
        found = self.outputs(self.ids(features.columns))
        return probabilities(found, self.shape.sharpness) if self.shape.outputs > 1 else found[:, 0]

    def save(self, place: Path) -> None:
        from safetensors.torch import save_file

        place.mkdir(parents=True, exist_ok=True)
        (place / "config.json").write_text(self.shape.model_dump_json(), encoding="utf-8")
        save_file(self.network.state_dict(), place / "weights.safetensors")


def pieces_of(text: str, unit: Unit) -> list[str]:
    lower = text.lower()
    return list(lower) if unit == "characters" else _WORD.findall(lower)


def fit(
    features: Features,
    wanted: np.ndarray,
    rows: np.ndarray,
    weights: np.ndarray | None,
    held: np.ndarray,
    classes: int,
    unit: Unit,
    seed: int,
    until: float,
    settings: Settings,
    progress: Callable[[float], None] = lambda loss: None,
) -> TextNetwork:
    """rows, held: places of those that are learned from and of those that judge. wanted: of all, int64 0…m-1 (-1: not
    known) or float64. weights: of classes. until: in seconds of `time.monotonic()`. settings: `epochs`, `batch_size`
    and `learning_rate` in place of the usual ones.
    """
    batch, rate, passes = settings.batch_size or BATCH, settings.learning_rate or RATE, settings.epochs or PASSES
    patience = PATIENCE if settings.epochs is None else passes
    torch.manual_seed(seed)
    texts = [[column[row] for row in rows.tolist()] for column in features.columns]
    model = _new(texts, max(1, classes), unit)
    ids, targets = model.ids(texts), torch.from_numpy(wanted[rows])
    judges = model.ids([[column[row] for row in held.tolist()] for column in features.columns])
    heavy = None if weights is None else torch.from_numpy(weights).float()

    def loss_of(found: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        if not classes:
            return functional.smooth_l1_loss(found[:, 0], truth.float())
        return functional.cross_entropy(found, truth, weight=heavy, ignore_index=-1)

    optimizer = torch.optim.AdamW(model.network.parameters(), rate, weight_decay=1e-2)
    cycle = Cycle(rate, passes * -(-len(ids) // batch), time.monotonic(), until)
    best, best_loss, worse, done = None, np.inf, 0, 0
    for number in range(passes):
        order = torch.randperm(len(ids), generator=random(seed, number))
        parts = (order[start : start + batch] for start in range(0, len(ids), batch))
        batches = ((ids[some], targets[some]) for some in parts)
        done = _one_pass(model.network, optimizer, batches, loss_of, cycle, done)
        loss = float(loss_of(torch.from_numpy(model.outputs(judges)).float(), torch.from_numpy(wanted[held])))
        progress(loss)
        worse = 0 if loss < best_loss else worse + 1
        if loss < best_loss:
            best, best_loss = {name: one.clone() for name, one in model.network.state_dict().items()}, loss
        if worse == patience or time.monotonic() > until:
            break
    model.passes = passes * done / cycle.steps
    if best is not None:
        model.network.load_state_dict(best)
    if classes:
        model.shape.sharpness = fit_sharpness(model.outputs(judges), wanted[held])
    return model


@dataclass(frozen=True)
class Cycle:
    """The learning rate's one cycle: over so many steps, or until the time is up if that is sooner."""

    rate: float
    steps: int
    began: float
    until: float

    def at(self, done: int) -> float | None:
        """The rate of the next step; None where the cycle is over."""
        share = max(done / self.steps, (time.monotonic() - self.began) / max(1e-3, self.until - self.began))
        return None if share >= 1 else self.rate * min(1.0, share / 0.1 + 0.1, (1 - share) / 0.6)


def _one_pass(
    network: Network,
    optimizer: torch.optim.Optimizer,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    cycle: Cycle,
    done: int,
) -> int:
    """Once over the texts, as far as the cycle goes; how many steps are done after it."""
    network.train()
    for ids, targets in batches:
        if (rate := cycle.at(done)) is None:
            break
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        torch.autograd.backward(loss_of(network(ids), targets))
        optimizer.step()
        done += 1
    return done


def _new(columns: list[list[str]], outputs: int, unit: Unit) -> TextNetwork:
    counts: Counter[str] = Counter()
    lengths = []
    for texts in zip(*columns, strict=True):
        pieces = pieces_of(" | ".join(texts), unit)
        counts.update(pieces)
        lengths.append(len(pieces))
    vocabulary = sorted(word for word, count in counts.most_common(KNOWN[unit]) if count > 1)
    length = int(min(LONGEST[unit], max(16, np.quantile(lengths, 0.95))))
    shape = Shape(unit=unit, length=length, outputs=outputs, vocabulary=vocabulary)
    return TextNetwork(shape, Network(shape))


def load(folder: Path) -> TextNetwork:
    from safetensors.torch import load_file

    shape = Shape.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
    network = Network(shape)
    network.load_state_dict(load_file(folder / "weights.safetensors"))
    return TextNetwork(shape, network)
