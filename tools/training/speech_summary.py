"""A recording's speech embedding over its time, as one row of numbers, alone or beside what its spectrogram says.

    >>> of_all(rows, 16_000, SpeechEmbedder.published()).shape         # float32
    (1600, 1157)
    >>> seen(found, spectrogram=False).shape
    (1600, 576)

Of each of the 96 numbers its mean, spread and maximum over the frames, and its mean in each third of the time, so that
the order of what is said counts. Speakers never heard, 960 recordings of ten digits by 16 synthetic voices: 99.5 %, and
the mean alone 99.2 %; without silence at the ends 98.9 %; the summary of the spectrogram 87.4 % (four folds of whole
voices, `tests/bench/spoken.py`'s recordings).
"""

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.pretrained.speech import SIZE, SpeechEmbedder
from noglue.tools.sound import features
from noglue.tools.sound.log_mel import log_mel

if TYPE_CHECKING:
    import datasets

PARTS = 3
WIDTH = (3 + PARTS) * SIZE


def over_time(frames: np.ndarray) -> np.ndarray:
    """float32 (576,). frames: (n, 96), n ≥ 1."""
    edges = np.linspace(0, len(frames), PARTS + 1)
    course = [frames[int(a) : max(int(a) + 1, int(np.ceil(b)))].mean(axis=0) for a, b in itertools.pairwise(edges)]
    found: np.ndarray = np.concatenate([frames.mean(axis=0), frames.std(axis=0), frames.max(axis=0), *course])
    return found.astype(np.float32)


def of_all(
    rows: "datasets.Dataset",
    rate: int,
    embedder: SpeechEmbedder,
    spectrogram: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """float32 (n, 576), or with the summary of the spectrogram behind (n, 1157)."""

    def work(samples: np.ndarray) -> np.ndarray:
        spoken = over_time(embedder.frames(samples, rate))
        if not spectrogram:
            return spoken
        return np.concatenate([spoken, features.summary(log_mel(samples, rate), samples, rate)])

    found = list(features.of_all(rows, work, progress))
    return np.stack(found) if found else np.zeros((0, WIDTH + spectrogram * features.WIDTH), np.float32)


def seen(found: np.ndarray, spectrogram: bool) -> np.ndarray:
    """What a model sees: all, or the embedding alone."""
    return found if spectrogram else found[:, :WIDTH]
