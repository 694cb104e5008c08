"""report.html and report.md of a run that did not come to its end: how far it came, why it stopped, how to go on.

One page with its style inside, as that of a finished run (`tools/report.py`), of what the finished steps have told.

    >>> run(Args(paragraph="Predict y", status="failed", steps=[Done(id="download", state="failed", …)]), step)
    Result(html='steps/02-unfinished/report.html', markdown='steps/02-unfinished/report.md', bytes=9120)
"""

from typing import Literal

from pydantic import BaseModel, Field

from noglue.tools.reporting.facts import Wished
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(publishes=("report.html", "report.md"))


class Stopped(BaseModel):
    """Why it ended. step: the folder of the step that failed, empty where none did. hint: what to do about it."""

    message: str
    hint: str = ""
    step: str = ""
    code: int
    kind: str


class Done(BaseModel):
    """One step. tried: how often it was. told: what it found, or why it failed, in a few words."""

    id: str
    why: str = ""
    state: Literal["done", "failed", "waiting"]
    seconds: float = 0.0
    tried: int = 1
    told: str = ""


class Args(Arguments):
    """status: `failed` or `interrupted`. resume: the command that goes on. seconds: of the whole run.

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


class Result(BaseModel):
    """html, markdown: step paths."""

    html: StepPath
    markdown: StepPath
    bytes: int


def run(args: Args, step: Step) -> Result:
    from noglue.tools.reporting import unfinished

    page, text = step.folder / "report.html", step.folder / "report.md"
    page.write_text(unfinished.html(args, step.run.name, step.seed), encoding="utf-8")
    text.write_text(unfinished.markdown(args, step.run.name, step.seed), encoding="utf-8")
    return Result(html=step.name(page), markdown=step.name(text), bytes=page.stat().st_size)
