"""From a paragraph to a task and a plan; where an axis stays open a person at a terminal is asked once."""

from noglue.agent import request
from noglue.agent.config import flags
from noglue.agent.plan import Plan
from noglue.agent.protocols import Planner
from noglue.agent.request.open_question import OpenQuestion, open_question, with_column, with_goal
from noglue.agent.task import Constraints, Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import BadUsage, DataError, Kind, TaskUnclear

LONGEST = 10_000


def understand(
    planner: Planner,
    paragraph: str,
    data: list[str],
    constraints: Constraints,
    terminal: Terminal | None = None,
) -> tuple[Task, Plan]:
    """The task and its first plan. terminal: where a person may be asked; None where nobody is there to answer.

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
    question = None if terminal is None else open_question(task)
    if terminal is None or question is None:
        return task, planner.plan(task)
    if question.about != "source":
        task = _asked(task, question, terminal)
        return task, planner.plan(task)
    try:
        return task, planner.plan(task)  # a search may find the data, or noglue has it
    except TaskUnclear as unclear:
        return _with_source(planner, paragraph, data, constraints, question, terminal, unclear)


def _asked(task: Task, question: OpenQuestion, terminal: Terminal) -> Task:
    """The task with what was answered; as it is where the data is to decide."""
    if question.about == "goal":
        hint = "0 or Enter: the data decides"
        chosen = terminal.choose(question.text, question.choices, shown=question.shown, usual=0, hint=hint)
        return task if chosen is None else with_goal(task, question.choices[chosen])
    answer = terminal.answer(question.text)
    return with_column(task, answer) if answer else task


def _with_source(
    planner: Planner,
    paragraph: str,
    data: list[str],
    constraints: Constraints,
    question: OpenQuestion,
    terminal: Terminal,
    unclear: TaskUnclear,
) -> tuple[Task, Plan]:
    """The place that is named, asked for again until there is something to be had. Raises `unclear` where none is."""
    asking = question.text
    while answer := terminal.answer(asking):
        try:
            task = _read(planner, paragraph, [*data, answer], constraints)
            return task, planner.plan(task)
        except (DataError, TaskUnclear) as error:
            asking = f"{error.message} {question.text}"
    raise unclear


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
    """One line: `Classify images from http://…/cifar.html: target chosen from the data, budget 10 min`."""
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
