"""Has a generator learned its training images by heart?

    >>> memorization(train, test, samples, train_features, test_features, sample_features, seed=0).message
    'No sign of copying: 14 of 1,000 samples lie as near to a training image as the nearest 1.0 % of test images do.'

Fresh samples should lie no nearer to the training images than fresh real images, the test split, do. Two findings must
agree before a generator is called a copier, as either alone has innocent causes: samples that lie nearer in features
(C_T of Meehan et al. 2020, https://arxiv.org/abs/2004.05675; well-made samples of easy cases do as well), and far more
near-copies in pixels than there are among test images (smooth images do as well). Data that repeat themselves have as
many repetitions between test and train, which is what the samples are held to.
"""

from typing import NamedTuple

import numpy as np

from noglue.tools.evaluation.generation_findings import Memorization
from noglue.tools.metrics._neighbours import authentic
from noglue.tools.metrics._neighbours import nearest as nearest_rows

VALUES = 1024  # of an image that are compared; larger ones are reduced
NEAR = 0.01  # the quantile of the test images' distances that makes a near-copy
ROWS_IN_A_CELL, CELLS, FEWEST = 100, 10, 20  # of C_T: on average, at most so many cells, and the fewest that count
COPYING = -3.0  # C_T
TIMES = 5.0  # as many near-copies as among test images


class Nearest(NamedTuple):
    """by_features, by_pixels: int64 (m,), each sample's nearest training image. distances: float32 (m,), to the latter,
    the root mean square over pixels of 0…255.
    """

    by_features: np.ndarray
    by_pixels: np.ndarray
    distances: np.ndarray


def nearest(train_px: np.ndarray, train_f: np.ndarray, fake_px: np.ndarray, fake_f: np.ndarray) -> Nearest:
    """Pixels uint8 (n, h, w, c) and (m, h, w, c) of one size, features float32 (n, d) and (m, d)."""
    by_pixels, distances = nearest_rows(_flat(fake_px), _flat(train_px))
    return Nearest(nearest_rows(fake_f, train_f)[0], by_pixels, distances / _flat(fake_px[:1]).shape[1] ** 0.5)


def memorization(
    train_px: np.ndarray,
    test_px: np.ndarray,
    fake_px: np.ndarray,
    train_f: np.ndarray,
    test_f: np.ndarray,
    fake_f: np.ndarray,
    seed: int,
    thing: str = "image",
    where: str = "in pixels",
) -> Memorization:
    """Pixels uint8 (n, h, w, c) of one size, features float32 (n, d) of the same images; at least two train images,
    and one test image and sample. Of other things float32 (n, values) in the pixels' place. thing, where: what is
    compared, and how it is looked at, in words.
    """
    train, test, fake = _flat(train_px), _flat(test_px), _flat(fake_px)
    of_test, of_fake = nearest_rows(test, train)[1], nearest_rows(fake, train)[1]
    limit = np.quantile(of_test, NEAR, method="lower")
    copies, share = int((of_fake <= limit).sum()), float((of_test <= limit).mean())
    real = authentic(train_f, fake_f)
    ct = closeness(train_f, test_f, fake_f, seed)
    many = min(TIMES * share, (1 + share) / 2) * len(fake)  # where data repeat themselves, five times would be too many
    return Memorization(
        ct=ct,
        authentic=float("nan") if real is None else float(real.mean()),
        near_copies=copies,
        expected_copies=share * len(fake),
        samples=len(fake),
        flagged=ct < COPYING and copies > many,
        message=_message(ct < COPYING, copies > many, copies, len(fake), share, ct, thing, where),
    )


def closeness(train: np.ndarray, test: np.ndarray, fake: np.ndarray, seed: int) -> float:
    """C_T: the Mann-Whitney z of generated → train beside test → train distances, negative where samples lie nearer.

    Features (·, d). Found within k-means cells of the train features and averaged with the test rows' shares, as in the
    paper, over cells of at least 20 rows of each; over everything at once where there is none.
    """
    (test_at, test_far), (fake_at, fake_far) = (nearest_rows(rows, train) for rows in (test, fake))
    cell = _cells(train, min(CELLS, min(len(test), len(fake), len(train)) // ROWS_IN_A_CELL), seed)
    found, weights = [], []
    for number in range(cell.max() + 1):
        # a row belongs to its nearest training image's cell
        a, b = test_far[cell[test_at] == number], fake_far[cell[fake_at] == number]
        if min(len(a), len(b)) >= FEWEST:
            found.append(_standing(a, b))
            weights.append(len(a))
    return float(np.average(found, weights=weights)) if found else _standing(test_far, fake_far)


def _cells(rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    distinct = len(np.unique(rows[:1000], axis=0))  # k-means warns where there are fewer rows than cells
    if min(count, distinct) < 2:
        return np.zeros(len(rows), np.int64)
    labels: np.ndarray = KMeans(min(count, distinct), n_init=1, random_state=seed).fit_predict(rows)
    return labels


def _standing(test: np.ndarray, fake: np.ndarray) -> float:
    """The z of Mann & Whitney 1947, negative where `fake` is the smaller; equal values count a half."""
    from scipy import stats

    n, m = len(test), len(fake)
    ranks = stats.rankdata(np.concatenate([fake, test]))
    larger = ranks[:m].sum() - m * (m + 1) / 2
    return float((larger - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12))


def _flat(pixels: np.ndarray) -> np.ndarray:
    """float32 (n, values), reduced where there are many."""
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    from noglue.tools.training.pixels import Size, fitted

    count, height, width, channels = pixels.shape
    if height * width * channels > VALUES:
        shrink = (VALUES / (height * width * channels)) ** 0.5
        height, width = max(1, int(height * shrink)), max(1, int(width * shrink))
        pixels = fitted(pixels, Size(height=height, width=width, channels=3 if channels >= 3 else 1))
    return pixels.reshape(count, -1).astype(np.float32)


def _message(
    nearer: bool, many: bool, copies: int, samples: int, share: float, ct: float, thing: str, where: str
) -> str:
    among = f"as near to a training {thing} as the nearest {100 * share:.1f} % of test {thing}s do"
    found = f"{copies:,} of {samples:,} samples lie {among}"
    if nearer and many:
        return f"Copies of training {thing}s: {found}, and samples lie nearer in features as well (C_T {ct:.1f})."
    if many:
        return f"Some samples may be copies: {found}; on the whole they lie no nearer (C_T {ct:.1f}). See the nearest."
    if nearer:
        return (
            f"Nearer to training {thing}s in features than test {thing}s are (C_T {ct:.1f}), but not {where}: {found}."
        )
    return f"No sign of copying: {found}."
