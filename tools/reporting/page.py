"""The templates, filled in. In HTML everything is escaped by jinja; in Markdown by the `md` filter; in both, what
has no visible form is written out."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from noglue.tools.evaluation.wording import cut, listing, sentence
from noglue.tools.reporting import context
from noglue.tools.reporting.quantities import duration, size
from noglue.tools.showing import visible
from noglue.tools.showing.line_breaks import breakable, shell

FOLDER = Path(__file__).parent
_HEADED = re.compile(r'<section id="([a-z-]+)">\s*<h2>(.*?)</h2>', re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A section, filled in. name, heading: for the list of contents; empty where it has none."""

    text: Markup
    name: str
    heading: Markup


def html(facts: dict[str, Any]) -> str:
    environment = _environment(autoescape=True)
    sections = [_section(Markup(text)) for text in _sections(environment, ".html", facts)]
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    return visible.block(environment.get_template("page.html").render(facts, sections=sections, style=style))


def markdown(facts: dict[str, Any]) -> str:
    text = "\n\n".join(_sections(_environment(autoescape=False), ".md", facts))
    return re.sub(r"\n{3,}", "\n\n", visible.block(text)).strip() + "\n"


def _sections(environment: Environment, suffix: str, facts: dict[str, Any]) -> list[str]:
    """In the order of their names, one after the other: the last one lists the words that the others explain."""
    files = sorted((FOLDER / "sections").glob(f"*{suffix}"))
    return [environment.get_template(f"sections/{file.name}").render(facts) for file in files]


def _section(text: Markup) -> Section:
    found = _HEADED.search(text)
    name, heading = found.groups() if found else ("", "")
    return Section(text, name, Markup(heading))  # escaped already


def _environment(autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
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
    return environment
