"""What each member counts for, by its errors at the rolling origins, and how wide the intervals must be.

The weights go down with the error: a member's share is its error beside the mean of the members, to a power. A series'
own errors count beside those over all series the more, the more origins it has. A weighted mean of good members is hard
to beat: Makridakis, Spiliotis & Assimakopoulos 2020 (M4), https://doi.org/10.1016/j.ijforecast.2019.04.014
"""

from dataclasses import dataclass

import numpy as np

POWER = 2.0
TRUST = 4.0  # origins of a series, from which its own errors count as much as those of all
POOR = 1.6  # times the least error: a member beyond that has no share
EVEN = 0.1  # of the weights, that is dealt evenly among the members that count
FEW = 12.0  # errors of different origins, with which a width is as much a normal distribution's as measured


@dataclass(frozen=True)
class Judged:
    """errors: mean absolute error of each member, series and origin, in units of the series' scale; float64
    (members, series, origins), NaN where there was none.
    """

    errors: np.ndarray

    @property
    def each(self) -> np.ndarray:
        """float64 (members,): the mean over series of their mean over origins; NaN for a member without any."""
        return nanmean(nanmean(self.errors, 2), 1)


def weights(judged: Judged) -> tuple[np.ndarray, np.ndarray]:
    """Of all series (members,), and of each (series, members); each adds up to one."""
    errors = judged.errors
    usual = nanmean(errors, 0)[None]
    relative = errors / np.where(usual > 0, usual, np.nan)  # beside the other members, at each origin of each series
    own = nanmean(relative, 2)
    origins = np.isfinite(relative).sum(axis=2)
    overall = nanmean(own, 1)
    overall = np.where(np.isfinite(overall), overall, np.nanmax(overall) if np.isfinite(overall).any() else 1.0)
    filled = np.where(np.isfinite(own), own, overall[:, None])
    trust = TRUST if own.shape[1] > 1 else 0.0  # the only one has none beside it
    blended = (origins * filled + trust * overall[:, None]) / np.maximum(origins + trust, 1.0)
    return _shares(overall[:, None])[:, 0], _shares(blended).T


def _shares(errors: np.ndarray) -> np.ndarray:
    """Columns of errors, (members, n), to columns of shares."""
    least = errors.min(axis=0, keepdims=True)
    counts = errors <= POOR * least + 1e-12
    share = np.where(counts, (np.maximum(errors, 1e-6)) ** -POWER, 0.0)
    share = share / share.sum(axis=0, keepdims=True)
    return np.asarray((1 - EVEN) * share + EVEN * counts / counts.sum(axis=0, keepdims=True))


def mixed(each: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Forecasts (members, series, steps) by shares (series, members); members without a number have none."""
    there = np.isfinite(each)
    weight = np.where(there, shares.T[:, :, None], 0.0)
    total = weight.sum(axis=0)
    plain = np.where(total[None] > 0, weight, there.astype(np.float64))  # where all that count have failed
    total = plain.sum(axis=0)
    summed = (plain * np.where(there, each, 0.0)).sum(axis=0)
    return np.asarray(np.where(total > 0, summed / np.where(total > 0, total, 1.0), np.nan))


def factor(ratios: np.ndarray, origins: int, level: float) -> float:
    """How many spreads a side of the interval must be away, for the level.

    ratios: absolute errors in units of the spread that was told, of validation; origins: how many independent forecasts
    they come from. Few of them are set beside a normal distribution's width (split-conformal, with the finite-sample
    correction; Vovk et al. 2005).
    """
    from statistics import NormalDist

    usual = NormalDist().inv_cdf(0.5 + level / 2)
    known = ratios[np.isfinite(ratios)]
    if not len(known) or origins < 1:
        return usual
    rank = min(1.0, level * (1 + 1 / max(1, origins)))
    measured = float(np.quantile(known, rank))
    return (origins * measured + FEW * max(usual, 0.0)) / (origins + FEW)


def nanmean(values: np.ndarray, axis: int) -> np.ndarray:
    """Without a warning where there is none: NaN."""
    there = np.isfinite(values)
    count = there.sum(axis=axis)
    return np.asarray(np.where(count > 0, np.where(there, values, 0.0).sum(axis=axis) / np.maximum(count, 1), np.nan))
