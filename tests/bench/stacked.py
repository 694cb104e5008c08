"""Stacked MNIST: three random digits as the three channels of one image, which makes 1,000 modes.

Metz et al. 2017, "Unrolled Generative Adversarial Networks", https://arxiv.org/abs/1611.02163, and Srivastava et al.
2017 (VEEGAN), https://arxiv.org/abs/1705.07761: how many of the modes do 26,000 samples show?
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.generation.judge import Judge
from noglue.tools.modelstore import load_model
from tests.bench.images import idx
from tests.bench.judges import judge
from tests.bench.whole import SHARED
from tests.tools.models._image_data import array_rows, prepared

ROWS, SAMPLES, MODES = 60_000, 26_000, 1000


def write(place: Path) -> Path:
    """A folder of one .npz per split, without labels: which digits an image shows is not told."""
    if not (place / "data" / "train.npz").is_file():
        (place / "data").mkdir(parents=True, exist_ok=True)
        for split, count in (("train", ROWS), ("test", ROWS // 6)):
            digits, _ = idx(SHARED / "mnist", split)
            chosen = np.random.default_rng(0).integers(0, len(digits), (count, 3))
            np.savez_compressed(
                place / "data" / f"{split}.npz", x=np.concatenate(list(digits[chosen].swapaxes(0, 1)), 3)
            )
    return place / "data"


def modes(content: dict[str, Any], arguments: argparse.Namespace) -> str:
    """How many of the 1,000 there are, and how far from even: KL of the modes' shares from the uniform one, in nats."""
    _, sampler = load_model.sampler(Path(content["path"]) / "model", arguments.device)
    pixels = sampler.decode(sampler.latents(SAMPLES, 1), sampler.labels(SAMPLES, 1))
    told_by = _digits_judge(arguments.device)
    told = [np.asarray(told_by.probabilities(pixels[..., [channel]])).argmax(1) for channel in range(3)]
    counts = np.bincount(told[0] * 100 + told[1] * 10 + told[2], minlength=MODES)
    shares = counts[counts > 0] / SAMPLES
    return f"; {int((counts > 0).sum())} of {MODES:,} modes, KL {float((shares * np.log(shares * MODES)).sum()):.3f}"


def _digits_judge(device: str) -> Judge:
    """Told single digits apart on MNIST itself."""
    run = Path("bench-out/stacked-digits")
    if not (run / "data").is_dir():
        names = [str(number) for number in range(10)]
        rows = {split: array_rows(*idx(SHARED / "mnist", split), names) for split in ("train", "test")}
        prepared(run, rows["train"], rows["test"], names)
    return judge("stacked-digits", run, device, rows=60_000, epochs=3)
