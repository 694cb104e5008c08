"""The page of a run that did not come to its end, filled in: `unfinished.html`, `unfinished.md`.

In both, what has no visible form is written out.
"""

import re

from noglue.tools.evaluation.wording import cut
from noglue.tools.reporting import ledger_rows, templates
from noglue.tools.reporting.facts import HowFar
from noglue.tools.showing import visible


def html(given: HowFar, run: str, seed: int) -> str:
    return visible.block(_page(".html", given, run, seed))


def markdown(given: HowFar, run: str, seed: int) -> str:
    text = visible.block(_page(".md", given, run, seed))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _page(suffix: str, given: HowFar, run: str, seed: int) -> str:
    facts = ledger_rows.facts(given.wishes, given.unread, given.files, given.rows)
    done = sum(one.state == "done" for one in given.steps)
    asked = cut(" ".join(given.paragraph.split()), 160) or "A run without a paragraph"
    template = templates.environment(suffix).get_template(f"unfinished{suffix}")
    return template.render(facts, given=given, run=run, seed=seed, title=asked, done=done, style=templates.style())
