"""Spoken digits of speakers that the training never heard: whole runs of `noglue run`, set by set.

    PYTHONPATH=. python -m tests.bench.spoken                          # espeak-ng's voices, 3 minutes
    PYTHONPATH=. python -m tests.bench.spoken --recordings FOLDER      # other files named DIGIT_SPEAKER_NUMBER.wav

The voices are synthetic: espeak-ng (`apt-get install espeak-ng`) says the digits in accents of English with variants
of its speakers, of which each becomes one speaker with a pitch and a speed of its own; each recording differs from the
others of its speaker in pitch, speed, loudness and noise. Without espeak-ng vowels and consonants are made from
formants here (`--formants` asks for these), which says less. Prints the test accuracy with its
interval, and beside it a support vector machine on log-mel spectrograms of the same recordings.
"""

import argparse
import io
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from tests.bench.whole import machine, noglue, spread, told

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VOICES = (
    "en-us+m1", "en-us+f2", "en-gb+m3", "en-gb-x-rp+f3", "en-gb-scotland+m4", "en-gb-x-gbclan+f4", "en-029+m5",
    "en-us+f5", "en-gb-x-gbcwmd+m7", "en-us+croak", "en-gb+Andrea", "en-us+Alicia", "en-gb+Gene", "en-us+Lee",
    "en-gb-x-rp+klatt3", "en-us+steph",
)  # fmt: skip
RATE = 16_000
EACH = 6  # recordings of a digit by a speaker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--budget", default="3m")
    parser.add_argument("--family", help="instead of the one that noglue chooses")
    parser.add_argument("--recordings", type=Path)
    parser.add_argument("--formants", action="store_true", help="no espeak-ng, sounds made from formants")
    parser.add_argument("--speakers", type=int, default=len(VOICES))
    parser.add_argument("--runs", default="bench-out/runs")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = arguments.recordings or make(Path(place) / "digits", arguments.speakers, arguments.formants)
        print(f"log-mel and a support vector machine, other speakers: {rival(folder):.1%}", flush=True)
        scores = []
        for seed in range(arguments.seeds):
            more = ("--family", arguments.family) if arguments.family else ()
            request = "Which digit is spoken? For new speakers."
            content = noglue(
                "run", request, "--data", str(folder), "--budget", arguments.budget, "--seed", str(seed), "--yes",
                "--runs", arguments.runs, *more,
            )  # fmt: skip
            print(f"seed {seed}: {told(content)}", flush=True)
            if content.get("error"):
                raise SystemExit(json.dumps(content["error"]))
            scores.append(content["metrics"]["test"]["accuracy"]["value"])
        print(f"accuracy {spread(scores)}")


def make(folder: Path, speakers: int, formants: bool) -> Path:
    """`folder/7_m3_0.wav`, …: digit, speaker, number."""
    folder.mkdir(parents=True)
    spoken = not formants and shutil.which("espeak-ng") is not None
    for number in range(speakers):
        random = np.random.default_rng(number)
        pitch, speed = int(random.integers(25, 75)), int(random.integers(130, 210))
        for digit, word in enumerate(DIGITS):
            for again in range(EACH):
                if spoken:
                    jitter = (pitch + int(random.integers(-6, 7)), speed + int(random.integers(-15, 16)))
                    sound = _espeak(word, VOICES[number % len(VOICES)], *jitter)
                else:
                    sound = _formants(digit, number, random)
                loud = sound * random.uniform(0.3, 0.9) / max(1e-6, np.abs(sound).max())
                noisy = loud + random.normal(0, random.uniform(0.0005, 0.01), len(loud))
                silence = np.zeros(int(random.uniform(0.02, 0.3) * RATE))
                soundfile.write(folder / f"{digit}_speaker{number:02}_{again}.wav", np.r_[silence, noisy], RATE)
    return folder


def _espeak(word: str, voice: str, pitch: int, speed: int) -> np.ndarray:
    """float (n,) at 16 kHz."""
    import soxr

    command = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdout", word]
    done = subprocess.run(command, capture_output=True, check=True)
    head = bytearray(done.stdout)
    head[4:8], head[40:44] = (len(head) - 8).to_bytes(4, "little"), (len(head) - 44).to_bytes(4, "little")
    sound, rate = soundfile.read(io.BytesIO(bytes(head)))
    return np.asarray(soxr.resample(sound, rate, RATE))


FORMANTS = {  # Hz of the first three, by vowel; Peterson and Barney 1952, https://doi.org/10.1121/1.1906875
    "i": (270, 2290, 3010), "I": (390, 1990, 2550), "e": (530, 1840, 2480), "a": (730, 1090, 2440),
    "o": (570, 840, 2410), "u": (300, 870, 2240), "r": (490, 1350, 1690), "A": (640, 1190, 2390),
    "n": (250, 1400, 2500), "l": (360, 1100, 2600), "s": (), "f": (), "t": (),
}  # fmt: skip
SOUNDS = ("siro", "uAn", "tu", "fri", "for", "faIf", "sIts", "seten", "eIt", "naIn")


def _formants(digit: int, speaker: int, random: np.random.Generator) -> np.ndarray:
    """A buzz through the formants of each sound in turn, hiss for consonants; a longer or shorter throat by speaker."""
    own = np.random.default_rng(1000 + speaker)
    throat, voice, speed = own.uniform(0.85, 1.25), own.uniform(85, 240), own.uniform(0.8, 1.25)
    parts = []
    for letter in SOUNDS[digit]:
        count = int(RATE * 0.09 / speed * random.uniform(0.8, 1.3))
        at = np.arange(count) / RATE
        if FORMANTS[letter]:
            source = np.sign(np.sin(2 * np.pi * voice * random.uniform(0.95, 1.05) * at)) + random.normal(0, 0.1, count)
        else:
            source = random.normal(0, 0.6, count)
        spectrum, hertz = np.fft.rfft(source), np.fft.rfftfreq(count, 1 / RATE)
        peaks = FORMANTS[letter] or {"s": (5500,), "f": (3500, 7000), "t": (4500,)}[letter]
        gain = sum(1 / (1 + ((hertz - throat * peak) / (90 if FORMANTS[letter] else 900)) ** 2) for peak in peaks)
        part = np.fft.irfft(spectrum * gain, count) * np.hanning(count) ** 0.3
        parts.append(part / max(1e-6, np.abs(part).max()) * (1 if FORMANTS[letter] else 0.4))
    return np.concatenate(parts)


def rival(folder: Path) -> float:
    """Log-mel spectrograms of one size and a support vector machine, a quarter of the speakers held back."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    from noglue.tools.sound.log_mel import log_mel

    files = sorted(folder.glob("*.wav"))
    fields = [file.stem.split("_") for file in files]
    speakers = sorted({field[1] for field in fields})
    held = set(speakers[::4])
    pictures = []
    for file in files:
        sound, rate = soundfile.read(file, dtype="int16")
        seen = log_mel(sound, rate)
        pictures.append(seen[np.linspace(0, len(seen) - 1, 40).astype(int)].ravel())
    rows, digits = np.stack(pictures), np.array([field[0] for field in fields])
    test = np.array([field[1] in held for field in fields])
    model = make_pipeline(StandardScaler(), SVC(C=10)).fit(rows[~test], digits[~test])
    return float(model.score(rows[test], digits[test]))


if __name__ == "__main__":
    main()
