"""How loud a recording is at each moment in each band of pitches: the picture of a sound that models learn from.

    >>> log_mel(samples, rate=16_000).shape            # a second of int16
    (98, 64)

Decibels below the recording's loudest moment, 0 to -80, so that how near the microphone stood makes no difference.
Windows of 25 ms every 10 ms; 64 bands that are equally wide on the mel scale, from 20 Hz to half the rate.
Source: Stevens, Volkmann and Newman 1937, https://doi.org/10.1121/1.1915893, in O'Shaughnessy's formula.
"""

from functools import cache

import numpy as np

BANDS = 64
FLOOR = 80.0  # decibels
WINDOW, HOP = 0.025, 0.010  # seconds
_LOWEST = 20.0  # Hz
_FRAMES_AT_ONCE = 4096


def log_mel(samples: np.ndarray, rate: int) -> np.ndarray:
    """float32 (moments, 64), in -80…0; of silence -80 throughout. samples: int16 (n,)."""
    power = mel_power(samples, rate)
    loudest = float(power.max(initial=0.0))
    if loudest <= 0:
        return np.full(power.shape, -FLOOR, np.float32)
    found: np.ndarray = 10 * np.log10(np.maximum(power / loudest, 10 ** (-FLOOR / 10)))
    return found.astype(np.float32)


def mel_power(samples: np.ndarray, rate: int) -> np.ndarray:
    """float32 (moments, 64), at least one moment."""
    from scipy import fft

    width, hop = round(WINDOW * rate), max(1, round(HOP * rate))
    size = 1 << (2 * width - 1).bit_length()
    sound = samples.astype(np.float32) / 32768
    if len(sound) < width:
        sound = np.pad(sound, (0, width - len(sound)))
    frames = np.lib.stride_tricks.sliding_window_view(sound, width)[::hop]
    window, bank = np.hanning(width).astype(np.float32), _bank(rate, size)
    found = np.empty((len(frames), BANDS), np.float32)
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        some = fft.rfft(frames[start : start + _FRAMES_AT_ONCE] * window, size, axis=1)
        found[start : start + len(some)] = (some.real**2 + some.imag**2) @ bank
    return found


@cache
def _bank(rate: int, size: int) -> np.ndarray:
    """float32 (frequencies, 64): triangles, each beginning and ending in the middle of its neighbours."""
    edges = _hertz(np.linspace(_mel(min(_LOWEST, rate / 8)), _mel(rate / 2), BANDS + 2))
    lower, middle, upper = edges[:-2], edges[1:-1], edges[2:]
    frequencies = np.fft.rfftfreq(size, 1 / rate)[:, None]
    rising, falling = (frequencies - lower) / (middle - lower), (upper - frequencies) / (upper - middle)
    bank = np.maximum(0.0, np.minimum(rising, falling))
    narrow = bank.sum(axis=0) == 0  # narrower than the distance of two frequencies: the nearest one
    nearest = np.abs(frequencies - middle).argmin(axis=0)
    bank[nearest[narrow], np.flatnonzero(narrow)] = 1.0
    found: np.ndarray = bank.astype(np.float32)
    return found


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _hertz(mel: np.ndarray) -> np.ndarray:
    found: np.ndarray = 700 * (10 ** (mel / 2595) - 1)
    return found
