"""From a paragraph to a task and a plan; where an axis stays open a person at a terminal is asked once."""

from collections.abc import Callable

from noglue.agent import request
from noglue.agent.config import flags
from noglue.agent.plan import Plan
from noglue.agent.protocols import Planner
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import BadUsage, Kind, TaskUnclear

LONGEST = 10_000


def understand(
    planner: Planner,
    paragraph: str,
    data: list[str],
    constraints: Constraints,
    ask: Callable[[str], str] | None = None,
) -> tuple[Task, Plan]:
    """The task and its first plan. `ask`: puts a question to a person, None where nobody is there to answer.

    Raises TaskUnclear (exit 3) with what to add.
    """
    paragraph = paragraph.encode("utf-8", "replace").decode("utf-8")  # an argument may hold any bytes
    if len(paragraph) > LONGEST:
        raise TaskUnclear(
            Kind.TOO_LONG,
            f"The paragraph has {len(paragraph):,} characters; at most {LONGEST:,} are read.",
            hint="Say in a few sentences what to learn and from which data; data itself goes into a file.",
        )
    if not all(place.strip() for place in data):
        raise BadUsage(
            Kind.DATA, "--data names nothing.", hint="Is a variable of the shell empty? Name a URL or a path."
        )
    task = _read(planner, paragraph, data, constraints)
    try:
        planned = planner.plan(task)
    except TaskUnclear:
        if ask is None or request.open_question(task) is None:
            raise
    else:
        if ask is None or not task.sources or request.open_question(task) is None:
            return task, planned
    answer = ask(str(request.open_question(task)))
    if answer:
        task = _read(planner, f"{paragraph}\n{answer}", data, constraints)
    return task, planner.plan(task)


def _read(planner: Planner, paragraph: str, data: list[str], constraints: Constraints) -> Task:
    """The task, with the file of `--test` among its sources. Raises TaskUnclear where that file is all there is."""
    task = planner.understand(paragraph, data, constraints)
    if constraints.test_file is not None and not task.sources:
        raise TaskUnclear(
            Kind.TEST_ALONE,
            f"{constraints.test_file} is for the test, and nothing says from which data to learn.",
            hint="Name the data to learn from with --data.",
        )
    return task.model_copy(update={"sources": flags.with_test_file(constraints.test_file, task.sources)})


def in_words(task: Task, plan: Plan | None = None) -> str:
    """One line: `Classify images, data from http://…/cifar.html, target open, budget 10 min`."""
    return request.understood(task, _found(plan) if plan is not None else None)


def _found(plan: Plan) -> str | None:
    """What the plan takes where the request names no data: `digits (built in)`, or the title of what it downloads."""
    for step in plan.steps:
        for root in step.args.get("roots", []) if step.tool == "inspect" else []:
            if str(root).startswith("builtin:"):
                return f"{str(root).removeprefix('builtin:')} (built in)"
        if step.tool == "download" and step.args.get("sources"):
            return step.title or str(step.args["sources"][0])
    return None
