"""What became of the files and the rows of a run's data, and of what was asked for: from its steps, and as lines.

    not done  export as ONNX: no model here can be exported yet
    left out  12 of 300 rows: no target
    files     2 of 40 passed over: a licence text (LICENSE, NOTICE)

A line stands only where something was not done, not understood, passed over or left out.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from noglue.agent.protocols import Attempt
from noglue.agent.request.wish import Wish
from noglue.agent.task import Task
from noglue.tools.preparation import splits_by_file
from noglue.tools.showing.counted import counted
from noglue.tools.spec.ledgers import FileLedger, Reason, RowLedger
from noglue.tools.spec.warning_order import MISSPELT

WRITTEN = "written-reader"  # a warning that ends the run as well
MISMATCHED = "mismatched-labels"
DOUBTFUL = (MISSPELT, WRITTEN, MISMATCHED, "spelled-alike")
GIVEN_AWAY = ("given-away", "known-afterwards", "leak")  # by columns that were learned from all the same
MOST = 8  # lines; the report has all of them
_BREAKS = re.compile(r"\s")  # each line is one, whatever stands in the words that it quotes
_YEARS = range(1900, 2101)
ANSWERED = ("folds", "repeats")  # wishes of which the scores are the answer


def files(history: Sequence[Attempt]) -> FileLedger | None:
    """Of the reading that was prepared, else of the last one that `inspect` gave; None where no step counted files."""
    for attempt in reversed(history):
        source = {"prepare": attempt.args, "inspect": attempt.result or {}}.get(attempt.tool, {})
        if ledger := (source.get("profile") or {}).get("ledger"):
            return _without_unasked(FileLedger.model_validate(ledger), source)
    return None


def _without_unasked(ledger: FileLedger, args: dict[str, Any]) -> FileLedger:
    """Files of the reading that `prepare` passed over, as the request names others. args: of `prepare`."""
    profile = args["profile"]
    files = profile.get("files") or {}
    named, _ = splits_by_file.chosen(files, profile.get("reading") or {}, args.get("tables") or [])
    read = splits_by_file.arranged(named, args.get("train_files") or [], args.get("test_files") or [])
    kept = {path for paths in read.values() for path in paths}
    unasked = sorted({path for paths in files.values() for path in paths} - kept)
    for path in unasked:
        ledger.found -= 1
        ledger.used -= 1
        ledger.pass_over(path, splits_by_file.NOT_ASKED_FOR)
    return ledger


def rows(history: Sequence[Attempt]) -> RowLedger | None:
    """Of the last `prepare`; None where it has not counted them."""
    found = [attempt.result["ledger"] for attempt in history
             if attempt.tool == "prepare" and attempt.result is not None and attempt.result.get("ledger")]  # fmt: skip
    return RowLedger.model_validate(found[-1]) if found else None


def for_report(task: Task, history: Sequence[Attempt]) -> dict[str, Any]:
    """Arguments of the step `report`."""
    files_, rows_ = files(history), rows(history)
    return {
        "wishes": [wish.model_dump() for wish in task.wishes],
        "unread": task.unread,
        "files": None if files_ is None else files_.model_dump(),
        "rows": None if rows_ is None else rows_.model_dump(),
    }


def lines(content: dict[str, Any], verbose: bool = False) -> list[str]:
    """Of run.json's content, the few lines that end a run. verbose: what was done, too, and all of them."""
    lines = [*_doubts(content), *_wishes(content, verbose)]
    lines += [*_rows(content.get("rows")), *_files(content.get("files"))]
    if not verbose and len(lines) > MOST:
        lines = [*lines[: MOST - 1], f"and {len(lines) - MOST + 1} more, see the report"]
    return [_BREAKS.sub(" ", line) for line in lines]


def read_as(task: Task) -> list[str]:
    """For `noglue plan`, below the line that tells where the data is: what else the request was taken for, and what of
    it was not understood."""
    from noglue.tools.reporting.wish_rows import taken_for

    wishes = [(wish, wish.instead) for wish in task.wishes if wish.kind != "data"]
    read = (
        " or ".join(taken_for(one.kind, one.value) + _or_year(one) for one in both if one is not None)
        for both in wishes
    )
    meanings = "; ".join(dict.fromkeys(read))
    unread = ", ".join(f"“{' '.join(words.split())}”" for words in task.unread)
    parts = [f"wishes      {meanings}" if meanings else "", f"not understood  {unread}" if unread else ""]
    return [part for part in parts if part]


def _or_year(wish: Wish) -> str:
    """What `test on 2024` may mean as well, which only the data can tell."""
    rows = wish.value.get("rows") if isinstance(wish.value, dict) else None
    year = wish.kind in ("test", "train", "validation") and isinstance(rows, int) and rows in _YEARS
    return f", or those of the year {rows} where the data have dates" if year else ""


def _doubts(content: dict[str, Any]) -> Iterator[str]:
    data = content.get("data") or {}
    features = set(data.get("features") or [])
    for one in data.get("warnings") or []:
        doubted = one.get("kind") in DOUBTFUL or (one.get("kind") in GIVEN_AWAY and set(one["columns"]) <= features)
        if doubted:
            yield f"in doubt  {one['message']}"


def _wishes(content: dict[str, Any], verbose: bool) -> Iterator[str]:
    """What is still open when a run has ended was done by nothing. A failed run did none: its error says enough."""
    failed = content.get("status") == "failed"
    wishes = [Wish.model_validate(wish) for wish in content.get("wishes") or [] if verbose or not failed]
    yield from (f"in doubt  {_line(wish)}" for wish in wishes if wish.state == "done" and wish.guessed and not verbose)
    done = (wish for wish in wishes if wish.state == "done" and (verbose or wish.kind in ANSWERED))
    yield from (f"done      {_line(wish)}" for wish in done)
    yield from (f"refused   {_line(wish)}" for wish in wishes if wish.state == "refused")
    yield from (f"not done  {_line(wish)}" for wish in wishes if wish.state in ("not-done", "open"))
    yield from (f"not understood  “{' '.join(words.split())}”" for words in content["task"].get("unread") or [])


def _line(wish: Wish) -> str:
    text = " ".join(wish.text.split())
    return f"{text}: {wish.why}" if wish.why else text


def _rows(ledger: dict[str, Any] | None) -> Iterator[str]:
    if ledger is not None:
        ledger_ = RowLedger.model_validate(ledger)
        for why, reason in ledger_.left_out.items():
            yield f"left out  {reason.count:,} of {counted(ledger_.found, 'row')}: {why}{_named(reason)}"


def _files(ledger: dict[str, Any] | None) -> Iterator[str]:
    if ledger is not None:
        counted = FileLedger.model_validate(ledger)
        for what, place in (("can't be used", counted.unusable), ("passed over", counted.passed_over)):
            for why, reason in place.items():
                yield f"files     {reason.count:,} of {counted.found:,} {what}: {why}{_named(reason)}"


def _named(reason: Reason, most: int = 3) -> str:
    more = ", …" if reason.count > most and len(reason.names) >= most else ""
    return f" ({', '.join(reason.names[:most])}{more})" if reason.names else ""
