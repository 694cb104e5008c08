"""How a column matters: what the model says on average, over rows as they are, for each of its values.

Partial dependence (Friedman 2001, https://doi.org/10.1214/aos/1013203451) with the range of single rows around it
(Goldstein et al. 2015, https://arxiv.org/abs/1309.6392). Where columns go together, some of the rows that it asks about
exist nowhere.

    >>> dependence(ask, table, "age", clock).lines
    {'yes': [0.61, 0.55, …]}
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.evaluation.decision_threshold import positive_of
from noglue.tools.evaluation.explained import Dependence
from noglue.tools.evaluation.wording import cut
from noglue.tools.explanation.asking import Ask, Clock

POINTS = 16  # of a column of numbers
MOST_VALUES = 10  # of a column of texts
ROWS = 100
MOST_LINES = 5  # classes, those whose chances move most first


def dependence(ask: Ask, table: pa.Table, name: str, clock: Clock) -> Dependence | None:
    """None for a column of one value, of many texts or of dates, and where there is no time.

    table: some rows, drawn at random.
    """
    column = next(one for one in ask.schema.features if one.name == name)
    at, seen = _values(table.column(name), column.kind == "number")
    some = table.slice(0, ROWS)
    if len(at) < 2 or ask.each * len(at) * some.num_rows > clock.left:
        return None
    place, kind = table.column_names.index(name), table.schema.field(name).type
    asked = pa.concat_tables([some.set_column(place, name, _same(value, some.num_rows, kind)) for value in at])
    predicted = ask(asked).reshape(len(at), some.num_rows, -1)
    lines = _lines(ask, predicted)
    found = Dependence(
        column=name,
        at=[value for value in at if isinstance(value, float)] if column.kind == "number" else list(map(_word, at)),
        lines={label: [float(one) for one in single.mean(axis=1)] for label, single in lines.items()},
        seen=seen,
    )
    if len(lines) == 1:
        (single,) = lines.values()
        found.low, found.high = ([float(one) for one in np.percentile(single, q, axis=1)] for q in (10, 90))
    return found


def _values(cells: pa.ChunkedArray, number: bool) -> tuple[list[object], list[float]]:
    """The values to ask about; and the deciles of numbers, which say where rows are."""
    known = pc.drop_null(cells)
    if number:
        numbers = known.cast(pa.float64()).to_numpy()
        numbers = numbers[np.isfinite(numbers)]
        if not len(numbers):
            return [], []
        distinct = np.unique(numbers)
        at = distinct
        if len(distinct) > POINTS:
            at = np.unique(np.quantile(numbers, np.linspace(0.02, 0.98, POINTS), method="nearest"))
        return [float(value) for value in at], [float(q) for q in np.quantile(numbers, np.linspace(0.1, 0.9, 9))]
    if pa.types.is_temporal(cells.type):
        return [], []
    counted = sorted(pc.value_counts(known).to_pylist(), key=lambda one: -int(one["counts"]))
    often = [one["values"] for one in counted if one["counts"] > 1][:MOST_VALUES]
    return (often if len(counted) <= 20 * MOST_VALUES else []), []


def _same(value: object, rows: int, kind: pa.DataType) -> pa.Array:
    return pa.array([value], kind).take(pa.array(np.zeros(rows, np.int64)))


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else cut(str(value), 40)


def _lines(ask: Ask, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """What is drawn → float (points, rows): the value, the positive class's probability, or those of a few classes."""
    classes = ask.schema.classes
    if classes is None:
        return {str(ask.schema.target): predicted[:, :, 0]}
    positive = positive_of(ask.schema)
    if positive is not None:
        return {positive: predicted[:, :, classes.index(positive)]}
    moving = np.ptp(predicted.mean(axis=1), axis=0)
    shown = sorted(int(place) for place in np.argsort(-moving, kind="stable")[:MOST_LINES])
    return {classes[place]: predicted[:, :, place] for place in shown}
