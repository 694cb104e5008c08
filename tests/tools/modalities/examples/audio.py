from pathlib import Path

import numpy as np
import pyarrow as pa
import soundfile

from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.protocols import Raw

FACTS: dict[str, object] = {}
RATE = 8000


def stored(number: int) -> np.ndarray:
    return (1000 * (number + 1) * np.sin(np.arange(400) / (number + 2))).astype(np.int16)


def write(file: Path, number: int | None) -> None:
    if number is None:
        file.with_suffix(".wav").write_bytes(b"no sound")
    else:
        soundfile.write(file.with_suffix(".wav"), stored(number) / np.float32(32767), RATE, "FLOAT")


def raw(folder: Path, order: list[int]) -> Raw:
    for place, number in enumerate(order):
        write(folder / str(place), number)
    files = [str(folder / f"{place}.wav") for place in range(len(order))]
    form = SoundForm(rate=RATE, seconds=60.0).kept()
    return Raw("audio", {"all": pa.table({"audio": files, "path": files})}, form=form)
