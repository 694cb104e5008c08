"""Labels that are probably wrong: rows that a model which never saw them is sure to be of another class.

    Noise(share=0.05, rows=[17, 204, …], given=[3, 1, …], likely=[8, 7, …])

Which rows, confident learning says (Northcutt, Jiang, Chuang 2021, https://doi.org/10.1613/jair.1.12125; the library
cleanlab). It takes hard rows for wrong ones, so that classes which overlap look as if a tenth of them were wrong. How
many are is therefore read from the rows that the model is surest of, the surer half of each class that it answers: of
clean data it errs on next to none of them, and wrong labels are as common there as anywhere. Nothing is said where the
model errs much on the other half, or where all that it is wrong about was taken for one class: then it is the model.
"""

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 5_000
FEWEST_OF_A_CLASS = 20
GOOD = 0.78  # balanced accuracy of the model, with whatever labels are wrong
HOPELESS = 0.3  # of its first trees: in trials on drawn data all of them reached up to 2.6 times as much
HARD = {2: 0.05}  # of the rows, how many more are wrong among all than among the surest; with more classes:
HARD_OF_MANY = 0.08
TOLD = 0.012  # of the surest rows: fewer may be hard ones
TOLD_OF_A_CLASS = 0.01
FEWEST_TOLD = 5
FEWEST_SURE = 10  # rows that a class is answered for


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
    wrong = answers != codes
    recalls = [1 - float(wrong[codes == code].mean()) for code in range(len(counts))]
    sure = _surest(said.max(axis=1), answers)
    share = float(wrong[sure].mean())
    hard = float(wrong.mean()) - share
    if np.mean(recalls) < GOOD or hard > HARD.get(len(counts), HARD_OF_MANY):
        return None
    if share < TOLD or wrong[sure].sum() < FEWEST_TOLD or _of_a_class(wrong, answers, sure) < TOLD_OF_A_CLASS:
        return None
    from cleanlab.filter import find_label_issues

    rows = np.asarray(find_label_issues(codes, said, return_indices_ranked_by="self_confidence", n_jobs=1), np.int64)
    return Noise(share, rows, codes[rows], answers[rows]) if len(rows) else None


def _surest(confidence: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """bool (n,): of the rows that are answered alike the surer half, so that easy classes do not crowd out others."""
    sure = np.zeros(len(answers), bool)
    for code in np.unique(answers):
        rows = np.flatnonzero(answers == code)
        sure[rows] = confidence[rows] >= np.median(confidence[rows])
    return sure


def _of_a_class(wrong: np.ndarray, answers: np.ndarray, sure: np.ndarray) -> float:
    """The share of wrong ones in the usual class; of two classes, in the one with fewer."""
    shares = [float(wrong[rows].mean()) for code in np.unique(answers)
              if (rows := sure & (answers == code)).sum() >= FEWEST_SURE]  # fmt: skip
    return 0.0 if not shares else min(shares) if len(shares) == 2 else float(np.median(shares))
