"""Logistic heads on the sentence encoder: the goal, the modality, and the kind of wish a clause is.

Fitted by `agent/request/fit.py`. `head.safetensors`: for each axis, `weight` (choices, features) and `bias` (choices,);
the choices' names are in its metadata. The features are the encoder's 384 numbers; the axes `clause`, `measure` and
`rows` have the letters of the clause beside them, since the encoder was trained on English and says less of other
languages.
"""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FILE = Path(__file__).parent / "head.safetensors"
PIECES, PAIRS = 4096, 16384  # places for pieces of words, and for words with their neighbours
MASKS = frozenset(("COL", "VAL", "NUM", "FILE"))  # what stands for a column, a value, a number, a file
MARK = "Ξ"  # before a word that is no word of the clause, but says something of it
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


def probabilities(axis: str, vector: "np.ndarray") -> dict[str, float]:
    """Choice → probability for a sentence's unit vector (384,). Axes: `goal`, `modality`.

    Beside the choices of the task itself, `goal` knows `open` (learn something) and `other` (nothing to learn).
    """
    names, weight, bias = _heads()[axis]
    return _shares(names, weight @ vector + bias)


def of_clauses(axis: str, vectors: "np.ndarray", clauses: Sequence[str]) -> list[dict[str, float]]:
    """Choice → probability for each clause. vectors: (n, 384). clauses: with what they name masked, in rough English.

    Axes: `clause`, the kinds of wishes (`agent/request/wish.py`), `background`, `task`, `unknown` and `beyond_…`;
    `measure`, the names of `tools/metrics/` that people ask for in everyday words; `rows`, whether they are `kept` or
    `out` (`sides.py`).
    """
    import numpy as np

    names, weight, bias = _heads()[axis]
    found = []
    for vector, clause in zip(vectors, clauses, strict=True):
        at = np.fromiter(places(clause), np.int64)
        scores = weight[:, : len(vector)] @ vector + bias
        for part in (at[at < PIECES], at[at >= PIECES]):
            scores = scores + weight[:, len(vector) + part].sum(1) / np.sqrt(max(1, len(part)))
        found.append(_shares(names, scores))
    return found


def _shares(names: list[str], scores: "np.ndarray") -> dict[str, float]:
    import numpy as np

    shares = np.exp(scores - scores.max())
    return dict(zip(names, (float(share) for share in shares / shares.sum()), strict=True))


@lru_cache(maxsize=4096)
def places(clause: str) -> tuple[int, ...]:
    """Which of PIECES + PAIRS features a clause has: pieces of its words, words, neighbours, and those once removed."""
    words = [
        word if word in MASKS or word.startswith(MARK) else word.lower() for word in re.findall(r"[^\W_]+|[:?]", clause)
    ]
    pieces = {_hash(piece, PIECES) for word in words for piece in _pieces(word)}
    ends = ["^", *words, "$"]
    pairs = {_hash(word, PAIRS) for word in ends}
    pairs |= {_hash(f"{one} {two}", PAIRS) for one, two in pairwise(ends)}
    pairs |= {_hash(f"{one} _ {two}", PAIRS) for one, two in zip(ends, ends[2:], strict=False)}
    return (*sorted(pieces), *(PIECES + place for place in sorted(pairs)))


def _pieces(word: str) -> Iterator[str]:
    if word in MASKS or word.startswith(MARK):
        yield word
        return
    ended = f" {word} "
    for long in range(2, _LONGEST + 1):
        yield from (ended[start : start + long] for start in range(len(ended) - long + 1))


def _hash(text: str, places: int) -> int:
    return zlib.crc32(text.encode()) % places
