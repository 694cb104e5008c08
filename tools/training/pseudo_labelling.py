"""Labels that spread from the few labelled images along a graph of near neighbours, as ink along the grain.

    >>> said = spread(features, labelled, labels, prior)
    >>> said.shape                                # probabilities of each image's classes
    (20000, 10)

Zhou et al. 2003, "Learning with local and global consistency", on the features of a network, as in Iscen et al. 2019,
"Label propagation for deep semi-supervised learning", arXiv:1904.04717. A network that learned from few labels is wrong
in whole clusters (sevens with a bar across, taken for twos); its features still hold each cluster together, and one
labelled image of the cluster, or a chain of neighbours that leads to one, is enough to name it.
"""

import math

import numpy as np
import torch
from scipy import sparse
from torch.nn.functional import normalize

NEIGHBOURS = 10
ENTER = 0.7  # of the rows without a label: so many of the surest are learned from
ALPHA = 0.95  # of what an image hears from its neighbours; the rest is its own label
POWER = 3  # of the cosine, for a neighbour's weight
ROUNDS = 40
COMPARED = 1 << 26  # cosines at once: 256 MB


def named(known: np.ndarray, labels: np.ndarray, others: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of the others may be learned from, int64 (m,) row numbers, and their labels, int64 (m,).

    known: float (n, f), features of the rows with `labels`. others: float (k, f), of those without.
    """
    every, prior = np.concatenate([known, others]).astype(np.float32), shares(labels, classes)
    said = spread(every, np.arange(len(known)), labels, prior)[len(known) :]
    likeliest, used = surest(said, ENTER, prior)
    rows = np.flatnonzero(used)
    return rows, likeliest[rows]


def stands(before: np.ndarray, after: np.ndarray, values: np.ndarray) -> bool:
    """Whether the held rows let it stand that rows without a label were learned from: not where more of them are lost
    than won, by more than one standard error of that difference. A handful of held rows can't tell more.

    before, after: outputs (n, k) of the two models. values: int64 (n,), the true classes.
    """
    right, still = (one.argmax(axis=1) == values for one in (before, after))
    lost, won = int((right & ~still).sum()), int((still & ~right).sum())
    return bool(lost - won <= math.sqrt(lost + won))


def spread(features: np.ndarray, labelled: np.ndarray, labels: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """float32 (n, k): each image's probabilities; 1/k where no chain of neighbours leads to a label.

    features: float32 (n, f). labelled: row numbers of the images with labels; labels: int64, theirs. prior: float
    (k,): as much of all that is spread as a class should have ("class mass normalisation", Zhu et al. 2003).
    """
    graph = _graph(features)
    own = np.zeros((len(features), len(prior)))
    own[labelled, labels] = 1
    heard = own.copy()
    for _ in range(ROUNDS):
        heard = ALPHA * (graph @ heard) + (1 - ALPHA) * own
    heard = heard * prior / np.maximum(heard.sum(axis=0), 1e-12)
    total = heard.sum(axis=1, keepdims=True)
    even = np.full_like(heard, 1 / len(prior))
    return np.asarray(np.where(total > 0, heard / np.maximum(total, 1e-300), even), dtype=np.float32)


def _graph(features: np.ndarray) -> sparse.csr_array:
    """(n, n), symmetric, each row's and column's weights divided by the roots of their sums."""
    places = torch.from_numpy(features)
    places = normalize(places - places.mean(0), dim=1)
    count, near = len(places), min(NEIGHBOURS, len(places) - 1)
    each = max(1, COMPARED // count)
    found, weights = [], []
    for start in range(0, count, each):
        cosines = places[start : start + each] @ places.T
        rows = torch.arange(len(cosines))
        cosines[rows, start + rows] = -2  # an image is no neighbour of its own
        closest = cosines.topk(near)
        found.append(closest.indices)
        weights.append(closest.values.clamp(min=0) ** POWER)
    columns = torch.cat(found).numpy().ravel()
    rows_of = np.repeat(np.arange(count), near)
    directed = sparse.csr_array((torch.cat(weights).double().numpy().ravel(), (rows_of, columns)), (count, count))
    both = directed + directed.T
    root = 1 / np.sqrt(np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1e-12))
    return sparse.csr_array(both.multiply(root[:, None]).multiply(root[None, :]))


def surest(probabilities: np.ndarray, share: float, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64 (n,) the likeliest class of each image, and bool (n,) which of them to learn from.

    probabilities: float (n, k). prior: float (k,), the classes' shares among the labels. A class gets at most `share`
    of the images that it should have: between its share of the labels, which may have been chosen evenly, and its share
    of the answers, which may be wrong, the geometric mean.
    """
    labels, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    expected = np.sqrt(prior * probabilities.mean(axis=0))
    expected *= share * len(probabilities) / expected.sum()
    used = np.zeros(len(probabilities), dtype=bool)
    for number, most in enumerate(np.ceil(expected).astype(int)):
        own = np.flatnonzero(labels == number)
        used[own[np.argsort(-sure[own], kind="stable")[:most]]] = True
    return labels, used


def shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """float64 (k,) of labels int64 (n,), each class counted once more, so that none is impossible."""
    counts = np.bincount(labels, minlength=classes) + 1.0
    return np.asarray(counts / counts.sum())
