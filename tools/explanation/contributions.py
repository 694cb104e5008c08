"""Why this row: what each column adds to what the model says on average, for any model of tables.

Shapley values by sampled orders (Štrumbelj & Kononenko 2014, https://doi.org/10.1007/s10115-013-0679-x), every order
with its reverse (Mitchell et al. 2022, https://jmlr.org/papers/v23/21-0439.html): from a background row the columns
are exchanged for the row's own, one after the other. Each background row is begun from once, so that the contributions
of a row add up, exactly, to what the model says of it less what it says of the background rows on average.

    >>> found = contributions(ask, rows, background, answered)
    >>> found.base[0] + found.amounts[0].sum()      # = what the model says of the first row

The same row gets the same contributions whatever stands beside it. Of many columns those that change the answer most
when exchanged alone count each for itself, and the others together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from noglue.tools.explanation.asking import Ask

MOST_PLAYERS = 16
PROBED = 4  # background rows by which the columns of a wide table are chosen
AT_ONCE = 50_000  # rows that the model is asked about in one go
OTHERS = "all other columns"


@dataclass(frozen=True)
class Contributions:
    """base: what the model says of the background on average, float64 (n,), of each row's class. said: of the row.

    players: of each row the columns that count together. amounts: float64 (players,) of each row.
    """

    base: np.ndarray
    said: np.ndarray
    players: list[list[tuple[str, ...]]]
    amounts: list[np.ndarray]


def contributions(
    ask: Ask,
    rows: pa.Table,
    background: pa.Table,
    answered: np.ndarray | None,
    progress: Callable[[int], None] = lambda done: None,
) -> Contributions:
    """rows, background: the features. answered: the class of each row that is explained, int64 (n,); None of values."""
    rows = rows.select(sorted(rows.column_names))  # so that the order of the columns decides nothing
    names = rows.column_names
    whole = ask(background).astype(np.float64)
    said = ask.values(rows, answered)
    start = whole[:, None] if answered is None else whole[:, answered]  # (background, rows), or one column for all
    start = np.broadcast_to(start, (len(whole), rows.num_rows))
    if len(names) <= MOST_PLAYERS:
        players: list[list[tuple[str, ...]]] = [[(name,) for name in names]] * rows.num_rows
        block = max(1, AT_ONCE // (len(whole) * max(1, len(names) - 1)))
    else:
        players = [_teams(ask, rows.slice(row, 1), background, _part(answered, row, 1), said[row])
                   for row in range(rows.num_rows)]  # fmt: skip
        block = 1
    amounts: list[np.ndarray] = []
    for first in range(0, rows.num_rows, block):
        here = slice(first, first + block)
        some = rows.slice(first, block)
        kinds = _part(answered, first, block)
        amounts += list(_shapley(ask, some, background, kinds, said[here], start[:, here], players[first]))
        progress(min(first + block, rows.num_rows))
    return Contributions(start.mean(axis=0), said, players, amounts)


def _part(answered: np.ndarray | None, first: int, count: int) -> np.ndarray | None:
    return None if answered is None else answered[first : first + count]


def _teams(
    ask: Ask, one: pa.Table, background: pa.Table, kind: np.ndarray | None, said: float
) -> list[tuple[str, ...]]:
    """The columns that change the answer most when exchanged alone, and all others together."""
    names, few = one.column_names, min(PROBED, background.num_rows)
    number, begun = np.repeat(np.arange(len(names)), few), np.tile(np.arange(few), len(names))
    source = {name: np.where(number == place, 1 + begun, 0) for place, name in enumerate(names)}
    changed = _values(ask, one, background, source, kind).reshape(len(names), few)
    moved = np.abs(changed - said).mean(axis=1)
    first = set(np.argsort(-moved, kind="stable")[: MOST_PLAYERS - 1].tolist())
    rest = tuple(name for place, name in enumerate(names) if place not in first)
    return [*((names[place],) for place in sorted(first)), rest]


def _shapley(
    ask: Ask,
    rows: pa.Table,
    background: pa.Table,
    kinds: np.ndarray | None,
    said: np.ndarray,
    start: np.ndarray,
    teams: list[tuple[str, ...]],
) -> np.ndarray:
    """float64 (rows, players). said: what the model says of the rows; start: (background, rows), of the background."""
    count, many, several = len(teams), background.num_rows, rows.num_rows
    if count == 1:
        return np.asarray(said - start.mean(axis=0))[:, None]
    turn = _orders(count, many)
    row, begun, taken = (part.reshape(-1) for part in np.indices((several, many, count - 1)))
    source = {
        name: np.where(turn[begun, place] <= taken, row, several + begun)
        for place, team in enumerate(teams)
        for name in team
    }
    asked = None if kinds is None else kinds[row]
    between = _values(ask, rows, background, source, asked).reshape(several, many, count - 1)
    ends = np.broadcast_to(said[:, None, None], (several, many, 1))
    path = np.concatenate([start.T[:, :, None], between, ends], axis=2)
    gained = np.diff(path, axis=2)  # (rows, background, turn)
    return np.asarray(np.take_along_axis(gained, turn[None], axis=2).mean(axis=1))


def _orders(players: int, many: int) -> np.ndarray:
    """int64 (many, players): at which turn each player comes; every second order is the first one's reverse."""
    draw = np.random.default_rng(0)
    orders = [draw.permutation(players) for _ in range((many + 1) // 2)]
    both = [turn for order in orders for turn in (order, players - 1 - order)]
    return np.stack(both[:many])


def _values(
    ask: Ask, rows: pa.Table, background: pa.Table, source: dict[str, np.ndarray], kinds: np.ndarray | None
) -> np.ndarray:
    """What the model says of rows made of columns of others.

    source: of each column the place of its cell among the rows and, behind them, the background. kinds: of each row the
    class, or one for all.
    """
    both = pa.concat_tables([rows, background.select(rows.column_names)]).combine_chunks()
    count = len(next(iter(source.values())))
    kinds = None if kinds is None else np.broadcast_to(kinds, (count,))
    parts = []
    for first in range(0, count, AT_ONCE):
        here = slice(first, first + AT_ONCE)
        table = pa.table({name: both.column(name).take(pa.array(source[name][here])) for name in both.column_names})
        parts.append(ask.values(table, None if kinds is None else kinds[here]))
    return np.concatenate(parts)
