"""Recordings of any common format → samples of one channel at one rate, in bounded memory.

    >>> facts(Path("dog.flac"))
    Facts(rate=44100, channels=2, seconds=5.0)
    >>> samples(Path("dog.flac"), SoundForm(rate=16_000, seconds=60.0)).dtype, len(samples(…))
    (dtype('int16'), 80000)

What a file holds is told by its first bytes. WAV, FLAC, Ogg (Vorbis, Opus), MP3, AIFF, AU, CAF, W64 and NIST Sphere are
decoded by libsndfile (https://libsndfile.github.io/libsndfile/formats.html), resampled by soxr. AAC, WMA and AMR are
not: such a file is refused with a word on ffmpeg.
"""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from noglue.tools.sound.form import SoundForm

if TYPE_CHECKING:
    import numpy as np
    import soundfile

Source = Path | bytes
Result = TypeVar("Result")
Given = TypeVar("Given")

ENDINGS = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64",
     ".rf64", ".sph"}
)  # fmt: skip
UNDECODED = {
    ".m4a": "AAC", ".aac": "AAC", ".wma": "WMA", ".amr": "AMR", ".mid": "MIDI", ".midi": "MIDI",
}  # fmt: skip
MOST_CHANNELS = 256
MOST_RATE = 4_000_000
SHORTEST = 0.01  # seconds
_BLOCK = 1 << 20  # numbers decoded at a time
_HEAD = 16
_CUT_OFF = 0.01  # of what the header promises may be missing
_OF_UNKNOWN_LENGTH = (0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF + 36, 0xFFFFFFFF - 8)  # of a WAV that was written to a pipe


@dataclass(frozen=True)
class Facts:
    """What a file's header says."""

    rate: int
    channels: int
    seconds: float


def is_sound(path: str | Path) -> bool:
    """By its ending; a file without one by its first bytes."""
    path = path if isinstance(path, Path) else Path(path)
    ending = path.suffix.lower()
    if ending or path.name.startswith("."):
        return ending in ENDINGS or ending in UNDECODED
    try:
        return kind_of(_head(path)) is not None
    except ValueError:
        return False


def kind_of(head: bytes) -> str | None:
    """The format of a file that begins so; None for what is no sound.

    >>> kind_of(b"RIFF\\x24\\x08\\0\\0WAVEfmt "), kind_of(b"\\xff\\xf1\\x50\\x80"), kind_of(b"%PDF")
    ('WAV', 'AAC', None)
    """
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "AIFF"
    if head[4:8] == b"ftyp":
        return "AAC" if head[8:11].lower() in (b"m4a", b"m4b") else None
    if len(head) > 2 and head[0] == 0xFF and (head[1] & 0xF6 == 0xF0 or _is_frame(head)):
        return "AAC" if head[1] & 0x06 == 0 else "MP3"
    begins = {b"fLaC": "FLAC", b"OggS": "Ogg", b"ID3": "MP3", b".snd": "AU", b"caff": "CAF", b"riff": "W64",
              b"NIST_1A": "NIST", b"#!AMR": "AMR", b"0&\xb2u\x8ef\xcf\x11": "WMA", b"MThd": "MIDI"}  # fmt: skip
    return next((kind for start, kind in begins.items() if head.startswith(start)), None)


def _is_frame(head: bytes) -> bool:
    """Of MPEG's layers II and III: a known version, bit rate and sampling rate; UTF-16 begins alike."""
    known = head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06 in (0x02, 0x04)
    return known and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def facts(source: Source) -> Facts:
    """By the header alone. Raises ValueError, saying what is wrong with the file."""
    with _opened(source) as file:
        return Facts(file.samplerate, file.channels, file.frames / file.samplerate)


def samples(source: Source, form: SoundForm) -> "np.ndarray":
    """int16 (n,): the mean of the channels at the form's rate, of its first seconds. Raises ValueError.

    A recording of fractions beyond ±1 is scaled to that range as a whole.
    """
    import numpy as np

    with _opened(source) as file:
        rate = file.samplerate
        whole = _mono(file, int(form.seconds * rate) + 1)
    if len(whole) < SHORTEST * rate:
        raise ValueError(f"it breaks off after {len(whole)} samples")
    if not np.isfinite(whole).all():
        raise ValueError("it holds samples that are no numbers")
    if rate != form.rate:
        import soxr

        whole = soxr.resample(whole, rate, form.rate)
    whole = whole[: int(form.seconds * form.rate)]
    peak = max(1.0, float(np.abs(whole).max(initial=0.0)))
    found: np.ndarray = np.clip(np.rint(whole * np.float32(32767 / peak)), -32768, 32767).astype(np.int16)
    return found


def _mono(file: "soundfile.SoundFile", most: int) -> "np.ndarray":
    """float32 (n,), at most `most` frames; no more than a block of all channels is in memory."""
    import numpy as np
    import soundfile

    parts, read, block = [], 0, max(1, _BLOCK // file.channels)
    while read < most:
        try:
            part = file.read(min(block, most - read), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise ValueError(f"it is damaged ({_reason(error)})") from error
        if not len(part):
            break
        read += len(part)
        parts.append(part[:, 0] if part.shape[1] == 1 else part.mean(axis=1))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


@contextmanager
def _opened(source: Source) -> "Iterator[soundfile.SoundFile]":
    """Raises ValueError for what can't be decoded, ImportError where soundfile is not installed."""
    head = source[:_HEAD] if isinstance(source, bytes) else _head(source)
    _refuse(source, head)
    import soundfile

    try:
        file = soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else os.fspath(source))
    except (soundfile.LibsndfileError, OSError, TypeError) as error:
        raise ValueError(f"it is damaged ({_reason(error)})") from error
    with file:
        if not 1 <= file.channels <= MOST_CHANNELS or not 1 <= file.samplerate <= MOST_RATE:
            raise ValueError(f"its header announces {file.channels:,} channels at {file.samplerate:,} Hz")
        if file.frames < SHORTEST * file.samplerate:
            raise ValueError("it holds no sound" if file.frames == 0 else f"it is {file.frames} samples short")
        yield file


def _refuse(source: Source, head: bytes) -> None:
    """Raises ValueError for what is not worth opening."""
    if not head:
        raise ValueError("it is empty")
    kind = kind_of(head)
    ending = source.suffix.lower() if isinstance(source, Path) else ""
    undecoded = kind if kind in UNDECODED.values() else UNDECODED.get(ending) if kind is None else None
    if undecoded == "MIDI":
        raise ValueError("MIDI holds notes and no sound")
    if undecoded is not None:
        raise ValueError(f"{undecoded} sound can't be decoded here; `ffmpeg -i FILE FILE.wav` makes it a WAV")
    if kind is None:
        raise ValueError("it is no sound")
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    promised = int.from_bytes(head[4:8], "big" if kind == "AIFF" else "little")
    if head[:4] in (b"RIFF", b"FORM") and promised not in _OF_UNKNOWN_LENGTH and size < (1 - _CUT_OFF) * (promised + 8):
        raise ValueError(f"it breaks off: {size:,} of {promised + 8:,} bytes are there")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise ValueError(f"it can't be opened ({error.strerror})") from error


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", "") or error)
    return text.strip().rstrip(".").removeprefix("Error : ")[:120]


def each(work: Callable[[Given], Result], given: Iterable[Given]) -> Iterator[Result | ValueError]:
    """What `work` makes of each, in order, or the ValueError it raised; on all cores, a few ahead."""

    def one(item: Given) -> Result | ValueError:
        try:
            return work(item)
        except ValueError as error:
            return error

    cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
    threads = min(32, cores or 1)
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[Result | ValueError]] = []
        for item in given:
            waiting.append(pool.submit(one, item))
            if len(waiting) > 4 * threads:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
