"""`noglue plan`: what each step will read, write and reach.

step      tool      reads                writes        reaches              why
download  download  –                    cache         www.cs.toronto.edu   CIFAR-10: named 'cifar-10'
train     train     data                 model         –                    learn from the train rows, …
"""

import shutil
import textwrap
from urllib.parse import urlsplit

from noglue.agent.plan import Plan, PlannedStep
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.step import Access

HEADINGS = ("step", "reads", "writes", "reaches", "why")
WIDEST, NARROW, LEAST = (11, 20, 17, 22), (10, 12, 15, 14), 16
NOTHING = "–"


def rows(plan: Plan) -> list[dict[str, str]]:
    """One a step: `step`, `tool`, `reads`, `writes`, `reaches`, `why`."""
    return [_row(step) for step in plan.steps]


def lines(plan: Plan, width: int | None = None) -> list[str]:
    """The table as text, `why` in what is left of the width and folded below itself."""
    width = width or shutil.get_terminal_size((120, 24)).columns
    table = [tuple(row[name] for name in HEADINGS) for row in rows(plan)]
    most = WIDEST if width >= 100 else NARROW
    widths = [min(size, max(len(row[at]) for row in [HEADINGS, *table])) for at, size in enumerate(most)]
    last = max(LEAST, width - sum(widths) - 2 * len(widths) - 2)
    described = []
    for row in [HEADINGS, *table]:
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, [*widths, last], strict=True)]
        for line in range(max(map(len, cells))):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            padded = [part.ljust(size) for part, size in zip(parts, [*widths, 0], strict=True)]
            described.append(("  " + "  ".join(padded)).rstrip())
    return described


def _row(step: PlannedStep) -> dict[str, str]:
    access: Access = catalogue.load("noglue.tools", step.tool).ACCESS
    writes = [*access.writes, *access.publishes, *(["cache"] if access.cache else [])]
    return {
        "step": step.id,
        "tool": step.tool,
        "reads": ", ".join([*access.reads, *_reads(step)]) or NOTHING,
        "writes": ", ".join(writes) or NOTHING,
        "reaches": _reaches(step, access),
        "why": step.why,
    }


def _reads(step: PlannedStep) -> list[str]:
    """Of the arguments that are known, and whose results come as others."""
    known: list[str] = []
    if not step.needs:
        try:
            known = list(catalogue.load("noglue.tools", step.tool).Args.model_validate(step.args).reads())
        except (ToolError, ValueError):
            known = []
    earlier = dict.fromkeys(source.partition(".")[0] for source in step.needs.values())
    return [*known, *(f"from {id}" for id in earlier)]


def _reaches(step: PlannedStep, access: Access) -> str:
    """Hosts, as far as they are known before the step runs."""
    if not access.network or step.args.get("offline"):
        return NOTHING
    mirrors = (step.args.get("mirrors") or {}).values()
    texts = [str(text) for text in [*step.args.get("sources", []), *(one for many in mirrors for one in many)]]
    hosts = [urlsplit(text).hostname for text in texts if "://" in text]
    if any(hosts):
        return ", ".join(dict.fromkeys(host for host in hosts if host))
    if step.tool == "download":
        return NOTHING if texts else "what the search finds"
    return "public search services"
