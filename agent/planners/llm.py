"""The planner that asks a language model where the words or the data leave something open.

    understand  task      what does the paragraph ask for, wish by wish?    sources and words must stand in it
    plan        plan      which steps, which searches?              checked by `agent/plan_check.py`
    search ►    choose    which data set fits?                      one that the search returned
    inspect ►   settle    which column, which must not be used?     columns that are there
    (unread) ►  reader    Python that reads these files             run in a sandbox, held to a contract
    train ►     training  another family, other settings?           of the tools' own schemas

Every answer is checked by code; one that fails goes back with the reason, twice; then the rules decide, and the journal
says so. Everything that needs no judgement stays with the rules. What was asked and answered is kept in `llm.jsonl`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.agent import plan_check
from noglue.agent.llm import (
    model_wishes,
    question_evidence,
    repair,
    settle_answer,
    steering,
    training_answer,
    wish_shapes,
)
from noglue.agent.llm.answer_forms import ChosenData, NextTraining, ProposedPlan, Settled, TaskReading, WrittenReader
from noglue.agent.llm.question import Asker
from noglue.agent.plan import Plan, needed
from noglue.agent.protocols import Attempt, Planner
from noglue.agent.request import wishes
from noglue.agent.runner import next_step
from noglue.agent.settle.settling import with_target
from noglue.agent.task import Constraints, Task
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.errors import DataError, Failure, Kind, Remedy, TaskUnclear
from noglue.tools.spec.profiles import Profile

Said = tuple[str, dict[str, Any]]


class Llm:
    """See the module. `name` is `llm` once an answer of the model counts, and `rules` as long as none does."""

    def __init__(self, rules: Planner, asking: Callable[[Callable[..., None]], Asker]) -> None:
        """rules: who decides what the model does not. asking: makes the asker, given whom to tell what happens."""
        self.name = rules.name
        self._rules = rules
        self._said: list[Said] = []
        self._tell: Callable[..., None] | None = None
        self._run: Path | None = None
        self.asker = asking(self.say)

    def say(self, message: str, **facts: Any) -> None:
        """To the journal; before there is one it waits."""
        if self._tell is None:
            self._said.append((message, facts))
        else:
            self._tell(message, **facts)

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        self._run, self._tell = folder, tell
        self.asker.transcript.attach(folder)
        for message, facts in self._said:
            tell(message, **facts)
        self._said = []

    @property
    def said(self) -> list[str]:
        """What waits to be told."""
        return [message for message, _ in self._said]

    # ---- the protocol ------------------------------------------------------------------------------------------------

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        """Raises TaskUnclear where neither the rules nor the model see a task."""
        unclear = None
        try:
            task = self._rules.understand(paragraph, data, constraints)
        except TaskUnclear as error:
            unclear, flagged = error, wishes.of_flags(data, constraints)
            task = Task(paragraph=paragraph, sources=data, constraints=constraints, wishes=flagged)
        answer = self._ask(
            "task", TaskReading, task, self._about_task(task, data), self._reading_check(paragraph, data)
        )
        if unclear is not None and (answer is None or answer.goal is None or not (answer.target or answer.sources)):
            raise unclear
        if answer is None:
            return task
        task, notes = model_wishes.combined(steering.read(task, answer), answer, data, constraints)
        for note in notes:
            self.asker.note(note)
        return task

    def plan(self, task: Task) -> Plan:
        draft = self._rules.plan(task)

        def wrong(answer: ProposedPlan) -> list[str]:
            plan = steering.overlaid(draft, answer)
            return steering.check_same_steps(draft, plan, task) + plan_check.check(plan, bounds)

        bounds = plan_check.Bounds.of(task, draft)
        material = {
            "task": question_evidence.task(task),
            "draft": [step.model_dump(include={"id", "tool", "args", "needs"}) for step in draft.steps],
            "tools": question_evidence.tools({step.tool for step in draft.steps}),
            "searching": any(step.tool == "search" for step in draft.steps),
        }
        answer = self._ask("plan", ProposedPlan, task, material, wrong)
        self.asker.must_have_helped()
        return draft if answer is None else steering.overlaid(draft, answer)

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        history = [self._as_chosen(task, attempt) for attempt in history]
        last = history[-1]
        try:
            revised = self._rules.revise(task, plan, history)
        except (TaskUnclear, DataError) as refusal:
            return self._after_refusal(task, plan, history, refusal)
        if last.error is not None:
            return self._after_error(task, plan, history, revised)
        if revised is not None and last.tool == "inspect" and settle_answer.elsewhere(plan, revised):
            return self._with_its_target(task, plan, history) or revised
        if revised is not None and last.tool == "inspect":
            return self._settled(task, settle_answer.kept(plan, revised), history)
        if revised is not None and last.tool == "evaluate":
            return self._signed(revised)
        if revised is not None and (what := training_answer.trouble(last, history)) is not None:
            return self._trained_anew(task, revised, history, what)
        return revised

    def _signed(self, plan: Plan) -> Plan:
        """The report says who planned."""
        name = f"{self.name} ({self.asker.choice})" if self.name == "llm" else self.name
        steps = [
            step.model_copy(update={"args": step.args | {"planner": name}}) if step.tool == "report" else step
            for step in plan.steps
        ]
        return Plan(steps=steps)

    # ---- after search ------------------------------------------------------------------------------------------------

    def _as_chosen(self, task: Task, attempt: Attempt) -> Attempt:
        """A search with its candidates in the order that the model gave them; asked once, then known."""
        found = (attempt.result or {}).get("candidates") or []
        if attempt.tool != "search" or len(found) < 2:
            return attempt
        material = {"task": question_evidence.task(task), "candidates": question_evidence.candidates(found)}
        answer = self._ask("choose", ChosenData, task, material, lambda given: steering.check_choice(given, found))
        return attempt if answer is None else steering.reordered(attempt, answer)

    # ---- after inspect -----------------------------------------------------------------------------------------------

    def _settled(self, task: Task, revised: Plan, history: list[Attempt]) -> Plan:
        """`prepare` as the model would have it, where the words of the request leave that open."""
        step = next_step(revised, history)
        if step is None or step.tool != "prepare":
            return revised
        found = {one.id: one.result for one in history if one.result is not None}
        profile = Profile.model_validate(needed(step.needs["profile"], found))
        cells = modalities.load(profile.modality).cells
        if not cells or not profile.columns or not goals.needs_target(step.args.get("goal")):
            return revised
        answer = self._ask_settled(task, profile, step.args.get("target"))
        return revised if answer is None else settle_answer.settled(task, revised, profile, answer)

    def _ask_settled(self, task: Task, profile: Profile, rules: Any) -> Settled | None:
        columns = question_evidence.columns(profile, self.asker.private)
        material = {"task": question_evidence.task(task), "columns": columns, "rules": rules or "(they can't tell)"}
        answer: Settled | None = self._ask(
            "settle", Settled, task, material, lambda given: steering.check_settled(given, profile)
        )
        return answer

    def _with_its_target(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """The plan with the target that the model names, where the rules find none in what lies there.

        None where it names none, or where that would not do either.
        """
        profile = Profile.model_validate((history[-1].result or {})["profile"])
        answer = self._ask_settled(task, profile, None) if profile.columns else None
        if answer is None or not answer.target:
            return None
        known = with_target(task, answer.target, answer.goal)
        try:
            revised = self._rules.revise(known, plan, history)
        except (TaskUnclear, DataError):
            return None
        if revised is None or settle_answer.elsewhere(plan, revised):
            return None
        return settle_answer.settled(known, settle_answer.kept(plan, revised), profile, answer)

    # ---- what went wrong ---------------------------------------------------------------------------------------------

    def _after_refusal(self, task: Task, plan: Plan, history: list[Attempt], refusal: TaskUnclear | DataError) -> Plan:
        """The rules can't go on with what `inspect` found: the target is named by nothing, or there are no labels."""
        last = history[-1]
        if last.tool != "inspect" or last.result is None or Remedy.WRITTEN_READER not in refusal.kind.remedies:
            raise refusal
        if refusal.kind == Kind.MISSING_TARGET and (settled := self._with_its_target(task, plan, history)) is not None:
            return settled
        rewritten = self._written(task, plan, history, refusal.failure())
        if rewritten is None:
            raise refusal
        return rewritten

    def _after_error(self, task: Task, plan: Plan, history: list[Attempt], revised: Plan | None) -> Plan | None:
        last = history[-1]
        assert last.error is not None
        if last.tool in ("train", "evaluate") and Remedy.TRAIN_OTHERWISE in last.error.kind.remedies:
            base = revised or plan
            what = question_evidence.error(last.error, self.asker.private)
            anew = self._trained_anew(task, base, history, str(what.get("message") or what["kind"]))
            return revised if anew == base else anew
        if revised is not None or last.tool not in ("inspect", "prepare", "read_with"):
            return revised
        first = next((one for one in history if one.error and one.tool in ("inspect", "prepare")), last)
        if Remedy.WRITTEN_READER not in last.error.kind.remedies and last.tool != "read_with":
            return None
        rewritten = self._written(task, plan, history, last.error)
        if rewritten is None and last.tool == "read_with":
            raise (first.error or last.error).error()
        return rewritten

    def _written(self, task: Task, plan: Plan, history: list[Attempt], failed: Failure) -> Plan | None:
        """The plan with a reader that the model wrote, or None."""
        roots = repair.last_roots([one for one in history if one.tool == "inspect"])
        given = [step.args["roots"] for step in plan.steps if step.tool == "read_with"]
        roots = given[0] if given else roots
        written = [one for one in history if one.tool == "read_with"]
        if (
            len(written) >= repair.READER_TRIES
            or not repair.readable(roots)
            or "read_with" not in catalogue.names("noglue.tools")
        ):
            return None
        private = self.asker.private
        trouble = question_evidence.error(failed, private) | ({"code": written[-1].args["code"]} if written else {})
        files = question_evidence.files(repair.paths(roots, self._run), private)
        material = {"task": question_evidence.task(task), "files": files, "trouble": trouble}
        answer = self._ask("reader", WrittenReader, task, material, repair.check_reader)
        if answer is None:
            return None
        looks = sum(one.tool == "inspect" for one in history)
        return repair.with_reader(plan, history[-1], roots, answer, looks + 1)

    def _trained_anew(self, task: Task, plan: Plan, history: list[Attempt], what: str) -> Plan:
        """The plan with another training, or as it was."""
        last = history[-1]
        trainings = [one for one in history if one.tool == "train"]
        if any(step.id == training_answer.SECOND for step in plan.steps) or not trainings:
            return plan
        offered = training_answer.others(trainings[-1])
        material = {
            "task": question_evidence.task(task),
            "evidence": training_answer.evidence(trainings[-1], history, what),
            "families": offered,
            "settings": training_answer.settings_described(),
        }
        answer = self._ask(
            "training",
            NextTraining,
            task,
            material,
            lambda given: training_answer.check_training(given, offered, history),
        )
        return (
            plan if answer is None or not training_answer.changes(answer) else training_answer.again(plan, last, answer)
        )

    # ---- asking ------------------------------------------------------------------------------------------------------

    def _ask(
        self, question: str, form: Any, task: Task, material: dict[str, Any], check: Callable[[Any], list[str]]
    ) -> Any:
        if task.constraints.offline:
            self.asker.stay_home()
        answer = self.asker.ask(question, form, task.paragraph, material, check)
        self.name = "llm" if self.asker.useful else self._rules.name
        return answer

    def _about_task(self, task: Task, data: list[str]) -> dict[str, Any]:
        rules = question_evidence.task(task)
        rules.pop("paragraph", None)
        metrics, families = catalogue.names("noglue.tools.metrics"), catalogue.names("noglue.tools.models")
        return {
            "paragraph": task.paragraph,
            "places": data,
            "reading": rules,
            "metrics": metrics,
            "families": families,
            "wishes": wish_shapes.described(),
        }

    def _reading_check(self, paragraph: str, data: list[str]) -> Callable[[TaskReading], list[str]]:
        return lambda given: steering.check_reading(given, paragraph, data)
