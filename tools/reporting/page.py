"""The templates, filled in. In HTML everything is escaped by jinja; in Markdown by the `md` filter; in both, what
has no visible form is written out."""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from noglue.tools.evaluation.wording import cut, listing
from noglue.tools.reporting import context
from noglue.tools.reporting.quantities import duration, size
from noglue.tools.showing import visible

FOLDER = Path(__file__).parent


def html(facts: dict[str, Any]) -> str:
    return visible.block(_page("page.html", ".html", facts, autoescape=True))


def markdown(facts: dict[str, Any]) -> str:
    text = _page("page.md", ".md", facts, autoescape=False)
    return re.sub(r"\n{3,}", "\n\n", visible.block(text)).strip() + "\n"


def _page(page: str, suffix: str, facts: dict[str, Any], autoescape: bool) -> str:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cut": cut,
        "duration": duration,
        "listing": listing,
        "line": visible.line,
        "md": visible.markdown,
        "percent": context.percent,
        "shown": context.shown,
        "size": size,
    }
    sections = [f"sections/{file.name}" for file in sorted((FOLDER / "sections").glob(f"*{suffix}"))]
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    return environment.get_template(page).render(facts, sections=sections, style=style)
