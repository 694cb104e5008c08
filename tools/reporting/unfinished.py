"""The page of a run that did not come to its end, filled in: `unfinished.html`, `unfinished.md`.

In HTML everything is escaped by jinja, in Markdown by the `md` filter; in both, what has no visible form is written
out.
"""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from noglue.tools.evaluation.wording import cut
from noglue.tools.reporting import ledger_rows
from noglue.tools.reporting.facts import HowFar
from noglue.tools.reporting.quantities import duration
from noglue.tools.showing import visible

FOLDER = Path(__file__).parent


def html(given: HowFar, run: str, seed: int) -> str:
    return visible.block(_page("unfinished.html", given, run, seed))


def markdown(given: HowFar, run: str, seed: int) -> str:
    text = visible.block(_page("unfinished.md", given, run, seed))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _page(page: str, given: HowFar, run: str, seed: int) -> str:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=page.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cut": cut, "duration": duration, "md": visible.markdown, "line": visible.line}
    done = sum(one.state == "done" for one in given.steps)
    facts = ledger_rows.facts(given.wishes, given.unread, given.files, given.rows)
    asked = cut(" ".join(given.paragraph.split()), 160) or "A run without a paragraph"
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    return environment.get_template(page).render(
        facts, given=given, run=run, seed=seed, title=asked, done=done, style=style
    )
