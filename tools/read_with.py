"""Read files that no reader knows with code that a model wrote: rows as Parquet, which the parquet reader then reads.

    Args(roots=["steps/02-extract/files"], code="def read(folder): …", target="label")
    → Result(roots=["steps/03-read_with/rows/rows.parquet"], rows=1797, columns=["image", "label"], …)

The code runs in a process of its own inside this step's sandbox: no network, and nothing in sight but the roots. It is
held to a contract before its rows count: with an empty folder it gives nothing, on a sample every row has the same
columns of one type each, and the target is there and varies; all rows are then read, and are no more than the files'
bytes. `reader.py` stays in the step's folder, and the code in the plan, so that the run can be repeated without one.
"""

from pydantic import BaseModel, Field

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Access, Arguments, Step

ACCESS = Access()
SAMPLE, FEWEST = 1_000, 10


class Args(Arguments):
    """roots: files and folders to read. code: Python that defines `read(folder)`, which yields a dict a row.

    target: the column that is to be told, which must be there and vary; None where that is not known yet.
    least: rows that there must be; 1 for what a finished model is to predict.
    """

    roots: list[str] = Field(min_length=1)
    code: str = Field(max_length=20_000)
    target: str | None = None
    least: int = Field(FEWEST, ge=1)

    def reads(self) -> list[str]:
        return self.roots


class Result(BaseModel):
    """roots: the Parquet file, for `inspect`. checks: what the code was held to, in words. code: as it ran."""

    roots: list[str]
    rows: int
    columns: list[str]
    target: str | None = None
    code: str
    checks: list[str]


def run(args: Args, step: Step) -> Result:
    """Raises DataError `bad-reader`, with what went wrong, for code that fails or gives what is no data set."""
    from noglue.tools.process.written_code import Room

    room = Room(step, [step.path(root) for root in args.roots], args.code)
    step.progress("nothing from an empty folder", 0, 3)
    if made := room.rows_from_nothing():
        raise _bad(f"it gave {made} rows from an empty folder, so it makes them up")
    step.progress("a sample", 1, 3)
    sample = room.read("sample", SAMPLE)
    _hold(args, sample.rows, sample.columns, sample.distinct.get(args.target or ""))
    step.progress("all rows", 2, 3)
    whole = sample if sample.rows < SAMPLE else room.read("rows", None)
    size = room.bytes()
    if whole.rows > size:
        raise _bad(f"it gave {whole.rows:,} rows from {size:,} bytes")
    checks = [
        "gives nothing from an empty folder",
        f"the first {sample.rows:,} rows have the same columns, each of one type",
        *([f"{args.target} is there and takes {sample.distinct[args.target]} values"] if args.target else []),
        f"{whole.rows:,} rows from {size:,} bytes",
    ]
    step.note(f"The written reader gave {whole.rows:,} rows.", rows=whole.rows)
    return Result(
        roots=[step.name(whole.path)],
        rows=whole.rows,
        columns=whole.columns,
        target=args.target,
        code=args.code,
        checks=checks,
    )


def _hold(args: Args, rows: int, columns: list[str], values: int | None) -> None:
    target = args.target
    if rows < args.least:
        raise _bad(f"it gave only {rows} rows")
    if target is not None and target not in columns:
        raise _bad(f"its rows have no column {target!r}, only {', '.join(columns)}")
    if target is not None and (values or 0) < 2:
        raise _bad(f"its column {target!r} holds one value only")


def _bad(what: str) -> DataError:
    return DataError(
        Kind.BAD_READER,
        f"The reader written for these files can't be used: {what}.",
        hint="Give data in a usual format.",
    )
