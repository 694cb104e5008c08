"""A small prepared set of tones, as `prepare` writes it: three kinds of pitch, or the pitch as a value."""

from pathlib import Path

import numpy as np

from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from tests.tools.sounds import RATE, as_int16, tone

KINDS = ["low", "middle", "high"]


def prepared(run: Path, classes: bool) -> None:
    """48 train, 18 validation and 18 test recordings of a quarter of a second."""
    import datasets

    target = datasets.ClassLabel(names=KINDS) if classes else datasets.Value("float64")
    features = datasets.Features({"audio": datasets.Sequence(datasets.Value("int16")), "label": target})
    counts = {"data/train": 48, "data/validation": 18, "sealed/test": 18}
    for seed, (place, count) in enumerate(counts.items()):
        pitches = np.array([300, 600, 1200])[np.arange(count) % 3] * np.linspace(0.95, 1.05, count)
        sounds = [as_int16(tone(pitch, 100 * seed + number)).tolist() for number, pitch in enumerate(pitches)]
        labels = (np.arange(count) % 3).tolist() if classes else pitches.tolist()
        rows = datasets.Dataset.from_dict({"audio": sounds, "label": labels}, features=features)
        rows.save_to_disk(str(run / place))
    Schema(
        goal="classify" if classes else "regress",
        modality="audio",
        target="label",
        features=[Column(name="audio", kind="content", dtype="int16")],
        classes=KINDS if classes else None,
        rows={"train": 48, "validation": 18, "test": 18},
        split="random",
        form=SoundForm(rate=RATE, seconds=60.0).kept(),
    ).save(run / "data")
