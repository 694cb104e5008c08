"""Sound files of every format that libsndfile writes, and those that are none, broken off, or promise too much."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from noglue.tools.sound.decoding import each, facts, is_sound, kind_of, samples
from noglue.tools.sound.form import SoundForm
from tests.tools.sounds import as_int16, tone

FORM = SoundForm(rate=8000, seconds=60.0)
SOUND = tone(440, 1)
EXACT = [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"),
         ("FLAC", "PCM_16"), ("AIFF", "PCM_24"), ("AU", "FLOAT"), ("W64", "PCM_16"), ("CAF", "PCM_16"),
         ("RF64", "PCM_16")]  # fmt: skip
LOSSY = [("WAV", "PCM_U8"), ("WAV", "ALAW"), ("WAV", "ULAW"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
         ("MP3", "MPEG_LAYER_III")]  # fmt: skip


@pytest.mark.parametrize(("kind", "subtype"), EXACT)
def test_what_loses_nothing_comes_back(tmp_path: Path, kind: str, subtype: str) -> None:
    soundfile.write(tmp_path / "a", SOUND, 8000, subtype, format=kind)
    assert is_sound(tmp_path / "a")
    assert facts(tmp_path / "a").rate == 8000
    found = samples(tmp_path / "a", FORM)
    assert np.abs(found.astype(int) - as_int16(SOUND)).max() <= 1


@pytest.mark.parametrize(("kind", "subtype"), LOSSY)
def test_what_loses_something_sounds_alike(tmp_path: Path, kind: str, subtype: str) -> None:
    soundfile.write(tmp_path / "a.x", SOUND, 8000, subtype, format=kind)
    assert kind_of((tmp_path / "a.x").read_bytes()[:16]) is not None
    found = samples(tmp_path / "a.x", FORM).astype(float)
    spectra = [np.abs(np.fft.rfft(one, 4096)) for one in (found, as_int16(SOUND).astype(float))]
    assert np.corrcoef(*spectra)[0, 1] > 0.95


def test_rates_and_channels_are_brought_to_one(tmp_path: Path) -> None:
    left, right = tone(440, 1, 1.0, 44_100), tone(440, 1, 1.0, 44_100) * 0.5
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 44_100)
    assert facts(tmp_path / "a.wav").channels == 2
    found = samples(tmp_path / "a.wav", FORM).astype(float)
    assert len(found) == 8000
    assert np.abs(np.fft.rfft(found)).argmax() == 440
    assert np.abs(found).max() == pytest.approx(0.75 * 32767 * np.abs(left).max(), rel=0.1)


def test_of_a_long_recording_the_first_seconds_count(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(440, 1, 5.0), 8000)
    found = samples(tmp_path / "a.wav", SoundForm(rate=8000, seconds=1.5))
    assert np.array_equal(found, samples(tmp_path / "a.wav", FORM)[:12_000])


def test_fractions_beyond_one_are_scaled_as_a_whole(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", SOUND * 32_768, 8000, "FLOAT")
    found = samples(tmp_path / "a.wav", FORM)
    assert np.abs(found.astype(int)).max() == 32_767
    assert np.corrcoef(found, SOUND)[0, 1] > 0.9999


def of(kind: str, subtype: str) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, SOUND, 8000, subtype, format=kind)
    return stream.getvalue()


WAV, FLAC = of("WAV", "PCM_16"), of("FLAC", "PCM_16")
BROKEN = {
    "it is empty": b"",
    "it is no sound": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "it breaks off: 2,000 of": WAV[:2000],
    "it breaks off: 1,000 of": of("AIFF", "PCM_16")[:1000],
    "it is damaged .*flac": FLAC[: len(FLAC) // 2],
    "it holds no sound": WAV[:44].replace(struct.pack("<I", len(WAV) - 8), struct.pack("<I", 36))[:40] + bytes(4),
    "AAC sound can't be decoded": b"\0\0\0\x20ftypM4A " + bytes(100),
    "WMA sound can't be decoded": b"0&\xb2u\x8ef\xcf\x11" + bytes(100),
    "MIDI holds notes": b"MThd" + bytes(100),
    "it is damaged .*": b"RIFF\xff\xff\xff\xffWAVE" + bytes(100),
}


@pytest.mark.parametrize("why", BROKEN)
def test_what_can_not_be_read_says_why(why: str) -> None:
    with pytest.raises(ValueError, match=why):
        samples(BROKEN[why], FORM)


@pytest.mark.parametrize(
    "head", [b"\xff\xfea\0b\0", b"\xff\xd8\xff\xe0", b"\0\0\0\x20ftypisom", b"RIFF\x24\0\0\0AVI LIST", b"%PDF-1.7", b""]
)
def test_what_begins_like_no_sound(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "file").write_bytes(head + bytes(100) if head else head)
    assert kind_of(head) is None
    assert not is_sound(tmp_path / "file")


def test_samples_that_are_no_numbers(tmp_path: Path) -> None:
    sound = SOUND.copy()
    sound[7] = np.nan
    soundfile.write(tmp_path / "a.wav", sound, 8000, "FLOAT")
    with pytest.raises(ValueError, match="no numbers"):
        samples(tmp_path / "a.wav", FORM)


def test_a_wav_that_was_written_to_a_pipe_has_no_length_to_keep(tmp_path: Path) -> None:
    piped = WAV[:4] + b"\xff\xff\xff\xff" + WAV[8:40] + b"\xff\xff\xff\xff" + WAV[44:]
    assert np.array_equal(samples(piped, FORM), samples(WAV, FORM))


def test_each_keeps_the_order_and_what_went_wrong() -> None:
    found = list(each(lambda data: len(samples(data, FORM)), [WAV, b"", FLAC] * 20))
    assert [one if isinstance(one, int) else str(one) for one in found] == [2000, "it is empty", 2000] * 20
