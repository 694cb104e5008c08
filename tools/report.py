"""report.html, self-contained, and report.md: what came of a run, for people.

One page with its style, charts and pictures inside it: it fetches nothing, runs no script, follows light and dark, and
prints. The sections are the files of `tools/reporting/sections/`.

    >>> run(Args(prepared=…, trained=…, evaluated=…), step)
    Result(html='steps/07-report/report.html', markdown='steps/07-report/report.md', bytes=90412)
"""

from pathlib import Path

from pydantic import BaseModel, Field

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.overview.findings import NAME, Overview
from noglue.tools.reporting.facts import Asked, Origin, Prepared, Trained, Wished, Written
from noglue.tools.spec.ledgers import FileLedger, RowLedger
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

OVERVIEW = "data/overview"  # what `prepare` saw of the training rows
ACCESS = Access(reads_if_there=(OVERVIEW,), publishes=("report.html", "report.md"))
FILLED_BY = {
    "profile": ("inspect.profile", "inspect.profiles"),
    "prepared": ("prepare",),
    "trained": ("train",),
    "evaluated": ("evaluate",),
    "origins": ("download.origins",),
    "reader": ("read_with",),
}
PNG = b"\x89PNG"
LARGEST_PICTURE = 1_500_000  # bytes


class Args(Arguments):
    """The results of the other steps as they are, `profile` of `inspect`, `origins` of `download`, the task itself.

    seconds: step → seconds, of the steps that are done. planner: which one planned. reader: of `read_with`.
    wishes, unread: of the task, with what became of each wish. files, rows: the ledgers, where they were kept.
    """

    task: Asked = Asked()
    profile: Profile | None = None
    prepared: Prepared
    trained: Trained | None = None
    evaluated: Evaluation | None = None
    origins: list[Origin] = Field(default_factory=list)
    seconds: dict[str, float] = Field(default_factory=dict)
    planner: str = ""
    reader: Written | None = None
    wishes: list[Wished] = Field(default_factory=list)
    unread: list[str] = Field(default_factory=list)
    files: FileLedger | None = None
    rows: RowLedger | None = None

    def reads(self) -> list[str]:
        """The folders of the example images, of the pages of samples, and of samples over the training."""
        shown = [] if self.trained is None else list(self.trained.sample_history)
        if self.evaluated is not None:
            examples = [*self.evaluated.typical, *self.evaluated.errors]
            shown += [example.image for example in examples if example.image]
            because = [] if self.evaluated.explained is None else self.evaluated.explained.because
            shown += [one.picture for one in because if one.picture]
            generation = self.evaluated.generation
            shown += [] if generation is None else [picture.path for picture in generation.pictures]
        return sorted({str(Path(picture).parent) for picture in shown})


class Result(BaseModel):
    """html, markdown: step paths."""

    html: StepPath
    markdown: StepPath
    bytes: int


def run(args: Args, step: Step) -> Result:
    from noglue.tools.reporting.context import Material, context
    from noglue.tools.reporting.page import html, markdown

    given = Material(
        run=step.run.name,
        seed=step.seed,
        asked=args.task,
        profile=args.profile,
        prepared=args.prepared,
        trained=args.trained,
        evaluated=args.evaluated,
        origins=args.origins,
        seconds=args.seconds,
        planner=args.planner,
        reader=args.reader,
        wishes=args.wishes,
        unread=args.unread,
        files=args.files,
        rows=args.rows,
        picture=lambda path: _picture(step.path(path)),
        overview=_overview(step.path(OVERVIEW)),
    )
    facts = context(given)
    page, text = step.folder / "report.html", step.folder / "report.md"
    page.write_text(html(facts), encoding="utf-8")
    text.write_text(markdown(facts), encoding="utf-8")
    return Result(html=step.name(page), markdown=step.name(text), bytes=page.stat().st_size)


def _overview(folder: Path) -> Overview | None:
    """None where nothing was prepared, or by a version that did not look."""
    return Overview.load(folder) if (folder / NAME).is_file() else None


def _picture(path: Path) -> bytes | None:
    """A picture's PNG; None where it is gone, too large for the page, or no PNG."""
    if not path.is_file() or path.stat().st_size > LARGEST_PICTURE:
        return None
    content = path.read_bytes()
    return content if content.startswith(PNG) else None
