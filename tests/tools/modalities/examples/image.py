from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from noglue.tools.spec.profiles import ImageShape
from noglue.tools.spec.protocols import Raw

FACTS = {"image": ImageShape(height=8, width=8, channels=3)}


def stored(number: int) -> np.ndarray:
    return np.full((8, 8, 3), 40 * number, np.uint8)


def write(file: Path, number: int | None) -> None:
    if number is None:
        file.with_suffix(".png").write_bytes(b"no picture")
    else:
        Image.fromarray(stored(number)).save(file.with_suffix(".png"))


def raw(folder: Path, order: list[int]) -> Raw:
    for place, number in enumerate(order):
        write(folder / str(place), number)
    files = [str(folder / f"{place}.png") for place in range(len(order))]
    return Raw("image", {"all": pa.table({"image": files, "path": files})})
