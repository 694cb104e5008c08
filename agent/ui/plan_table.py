"""`noglue plan`: what each step will read, write and reach.

download  CIFAR-10: named 'cifar-10'
          writes cache; reaches www.cs.toronto.edu
train     learn from the training rows, choose by the validation rows
          reads data; writes model
"""

from urllib.parse import urlsplit

from noglue.agent.plan import Plan, PlannedStep
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.step import Access

NOTHING = "–"


def rows(plan: Plan) -> list[dict[str, str]]:
    """One a step: `step`, `tool`, `reads`, `writes`, `reaches`, `why`."""
    return [_row(step) for step in plan.steps]


def lines(plan: Plan) -> list[str]:
    """Two lines a step: why, and below it what it reads, writes and reaches."""
    found = rows(plan)
    widest = max((len(row["step"]) for row in found), default=0)
    described = []
    for row in found:
        described.append(f"  {row['step']:{widest}}  {row['why']}")
        touched = [f"{verb} {row[verb]}" for verb in ("reads", "writes", "reaches") if row[verb] != NOTHING]
        described += [f"  {'':{widest}}  {'; '.join(touched)}"] if touched else []
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
    return [*known, *(f"the result of {id}" for id in earlier)]


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
