"""Numbers with a unit or a scale behind them: `12 kg`, `1.2 Mio. €`, `3.4M`, `5'11"`, `2 h 30 min`.

    12.5 kg   80 kg    500 g         one dimension: read in kilograms
    1.2k      950      3.4M          scales: 1200, 950, 3400000
    27:07:09                         a time that is none of the day: seconds
    4.2/5     3.8/5                  the same words behind every number: the numbers
    12 kg     3 km                   no number: of no one dimension

What a column's units are worth is learned once and kept in its form; all units of its dimension are known to new cells.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from noglue.tools.values import number_text

_SCALES = {
    "k": 1e3, "K": 1e3, "tsd": 1e3, "Tsd": 1e3, "thousand": 1e3, "Tausend": 1e3, "mil": 1e3, "mille": 1e3,
    "M": 1e6, "MM": 1e6, "mn": 1e6, "Mn": 1e6, "mln": 1e6, "mio": 1e6, "Mio": 1e6, "million": 1e6, "Million": 1e6,
    "millions": 1e6, "Millionen": 1e6, "millones": 1e6, "millón": 1e6, "mill": 1e6,
    "B": 1e9, "bn": 1e9, "Bn": 1e9, "Mrd": 1e9, "mrd": 1e9, "Md": 1e9, "billion": 1e9, "Billion": 1e9,
    "Milliarden": 1e9, "Milliarde": 1e9, "milliard": 1e9, "milliards": 1e9, "T": 1e12, "trillion": 1e12,
    "lakh": 1e5, "Lakh": 1e5, "lac": 1e5, "Lac": 1e5, "crore": 1e7, "Crore": 1e7, "Cr": 1e7, "cr": 1e7,
}  # fmt: skip
_LOOSE = {"m": 1e6, "b": 1e9, "t": 1e12}  # scales beside others alone: metres and tonnes else
_DAY = 86_400.0
_DIMENSIONS: dict[str, dict[str, float]] = {
    "length": {
        "nm": 1e-9, "µm": 1e-6, "μm": 1e-6, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "dm": 0.1, "m": 1.0, "km": 1e3,
        "meter": 1.0, "metre": 1.0, "Meter": 1.0, "metro": 1.0, "mètre": 1.0, "kilometer": 1e3, "kilometre": 1e3,
        "in": 0.0254, "inch": 0.0254, "inche": 0.0254, '"': 0.0254, "”": 0.0254, "″": 0.0254, "''": 0.0254,
        "Zoll": 0.0254, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "'": 0.3048, "’": 0.3048, "′": 0.3048,
        "yd": 0.9144, "yard": 0.9144, "mi": 1609.344, "mile": 1609.344, "nmi": 1852.0,
    },
    "mass": {
        "µg": 1e-9, "mcg": 1e-9, "mg": 1e-6, "g": 1e-3, "gr": 1e-3, "gram": 1e-3, "Gramm": 1e-3, "kg": 1.0, "Kg": 1.0,
        "KG": 1.0, "kilo": 1.0, "t": 1e3, "tonne": 1e3, "Tonne": 1e3, "Tonnen": 1e3, "lb": 0.45359237,
        "lbs": 0.45359237, "pound": 0.45359237, "oz": 0.028349523125, "ounce": 0.028349523125, "st": 6.35029318,
    },
    "time": {
        "µs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "Sek": 1.0, "Sekunde": 1.0, "Sekunden": 1.0,
        "segundo": 1.0, "seconde": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "Minute": 60.0, "Minuten": 60.0,
        "minuto": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "Std": 3600.0, "Stunde": 3600.0, "Stunden": 3600.0,
        "hora": 3600.0, "heure": 3600.0, "d": _DAY, "day": _DAY, "Tag": _DAY, "Tage": _DAY, "día": _DAY, "jour": _DAY,
        "wk": 7 * _DAY, "week": 7 * _DAY, "Woche": 7 * _DAY, "Wochen": 7 * _DAY, "semana": 7 * _DAY,
        "semaine": 7 * _DAY, "mo": 30.4375 * _DAY, "mth": 30.4375 * _DAY, "month": 30.4375 * _DAY,
        "Monat": 30.4375 * _DAY, "Monate": 30.4375 * _DAY, "mes": 30.4375 * _DAY, "mese": 30.4375 * _DAY,
        "mois": 30.4375 * _DAY, "y": 365.25 * _DAY, "yr": 365.25 * _DAY, "year": 365.25 * _DAY, "Jahr": 365.25 * _DAY,
        "Jahre": 365.25 * _DAY, "año": 365.25 * _DAY, "an": 365.25 * _DAY,
    },
    "data": {
        "B": 1.0, "byte": 1.0, "Byte": 1.0, "kB": 1e3, "KB": 1e3, "kb": 1e3, "MB": 1e6, "Mb": 1e6, "GB": 1e9, "Gb": 1e9,
        "TB": 1e12, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40,
    },
    "area": {
        "mm²": 1e-6, "cm²": 1e-4, "m²": 1.0, "m2": 1.0, "sqm": 1.0, "sq m": 1.0, "qm": 1.0, "ha": 1e4, "km²": 1e6,
        "km2": 1e6, "sqft": 0.09290304, "sq ft": 0.09290304, "sq.ft": 0.09290304, "ft²": 0.09290304, "ft2": 0.09290304,
        "acre": 4046.8564224,
    },
    "volume": {"ml": 1e-3, "mL": 1e-3, "cl": 1e-2, "dl": 0.1, "l": 1.0, "L": 1.0, "liter": 1.0, "litre": 1.0,
               "Liter": 1.0, "m³": 1e3, "m3": 1e3},
    "power": {"W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9, "hp": 745.69987, "HP": 745.69987, "bhp": 745.69987,
              "PS": 735.49875},
    "energy": {"J": 1.0, "kJ": 1e3, "MJ": 1e6, "Wh": 3600.0, "kWh": 3.6e6, "MWh": 3.6e9, "GWh": 3.6e12, "cal": 4.184,
               "kcal": 4184.0},
    "speed": {"m/s": 1.0, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "kph": 1 / 3.6, "mph": 0.44704, "kn": 0.514444},
    "clock": {"::h": 3600.0, "::m": 60.0, "::s": 1.0},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "pressure": {"Pa": 1.0, "hPa": 100.0, "kPa": 1e3, "mbar": 100.0, "bar": 1e5, "psi": 6894.757, "atm": 101325.0},
}  # fmt: skip
_GAP = "[\\s\u00a0\u2009\u202f]*"
_COUNT = r"(?:[-+−–]?\d[\d.,\u00a0\u2009\u202f]*(?:['’]\d{3}(?!\d)[\d.,]*)*|[-+−–]?[.,]\d+)"
_MONEY = "(?:[A-Z]{0,3}[$€£¥₹₩₽]|EUR|USD|GBP|CHF)?"
_WORDS = r"[^\d\s.,;:()$€£¥₹][^\d;:()$€£¥₹]{0,24}?[²³23]?"
_OF = r"(?:/|out of|von|sur|de) ?\d+(?:[.,]\d+)?"
_CELL = re.compile(
    rf"(?P<front>{_MONEY}{_GAP}\(?)(?P<number>{_COUNT}(?: \d{{3}}(?!\d))*(?:[eE][-+]?\d+)?)"
    rf"{_GAP}(?P<unit>(?:{_OF}|{_WORDS})?)\.?{_GAP}(?P<back>\)?{_GAP}{_MONEY})"
)
_PART = re.compile(
    rf"(\d+(?:[.,]\d+)?){_GAP}(''|[\"'’′″”]|[^\d\s.,;:()\"'’′″”]+)\.?(?:{_GAP}(?:and|und|y|et|,)?{_GAP})"
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")
_MOSTLY = 0.95  # of the cells
_FEW_PLAIN = 0.5  # of the cells, without a unit beside a known one
_FEWEST = 4  # different numbers with units that are known,
_FEWEST_UNKNOWN = 10  # and with words that are not


@dataclass(frozen=True)
class Units:
    """factors: unit as written, "" for none → what a number with it is worth. told: what was made of them, in words."""

    factors: dict[str, float]
    told: str = ""


def learn(texts: Sequence[str], counts: np.ndarray) -> Units | None:
    """What the units behind a column's numbers are worth; None where there are none, or not of one dimension."""
    weights: Counter[str] = Counter()
    covered = 0
    for text, count in zip(texts, counts.tolist(), strict=True):
        found = units_of(text)
        covered += count if found is not None else 0
        for unit in found or ():
            weights[unit] += count
    total = int(counts.sum())
    if covered < _MOSTLY * total or not any(weights) or len(weights) > 12:
        return None
    named = {unit: weight for unit, weight in weights.items() if unit}
    plain = weights[""]
    factors = _scales(named) or _of_one(named, len(texts)) or _of_a_dimension(named)
    if factors is None or len(texts) < _FEWEST:
        return None
    known = any(set(named) <= set(units) for units in (*_DIMENSIONS.values(), _SCALES | _LOOSE))
    if plain > (_FEW_PLAIN if known else 1 - _MOSTLY) * total:
        return None if not _scales(named) else Units(factors)
    commonest = "::s" if "::s" in named else max(named, key=lambda unit: named[unit])
    if _scales(named):
        return Units(factors)
    if plain and len(named) > 1:
        return None  # which of them is meant by none
    told = f"its numbers are read in {commonest.replace('::', '')}" if len(named) > 1 else ""
    return Units({unit: factor / factors[commonest] for unit, factor in factors.items()} | {"": 1.0}, told)


def mixed(texts: Sequence[str]) -> list[str]:
    """Units of a column of numbers that are of no one dimension; nothing where it is no such column."""
    found = [units for text in texts[:1000] if (units := units_of(text)) is not None]
    named = {unit for units in found for unit in units if unit}
    known = {unit for units in _DIMENSIONS.values() for unit in units}
    if len(found) < _MOSTLY * min(len(texts), 1000) or not 2 <= len(named) <= 12 or not named <= known:
        return []
    return sorted(named)


def numbers(
    texts: pa.Array, factors: Mapping[str, float], decimal: str, thousands: str, grouped: bool = True
) -> pa.Array:
    """float64, null where a cell is no number with one of these units."""
    pieces: list[str] = []
    worth: list[float] = []
    owner: list[int] = []
    listed = texts.to_pylist()
    for place, text in enumerate(listed):
        parts = _parts(text or "")
        if not parts or any(unit not in factors for _, unit in parts):
            continue
        for number, unit in parts:
            pieces.append(number)
            worth.append(factors[unit])
            owner.append(place)
    read = number_text.numbers(pa.array(pieces, pa.string()), decimal, thousands, grouped).to_pylist()
    values: list[float | None] = [None] * len(listed)
    broken: set[int] = set()
    for place, number, factor in zip(owner, read, worth, strict=True):
        if number is None:
            broken.add(place)
        else:
            values[place] = (values[place] or 0.0) + number * factor
    return pa.array([None if place in broken else value for place, value in enumerate(values)], pa.float64())


def heads(texts: Sequence[str]) -> list[str]:
    """The numbers alone, by which the marks of a column are found."""
    return [number for text in texts for number, _ in _parts(text)]


def units_of(text: str) -> list[str] | None:
    """`5 ft 10 in` → `["ft", "in"]`, `12` → `[""]`; None where a cell is no number with units."""
    parts = _parts(text)
    return [unit for _, unit in parts] if parts else None


def _parts(text: str) -> list[tuple[str, str]]:
    """Numbers with their units; several of one dimension, the larger ones first, as `5'11"`."""
    if (clock := _CLOCK.fullmatch(text.strip())) is not None:
        parts = zip(clock.groups(), ("::h", "::m", "::s"), strict=True)
        return [(part.lstrip("0") or "0", unit) for part, unit in parts if part]
    found = _CELL.fullmatch(text.strip())
    if found is not None:
        unit = _bare(found["unit"])
        number = f"{found['front']}{found['number']}{found['back']}".strip()
        return [(number, unit)]
    several = [(one[1], _bare(one[2])) for one in _PART.finditer(text.strip())]
    if not 2 <= len(several) <= 4 or _PART.sub("", text.strip()):
        return []
    for units in _DIMENSIONS.values():
        worth = [units.get(unit, 0.0) for _, unit in several]
        if all(worth) and worth == sorted(worth, reverse=True) and len(set(worth)) == len(worth):
            return several
    return []


def _bare(unit: str) -> str:
    """Without dots and blanks around it, `years` as `year`."""
    unit = unit.strip().rstrip(".")
    known = any(unit in units for units in (*_DIMENSIONS.values(), _SCALES))
    return unit[:-1] if not known and len(unit) > 2 and unit.endswith("s") and unit[-2].isalpha() else unit


def _scales(named: Mapping[str, int]) -> dict[str, float] | None:
    """Of `k` and `M`; a lone `m` or `b` counts beside others alone."""
    if not all(unit in _SCALES or unit in _LOOSE for unit in named) or all(unit in _LOOSE for unit in named):
        return None
    if "k" not in named and "K" not in named and len(named) == 1 and next(iter(named)) in ("T", "B", "MM", "mil", "cr"):
        return None
    return _SCALES | _LOOSE | {"": 1.0}


def _of_one(named: Mapping[str, int], different: int) -> dict[str, float] | None:
    """The same words behind all numbers, in any case."""
    folded = {unit.lower() for unit in named}
    if len(folded) != 1:
        return None
    dimensions = [units for units in _DIMENSIONS.values() if set(named) <= set(units)]
    if len(dimensions) == 1:
        return dict(dimensions[0])
    if not dimensions and different < _FEWEST_UNKNOWN:
        return None
    return dict.fromkeys(named, 1.0)


def _of_a_dimension(named: Mapping[str, int]) -> dict[str, float] | None:
    found = [units for units in _DIMENSIONS.values() if set(named) <= set(units)]
    return dict(found[0]) if len(found) == 1 else None
