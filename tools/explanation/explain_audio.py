"""When in a recording, and in which pitches, a model hears its answer: stretches of time are silenced and bands of
pitch taken out in turn (the `Explaining` of sounds; see `occlusion.py`). Drawn over the spectrogram.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.explanation import occlusion
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets

BACKGROUND = False
PARTS = 12  # of the time; a window is two of them long
BANDS = (0, 300, 600, 1200, 2400, 4800, 24_000)  # Hz
MOST_REASONS = 3
SIDES = (96, 160)  # pixels of the drawing, height and width at most


def because(
    model: Predictor,
    rows: "datasets.Dataset",
    schema: Schema,
    background: pa.Table | None,
    answered: np.ndarray | None,
    progress: Callable[[int], None],
    folder: Path | None,
) -> list[Because]:
    rate, told = SoundForm.known(schema.form).rate, []
    for row in range(len(rows)):
        samples = np.array(rows[row]["audio"], np.int16)
        kind = None if answered is None else int(answered[row])
        times = occlusion.windows(len(samples), PARTS)
        bands = [(low, high) for low, high in pairwise(BANDS) if low < rate / 2]
        variants = [samples, *(_silenced(samples, *part) for part in times)]
        variants += [_without(samples, rate, *band) for band in bands]
        values = occlusion.asked(model, lambda some: _rows(some, schema), variants, kind)
        lost = values[0] - values[1:]
        moments = occlusion.spread((len(samples),), [(slice(*part),) for part in times], lost[: len(times)])
        one = Because(row=row, reasons=_reasons(moments, bands, lost[len(times) :], rate), said=float(values[0]))
        if folder is not None and len(samples):
            folder.mkdir(parents=True, exist_ok=True)
            one.picture = f"{row:04d}.png"
            _draw(samples, rate, moments, folder / one.picture)
        told.append(one)
        progress(row + 1)
    return told


def traits(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """How long, how loud, and how much of it lies where."""
    from noglue.tools.sound.log_mel import mel_power

    rate = SoundForm.known(schema.form).rate
    found: dict[str, list[float]] = {}
    for row in range(len(rows)):
        samples = np.array(rows[row]["audio"], np.int16)
        loud = float(np.sqrt(np.square(samples / 32768).mean())) if len(samples) else 0.0
        power = mel_power(samples[: 10 * rate], rate).mean(axis=0).astype(np.float64)
        bands = [float(part.sum()) for part in np.array_split(power, 4)]
        one = {"length": np.log(max(1, len(samples)) / rate), "loudness": 20 * np.log10(loud + 1e-5)}
        whole = sum(bands) + 1e-12
        names = ("the lowest", "lower", "higher", "the highest")
        one |= {f"power in {name} pitches": share / whole for name, share in zip(names, bands, strict=True)}
        for name, value in one.items():
            found.setdefault(name, []).append(float(value))
    return {name: np.array(values) for name, values in found.items()}


def _rows(variants: Sequence[np.ndarray], schema: Schema) -> "datasets.Dataset":
    from noglue.tools.sound import content

    features = conform.features_of(schema, target=False)
    return conform.dataset(pa.table({schema.features[0].name: content.lists(list(variants))}), features)


def _silenced(samples: np.ndarray, start: int, end: int) -> np.ndarray:
    changed = samples.copy()
    changed[start:end] = 0
    return changed


def _without(samples: np.ndarray, rate: int, low: float, high: float) -> np.ndarray:
    from scipy import fft

    whole = fft.rfft(samples.astype(np.float64))
    pitch = np.linspace(0, rate / 2, len(whole))
    whole[(pitch >= low) & (pitch < high)] = 0
    found = fft.irfft(whole, len(samples)) if len(samples) > 1 else samples
    return np.asarray(np.clip(np.rint(found), -32768, 32767), np.int16)


def _reasons(moments: np.ndarray, bands: list[tuple[int, int]], lost: np.ndarray, rate: int) -> list[Reason]:
    """Stretches of time, and bands of pitch, each by what is lost without it."""
    edges = np.linspace(0, len(moments), PARTS // 2 + 1).astype(int)
    found = [
        Reason(name=f"{start / rate:.2f} to {end / rate:.2f} s", amount=float(moments[start:end].mean()))
        for start, end in pairwise(edges)
        if end > start
    ]
    found += [
        Reason(name=f"{low:,} to {high:,} Hz" if high <= rate / 2 else f"above {low:,} Hz", amount=float(amount))
        for (low, high), amount in zip(bands, lost, strict=True)
    ]
    found.sort(key=lambda reason: -abs(reason.amount))
    return [reason for reason in found if reason.amount][:MOST_REASONS]


def _draw(samples: np.ndarray, rate: int, moments: np.ndarray, file: Path) -> None:
    """The spectrogram, the darker the louder; red where silence costs the answer most, blue where it helps it."""
    from PIL import Image

    from noglue.tools.sound.log_mel import FLOOR, log_mel

    loudness = log_mel(samples, rate).T[::-1]
    grey = 255 * -loudness / FLOOR
    at = np.linspace(0, len(moments) - 1, grey.shape[1]).astype(int)
    strength = moments[at] / max(float(np.abs(moments).max()), 1e-12)
    tint = np.where(strength[None, :, None] > 0, (214.0, 39.0, 40.0), (31.0, 95.0, 168.0))
    share = (0.6 * np.abs(strength))[None, :, None]
    mixed = np.rint((1 - share) * grey[:, :, None] + share * tint).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(mixed))
    picture.resize((min(SIDES[1], max(32, picture.width)), SIDES[0])).save(file)
