"""Fitted learners of every kind: how they are kept in a folder, without pickle, and taken from it again.

arrays.safetensors   a form of `forms`          lightgbm.txt   `boosting.Boosted`
blend.json, 0/, 1/…  a `Blend` of others        catboost.cbm   `catboosting.CatBoosted`
codes.safetensors, coded/   a `Coded`           xgboost.json   `xgboosting.XGBoosted`
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from noglue.tools.models._tables import forms, stacking
from noglue.tools.models._tables.boosting import Boosted
from noglue.tools.models._tables.catboosting import CatBoosted
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.target import Target
from noglue.tools.models._tables.target_codes import TargetCodes
from noglue.tools.models._tables.xgboosting import XGBoosted


class Learned(Protocol):
    """Gives class probabilities (n, m), or standardised values (n,)."""

    @property
    def parameters(self) -> int: ...

    def predict(self, rows: Encoded) -> np.ndarray: ...


@dataclass(frozen=True)
class Member:
    """A learner's share in a blend. target: its own, where values were learned differently (as logarithms).

    below: a second layer learned from what the members of its name say, in the mean. above: it is of that layer.
    """

    name: str
    weight: float
    learned: Learned
    target: Target
    below: bool = False
    above: bool = False


@dataclass(frozen=True)
class Blend:
    """The weighted mean of several learners; `target` is what the mean is standardised by."""

    members: tuple[Member, ...]
    target: Target

    @property
    def parameters(self) -> int:
        return sum(member.learned.parameters for member in self.members)

    def predict(self, rows: Encoded) -> np.ndarray:
        total: np.ndarray | float = 0.0
        below: dict[str, list[np.ndarray]] = {}
        for member in sorted(self.members, key=lambda one: one.above):
            if member.above and below:
                said = [np.mean(found, axis=0) for found in below.values()]
                rows, below = stacking.extended(rows, stacking.columns_of(said, self.target)), {}
            found = member.learned.predict(rows)
            if not self.target.classes:
                found = member.target.decode(found)
            if member.below:
                below.setdefault(member.name, []).append(found)
            total = total + member.weight * found
        return np.asarray(total) if self.target.classes else self.target.encode(np.asarray(total))


@dataclass(frozen=True)
class Coded:
    """A learner that sees categories of many levels as numbers."""

    codes: TargetCodes
    learned: Learned

    @property
    def parameters(self) -> int:
        return int(self.codes.tables.size) + self.learned.parameters

    def predict(self, rows: Encoded) -> np.ndarray:
        return self.learned.predict(self.codes.encode(rows))


def save(learned: Learned, folder: Path) -> None:
    from noglue.tools.models._tables import catboosting, xgboosting

    if isinstance(learned, Blend):
        about = [
            {"name": m.name, "weight": m.weight, "target": m.target.model_dump(), "below": m.below, "above": m.above}
            for m in learned.members
        ]
        content = {"members": about, "target": learned.target.model_dump()}
        (folder / "blend.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
        for number, member in enumerate(learned.members):
            (folder / str(number)).mkdir(exist_ok=True)
            save(member.learned, folder / str(number))
    elif isinstance(learned, Coded):
        learned.codes.save(folder / "codes.safetensors")
        (folder / "coded").mkdir(exist_ok=True)
        save(learned.learned, folder / "coded")
    elif isinstance(learned, Boosted):
        learned.save(folder / "lightgbm.txt")
    elif isinstance(learned, CatBoosted):
        catboosting.save(learned, str(folder / "catboost.cbm"))
    elif isinstance(learned, XGBoosted):
        xgboosting.save(learned, str(folder / "xgboost.json"))
    elif isinstance(learned, forms.Form):
        forms.save(learned, folder / "arrays.safetensors")
    else:
        raise TypeError(f"no way to keep a {type(learned).__name__}")


def load(folder: Path) -> Learned:
    from noglue.tools.models._tables import catboosting, xgboosting

    if (folder / "blend.json").exists():
        content = json.loads((folder / "blend.json").read_text(encoding="utf-8"))
        members = (
            Member(
                m["name"],
                m["weight"],
                load(folder / str(number)),
                Target.model_validate(m["target"]),
                below=m.get("below", False),
                above=m.get("above", False),
            )
            for number, m in enumerate(content["members"])
        )
        return Blend(tuple(members), Target.model_validate(content["target"]))
    if (folder / "codes.safetensors").exists():
        return Coded(TargetCodes.load(folder / "codes.safetensors"), load(folder / "coded"))
    if (folder / "lightgbm.txt").exists():
        return Boosted.load(folder / "lightgbm.txt")
    if (folder / "catboost.cbm").exists():
        return catboosting.load(str(folder / "catboost.cbm"))
    if (folder / "xgboost.json").exists():
        return xgboosting.load(str(folder / "xgboost.json"))
    return forms.load(folder / "arrays.safetensors")
