"""What models learn from in a recording: a summary of its log-mel spectrogram, or the spectrogram as a grey picture.

>>> summary(log_mel(samples, 16_000), samples, 16_000).shape
(581,)
>>> Frame.of(np.array([1.0, 1.2, 0.9])).shape          # seconds of the training recordings
(119, 64)
"""

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import BaseModel

from noglue.tools.sound.content import COLUMN
from noglue.tools.sound.decoding import each
from noglue.tools.sound.log_mel import BANDS, FLOOR, HOP, log_mel

if TYPE_CHECKING:
    import datasets

Result = TypeVar("Result")
MOST_MOMENTS = 128  # of a picture
COMMON = 0.95  # of the training recordings are as long as a picture shows, or shorter
_PARTS = 8  # of the time from the first to the last loud moment
_COARSE = 4  # neighbouring bands that are one in them
_QUIET = 45.0  # decibels below the loudest moment, from where on a recording's ends are no part of it
_AT_ONCE = 64


def recordings(rows: "datasets.Dataset") -> Iterator[np.ndarray]:
    """int16 (n,) of each row; some dozens are in memory."""
    for start in range(0, len(rows), _AT_ONCE):
        column = rows.with_format("arrow")[start : start + _AT_ONCE].column(COLUMN)
        for one in column:
            yield one.values.to_numpy(zero_copy_only=False)


def of_all(
    rows: "datasets.Dataset", work: Callable[[np.ndarray], Result], progress: Callable[[int, int], None] | None = None
) -> Iterator[Result]:
    """What `work` makes of each recording, on all cores."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        for done, result in enumerate(each(work, recordings(rows)), 1):
            if isinstance(result, ValueError):
                raise result
            yield result
            if progress is not None and (done % _AT_ONCE == 0 or done == len(rows)):
                progress(done, len(rows))


def summary(loudness: np.ndarray, samples: np.ndarray, rate: int) -> np.ndarray:
    """float32 (581,): of each band its mean, spread, quantiles, maximum and unrest; how they go on over the time; how
    long and how loud it is. loudness: as of `log_mel`.
    """
    sound = samples.astype(np.float32) / 32768
    unrest = np.abs(np.diff(loudness, axis=0)).mean(axis=0) if len(loudness) > 1 else np.zeros(BANDS)
    lower, middle, upper = np.quantile(loudness, (0.1, 0.5, 0.9), axis=0)
    of_bands = [loudness.mean(axis=0), loudness.std(axis=0), lower, middle, upper, loudness.max(axis=0), unrest]
    coarse = _sounding(loudness).reshape(-1, BANDS // _COARSE, _COARSE).mean(axis=2)
    edges = np.linspace(0, len(coarse), _PARTS + 1)
    course = [coarse[int(a) : max(int(a) + 1, int(b))].mean(axis=0) for a, b in itertools.pairwise(edges)]
    strength = float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0
    crossings = float(np.mean(np.signbit(sound[1:]) != np.signbit(sound[:-1]))) if len(sound) > 1 else 0.0
    whole = [np.log(max(1, len(sound)) / rate), np.log(len(coarse)), 20 * np.log10(max(strength, 1e-5)), crossings]
    tone = np.abs(np.diff(loudness, axis=1)).mean()
    found: np.ndarray = np.concatenate([*of_bands, *course, whole, [tone]]).astype(np.float32)
    return found


def _sounding(loudness: np.ndarray) -> np.ndarray:
    """From the first loud moment to the last."""
    loud = np.flatnonzero(loudness.max(axis=1) > -_QUIET)
    return loudness[loud[0] : loud[-1] + 1] if len(loud) else loudness


class Frame(BaseModel):
    """The size of the pictures: `moments` of `pooled` windows each; what a recording has beyond them is not seen."""

    moments: int
    pooled: int

    @classmethod
    def of(cls, seconds: np.ndarray) -> "Frame":
        """seconds: of the training recordings."""
        windows = max(8, round(float(np.quantile(seconds, COMMON)) / HOP))
        pooled = -(-windows // MOST_MOMENTS)
        return cls(moments=-(-windows // pooled), pooled=pooled)

    @property
    def shape(self) -> tuple[int, int]:
        return self.moments, BANDS

    @property
    def seconds(self) -> float:
        return self.moments * self.pooled * HOP

    def picture(self, loudness: np.ndarray) -> np.ndarray:
        """uint8 (moments, 64, 1): 255 is the loudest; silence follows a shorter recording."""
        level = (loudness + FLOOR) * (255 / FLOOR)
        whole = np.zeros((self.moments * self.pooled, BANDS), np.float32)
        seen = min(len(level), len(whole))
        whole[:seen] = level[:seen]
        pooled: np.ndarray = np.rint(whole.reshape(self.moments, self.pooled, BANDS).mean(axis=1)).astype(np.uint8)
        return pooled[..., None]


def summaries(rows: "datasets.Dataset", rate: int, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """float32 (n, 581)."""
    found = list(of_all(rows, lambda samples: summary(log_mel(samples, rate), samples, rate), progress))
    return np.stack(found) if found else np.zeros((0, WIDTH), np.float32)


def pictures_and_summaries(
    rows: "datasets.Dataset", rate: int, frame: Frame, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, moments, 64, 1) and float32 (n, 581), in one go."""
    pictures = np.empty((len(rows), *frame.shape, 1), np.uint8)
    found = np.empty((len(rows), WIDTH), np.float32)

    def work(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        loudness = log_mel(samples, rate)
        return frame.picture(loudness), summary(loudness, samples, rate)

    for place, (picture, one) in enumerate(of_all(rows, work, progress)):
        pictures[place], found[place] = picture, one
    return pictures, found


WIDTH = 7 * BANDS + _PARTS * (BANDS // _COARSE) + 5
