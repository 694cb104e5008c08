"""Thresholds of `--fail-under`: their measures are computed, and one that can't be ends the run before it trains.

What a run computes is known once its goal is (from the words, or when the data has been looked at) and, for measures of
two classes, once the classes are.
"""

from collections.abc import Iterable
from typing import Any

from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt, Policy
from noglue.agent.runner import results
from noglue.tools import metrics
from noglue.tools.metrics import Metric
from noglue.tools.spec import goals
from noglue.tools.spec.errors import Kind, TaskUnclear


class FailUnder(Policy):
    """Asks `evaluate` for the measures, and for no run that can't give them."""

    def __init__(self, measures: Iterable[str]) -> None:
        self._measures = list(measures)

    def approve(self, plan: Plan, history: list[Attempt]) -> Plan:
        """Raises TaskUnclear `fail-under` for a measure that this run does not compute."""
        found = [step for step in plan.steps if step.tool == "evaluate"]
        prepared = next((step for step in plan.steps if step.tool == "prepare"), None)
        if not found or prepared is None:
            return plan
        schema = results(history).get(prepared.id, {}).get("schema") or {}
        goal = schema.get("goal") or prepared.args.get("goal")
        for name in self._measures if goal is not None else ():
            self._must_measure(metrics.load(name), str(goal), schema, found[-1])
        steps = [_measuring(step, self._measures) if step.tool == "evaluate" else step for step in plan.steps]
        return plan.model_copy(update={"steps": steps})

    def _must_measure(self, metric: Metric, goal: str, schema: dict[str, Any], evaluate: PlannedStep) -> None:
        classes = schema.get("classes")
        why = ""
        if not metric.measures(goal):
            why = f"this run is to {goal}, which it does not measure"
        elif metric.binary and classes is not None and len(classes) != 2:
            why = f"it is a measure of two classes, and these data have {len(classes)}"
        elif metric.sees.startswith("inception") and not evaluate.args.get("inception"):
            why = "it needs the weights of Inception-v3 (NOGLUE_INCEPTION)"
        if why:
            usual = goals.load(goal).measure
            raise TaskUnclear(
                Kind.FAIL_UNDER,
                f"--fail-under {metric.name}: {metric.title} can't be checked: {why}.",
                hint=f"The usual measure here is {usual}.",
            )


def _measuring(step: PlannedStep, names: list[str]) -> PlannedStep:
    asked = list(step.args.get("measures") or [])
    more = [name for name in names if name not in asked and name != step.args.get("metric")]
    return step.model_copy(update={"args": step.args | {"measures": [*asked, *more]}}) if more else step
