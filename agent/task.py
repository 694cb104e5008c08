"""What the user asked, as the paragraph says it; what it leaves open stays None until the data answers."""

from typing import Any

from pydantic import BaseModel, Field

from noglue.agent.request.wish import Wish
from noglue.tools.spec.profiles import Goal as Goal
from noglue.tools.spec.profiles import Modality as Modality


class Task(BaseModel):
    """The `task` object of `task.json`, `run.json` and `noglue plan --json`.

    sources: URLs, paths or data-set names exactly as the user wrote them; never invented.
    target: a column's name, or what is to be told in the user's words ("who survived"), or None; a list where several
        columns are asked for.
    metric: a module of `tools/metrics/`, or None.
    constraints: only those that the words or the flags state: `labels` (int), `budget_seconds` (float),
        `device` (str), `offline` (True), `family` (a module of `tools/models/`), `max_rows` (int), `seed` (int).
        and as bound to the data: `exclude`, `only`, `where`, `test_fraction`, `folds`, `group`, `time`, `positive`, …
    wishes: everything that was asked for, one after the other. unread: words that no wish and no background explain.
    confidence: field → 0…1. evidence: field → the words or the reason that decided it. by_likeness: the fields that no
        word of the request says, only its likeness to others; known while the request is read, and written nowhere.
    """

    paragraph: str
    goal: Goal | None = None
    sources: list[str] = []
    target: str | None = None
    modality: Modality | None = None
    metric: str | None = None
    constraints: dict[str, Any] = {}
    wishes: list[Wish] = []
    unread: list[str] = []
    confidence: dict[str, float] = {}
    evidence: dict[str, str] = {}
    by_likeness: set[str] = Field(default_factory=set, exclude=True)
