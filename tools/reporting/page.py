"""The templates, filled in. In HTML everything is escaped by jinja; in Markdown by the `md` filter; in both, what
has no visible form is written out."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from noglue.tools.reporting import templates
from noglue.tools.showing import visible

_HEADED = re.compile(r'<section id="([a-z-]+)">\s*<h2>(.*?)</h2>', re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A section, filled in. name, heading: for the list of contents; empty where it has none."""

    text: Markup
    name: str
    heading: Markup


def html(facts: dict[str, Any]) -> str:
    sections = [_section(Markup(text)) for text in _sections(".html", facts)]
    given = facts["given"]
    return visible.block(
        templates.environment(".html")
        .get_template("page.html")
        .render(facts, run=given.run, seed=given.seed, sections=sections, style=templates.style())
    )


def markdown(facts: dict[str, Any]) -> str:
    text = "\n\n".join(_sections(".md", facts))
    return re.sub(r"\n{3,}", "\n\n", visible.block(text)).strip() + "\n"


def _sections(suffix: str, facts: dict[str, Any]) -> list[str]:
    """In the order of their names, one after the other: the last one lists the words that the others explain."""
    environment = templates.environment(suffix)
    files = sorted((templates.FOLDER / "sections").glob(f"*{suffix}"))
    return [environment.get_template(f"sections/{file.name}").render(facts) for file in files]


def _section(text: Markup) -> Section:
    found = _HEADED.search(text)
    name, heading = found.groups() if found else ("", "")
    return Section(text, name, Markup(heading))  # escaped already
