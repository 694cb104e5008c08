"""Free text as a few numbers: TF-IDF, then a truncated SVD (latent semantic analysis).

>>> text = Text.fit(["a fine film", "a dull film", …], seed=0)
>>> text.components_of(["fine, fine film"]).shape
(1, 32)
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from noglue.tools.values.column_kinds import UNSPACED

if TYPE_CHECKING:
    import scipy.sparse

Pieces = Literal["words", "characters", "letters"]
FEW_WORDS = 2.5  # a text, on average, below which its letters are counted
SHOWN = 2000  # texts looked at for it
MOST_WORDS = 20_000
MOST_COMPONENTS = 64
ROWS_FITTED = 50_000  # more add little to the components and much to the time


class Text:
    """vocabulary: words, in the order of `idf` float64 (v,). components: float64 (width, v).

    pieces: what is counted. `words`; or `characters`, one to three in a row, of scripts without blanks; or `letters`,
    up to four in a row of each word with its beginning and end marked, where texts are of one word or two.
    """

    def __init__(
        self, vocabulary: list[str], idf: np.ndarray, components: np.ndarray, pieces: "Pieces" = "words"
    ) -> None:
        self.vocabulary, self.idf, self.components, self.pieces = vocabulary, idf, components, pieces

    @property
    def width(self) -> int:
        return len(self.components)

    @classmethod
    def fit(cls, texts: Sequence[str], seed: int) -> "Text | None":
        """None when no word comes twice, so that there is nothing to count."""
        from sklearn.decomposition import TruncatedSVD

        some = texts
        if len(texts) > ROWS_FITTED:
            chosen = np.sort(np.random.default_rng(seed).choice(len(texts), ROWS_FITTED, replace=False))
            some = [texts[i] for i in chosen]
        pieces = _pieces(some)
        counts = _counter(pieces, max_features=MOST_WORDS)
        try:
            found = counts.fit_transform(some)
        except ValueError:  # an empty vocabulary
            return None
        rows_with = np.asarray((found > 0).sum(axis=0)).ravel()
        kept = rows_with > 1
        if kept.sum() < 2:
            return None
        words = [str(w) for w in counts.get_feature_names_out()[kept]]
        idf = np.log((1 + len(some)) / (1 + rows_with[kept])) + 1
        weighted = _weigh(found[:, kept], idf)
        width = min(MOST_COMPONENTS, len(words) - 1, max(1, len(some) // 4))
        reducer = TruncatedSVD(width, random_state=seed).fit(weighted)
        return cls(words, idf, reducer.components_, pieces)

    def components_of(self, texts: Sequence[str]) -> np.ndarray:
        """float64 (n, width)."""
        counts = _counter(self.pieces, vocabulary=self.vocabulary).transform(texts)
        weighted = _weigh(counts, self.idf)
        return np.asarray(weighted @ self.components.T)

    def save(self, folder: Path, name: str) -> None:
        from safetensors.numpy import save_file

        content = {"pieces": self.pieces, "vocabulary": self.vocabulary}
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        save_file(
            {"idf": self.idf, "components": np.ascontiguousarray(self.components)}, folder / f"{name}.safetensors"
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> "Text":
        from safetensors.numpy import load_file

        arrays = load_file(folder / f"{name}.safetensors")
        content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        if isinstance(content, list):  # of a model made before there was a choice
            content = {"pieces": "words", "vocabulary": content}
        return cls(content["vocabulary"], arrays["idf"], arrays["components"], content["pieces"])


def _pieces(texts: Sequence[str]) -> Pieces:
    """What to count, by what some of the texts look like."""
    some = [text for text in texts[:SHOWN] if text.strip()]
    together = "".join(some)
    if len(UNSPACED.findall(together)) > 0.3 * max(1, len(together)):
        return "characters"
    return "letters" if sum(len(text.split()) for text in some) < FEW_WORDS * len(some) else "words"


def _counter(pieces: Pieces, **how: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    if pieces == "words":
        return CountVectorizer(dtype=np.float64, **how)
    if pieces == "characters":
        return CountVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float64, **how)
    return CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), dtype=np.float64, **how)


def _weigh(counts: "scipy.sparse.csr_matrix", idf: np.ndarray) -> "scipy.sparse.csr_matrix":
    """Rows of unit length, so that a long text counts no more than a short one."""
    from sklearn.preprocessing import normalize

    return normalize(counts.multiply(idf[None, :]).tocsr())
