"""The templates of the reports, HTML and Markdown, and what they may call.

In HTML everything is escaped by jinja, in Markdown by the `md` filter.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from noglue.tools.evaluation.wording import cut, listing, sentence
from noglue.tools.reporting import context
from noglue.tools.reporting.quantities import duration, size
from noglue.tools.showing import visible
from noglue.tools.showing.line_breaks import breakable, shell

FOLDER = Path(__file__).parent


def environment(suffix: str) -> Environment:
    """For templates that end in SUFFIX, `.html` or `.md`. A variable that nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=suffix == ".html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "breakable": breakable,
        "cut": cut,
        "duration": duration,
        "listing": listing,
        "line": visible.line,
        "md": visible.markdown,
        "percent": context.percent,
        "sentence": sentence,
        "shown": context.shown,
        "side": context.side,
        "shell": shell,
        "size": size,
    }
    return made


def style() -> str:
    """The page's style sheet, which stands inside it."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")
