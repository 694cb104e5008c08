"""The report's accounts: what was asked for and what became of it, which files were read, where the rows went.

>>> facts([Wished(text="as ONNX", kind="export", value="onnx", state="not-done", why="not yet")], [], None, None)
{'wishes': [Line(asked='as ONNX', taken='export onnx', state='not done', why='not yet')], …}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noglue.tools.reporting.facts import Wished
from noglue.tools.reporting.wish_rows import taken_for
from noglue.tools.spec import goals
from noglue.tools.spec.ledgers import FileLedger, Reason, RowLedger

# What is still open when the report is written was done by nothing.
STATES = {"done": "done", "not-done": "not done", "open": "not done", "refused": "refused"}
WHOLE = "the request as a whole"
MOST_NAMED = 3  # files or rows of one reason
_ORDER = ("refused", "not done", "done")


@dataclass(frozen=True)
class Line:
    """One wish. state: `done`, `not done` or `refused`."""

    asked: str
    taken: str
    state: str
    why: str


@dataclass(frozen=True)
class Left:
    """So many files or rows of one fate for one reason. names: some of them."""

    count: int
    what: str
    why: str = ""
    names: str = ""


def facts(
    wishes: list[Wished], unread: list[str], files: FileLedger | None, rows: RowLedger | None, paragraph: str = ""
) -> dict[str, Any]:
    """The templates' variables: `wishes`, `unread`, `file_lines`, `row_lines`, `files_found`, `rows_found`."""
    lines = [
        Line(_asked(one, paragraph), taken_for(one.kind, one.value), STATES.get(one.state, one.state), one.why)
        for one in wishes
    ]
    return {
        "wishes": sorted(lines, key=lambda line: _ORDER.index(line.state) if line.state in _ORDER else 0),
        "unread": unread,
        "file_lines": _files(files) if files is not None else [],
        "files_found": files.found if files is not None else 0,
        "row_lines": _rows(rows) if rows is not None else [],
        "rows_found": rows.found if rows is not None else 0,
    }


def _asked(wish: Wished, paragraph: str) -> str:
    """The user's own words; a goal that only the plan calls by its name was taken from all of them."""
    return WHOLE if wish.text in goals.names() and wish.text not in paragraph.casefold() else wish.text


def _files(ledger: FileLedger) -> list[Left]:
    left = [*_left("can't be used", ledger.unusable), *_left("passed over", ledger.passed_over)]
    return [Left(ledger.used, "read"), *left] if ledger.found else []


def _rows(ledger: RowLedger) -> list[Left]:
    places = {"train": ledger.train, "validation": ledger.validation, "test": ledger.test}
    kept = [Left(count, name) for name, count in (places | {"to predict": ledger.to_predict}).items() if count]
    return [*kept, *_left("left out", ledger.left_out)]


def _left(what: str, reasons: Mapping[str, Reason]) -> list[Left]:
    most_first = sorted(reasons.items(), key=lambda pair: -pair[1].count)
    return [Left(one.count, what, why, _some(one)) for why, one in most_first]


def _some(reason: Reason) -> str:
    named = ", ".join(reason.names[:MOST_NAMED])
    return f"{named}, …" if named and reason.count > MOST_NAMED else named
