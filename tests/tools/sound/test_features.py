"""Spectrograms by what is known of tones, and summaries and pictures of them."""

import numpy as np
import pytest

from noglue.tools.sound.features import WIDTH, Frame, summary
from noglue.tools.sound.log_mel import BANDS, FLOOR, log_mel
from tests.tools.sounds import as_int16


def sine(pitch: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return as_int16(0.5 * np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate))


@pytest.mark.parametrize("rate", [4000, 8000, 16_000])
def test_a_higher_tone_lies_in_a_higher_band(rate: int) -> None:
    bands = [int(log_mel(sine(pitch, rate), rate).mean(axis=0).argmax()) for pitch in (100, 300, 800, 1600)]
    assert bands == sorted(bands)
    assert len(set(bands)) == 4


def test_every_band_hears_something() -> None:
    noise = np.random.default_rng(0).integers(-9000, 9000, 16_000).astype(np.int16)
    assert log_mel(noise, 16_000).shape == (98, BANDS)
    assert log_mel(noise, 16_000).mean(axis=0).min() > -40


def test_how_loud_a_recording_is_makes_no_difference_and_silence_is_the_floor() -> None:
    loud = log_mel(sine(440, 8000), 8000)
    assert np.abs(loud - log_mel(sine(440, 8000) // 4, 8000))[:, 10:20].max() < 1
    assert loud.max() == 0
    assert np.array_equal(log_mel(np.zeros(8000, np.int16), 8000), np.full((98, BANDS), -FLOOR, np.float32))


@pytest.mark.parametrize("length", [1, 100, 199, 200, 8000])
def test_any_length_has_a_summary_and_a_picture(length: int) -> None:
    samples = sine(440, 8000)[:length]
    loudness = log_mel(samples, 8000)
    found = summary(loudness, samples, 8000)
    assert found.shape == (WIDTH,)
    assert np.isfinite(found).all()
    frame = Frame(moments=20, pooled=2)
    assert frame.picture(loudness).shape == (20, BANDS, 1)


def test_a_picture_is_long_enough_for_nearly_all_recordings_and_no_longer() -> None:
    assert Frame.of(np.full(100, 1.0)) == Frame(moments=100, pooled=1)
    assert Frame.of(np.append(np.full(99, 5.0), 60.0)) == Frame(moments=125, pooled=4)
    short = Frame(moments=100, pooled=1).picture(log_mel(sine(440, 8000, 0.5), 8000))
    assert short[:48].any()
    assert not short[50:].any()
