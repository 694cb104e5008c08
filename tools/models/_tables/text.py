"""Free text as a few numbers: TF-IDF, then a truncated SVD (latent semantic analysis).

>>> text = Text.fit(["a fine film", "a dull film", …], seed=0)
>>> text.components_of(["fine, fine film"]).shape
(1, 32)
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse

MOST_WORDS = 20_000
MOST_COMPONENTS = 64
ROWS_FITTED = 50_000  # more add little to the components and much to the time


class Text:
    """vocabulary: words, in the order of `idf` float64 (v,). components: float64 (width, v)."""

    def __init__(self, vocabulary: list[str], idf: np.ndarray, components: np.ndarray) -> None:
        self.vocabulary, self.idf, self.components = vocabulary, idf, components

    @property
    def width(self) -> int:
        return len(self.components)

    @classmethod
    def fit(cls, texts: Sequence[str], seed: int) -> "Text | None":
        """None when no word comes twice, so that there is nothing to count."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import CountVectorizer

        some = texts
        if len(texts) > ROWS_FITTED:
            chosen = np.sort(np.random.default_rng(seed).choice(len(texts), ROWS_FITTED, replace=False))
            some = [texts[i] for i in chosen]
        counts = CountVectorizer(max_features=MOST_WORDS, dtype=np.float64)
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
        return cls(words, idf, reducer.components_)

    def components_of(self, texts: Sequence[str]) -> np.ndarray:
        """float64 (n, width)."""
        from sklearn.feature_extraction.text import CountVectorizer

        counts = CountVectorizer(vocabulary=self.vocabulary, dtype=np.float64).transform(texts)
        weighted = _weigh(counts, self.idf)
        return np.asarray(weighted @ self.components.T)

    def save(self, folder: Path, name: str) -> None:
        from safetensors.numpy import save_file

        (folder / f"{name}.json").write_text(json.dumps(self.vocabulary), encoding="utf-8")
        save_file(
            {"idf": self.idf, "components": np.ascontiguousarray(self.components)}, folder / f"{name}.safetensors"
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> "Text":
        from safetensors.numpy import load_file

        arrays = load_file(folder / f"{name}.safetensors")
        words = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return cls(words, arrays["idf"], arrays["components"])


def _weigh(counts: "scipy.sparse.csr_matrix", idf: np.ndarray) -> "scipy.sparse.csr_matrix":
    """Rows of unit length, so that a long text counts no more than a short one."""
    from sklearn.preprocessing import normalize

    return normalize(counts.multiply(idf[None, :]).tocsr())
