"""Logistic heads on the sentence encoder: one for the goal, one for the modality. Fitted by `agent.request.fit`.

`head.safetensors`: for each axis, `weight` float32 (choices, 384) and `bias` (choices,); the choices' names are in its
metadata.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FILE = Path(__file__).parent / "head.safetensors"


@cache
def _heads() -> dict[str, tuple[list[str], "np.ndarray", "np.ndarray"]]:
    from safetensors import safe_open

    with safe_open(FILE, "numpy") as file:
        choices = json.loads(file.metadata()["choices"])
        return {
            axis: (names, file.get_tensor(f"{axis}.weight"), file.get_tensor(f"{axis}.bias"))
            for axis, names in choices.items()
        }


def probabilities(axis: str, vector: "np.ndarray") -> dict[str, float]:
    """Choice → probability for a sentence's unit vector (384,). Axes: `goal`, `modality`.

    Beside the choices of the task itself, `goal` knows `open` (learn something) and `other` (nothing to learn).
    """
    import numpy as np

    names, weight, bias = _heads()[axis]
    scores = weight @ vector + bias
    scores = np.exp(scores - scores.max())
    return dict(zip(names, (float(share) for share in scores / scores.sum()), strict=True))
