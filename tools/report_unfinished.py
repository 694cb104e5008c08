"""report.html and report.md of a run that did not come to its end: how far it came, why it stopped, how to go on.

One page with its style inside, as that of a finished run (`tools/report.py`), of what the finished steps have told.

    >>> run(Args(how_far=HowFar(paragraph="Predict y", status="failed", steps=[Done(id="download", …)])), step)
    Result(html='steps/02-unfinished/report.html', markdown='steps/02-unfinished/report.md', bytes=9120)
"""

from pydantic import BaseModel

from noglue.tools.reporting.facts import HowFar
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(publishes=("report.html", "report.md"))


class Args(Arguments):
    how_far: HowFar


class Result(BaseModel):
    """html, markdown: step paths."""

    html: StepPath
    markdown: StepPath
    bytes: int


def run(args: Args, step: Step) -> Result:
    from noglue.tools.reporting import unfinished

    page, text = step.folder / "report.html", step.folder / "report.md"
    page.write_text(unfinished.html(args.how_far, step.run.name, step.seed), encoding="utf-8")
    text.write_text(unfinished.markdown(args.how_far, step.run.name, step.seed), encoding="utf-8")
    return Result(html=step.name(page), markdown=step.name(text), bytes=page.stat().st_size)
