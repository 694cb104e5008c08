"""Where code written for a set of files runs, and what becomes of its rows. See `tools/read_with.py`."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.files.step_result import read_result
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.step import Step

SECONDS = 600.0  # for one reading, where the budget says nothing else
RESULT_LIMIT = 1 << 20


@dataclass(frozen=True)
class Reading:
    """What one call of the code gave. distinct: column → different values, of the sample."""

    path: Path
    rows: int
    columns: list[str]
    distinct: dict[str, int]


class Room:
    """The code's file, the folder it is given (`in/`, links to the roots), an empty one, and its results."""

    def __init__(self, step: Step, roots: list[Path], code: str) -> None:
        self._step = step
        (step.folder / "reader.py").write_text(code, encoding="utf-8")
        self._roots = roots
        (step.folder / "empty").mkdir(exist_ok=True)
        self._folder = roots[0] if len(roots) == 1 and roots[0].is_dir() else self._linked(roots)

    def _linked(self, roots: list[Path]) -> Path:
        folder = self._step.folder / "in"
        folder.mkdir(exist_ok=True)
        for root in roots:
            below = [Path(place, name) for place, _, names in os.walk(root) for name in names] or [root]
            for file in below:  # links to files, since `rglob` does not go through links to folders
                link = folder / root.name / file.relative_to(root)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.unlink(missing_ok=True)
                link.symlink_to(file.absolute())
        return folder

    def bytes(self) -> int:
        """Of all files below the roots."""
        sizes = [root.stat().st_size for root in self._roots if root.is_file()]
        for root in self._roots:
            for place, _, names in os.walk(root):
                sizes += [path.stat().st_size for path in (Path(place, name) for name in names) if path.is_file()]
        return sum(sizes)

    def rows_from_nothing(self) -> int:
        """How many rows the code gives for an empty folder; an error there is as good as none."""
        try:
            return self._run(self._step.folder / "empty", "nothing", 10).rows
        except DataError:
            return 0

    def read(self, name: str, rows: int | None) -> Reading:
        """Raises DataError `bad-reader` with the code's own error, BudgetSpent when the time is up."""
        return self._run(self._folder, name, rows)

    def _run(self, folder: Path, name: str, rows: int | None) -> Reading:
        out = self._step.folder / name
        out.mkdir(exist_ok=True)
        for old in out.iterdir():
            old.unlink()
        left = self._step.remaining()
        seconds = SECONDS if left is None else max(1.0, min(SECONDS, left))
        task = json.dumps({"folder": str(folder), "out": str(out), "rows": rows})
        command = [
            sys.executable,
            "-P",
            "-m",
            "noglue.tools.process.written_code_process",
            str(self._step.folder / "reader.py"),
            task,
        ]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            if left is not None and left <= seconds:
                raise BudgetSpent(Kind.BUDGET_SPENT, "The time was up before the files were read.") from None
            raise _bad(f"it did not end within {seconds:.0f} s") from None
        try:
            reported = json.loads(read_result(out / "reported.json", RESULT_LIMIT))
        except FileNotFoundError:
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise _bad(f"it ended with {' '.join(last)[:300] or f'exit status {done.returncode}'}") from None
        except ValueError:
            raise _bad("it left something else than its result") from None
        if "error" in reported:
            raise _bad(str(reported["error"])[:500])
        distinct = {str(column): int(count) for column, count in reported["distinct"].items()}
        return Reading(out / "rows.parquet", int(reported["rows"]), [str(one) for one in reported["columns"]], distinct)


def _bad(what: str) -> DataError:
    return DataError(
        Kind.BAD_READER,
        f"The reader written for these files can't be used: {what}.",
        hint="Give data in a usual format.",
    )
