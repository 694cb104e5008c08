"""Logistic heads on the sentence encoder: the goal, the modality, and the kind of wish a clause is.

Fitted by `agent.request.fit`. `head.safetensors`: for each axis, `weight` (choices, features) and `bias` (choices,);
the choices' names are in its metadata. The features are the encoder's 384 numbers; the axis `clause` has the letters of
the clause beside them, since the encoder was trained on English and says less of other languages.
"""

import json
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FILE = Path(__file__).parent / "head.safetensors"
HASHES = 4096
_LONGEST = 5  # letters in a piece; the ends of a word count as letters


@cache
def _heads() -> dict[str, tuple[list[str], "np.ndarray", "np.ndarray"]]:
    import numpy as np
    from safetensors import safe_open

    with safe_open(FILE, "numpy") as file:
        choices = json.loads(file.metadata()["choices"])
        return {
            axis: (
                names,
                file.get_tensor(f"{axis}.weight").astype(np.float32),
                file.get_tensor(f"{axis}.bias").astype(np.float32),
            )
            for axis, names in choices.items()
        }


def probabilities(axis: str, vector: "np.ndarray", text: str = "") -> dict[str, float]:
    """Choice → probability for a sentence's unit vector (384,). Axes: `goal`, `modality`, `clause`.

    Beside the choices of the task itself, `goal` knows `open` (learn something) and `other` (nothing to learn).
    `clause` reads the text too, and knows kinds of wishes (`agent/request/wish.py`), `background`, `task`, `unknown`.
    """
    import numpy as np

    names, weight, bias = _heads()[axis]
    scores = weight[:, : len(vector)] @ vector + bias
    if weight.shape[1] > len(vector):
        scores += weight[:, len(vector) :] @ letters(text)
    scores = np.exp(scores - scores.max())
    return dict(zip(names, (float(share) for share in scores / scores.sum()), strict=True))


def letters(text: str) -> "np.ndarray":
    """Which pieces of two to five letters are in the words, hashed: a vector (4096,) of length one (or all zeros)."""
    import numpy as np

    found = np.zeros(HASHES, np.float32)
    for word in text.lower().split():
        ended = f" {word.strip('.,;:!?()')} "
        for long in range(2, _LONGEST + 1):
            for start in range(len(ended) - long + 1):
                found[zlib.crc32(ended[start : start + long].encode()) % HASHES] = 1.0
    return found / max(1.0, float(np.linalg.norm(found)))
