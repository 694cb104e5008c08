"""Read files that no reader knows with code that a model wrote: rows as Parquet, which the parquet reader then reads.

    Args(roots=["steps/02-extract/files"], code="def read(folder): …", target="label")
    → Result(roots=["steps/03-read_with/rows/rows.parquet"], rows=1797, columns=["image", "label"], …)

The code runs before this tool (`Access.untrusted`), in a sandbox that sees nothing but the roots and writes
nothing but a folder of its own, and that has ended when this tool begins. What it left is held to a contract before it
counts: for an empty folder it gives nothing, every row has the same columns of one type each, the target is there and
varies, and there are no more rows than the files have bytes. `reader.py` stays in the step's folder, and the code in
the plan, so that the run can be repeated without one.
"""

from pydantic import BaseModel, Field

from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(untrusted="noglue.tools.process.written_code_process")
FILLED_BY = {"roots": ("extract.roots", "download.files")}
FEWEST = 10


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

    roots: list[StepPath]
    rows: int
    columns: list[str]
    target: str | None = None
    code: str
    checks: list[str]


def run(args: Args, step: Step) -> Result:
    """Raises DataError `bad-reader`, with what went wrong, for code that fails or gives what is no data set."""
    from noglue.tools.process.written_code import Rows, bad, bytes_below

    (step.folder / "reader.py").write_text(args.code, encoding="utf-8")
    step.progress("rows", 0, 1)
    rows = Rows.taken(step)
    if rows.count < args.least:
        raise bad(f"it gave only {rows.count} rows")
    if args.target is not None and args.target not in rows.columns:
        raise bad(f"its rows have no column {args.target!r}, only {', '.join(rows.columns)}")
    values = None if args.target is None else rows.distinct(args.target)
    if values is not None and values < 2:
        raise bad(f"its column {args.target!r} holds one value only")
    size = bytes_below([step.path(root) for root in args.roots])
    if rows.count > size:
        raise bad(f"it gave {rows.count:,} rows from {size:,} bytes")
    checks = [
        "gives nothing from an empty folder",
        "all rows have the same columns, each of one type",
        *([] if values is None else [f"{args.target} is there and takes {values} values"]),
        f"{rows.count:,} rows from {size:,} bytes",
    ]
    step.note(f"The written reader gave {rows.count:,} rows.", rows=rows.count)
    return Result(
        roots=[step.name(rows.path)],
        rows=rows.count,
        columns=rows.columns,
        target=args.target,
        code=args.code,
        checks=checks,
    )
