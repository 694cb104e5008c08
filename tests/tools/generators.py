"""Real generators, quickly: Gaussians of the pixels of scikit-learn's digits, in a run folder as a run leaves it."""

import json
from pathlib import Path

import numpy as np

from noglue.tools import train
from noglue.tools.spec.step import Step
from tests.tools.models._generating_data import prepared
from tests.tools.models._image_data import array_rows, digits

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine/neuf"]


def learned(run: Path, names: list[str] | None = NAMES, side: int = 8, colour: bool = False) -> Path:
    """`run`, with a model of digits of `side` × `side`. names: of the classes; None: learned without labels."""
    pixels, labels = digits()
    pixels = pixels.repeat(side // 8, axis=1).repeat(side // 8, axis=2)
    if colour:
        pixels = np.concatenate([pixels, 255 - pixels, pixels // 2], axis=3)
    (run / "steps").mkdir(parents=True)
    prepared(run, array_rows(pixels, labels, names) if names else array_rows(pixels), names)
    (run / "task.json").write_text(json.dumps({"constraints": {}}), encoding="utf-8")
    (run / "model").mkdir()
    made = run / "steps" / "01-train"
    made.mkdir()
    train.run(train.Args(family="pixels_gaussian", baseline=False, metric="fd_own"), Step(folder=made, run=run))
    return run
