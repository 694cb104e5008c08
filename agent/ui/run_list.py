"""What `noglue runs` prints: a line a run, the newest last, so that it stands right above the prompt.

20261130-122151-recognise-handwri…  succeeded             accuracy 97.8 %  24.1 s
20261130-122216-predict-price       running (train, 40 %)                    1:35

A terminal gets lines that fit it: of a long name the beginning, which is enough to name the run by; a pipe gets all.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from noglue.agent import run_folder as folders
from noglue.agent import run_status
from noglue.agent.run_folder import RunFolder
from noglue.agent.ui.printing import print_json, say
from noglue.agent.ui.wording import title_of
from noglue.tools.reporting.quantities import clock
from noglue.tools.spec.errors import DataError

LEAST_NAME = 20  # letters: the time of a run's beginning, and some of its words
Row = tuple[str, str, str, str]


def all_runs(runs: Path, as_json: bool) -> int:
    """`noglue runs`."""
    found = folders.all_runs(runs)
    contents = [_content(one) for one in found]
    if as_json:
        print_json({"runs": contents})
        return 0
    rows = []
    for one, content in zip(found, contents, strict=True):
        try:
            rows.append(_row(content | {"run": one.name}))  # the folder's name: run.json may claim any
        except (AttributeError, KeyError, TypeError, ValueError):  # a stranger's may have any shape
            rows.append(_row(_damaged(one)))
    say(*_aligned(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else None))
    if not rows:
        say(f'No runs in {runs}. `noglue run "Recognise handwritten digits."` makes one.')
    return 0


def _row(content: dict[str, Any]) -> Row:
    """Name, status, score or what went wrong, and how long it took."""
    metric = (content.get("task") or {}).get("metric")
    main = ((content.get("metrics") or {}).get("test") or {}).get(metric or "")
    what = _score(metric, float(main["value"])) if metric and main else _why_not(content)
    seconds = (content.get("progress") or {}).get("seconds") or (content.get("seconds") or {}).get("total")
    return content["run"], run_status.in_words(content), what, clock(float(seconds)) if seconds else ""


def _why_not(content: dict[str, Any]) -> str:
    """The kind of what ended a run, where its status does not say as much."""
    kind = str((content.get("error") or {}).get("kind", ""))
    return "" if kind == content.get("status") else kind


def _score(metric: str, value: float) -> str:
    """`accuracy 97.8 %`, without its interval, for which a line has no room."""
    from noglue.tools import metrics
    from noglue.tools.evaluation.wording import value_text

    return f"{title_of(metric)} {value_text(metrics.load(metric), value)}"


def _aligned(rows: list[Row], width: int | None) -> list[str]:
    """Columns; the names are cut where they would make lines wider than that."""
    status, what, took = (max((len(row[place]) for row in rows), default=0) for place in (1, 2, 3))
    longest = max((len(row[0]) for row in rows), default=0)
    room = longest if width is None else max(LEAST_NAME, width - status - what - took - 6)
    wide = min(longest, room)
    lines = []
    for name, state, score, seconds in rows:
        shown = name if len(name) <= wide else f"{name[: wide - 1]}…"
        lines.append(f"{shown:{wide}}  {state:{status}}  {score:{what}}  {seconds:>{took}}".rstrip())
    return lines


def _content(found: RunFolder) -> dict[str, Any]:
    try:
        return run_status.read(found)
    except (DataError, OSError):
        return _damaged(found)


def _damaged(found: RunFolder) -> dict[str, Any]:
    return {"run": found.name, "status": "damaged", "error": {"kind": "run.json is missing or damaged"}}
