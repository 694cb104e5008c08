"""Values that follow one another: how alike neighbours are, and whether a season comes back.

>>> autocorrelation(np.cumsum(np.random.default_rng(0).normal(size=1500))) > 0.9
True
>>> season(np.tile([0.0, 3, 5, 3, 0, -3, -5, -3], 30))
8
"""

import numpy as np

CLEAR = 3.0  # standard errors, from which an autocorrelation is no accident
SEASONAL = 0.3  # of the variance that a trend leaves, the least share that a season explains
AGREES = 0.5  # correlation of the season in the first half with the one in the second
MOSTLY = 0.7  # of the gaps between steps that are even
MOST_LAG = 400
DAY = 86400.0
CALENDAR = {  # seconds from one step to the next: least, most → seasons, in steps
    (3500.0, 3700.0): (24, 168),
    (0.9 * DAY, 1.1 * DAY): (7, 365),
    (6.5 * DAY, 7.5 * DAY): (52,),
    (27 * DAY, 32 * DAY): (12,),
    (88 * DAY, 93 * DAY): (4,),
}


def autocorrelation(values: np.ndarray, lag: int = 1, series: np.ndarray | None = None) -> float:
    """Of values (n,) or (n, k) in order, -1…1; k columns (the classes, one-hot) count by their variance.

    series: codes (n,); only pairs within one series count. NaN where there are no pairs or nothing varies.
    """
    values = values.reshape(len(values), -1).astype(np.float64)
    if len(values) <= lag:
        return float("nan")
    centred = values - values.mean(axis=0)
    variance = float(np.square(centred).mean(axis=0).sum())
    pairs = slice(None) if series is None else series[lag:] == series[:-lag]
    products = (centred[lag:] * centred[:-lag]).sum(axis=1)[pairs]
    return float(products.mean()) / variance if len(products) and variance > 0 else float("nan")


def steps(times: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The steps of each series in order: their times and their series' codes, and of each row (n,) its step.

    >>> steps(np.array([2.0, 1.0, 1.0]), np.array([0, 0, 1]))
    (array([1., 2., 1.]), array([0, 0, 1]), array([1, 0, 2]))
    """
    moments, moment = np.unique(times, return_inverse=True)
    pairs, of = np.unique(kinds.astype(np.int64) * len(moments) + moment.reshape(-1), return_inverse=True)
    return moments[pairs % len(moments)], pairs // len(moments), of.reshape(-1)


def means(values: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Of values (n, k), the mean of each step, float64 (steps, k); NaN where a step has none that is finite."""
    there = np.isfinite(values).all(axis=1)
    count = np.bincount(of[there], minlength=int(of.max(initial=-1)) + 1)
    sums = [np.bincount(of[there], weights=column[there], minlength=len(count)) for column in values.T]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.stack(sums, axis=1) / count[:, None])


def around_means(values: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Values (n, k) less the mean of their series, codes (n,)."""
    _, of = np.unique(kinds, return_inverse=True)
    return np.asarray(values - means(values, of)[of])


def are_even(gaps: np.ndarray) -> bool:
    """Most gaps between steps are alike: working days are, the days on which somebody came are not."""
    middle = np.median(gaps)
    return bool((np.abs(gaps - middle) <= 0.2 * middle).mean() >= MOSTLY)


def is_clear(correlation: float, count: int, least: float) -> bool:
    """Strong enough to matter, and no accident of `count` values."""
    return bool(correlation >= least and correlation * count**0.5 >= CLEAR)


def season(values: np.ndarray, seconds: float | None = None) -> int | None:
    """The number of steps (n,) after which the values come back, or None.

    seconds: from one step to the next, where that is known: then the calendar's seasons are looked for, else any.
    """
    lags = _calendar(seconds) if seconds is not None else _peaks(values)
    found = {lag: strength(values, lag) for lag in lags if 2 < lag <= len(values) / 3}
    best = max(found.values(), default=0.0)
    return min(lag for lag in found if found[lag] > 0.9 * best) if best >= SEASONAL else None  # no multiple of it


def strength(values: np.ndarray, lag: int) -> float:
    """The share of the variance around a moving average that the season's mean explains, less what chance would.

    After Hyndman & Athanasopoulos, Forecasting: principles and practice, 4.3. 0 where the halves disagree.
    """
    kernel = np.ones(lag) / lag
    middle = values[lag // 2 : lag // 2 + len(values) - lag + 1] - np.convolve(values, kernel, "valid")
    phase = np.arange(len(middle)) % lag
    half = len(middle) // 2
    if half < lag or middle.std() <= 1e-9 * max(1.0, np.abs(values).max()):
        return 0.0
    first, second = (_means(middle[part], phase[part], lag) for part in (slice(0, half), slice(half, None)))
    if min(first.std(), second.std()) == 0 or np.corrcoef(first, second)[0, 1] < AGREES:
        return 0.0
    means = _means(middle, phase, lag)[phase]
    return float(1 - (middle - means).var() / middle.var() - lag / len(middle))


def _means(values: np.ndarray, phase: np.ndarray, lag: int) -> np.ndarray:
    return np.bincount(phase, weights=values, minlength=lag) / np.maximum(np.bincount(phase, minlength=lag), 1)


def _calendar(seconds: float) -> tuple[int, ...]:
    return next((lags for (low, high), lags in CALENDAR.items() if low <= seconds <= high), ())


def _peaks(values: np.ndarray) -> list[int]:
    """Lags at which the differences' autocorrelation has a clear local maximum, and what these are multiples of."""
    steps = np.diff(values)
    most = min(MOST_LAG, len(steps) // 3)
    if most < 3 or steps.std() == 0:
        return []
    found = np.array([autocorrelation(steps, lag) for lag in range(1, most + 2)])
    tops = 1 + np.flatnonzero((found[1:-1] >= found[:-2]) & (found[1:-1] >= found[2:]))
    clear = [int(at) for at in tops if is_clear(float(found[at]), len(steps), SEASONAL / 2)]
    return sorted({part for at in clear for part in range(3, at + 2) if (at + 1) % part == 0})
