"""What an earlier session of a run has finished, taken from its journal and checked against its files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noglue.agent import journal
from noglue.agent.events import Failed, Finished
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import fingerprint
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import Kind, StepFailed


def history(folder: RunFolder) -> list[Attempt]:
    """Attempts in order. It ends before the first whose files no longer hold what the journal saw.

    Raises StepFailed when the journal was tampered with.
    """
    wrong = journal.verify(folder.path) if journal.has_events(folder.path) else None
    if wrong:
        raise StepFailed(
            Kind.JOURNAL, f"The journal of {folder.name} can't be trusted: {wrong}.", hint="Start a new run."
        )
    attempts: list[Attempt] = []
    for event in _newest(folder):
        attempt = _attempt(folder, event)
        if attempt is None:
            break
        attempts.append(attempt)
    return attempts


def _newest(folder: RunFolder) -> list[Finished | Failed]:
    """The last outcome of each step number; a step done again makes those that came after it count no more."""
    newest: list[Finished | Failed] = []
    for event in _outcomes(folder):
        newest[event.number - 1 :] = [event]
    return newest


def _outcomes(folder: RunFolder) -> Iterator[Finished | Failed]:
    """How the run's own steps ended; what `noglue predict` did since is no part of it."""
    for event in journal.events(folder.path):
        if isinstance(event, Finished | Failed) and not event.aside:
            yield event


def spent_seconds(folder: RunFolder) -> float:
    """Seconds that finished and failed steps took in all earlier sessions."""
    return sum(event.seconds for event in _outcomes(folder))


def _attempt(folder: RunFolder, event: Finished | Failed) -> Attempt | None:
    """None when the step's files are no longer what the journal saw."""
    step = folder.step_folder(event.number, event.step)
    args = _read(step / "args.json")
    if args is None:
        return None
    attempt = Attempt(id=event.step, tool=event.tool, args=args["args"], seconds=event.seconds)
    if isinstance(event, Failed):
        return attempt.model_copy(update={"error": event.error})
    content = _read(step / "result.json")
    if content is None or fingerprint(content.get("result")) != event.result_sha256 or not _left(folder, event):
        return None
    return attempt.model_copy(update={"result": content["result"]})


def _left(folder: RunFolder, event: Finished) -> bool:
    """Whether what the step left in the run folder is still there: a deleted model is made again."""
    access, step = catalogue.load("noglue.tools", event.tool).ACCESS, folder.step_folder(event.number, event.step)
    whole = all(any((folder.path / name).glob("*")) for name in access.writes)
    made = [name for name in access.publishes if (step / name).exists()]
    return whole and all((folder.path / name).exists() for name in made)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
