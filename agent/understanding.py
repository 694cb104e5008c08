"""From a paragraph to a task: the planner reads, and where an axis stays open a person at a terminal is asked once."""

import sys
from typing import Any

from agent import reading
from agent.protocols import Planner
from agent.task import Task


def understand(planner: Planner, paragraph: str, data: list[str], constraints: dict[str, Any], ask: bool) -> Task:
    """The task. `ask`: a person is there to answer. Raises TaskUnclear (exit 3) saying what to add."""
    task = planner.understand(paragraph, data, constraints)
    question = reading.open_question(task) if ask else None
    if question is None:
        return task
    print(question, end=" ", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    return planner.understand(f"{paragraph}\n{answer}", data, constraints) if answer else task


def in_words(task: Task) -> str:
    """One line: `Classify images, data from http://…/cifar.html, target open, budget 10 min`."""
    return reading.understood(task)
