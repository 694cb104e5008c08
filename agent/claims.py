"""What a step says is a claim: a path in its result, and a path that it is to be shown, is held to what it may be.

A step's process handles strangers' files, so it may not be trusted with more than its own folder and what it was given:
a result that names anything else is refused, and with it the step. By that rule no chain of steps leads from one file
to another that nobody named.
"""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pydantic import BaseModel

from noglue.tools.spec import step_paths
from noglue.tools.spec.errors import Kind, StepFailed

STEPS = "steps"
OWN_FILES = ("args.json", "result.json", "log.txt")  # of a step's folder; they may hold addresses with a login


def hold_result(result: BaseModel, run: Path, own: Iterable[str], given: Iterable[str]) -> None:
    """Refuse a result with a path that is not inside one of `own` or `given`, links resolved.

    own: run-relative folders and files that the step wrote. given: files and folders that it was shown, run-relative or
    absolute. Raises StepFailed `bad-result`.
    """
    places = _Places(run, [*own, *given])
    for text in step_paths.of(result):
        if not places.hold(text):
            message = f"The step names {text[:200]!r} in its result, which is neither its own nor given to it."
            raise StepFailed(Kind.BAD_RESULT, message)


def hold_reads(reads: Iterable[str], run: Path) -> None:
    """Refuse to show a step anything of the run but what other steps left in their folders.

    Raises StepFailed `plan`: only a plan that somebody wrote wrongly, or to do harm, asks for that.
    """
    real = Path(os.path.realpath(run))
    for text in reads:
        path = PurePosixPath(os.path.normpath(text))
        if path.is_absolute():
            inside = Path(os.path.realpath(path))
            if not inside.is_relative_to(real):
                continue
            path = PurePosixPath(inside.relative_to(real))
        if path.parts[:1] != (STEPS,) or len(path.parts) < 3 or path.parts[2] in OWN_FILES:
            raise StepFailed(Kind.PLAN, f"The plan shows {text[:200]!r} to a step: that is none of the run's data.")


class _Places:
    """Folders and files, and whether a path lies in one of them."""

    def __init__(self, run: Path, places: Iterable[str]) -> None:
        self._run = run
        self._places = [(run / place, Path(os.path.realpath(run / place))) for place in places]
        self._folders: dict[Path, bool] = {}

    def hold(self, text: str) -> bool:
        if not text or "\0" in text or os.path.normpath(text) != text.rstrip("/"):
            return False
        path = self._run / text
        if path.is_symlink() and all(path != place for place, _ in self._places):
            return self._lie_in_one(path, Path(os.path.realpath(path)))
        if path.parent not in self._folders:  # the files of one folder differ in their names alone
            inside = path.parent / "a file"
            self._folders[path.parent] = self._lie_in_one(inside, Path(os.path.realpath(inside)))
        return self._folders[path.parent] or self._lie_in_one(path, Path(os.path.realpath(path)))

    def _lie_in_one(self, path: Path, real: Path) -> bool:
        return any(path.is_relative_to(place) and real.is_relative_to(kept) for place, kept in self._places)
