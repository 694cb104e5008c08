"""A text as weighed counts of its words, pairs of words and runs of characters: sparse, some 100,000 wide.

    >>> counted = Counted.fit(texts, most=200_000)
    >>> counted.matrix(["fine, fine film"]).shape
    (1, 80637)

Logarithmic counts times inverse document frequency, each part of unit length. Words with their punctuation, alone and
in pairs, beside two to five characters of a word; of scripts without blanks (Chinese, Japanese, Thai, …) one to four
characters; of texts of a word or two, as names are, one to five of the word with its beginning and end marked.
Source: Salton and Buckley 1988, https://doi.org/10.1016/0306-4573(88)90021-0.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from noglue.tools.values.column_kinds import UNSPACED

if TYPE_CHECKING:
    import scipy.sparse

Unit = Literal["words", "parts of words", "characters", "letters"]
FEW_WORDS = 2.5  # a text, on average, below which its letters are counted
SHOWN = 2000  # texts looked at for it
RARE_KEPT = 2000  # texts, below which what only one of them has is kept
UNITS: dict[Unit, dict[str, Any]] = {
    "words": {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b|[^\w\s]"},
    "parts of words": {"analyzer": "char_wb", "ngram_range": (2, 5)},
    "characters": {"analyzer": "char", "ngram_range": (1, 4)},
    "letters": {"analyzer": "char_wb", "ngram_range": (1, 5)},
}


@dataclass(frozen=True)
class Part:
    """vocabulary: what is counted, in the order of `idf` float32 (v,)."""

    unit: Unit
    vocabulary: list[str]
    idf: np.ndarray
    counter: Any

    @classmethod
    def of(cls, unit: Unit, vocabulary: list[str], idf: np.ndarray) -> "Part":
        return cls(unit, vocabulary, idf, _counter(unit, vocabulary={word: n for n, word in enumerate(vocabulary)}))

    def matrix(self, texts: Sequence[str]) -> "scipy.sparse.csr_matrix":
        """float32 (n, v), rows of unit length or empty."""
        return _weighed(self.counter.transform(texts), self.idf)


class Counted:
    """One column's parts, side by side."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)

    @property
    def width(self) -> int:
        return sum(len(part.vocabulary) for part in self.parts)

    @property
    def names(self) -> list[str]:
        """What each column of the matrix counts, words before parts of words."""
        return [word for part in self.parts for word in part.vocabulary]

    @classmethod
    def fit(cls, texts: Sequence[str], most: int, units: Sequence[Unit] | None = None) -> "Counted":
        """most: columns that are kept, the most frequent ones. A text without anything to count is an empty row."""
        units = units or units_of(texts)
        fitted = [_fitted(unit, texts, most // len(units)) for unit in units]
        return cls([part for part in fitted if part is not None])

    def matrix(self, texts: Sequence[str]) -> "scipy.sparse.csr_matrix":
        """float32 (n, width)."""
        import scipy.sparse

        if not self.parts:
            return scipy.sparse.csr_matrix((len(texts), 0), dtype=np.float32)
        return scipy.sparse.hstack([part.matrix(texts) for part in self.parts], format="csr", dtype=np.float32)

    def save(self, folder: Path, name: str) -> None:
        from safetensors.numpy import save_file

        content = [{"unit": part.unit, "vocabulary": part.vocabulary} for part in self.parts]
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        save_file({str(n): part.idf for n, part in enumerate(self.parts)}, folder / f"{name}.safetensors")

    @classmethod
    def load(cls, folder: Path, name: str) -> "Counted":
        from safetensors.numpy import load_file

        content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / f"{name}.safetensors")
        return cls([Part.of(part["unit"], part["vocabulary"], arrays[str(n)]) for n, part in enumerate(content)])


def units_of(texts: Sequence[str]) -> tuple[Unit, ...]:
    """What to count, by what some of the texts look like."""
    some = [text for text in texts[:SHOWN] if text.strip()]
    together = "".join(some)
    if len(UNSPACED.findall(together)) > 0.3 * max(1, len(together)):
        return ("characters",)
    few = sum(len(text.split()) for text in some) < FEW_WORDS * len(some)
    return ("words", "letters") if few else ("words", "parts of words")


def _fitted(unit: Unit, texts: Sequence[str], most: int) -> Part | None:
    """None where there is nothing to count."""
    counter = _counter(unit, max_features=most, min_df=1 if len(texts) < RARE_KEPT or unit == "words" else 2)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # an empty vocabulary
        return None
    rows_with = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + len(texts)) / (1 + rows_with)) + 1).astype(np.float32)
    return Part.of(unit, [str(word) for word in counter.get_feature_names_out()], idf)


def _counter(unit: Unit, **how: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(**UNITS[unit], **how, dtype=np.float32)


def _weighed(counts: "scipy.sparse.csr_matrix", idf: np.ndarray) -> "scipy.sparse.csr_matrix":
    from sklearn.preprocessing import normalize

    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return normalize(counts, copy=False)
