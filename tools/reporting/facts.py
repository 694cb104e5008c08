"""What the other steps' results say that the report tells; fields that it does not use are let go."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.selection.cross_validation import Folds, Repeats
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.protocols import Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime


class Asked(BaseModel):
    """From the task. found: how its data was found, line by line, where it had to be looked for."""

    paragraph: str = ""
    sources: list[str] = []
    constraints: dict[str, Any] = {}
    found: list[str] = []


class Wished(BaseModel):
    """From the task: one part of the request, and what became of it, as `agent/request/wish.py` has it."""

    text: str
    kind: str
    value: Any = None
    state: str = "open"
    why: str = ""


class Written(BaseModel):
    """From `read_with`: code that was written to read these files, and what it was held to."""

    rows: int
    code: str
    checks: list[str]


class Origin(BaseModel):
    """From `download`: where one source's data came from. sha256_of: `content`, or `listing` for several files."""

    source: str
    url: str | None = None
    files: int = 1
    bytes: int | None = None
    sha256: str | None = None
    sha256_of: str = "content"
    checksum_verified: bool = False


class Prepared(BaseModel):
    """From `prepare`. dropped: column → why it is not learned from."""

    schema_: Schema = Field(alias="schema")
    dropped: dict[str, str] = {}
    target_why: str = ""
    goal_why: str = ""


class Trained(BaseModel):
    """From `train`. history: one row an epoch, a round, or a scoring. others: families that would do as well, the next
    best first. alarms, sample_history: of a generator. short: it had too little time to be of use.
    """

    family: str
    metric: str = ""
    parameters: int | None = None
    validation: dict[str, float] = {}
    history: list[dict[str, float]] = []
    seconds: float = 0.0
    stopped: str = ""
    others: list[str] = []
    by_clock: bool = False
    settings: dict[str, Any] = {}
    device: str = "cpu"
    notes: list[str] = []
    alarms: list[str] = []
    sample_history: list[str] = []
    candidates: list[Tried] = []
    folds: Folds | None = None
    repeats: Repeats | None = None
    decision: Threshold | None = None
    short: ShortTime | None = None
    bytes: int = 0


class Stopped(BaseModel):
    """Why a run ended before its end. step: the folder of the step that failed, empty where none did. hint: what to do
    about it."""

    message: str
    hint: str = ""
    step: str = ""
    code: int
    kind: str


class Done(BaseModel):
    """One step of a run that did not come to its end. tried: how often it was. told: what it found, or why it failed,
    in a few words."""

    id: str
    why: str = ""
    state: Literal["done", "failed", "waiting"]
    seconds: float = 0.0
    tried: int = 1
    told: str = ""


class HowFar(BaseModel):
    """Of a run that did not come to its end. status: `failed` or `interrupted`. resume: the command that goes on.
    seconds: of the whole run.

    read_as: what the request was taken for. wishes, unread: of the task. files, rows: the ledgers, where they were
    kept.
    """

    paragraph: str
    read_as: str = ""
    status: Literal["failed", "interrupted"]
    stopped: Stopped
    steps: list[Done]
    seconds: float
    resume: str
    planner: str = ""
    device: str = ""
    warnings: list[str] = Field(default_factory=list)
    wishes: list[Wished] = Field(default_factory=list)
    unread: list[str] = Field(default_factory=list)
    files: FileLedger | None = None
    rows: RowLedger | None = None


__all__ = ["Asked", "Done", "HowFar", "Origin", "Prepared", "Profile", "Stopped", "Trained", "Wished"]
