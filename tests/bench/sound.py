"""Recordings, made and then prepared in a process of its own: seconds and peak memory of `inspect` and `prepare`.

    PYTHONPATH=. python -m tests.bench.sound                       # 10,000 WAV files of 1 s, 16 kHz
    PYTHONPATH=. python -m tests.bench.sound --hours 100 --rate 16000 --seconds 60

Prints: files, hours of sound, seconds of each step, megabytes at most.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

CLASSES = 10
KEPT = 64  # different recordings of each length; every file differs in its first samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--hours", type=float, help="of sound in all, instead of a number of files")
    parser.add_argument("--seconds", type=float, default=1.0, help="that each file lasts")
    parser.add_argument("--rate", type=int, default=16_000)
    parser.add_argument("--place", type=Path, help="an empty folder, with room for all of it three times")
    parser.add_argument("--prepare", type=Path, help="only this: a folder of recordings, in this process")
    arguments = parser.parse_args()
    if arguments.prepare is not None:
        print(json.dumps(prepare(arguments.prepare)))
        return
    count = arguments.files if arguments.hours is None else round(arguments.hours * 3600 / arguments.seconds)
    with tempfile.TemporaryDirectory(dir=arguments.place) as folder:
        make(Path(folder) / "sounds", count, arguments.seconds, arguments.rate)
        command = [sys.executable, "-m", "tests.bench.sound", "--prepare", f"{folder}/sounds"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    hours = count * arguments.seconds / 3600
    print(
        f"{count:,} files, {hours:.1f} hours at {arguments.rate:,} Hz: "
        + ", ".join(f"{k} {v}" for k, v in told.items())
    )


def make(folder: Path, count: int, seconds: float, rate: int) -> None:
    random = np.random.default_rng(0)
    length = int(seconds * rate)
    sounds = [random.normal(0, 3000, length).astype("<i2") for _ in range(KEPT)]
    for number in range(CLASSES):
        (folder / str(number)).mkdir(parents=True)
    for number in range(count):
        sound = sounds[number % KEPT]
        sound[:4] = np.frombuffer(number.to_bytes(8, "little"), "<i2")
        with wave.open(str(folder / str(number % CLASSES) / f"{number:06d}.wav"), "wb") as file:
            file.setparams((1, 2, rate, length, "NONE", ""))
            file.writeframes(sound.tobytes())


def prepare(place: Path) -> dict[str, float]:
    """Seconds of each step, and the most memory of all."""
    import resource

    from tests.tools.preparing import Run

    run = Run(place.parent / "run")
    began = time.monotonic()
    prepared = run.prepare(place)
    seconds = round(time.monotonic() - began, 1)
    assert sum(prepared.rows.values()) == sum(1 for _ in place.rglob("*.wav"))
    return {"seconds": seconds, "MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)}


if __name__ == "__main__":
    main()
