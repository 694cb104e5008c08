"""Short sounds: a tone with harmonics that dies away, in a little noise; as files, and as prepared data."""

from pathlib import Path

import numpy as np
import soundfile

RATE = 8000


def tone(pitch: float, seed: int, seconds: float = 0.25, rate: int = RATE) -> np.ndarray:
    """float32 (n,) in -1…1."""
    random, at = np.random.default_rng(seed), np.arange(int(seconds * rate)) / rate
    sound = sum(np.sin(2 * np.pi * pitch * k * at) / k for k in (1, 2, 3)) * np.exp(-4 * at)
    return (0.3 * sound + 0.02 * random.normal(size=len(at))).astype(np.float32)


def write(file: Path, pitch: float, seed: int, seconds: float = 0.25, rate: int = RATE) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, tone(pitch, seed, seconds, rate), rate)
    return file


def folder(place: Path, kinds: dict[str, float], each: int) -> Path:
    """`place/KIND/00.wav`, … of each kind's pitch."""
    for name, pitch in kinds.items():
        for number in range(each):
            write(place / name / f"{number:02d}.wav", pitch * (1 + 0.01 * (number % 5)), 1000 * len(name) + number)
    return place


def as_int16(sound: np.ndarray) -> np.ndarray:
    return np.rint(sound * 32767).astype(np.int16)
