"""Formats and layouts of sound: tones, chirps and hiss from a formula (no recordings are installed)."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tasks.layouts.layout import Expected, add_one, layout
from noglue.tasks.layouts.real_data import RATE, SOUNDS, sound

if TYPE_CHECKING:
    import numpy as np

REQUEST = "Classify the sounds."
EACH = 12
ALL = EACH * len(SOUNDS)
_HEARD = ("audio",)


def _waves(rate: int = RATE) -> "Iterator[tuple[str, int, np.ndarray]]":
    for number in range(EACH):
        for kind in SOUNDS:
            yield kind, number, sound(kind, number, rate=rate)


def _write(path: Path, wave: "np.ndarray", rate: int = RATE, **how: Any) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, rate, **how)


def _all(**changes: Any) -> Expected:
    return Expected(_HEARD, ALL, (), tuple(sorted(SOUNDS)), **changes)


def _format(name: str, ending: str, **how: Any) -> None:
    def build(place: Path) -> Expected:
        for kind, number, wave in _waves():
            _write(place / kind / f"{number:02}{ending}", wave, **how)
        return _all()

    add_one(name, "sound", REQUEST, build, needs=("soundfile",))


_format("wav_16_bit", ".wav", subtype="PCM_16")
_format("wav_24_bit", ".wav", subtype="PCM_24")
_format("wav_float", ".wav", subtype="FLOAT")
_format("wav_8_bit", ".wav", subtype="PCM_U8")
_format("wav_mu_law", ".wav", subtype="ULAW")
_format("flac", ".flac")
_format("ogg_vorbis", ".ogg", subtype="VORBIS")
_format("mp3", ".mp3")
_format("aiff", ".aiff")
_format("au", ".au", format="AU", subtype="PCM_16")
_format("wav_called_flac", ".flac", format="WAV", subtype="PCM_16")


@layout(REQUEST, needs=("soundfile",))
def wav_mixed_rates_and_channels(place: Path) -> Expected:
    import numpy as np

    for kind, number, _ in _waves():
        rate = (8000, 16000, 22050, 44100)[number % 4]
        wave = sound(kind, number, rate=rate)
        _write(place / kind / f"{number:02}.wav", np.stack([wave, wave], axis=1) if number % 2 else wave, rate)
    return _all()


@layout(REQUEST, needs=("soundfile",))
def wav_split_above_class(place: Path) -> Expected:
    for kind, number, wave in _waves():
        _write(place / ("train" if number < 9 else "test") / kind / f"{number:02}.wav", wave)
    return _all(splits={"train": 27, "test": 9})


@layout(REQUEST, needs=("soundfile",))
def wav_labels_in_a_table(place: Path) -> Expected:
    """As ESC-50: recordings in `audio/`, everything about them in `meta/`."""
    lines = ["filename,fold,target,category"]
    for kind, number, wave in _waves():
        name = f"{number % 3 + 1}-{number}-{SOUNDS.index(kind)}.wav"
        _write(place / "audio" / name, wave)
        lines.append(f"{name},{number % 3 + 1},{SOUNDS.index(kind)},{kind}")
    (place / "meta").mkdir()
    (place / "meta" / "esc.csv").write_text("\n".join(lines) + "\n")
    return _all()


@layout("Classify which digit is spoken.", needs=("soundfile",))
def wav_fields_in_the_name(place: Path) -> Expected:
    """`2_theo_07.wav`, as the free spoken digits are called: digit, speaker, number."""
    for kind, number, wave in _waves():
        speaker = ("theo", "lucas", "george")[number % 3]
        _write(place / "recordings" / f"{SOUNDS.index(kind)}_{speaker}_{number:02}.wav", wave)
    return Expected(_HEARD, ALL, (), ("0", "1", "2"))


@layout(REQUEST, needs=("soundfile",))
def wav_lists_of_the_test(place: Path) -> Expected:
    """As Speech Commands: a list of the test's files beside the folders of the classes."""
    listed = []
    for kind, number, wave in _waves():
        _write(place / kind / f"{number:02}.wav", wave)
        if number >= 9:
            listed.append(f"{kind}/{number:02}.wav")
    (place / "testing_list.txt").write_text("\n".join(listed) + "\n")
    return _all(splits={"train": 27, "test": 9})


@layout(REQUEST, needs=("soundfile",))
def wav_silence_and_broken_ones(place: Path) -> Expected:
    import numpy as np

    for kind, number, wave in _waves():
        _write(place / kind / f"{number:02}.wav", wave)
    _write(place / "tone" / "silent.wav", np.zeros(4000, np.float32))
    (place / "hiss" / "broken.wav").write_bytes(b"RIFF\x24\0\0\0WAVEjunk")
    (place / "hiss" / "empty.wav").write_bytes(b"")
    return Expected(_HEARD, ALL + 3, (), tuple(sorted(SOUNDS)), left_out=2, unusable=2)
