"""Labels that are probably wrong: rows that a model which never saw them is sure to be of another class.

    Noise(share=0.048, rows=[17, 204, …], given=[3, 1, …], likely=[8, 7, …])

By confident learning (Northcutt, Jiang, Chuang 2021, https://doi.org/10.1613/jair.1.12125; the library cleanlab).
Classes that overlap look the same from afar, so nothing is said where the model is not good enough to tell.
"""

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 5_000
FEWEST_OF_A_CLASS = 20
GOOD = 0.82  # balanced accuracy of the model, with whatever labels are wrong
GOOD_ON_THE_REST = 0.9  # accuracy on rows that are not doubted
TOLD = 0.012  # of the rows: fewer are hard rows
FEWEST_TOLD = 5


@dataclass(frozen=True)
class Noise:
    """share: of all rows whose label is probably wrong. rows: their places, the surest first; given, likely: codes."""

    share: float
    rows: np.ndarray
    given: np.ndarray
    likely: np.ndarray


def find(said: np.ndarray, codes: np.ndarray) -> Noise | None:
    """None where too little is wrong to tell, or the model is too weak. said: of each row by a model that did not see
    it, (n, classes); codes: int64 (n,), each class at least once.
    """
    counts = np.bincount(codes, minlength=said.shape[1])
    if counts.min() < FEWEST_OF_A_CLASS or len(counts) < 2:
        return None
    answers = said.argmax(axis=1)
    recalls = [float((answers[codes == code] == code).mean()) for code in range(len(counts))]
    if np.mean(recalls) < GOOD:
        return None
    from cleanlab.filter import find_label_issues

    rows = np.asarray(find_label_issues(codes, said, return_indices_ranked_by="self_confidence", n_jobs=1), np.int64)
    share = len(rows) / len(codes)
    right = float((answers == codes).sum()) / max(1, len(codes) - len(rows))
    if share < TOLD or len(rows) < FEWEST_TOLD or right < GOOD_ON_THE_REST:
        return None
    return Noise(share, rows, codes[rows], answers[rows])
