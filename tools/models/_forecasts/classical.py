"""ETS, Theta and ARIMA of statsforecast, chosen by their own information criteria, one series at a time.

Hyndman et al. 2002 (ETS), Fiorucci et al. 2016 (Theta), Hyndman & Khandakar 2008 (ARIMA); https://nixtlaverse.nixtla.io
A season that they can't take (above 24 steps, or several) is taken out first and put back (`decomposition.py`).
"""

import importlib.util
import os
import tempfile
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from noglue.tools.models._forecasts.decomposition import adjusted
from noglue.tools.models._forecasts.given import Ahead

LONGEST_SEASON = 24
SIGMA = 68.27  # per cent of a normal distribution within one standard deviation
FEWEST = 8  # steps; the last value is repeated of shorter series


def available() -> bool:
    return importlib.util.find_spec("statsforecast") is not None


def ets(values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int, over: Callable[[], bool]) -> Ahead:
    return _each("AutoETS", values, seasons, ahead, over)


def theta(values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int, over: Callable[[], bool]) -> Ahead:
    return _each("AutoTheta", values, seasons, ahead, over)


def arima(values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int, over: Callable[[], bool]) -> Ahead:
    return _each("AutoARIMA", values, seasons, ahead, over)


def _each(
    name: str, values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int, over: Callable[[], bool]
) -> Ahead:
    """NaN for the series that it can't fit, and for those that are left when the time is up."""
    models = _models()
    mean, spread = np.full((len(values), ahead), np.nan), np.full((len(values), ahead), np.nan)
    for row, one in enumerate(values):
        if over():
            break
        if len(one) >= FEWEST and np.ptp(one) > 0:
            mean[row], spread[row] = _one(getattr(models, name), name, one, seasons, ahead)
    return Ahead(mean, spread)


def _one(
    kind: Any, name: str, values: np.ndarray, seasons: tuple[int, ...], ahead: int
) -> tuple[np.ndarray, np.ndarray]:
    size = float(np.abs(values).max())
    unit = 2.0 ** np.floor(np.log2(size)) if size > 0 else 1.0  # so that its tolerances fit any unit, to the last bit
    values = values / unit
    fits = [season for season in seasons if 1 < season <= LONGEST_SEASON and len(values) >= 2 * season + 3]
    longer = tuple(season for season in seasons if season > LONGEST_SEASON)
    season = fits[0] if fits and not longer else 1
    out = adjusted(values, (*fits, *longer) if longer else (), ahead, False)
    given: dict[str, Any] = {"season_length": season}
    if name == "AutoARIMA":
        given |= {"approximation": True, "max_p": 3, "max_q": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that don't converge; they are judged by what they forecast
        try:
            found = kind(**given).forecast(y=out.values.astype(np.float64), h=ahead, level=[SIGMA])
        except Exception:
            return np.full(ahead, np.nan), np.full(ahead, np.nan)
    mean = out.back(np.asarray(found["mean"], np.float64)) * unit
    high = np.asarray(found.get(f"hi-{SIGMA}", np.full(ahead, np.nan)), np.float64)
    low = np.asarray(found.get(f"lo-{SIGMA}", np.full(ahead, np.nan)), np.float64)
    return mean, (high - low) / 2 * unit


def _models() -> Any:
    """The library's models; what numba compiles for it lies in a folder of the moment, as a step may write nowhere
    else."""
    os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.mkdtemp(prefix="numba-"))
    os.environ.setdefault("NIXTLA_ID_AS_COL", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsforecast import models
    return models
