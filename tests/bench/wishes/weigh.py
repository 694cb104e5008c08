"""What each piece of evidence for a target counts: `agent/settle/weighing.toml`, fitted on the tuning half.

    python -m tests.bench.wishes.weigh           # fits, writes the file, says how often the target is found
    python -m tests.bench.wishes.weigh --dry     # the same without writing

A conditional logit over the columns of a table (shares = softmax of weighted evidence), with a penalty on the squares.
How often it is right is told for data sets that it has not seen: all others are learned from, one after the other.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from noglue.agent.settle import weighing
from noglue.agent.settle.settling import target_evidence
from noglue.tools.spec.errors import ToolError
from tests.bench.wishes.data import SETS, paragraphs
from tests.bench.wishes.settling import looked_at

PENALTY = 0.005


@dataclass(frozen=True)
class Case:
    """set: the data's. evidence: (columns, pieces). target: the row of the column that is meant."""

    set: str
    evidence: np.ndarray
    target: int


def cases(folder: Path) -> tuple[list[Case], list[str], int]:
    """The cases, the names of the pieces, and how many paragraphs were refused before."""
    found, kinds, refused = [], [], 0
    for paragraph in paragraphs("tuning"):
        if paragraph["goal"] in ("refused", "generate") or not isinstance(paragraph.get("target"), str):
            continue
        place = folder / paragraph["set"]
        if not place.exists():
            place.mkdir()
            SETS[paragraph["set"]](place, 0)
        try:
            evidence = target_evidence(*looked_at(" ".join(paragraph["text"].split()), place))
        except ToolError:
            refused += 1
            continue
        names, target = list(evidence), paragraph["target"]
        target = names[int(target[1:]) - 1] if target.startswith("@") and names else target
        if target in names:
            kinds = kinds or list(evidence[target])
            pieces = np.array([[evidence[name][kind] for kind in kinds] for name in names])
            found.append(Case(paragraph["set"], pieces, names.index(target)))
    return found, kinds, refused


def fitted(learned: list[Case]) -> np.ndarray:
    """The weights, one for each piece."""
    weights = torch.zeros(learned[0].evidence.shape[1], requires_grad=True)
    pairs = [(torch.tensor(one.evidence, dtype=torch.float32), one.target) for one in learned]
    steps = torch.optim.LBFGS([weights], max_iter=300)

    def loss() -> Any:
        steps.zero_grad()
        likelihood = torch.stack([torch.log_softmax(evidence @ weights, 0)[target] for evidence, target in pairs])
        value = PENALTY * (weights**2).sum() - likelihood.mean()
        value.backward()
        return value

    steps.step(loss)
    return weights.detach().numpy()


def told(found: list[Case], least: float) -> tuple[int, int, int]:
    """Of data sets that were not learned from: targets that are right, wrong, and left open. least: of a share."""
    right = wrong = 0
    for name in sorted({one.set for one in found}):
        weights = fitted([one for one in found if one.set != name])
        for one in (one for one in found if one.set == name):
            shares = np.exp(one.evidence @ weights - (one.evidence @ weights).max())
            if shares.max() / shares.sum() >= least:
                right += int(shares.argmax()) == one.target
                wrong += int(shares.argmax()) != one.target
    return right, wrong, len(found) - right - wrong


def main() -> None:
    """Fits and says what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    dry = parser.parse_args().dry
    with tempfile.TemporaryDirectory() as folder:
        found, kinds, refused = cases(Path(folder))
    print(f"{len(found)} paragraphs, {refused} refused before; of sets that were not learned from:")
    for least in (0.3, 0.4, 0.5, 0.6):
        right, wrong, left = told(found, least)
        print(f"  taken from a share of {least} on: {right} right, {wrong} wrong, {left} open")
    weights = fitted(found)
    for kind, weight in zip(kinds, weights, strict=True):
        print(f"{kind:16} {weight:6.2f}")
    if not dry:
        lines = [f"{kind} = {weight:.3f}" for kind, weight in zip(kinds, weights, strict=True)]
        head = ["# What a piece of evidence counts for a column to be the target: python -m tests.bench.wishes.weigh"]
        weighing.FILE.write_text("\n".join([*head, "", "[weights]", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
