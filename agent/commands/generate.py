"""`noglue generate`: new images from a run's generator, in the sandbox like every step, noted in the run's journal.

The step leaves plain arrays in its folder; they are packed and signed here, outside the sandbox, where the key is.
"""

import secrets
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noglue.agent import signing_keys
from noglue.agent.commands import image_batch, row_batch
from noglue.agent.commands.batch_folder import PROVENANCE, place
from noglue.agent.context import RunContext
from noglue.agent.events import Note, Planned, Progress
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import Clock, Runner
from noglue.agent.session import step_environment, terminations
from noglue.agent.suspending import suspensions
from noglue.agent.task import Constraints, GoalName, Task
from noglue.tools import generate as step_tool
from noglue.tools.files import beneath
from noglue.tools.generation.sampling import find_label
from noglue.tools.generation.signing import fingerprint, model_sha256
from noglue.tools.modelstore import load_model
from noglue.tools.modelstore.model_folder import own_version
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed


@dataclass(frozen=True)
class Wanted:
    """label: one class, None for all. seed: None draws a new one. out: None takes the first free `samples` folder."""

    count: int
    label: str | None
    seed: int | None
    out: Path | None


class Generating:
    """A planner whose plan is known beforehand: one step."""

    name = "generate"

    def __init__(self, wanted: Wanted, goal: GoalName, first: int) -> None:
        self._wanted, self._goal, self._first = wanted, goal, first

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        return Task(paragraph=paragraph, goal=self._goal, constraints=constraints)

    def plan(self, task: Task) -> Plan:
        args = {"count": self._wanted.count, "label": self._wanted.label}
        return Plan(steps=[PlannedStep(id=f"generate-{self._first}", tool="generate", args=args, why="new images")])

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        return plan if history[-1].error is None else None


def generate(run: RunFolder, wanted: Wanted, ctx: RunContext) -> dict[str, Any]:
    """Write the images. → what `noglue generate --json` prints.

    Raises BadUsage for a run without a generator, a class that it does not know, or a folder that is not empty.
    """
    model = run.path / "model"
    if not beneath.is_plain(run.path, "model/model.json"):
        raise BadUsage(
            Kind.NO_MODEL, f"The run {run.known_as} has no model.", hint="`noglue resume` finishes an interrupted run."
        )
    schema = load_model.learned(model)
    load_model.must_generate(schema)
    things = modalities.load(schema.modality).plural
    if not 1 <= wanted.count <= step_tool.MOST:
        raise BadUsage(
            Kind.COUNT,
            f"It makes 1 to {step_tool.MOST:,} {things} at once, not {wanted.count}.",
            hint="Say so with --count.",
        )
    if wanted.label is not None:
        find_label(wanted.label, schema.classes)
    out = place(wanted.out)
    seed = secrets.randbelow(2**32) if wanted.seed is None else wanted.seed
    started = time.monotonic()
    run.lock()
    journal = Journal(run.path, ctx.redact, ctx.key.key)
    try:
        with terminations(), suspensions(ctx.terminal.aside):
            content = _generate(run, wanted, seed, out, journal, ctx)
    finally:
        journal.close()
        run.unlock()
    facts = {name: content[name] for name in ("run", "count", "label", "seed", "model_sha256")}
    places = {"path": str(out), "things": things, "provenance": str(out / PROVENANCE)}
    places |= {name: str(out / file) for name, file in (("grid", image_batch.PAGE), ("rows", row_batch.ROWS))
               if (out / file).is_file()}  # fmt: skip
    key = {"key": fingerprint(content["public_key"]), "key_kept": run.known_as == run.name}
    return facts | places | key | {"seconds": round(time.monotonic() - started, 3)}


def _generate(
    run: RunFolder, wanted: Wanted, seed: int, out: Path, journal: Journal, ctx: RunContext
) -> dict[str, Any]:
    """The step, then the signed batch. → provenance.json's content."""
    first = sum(1 for _ in (run.path / "steps").iterdir()) + 1
    planner = Generating(wanted, load_model.learned(run.path / "model").goal, first)
    task = planner.understand("", [], Constraints(seed=seed))
    things = modalities.load(load_model.learned(run.path / "model").modality).plural
    plan, history = planner.plan(task), list[Attempt]()
    step = run.step_folder(first, plan.steps[0].id)
    origin = _origin(run, seed, ctx.device)
    try:
        for observer in ctx.observers:
            observer.event(Planned(planner=planner.name, steps=plan.steps))
        env = step_environment(run, task, ctx)
        Runner(env, planner, journal, ctx.observers, Clock(None), (), first, False).run(task, plan, history)
        content = _hand_over(run, step, wanted, history[-1].result or {}, origin, out, things, ctx)
    finally:
        for name in ("pixels.raw", "labels.raw", "samples.csv"):  # the same rows again, unsigned
            (step / name).unlink(missing_ok=True)
    message = f"{wanted.count} {things} of seed {seed}, signed by {fingerprint(content['public_key'])}"
    facts = {"signature": content["signature"], "path": str(out)}
    journal.write(Note(step=plan.steps[0].id, message=message, **facts))
    return content


def _origin(run: RunFolder, seed: int, device: str) -> dict[str, Any]:
    model = run.path / "model"
    return {
        "run": run.known_as,
        "family": load_model.family_name(model),
        "model_sha256": model_sha256(model),
        "seed": seed,
        "device": device.partition(":")[0],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "noglue": own_version(),
    }


def _hand_over(
    run: RunFolder,
    step: Path,
    wanted: Wanted,
    result: dict[str, Any],
    origin: dict[str, Any],
    out: Path,
    things: str,
    ctx: RunContext,
) -> dict[str, Any]:
    """Raises StepFailed `output` when the rows can't be written."""

    def progress(done: int, total: int) -> None:
        event = Progress(stage="sign", done=done, total=total, unit=things, step=step.name)
        for observer in ctx.observers:
            observer.event(event)

    if result.get("count") != wanted.count:
        raise StepFailed(Kind.BAD_RESULT, f"{step.name} made another number of {things} than it was asked for.")
    key = signing_keys.own(run.path)
    try:
        if result.get("file") is not None:
            return row_batch.write(step / "samples.csv", wanted.count, out, origin, wanted.label, key)
        with closing(image_batch.Arrays(step, result)) as arrays:
            label = wanted.label if wanted.label is None else arrays.label(0)
            return image_batch.write(arrays, out, origin, label, key, progress)
    except OSError as error:
        raise StepFailed(
            Kind.OUTPUT,
            f"The {things} can't be written to {out}: {error.strerror}. Nothing was left there.",
            hint=f"Make room or choose another place with --out; --seed {origin['seed']} makes the same again.",
        ) from error
