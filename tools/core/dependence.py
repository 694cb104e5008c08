"""Which rows depend on one another: the same person many times, one step after another in time.

    subject,light,score           date,temperature,sales            country,year,population
    p1,dim,3                      2024-01-01,4.5,812                Chad,1990,5.95
    p1,bright,5                   2024-01-02,5.1,830                Chad,1991,6.13
    by subject                    by date                           by year, each country a series of its own

Drawn at random, such rows stand beside their own neighbours in train, and the score is of a memory. What is found here
is a suggestion from the data; a column that was asked for is taken as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.core import series

FEWEST_GROUPS = 5
FEWEST_STEPS = 20  # of a series; fewer show nothing
MOST_AT_ONCE = 3.0  # rows a step on average; more, and the date orders a stream of cases, not a series
EVEN, LOOSE = 0.3, 0.6  # autocorrelation from which rows count as a series: with even steps, with any
ROWS_ALIKE = 0.5  # autocorrelation of the median feature, where the target itself shows none
LONG = 20  # steps of a typical series, from which the future is held out rather than whole series

_PEOPLE = (  # by this name alone
    r"patient|participant|person|user|customer|client|speaker|individual|volunteer|respondent|student|pupil|learner"
    r"|athlete|proband|probandin|versuchsperson|teilnehmer|kunde|nutzer|sujet|participante|paciente|sujeto|persona|cliente"
    r"|usuario|utilisateur"
)
_THINGS = (  # where the values are numbered, as in P1, P2, …
    r"subject|animal|mouse|rat|monkey|cow|sheep|horse|child|baby|infant|employee|worker|driver|rider|runner|mother|woman"
    r"|man|device|sensor|machine|engine|unit|pump|motor|turbine|battery|cell|vehicle|truck|robot|camera|video|clip"
    r"|recording|scan|slide|specimen|donor|tree|plant|well|litter|cage"
)
_KINDS = (  # where the name says that it is a key
    r"household|family|group|session|run|sample|case|batch|car|bike|house|building|account|card|author|song|track|document"
    r"|plot|field|episode"
)
_KEY = r"[\W_]*(id|no|nr|num|number|key|code|index)"
_PERSON = re.compile(rf"(the_)?({_PEOPLE})s?({_KEY})?")
_THING = re.compile(rf"({_THINGS})s?")
_KEYED = re.compile(rf"({_THINGS}|{_KINDS})s?{_KEY}")
_NUMBERED = re.compile(r"^(.*?)\d+$")
_STEP = re.compile(
    r"(time|timestamp|t|date|datetime|year|yr|month|week|day|hour|minute|second|quarter|period|step|tick|cycle|frame|wave"
    r"|visit|jahr|monat|woche|tag|stunde|annee|année|mois|jour|semaine|heure|ano|año|mes|dia|día|hora)s?"
    r"([\W_]*(id|no|nr|num|number|index|step|stamp|idx|of_year))?"
)
_ONE_OFF = re.compile(r".*(birth|dob|born|hire|join|sign_?up|regist|open|built|expir|publish|release|death|onset).*")


@dataclass(frozen=True)
class Groups:
    """The column whose values stay together, and its code for each row, int64 (n,)."""

    name: str
    codes: np.ndarray


@dataclass(frozen=True)
class Order:
    """name: the column that rows follow one another by. values: float64 (n,), seconds since 1970 or its own numbers.

    series: the column that tells several series apart, with its codes, int64 (n,); None where there is one.
    """

    name: str
    values: np.ndarray
    series: Groups | None = None


@dataclass(frozen=True)
class Answered:
    """What is known of the rows to split.

    rows: their numbers; target: float64 (len(rows), k), classes one-hot. asked: numbers of the rows to predict.
    """

    rows: np.ndarray
    target: np.ndarray
    asked: np.ndarray


def codes(column: pa.ChunkedArray) -> np.ndarray:
    """int64 (n,): equal values have equal codes, the least value 0, so that the order of the rows says nothing.

    Missing is a value of its own, the last.
    """
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    rank = np.empty(len(encoded.dictionary), np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(rank))
    return np.asarray(rank[encoded.indices.to_numpy()])


def moments(column: pa.ChunkedArray) -> np.ndarray | None:
    """A column of dates or numbers as float64 (n,), NaN where missing; None of any other."""
    if pa.types.is_temporal(column.type):
        micros = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
        return np.asarray(micros.to_numpy(), np.float64) / 1e6
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    return None


# ---- groups ------------------------------------------------------------------------------------------------------


def find_group(columns: Mapping[str, pa.ChunkedArray]) -> str | None:
    """A column whose rows belong together: named like a person (`patient`, `UserID`), or like a thing and numbered.

    `device_id`, or `pump` with the values P1, P2, …; a `device` that is a phone or a tablet is a kind, not a key.
    """
    persons = [name for name in columns if _PERSON.fullmatch(_words(name)) or _KEYED.fullmatch(_words(name))]
    things = [name for name in columns if _THING.fullmatch(_words(name)) and _is_numbered(columns[name])]
    return next((name for name in [*persons, *things] if _repeats(columns[name])), None)


def too_few_to_hold_out(columns: Mapping[str, pa.ChunkedArray]) -> tuple[str, int] | None:
    """A person's column with too few values to hold some of them out, and how many there are."""
    for name, column in columns.items():
        count = pc.count_distinct(column).as_py()
        named = _PERSON.fullmatch(_words(name)) or (_THING.fullmatch(_words(name)) and _is_numbered(column))
        if named and 2 <= count < FEWEST_GROUPS and count <= len(column) / 4:
            return name, int(count)
    return None


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _repeats(column: pa.ChunkedArray) -> bool:
    count = pc.count_distinct(column).as_py()
    return bool(FEWEST_GROUPS <= count <= len(column) / 2)


def _is_numbered(column: pa.ChunkedArray) -> bool:
    """p1, p2, p13: one beginning and a number, throughout."""
    values = [str(value) for value in pc.drop_null(column).unique().slice(0, 1000).to_pylist()]
    begun = {match[1] if (match := _NUMBERED.match(value)) else None for value in values}
    return len(begun) == 1 and None not in begun


# ---- order -------------------------------------------------------------------------------------------------------


def find_order(columns: Mapping[str, pa.ChunkedArray], answered: Answered) -> Order | None:
    """The column by which rows follow one another, where neighbours are alike; dates before numbered steps."""
    timed = {name: found for name, column in columns.items() if (found := _time_of(name, column)) is not None}
    dates = [name for name in timed if pa.types.is_temporal(columns[name].type)]
    for name in [*dates, *(name for name in timed if name not in dates)]:
        values = timed[name][answered.rows]
        if np.isfinite(values).mean() < 0.9:
            continue
        order = Order(name, timed[name])
        if _asks_for_the_future(order, answered):
            return order
        steps = len(np.unique(values[np.isfinite(values)]))
        if len(values) <= MOST_AT_ONCE * steps:
            if _follows(order, answered, columns, is_date=name in dates):
                return order
            continue
        among = series_of(name, values, columns, answered.rows)
        if among is not None and _follows(order := Order(name, timed[name], among), answered, columns, name in dates):
            return order
    return None


def are_many_and_short(order: Order, rows: np.ndarray) -> bool:
    """Whether whole series are better held out than their ends: many of them, with a few steps each."""
    if order.series is None:
        return False
    lengths = np.bincount(np.unique(order.series.codes[rows], return_inverse=True)[1])
    return bool(np.median(lengths) < LONG and len(lengths) >= 2 * FEWEST_GROUPS)


def _time_of(name: str, column: pa.ChunkedArray) -> np.ndarray | None:
    words = _words(name)
    if pa.types.is_temporal(column.type):
        return None if _ONE_OFF.fullmatch(words) else moments(column)
    return moments(column) if _STEP.fullmatch(words) else None


def series_of(time: str, values: np.ndarray, columns: Mapping[str, pa.ChunkedArray], rows: np.ndarray) -> Groups | None:
    """A column that has each of its values once at a time, such as `country` beside `year`; the one with fewest."""
    best: Groups | None = None
    fewest = len(values) / 3
    _, step = np.unique(values, return_inverse=True)
    steps = int(step.max()) + 1
    for name, column in columns.items():
        if name == time or pa.types.is_floating(column.type) or pa.types.is_temporal(column.type):
            continue
        if not 0.9 * len(values) / steps <= pc.count_distinct(column, mode="all").as_py() < fewest:
            continue
        whole = codes(column)
        _, kind = np.unique(whole[rows], return_inverse=True)
        count = int(kind.max()) + 1
        if 2 <= count < fewest and len(np.unique(kind * steps + step)) >= 0.98 * len(values):
            best, fewest = Groups(name, whole), count
    return best


def _follows(order: Order, answered: Answered, columns: Mapping[str, pa.ChunkedArray], is_date: bool) -> bool:
    """Whether neighbours in this order are alike, in the target or in most of the other numbers."""
    times, target, kind = _by_step(order, answered.rows, answered.target)
    gaps = np.diff(times)[kind[1:] == kind[:-1]]
    if len(times) < FEWEST_STEPS or len(gaps) == 0:
        return False
    even = bool((np.abs(gaps - np.median(gaps)) <= 0.2 * np.median(gaps)).mean() >= 0.7)
    if not even and not is_date:
        return False  # a number called `time` with gaps is a duration as likely as not
    least = EVEN if even else LOOSE
    if series.is_clear(series.autocorrelation(target, 1, kind), len(times), least):
        return True
    if not even:
        return False
    if order.series is None and target.shape[1] == 1 and series.season(target[:, 0], _seconds(gaps, is_date)):
        return True
    return _rows_alike(order, answered.rows, columns)


def _asks_for_the_future(order: Order, answered: Answered) -> bool:
    """Whether the rows to predict all come after the others, as in a competition on a series."""
    asked = order.values[answered.asked]
    return bool(len(asked) and asked.min() >= np.nanmax(order.values[answered.rows]))  # NaN is not after anything


def _seconds(gaps: np.ndarray, is_date: bool) -> float | None:
    return float(np.median(gaps)) if is_date else None


def _rows_alike(order: Order, rows: np.ndarray, columns: Mapping[str, pa.ChunkedArray]) -> bool:
    """Neighbours are alike in most of the numbers, those left aside that merely count up with the time."""
    found = []
    for name, column in columns.items():
        values = moments(column) if name != order.name and not pa.types.is_temporal(column.type) else None
        if values is None or not np.isfinite(values[rows]).all():
            continue
        _, value, kind = _by_step(order, rows, values[rows, None])
        if (np.diff(value[:, 0]) >= 0).all() or (np.diff(value[:, 0]) <= 0).all():
            continue
        found.append(series.autocorrelation(value, 1, kind))
    known = [one for one in found if np.isfinite(one)]
    return len(known) >= 2 and series.is_clear(float(np.median(known)), len(rows), ROWS_ALIKE)


def _by_step(order: Order, rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, mean values (steps, k) and series' codes, one for each step of each series, in order."""
    there = np.isfinite(order.values[rows])
    times, values = order.values[rows][there], values[there]
    kind = np.zeros(len(times), np.int64) if order.series is None else order.series.codes[rows][there]
    pairs, step = np.unique(np.stack([kind.astype(np.float64), times], axis=1), axis=0, return_inverse=True)
    step = step.reshape(-1)
    count = np.bincount(step)
    means = [np.bincount(step, weights=values[:, place]) / count for place in range(values.shape[1])]
    return pairs[:, 1], np.stack(means, axis=1), pairs[:, 0].astype(np.int64)
