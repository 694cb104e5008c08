"""A model that is quickly had, and what it says of rows that it did not learn from: for checks, never for answers.

    said = out_of_bag(features, codes, random)     # float64 (n, classes), of each row by the trees that did not see it

A random forest (Breiman 2001, https://doi.org/10.1023/A:1010933404324): each tree is grown on a draw of the rows, so
that the others judge it without a second training. 5,000 rows of 60 columns take about a second.
"""

import numpy as np
import pyarrow as pa

TREES = 100
FIRST_TREES = 16  # of them, after which it may be clear that there is nothing to learn
MOST_COLUMNS = 200


def matrix(table: pa.Table) -> tuple[list[str], np.ndarray]:
    """The columns' names, and float32 (n, k): numbers as they are, other values as codes by how common they are, and
    what is missing far below.

    Texts that are all different say nothing here and are left out.
    """
    import pandas as pd

    names, columns = [], []
    for name in table.column_names[:MOST_COLUMNS]:
        column = table[name]
        kind = column.type
        if pa.types.is_temporal(kind):
            column = column.cast(pa.int64())
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
            values = column.to_pandas().astype("object")
            counts = values.value_counts()
            if len(counts) > 0.5 * len(values):
                continue
            found = values.map(dict(zip(counts.index, range(len(counts)), strict=True))).fillna(-1).to_numpy(np.float64)
        else:
            found = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(np.float64, na_value=np.nan)
        there = np.isfinite(found)
        low = found[there].min() - np.ptp(found[there]) - 1 if there.any() else 0.0
        names.append(name)
        columns.append(np.where(there, found, low))
    return names, np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((table.num_rows, 0), np.float32)


def out_of_bag(
    features: np.ndarray, codes: np.ndarray, random: np.random.Generator, hopeless: float = 0.0
) -> np.ndarray:
    """float64 (n, classes); rows that every tree has seen get the share of each class.

    hopeless: a balanced accuracy under which the first trees are all there is: labels that nothing tells take longest
    to learn, as every tree grows until each row has a leaf of its own.
    """
    import warnings

    from sklearn.ensemble import RandomForestClassifier

    seed = int(random.integers(1 << 31))
    forest = RandomForestClassifier(FIRST_TREES, oob_score=True, n_jobs=2, random_state=seed, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rows that every tree has seen
        forest.fit(features, codes)
        if _balanced(np.asarray(forest.oob_decision_function_), codes) >= hopeless:
            forest.set_params(n_estimators=TREES)
            forest.fit(features, codes)
        said = np.asarray(forest.oob_decision_function_, np.float64)
    shares = np.bincount(codes, minlength=said.shape[1]) / len(codes)
    return np.where(np.isfinite(said).all(axis=1, keepdims=True), said, shares)


def _balanced(said: np.ndarray, codes: np.ndarray) -> float:
    """The mean share of each class's rows that are answered rightly, of those that are answered at all."""
    answered = np.isfinite(said).all(axis=1) & (said.sum(axis=1) > 0)
    right = said.argmax(axis=1) == codes
    shares = [right[answered & (codes == code)].mean() for code in np.unique(codes[answered])]
    return float(np.mean(shares)) if shares else 0.0


def out_of_fold(texts: list[str], codes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """float64 (n, classes), of each text by a logistic regression on the words of the other folds."""
    import warnings

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    words = TfidfVectorizer(max_features=5_000, sublinear_tf=True, token_pattern=r"(?u)\b\w+\b").fit_transform(texts)
    folds = StratifiedKFold(3, shuffle=True, random_state=int(random.integers(1 << 31)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        model = LogisticRegression(C=10.0, max_iter=100)
        return np.asarray(cross_val_predict(model, words, codes, cv=folds, method="predict_proba"), np.float64)
