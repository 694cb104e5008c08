"""What becomes of every row: one place each, a split or a reason to be left out, so that the counts must add up.

>>> account = RowAccount(4)
>>> account.leave_out(np.array([3]), "no readable target")
>>> account.ledger({"train": np.array([0, 2]), "test": np.array([1])}, {"too few cells": 1}).found
5
"""

from collections.abc import Mapping, Sequence

import numpy as np

from noglue.tools.spec.ledgers import RowLedger

IN_USE = -1


class RowAccount:
    """The reason of each row that takes no part: the first that was given counts."""

    def __init__(self, count: int) -> None:
        self.reason = np.full(count, IN_USE, np.int64)
        self.names: dict[str, list[str]] = {}

    def leave_out(self, rows: np.ndarray, why: str, names: Sequence[str] = ()) -> np.ndarray:
        """Those of the rows that were in use until now. why: a short clause that can follow a count."""
        rows = np.asarray(rows, np.int64)
        new = rows[self.reason[rows] == IN_USE]
        if len(new):
            self.names.setdefault(why, []).extend(names)
            self.reason[new] = list(self.names).index(why)
        return np.asarray(new)

    @property
    def in_use(self) -> np.ndarray:
        """bool (n,)"""
        return np.asarray(self.reason == IN_USE)

    def ledger(self, splits: Mapping[str, np.ndarray], lost: Mapping[str, int]) -> RowLedger:
        """splits: row numbers by split. lost: rows that could not be read at all, by reason.

        Raises AssertionError where a row stands in two places or in none, which is a mistake of ours.
        """
        places = self.reason >= 0
        times = places.astype(np.int64)
        for rows in splits.values():
            times[rows] += 1
        assert (times == 1).all(), f"{int((times != 1).sum())} rows have not exactly one place"
        ledger = RowLedger(
            found=len(self.reason) + sum(lost.values()),
            train=len(splits.get("train", ())),
            validation=len(splits.get("validation", ())),
            test=len(splits.get("test", ())),
            to_predict=len(splits.get("unlabelled", ())),
        )
        counts = np.bincount(self.reason[places], minlength=len(self.names))
        for (why, names), count in zip(self.names.items(), counts.tolist(), strict=True):
            ledger.leave_out(why, count, names)
        for why, count in lost.items():
            ledger.leave_out(why, count)
        assert ledger.balances, "the rows do not add up"
        return ledger
