"""The accounts of files and rows. Each thing is counted into one place, so that the counts add up to what is there.

    >>> files = FileLedger()
    >>> files.read("a.csv"); files.pass_over("LICENSE", "a licence text"); files.unreadable("b.csv", "it is empty")
    >>> files.found, files.balances
    (3, True)

Every reason is a short clause that can follow a count: "12 files: a licence text".
"""

from pydantic import BaseModel

MOST_NAMED = 8  # examples kept of each reason


class Reason(BaseModel):
    """How many were left for this reason, and some of their names."""

    count: int = 0
    names: list[str] = []

    def add(self, name: str = "", count: int = 1) -> None:
        self.count += count
        if name and len(self.names) < MOST_NAMED:
            self.names.append(name)


class FileLedger(BaseModel):
    """found: the files that are there, counted once, before any reader looked. Each ends in one of three places."""

    found: int = 0
    used: int = 0
    passed_over: dict[str, Reason] = {}
    unusable: dict[str, Reason] = {}

    @property
    def balances(self) -> bool:
        accounted = sum(one.count for place in (self.passed_over, self.unusable) for one in place.values())
        return self.found == self.used + accounted

    def read(self, count: int = 1) -> None:
        self.found += count
        self.used += count

    def pass_over(self, name: str, why: str, count: int = 1) -> None:
        self.found += count
        self.passed_over.setdefault(why, Reason()).add(name, count)

    def unreadable(self, name: str, why: str, count: int = 1) -> None:
        self.found += count
        self.unusable.setdefault(why, Reason()).add(name, count)


class RowLedger(BaseModel):
    """found: rows (or pictures) that the chosen reading of the files holds. to_predict: those without a target."""

    found: int = 0
    train: int = 0
    validation: int = 0
    test: int = 0
    to_predict: int = 0
    left_out: dict[str, Reason] = {}

    @property
    def balances(self) -> bool:
        kept = self.train + self.validation + self.test + self.to_predict
        return self.found == kept + sum(one.count for one in self.left_out.values())

    def leave_out(self, why: str, count: int, names: list[str] | None = None) -> None:
        if count:
            reason = self.left_out.setdefault(why, Reason())
            reason.add(count=count)
            reason.names += (names or [])[: MOST_NAMED - len(reason.names)]
