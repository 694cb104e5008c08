"""Which planner: the rules, or a language model on top of them. Composition for `commands/run.py`.

planner = choose(RunConfig(planner="auto", model="openai:gpt-4.1-mini", max_cost=0.10, budget="10m"))
"""

from collections.abc import Callable
from pathlib import Path

from noglue.agent.config import settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Planner
from noglue.tools.spec.errors import BadUsage, Kind

NAMES = ("auto", "rules", "llm")
TIMEOUT = 120.0  # seconds for one answer; where there is a budget, at most what is left of the questions' share of it


def choose(config: RunConfig, run: Path | None = None) -> Planner:
    """`auto` takes a model where one is named; it falls back to the rules when that does not answer, and says so.

    `llm` wants its answers. A name that means no model is an error where the flag gave it, and a note where it is in
    the environment.

    run: a run that is gone on with; what a model answered then counts again, even if there is no model any more.
    Raises BadUsage `planner` and `model`.
    """
    if config.planner not in NAMES:
        raise BadUsage(
            Kind.PLANNER, f"There is no planner {config.planner!r}.", hint=f"Choose one of {', '.join(NAMES)}."
        )
    rules = Rules(settings.inception())
    if config.planner == "rules":
        return rules
    spec = settings.model(config.model)
    asked_before = run is not None and (run / "llm.jsonl").exists()
    if spec is None and not asked_before:
        if config.planner == "auto":
            return rules
        raise BadUsage(Kind.MODEL, "The llm planner needs a model.", hint="Name one with --model or NOGLUE_MODEL.")
    return _with_model(rules, config, spec, run)


def _with_model(rules: Planner, config: RunConfig, spec: str | None, run: Path | None) -> Planner:
    from noglue.agent.llm import transcript
    from noglue.agent.llm.choice import Choice
    from noglue.agent.llm.choice import choose as chosen
    from noglue.agent.llm.question import Asker
    from noglue.agent.llm.spending import Limits
    from noglue.agent.planners.llm import Llm
    from noglue.agent.redact import SESSION

    before = next(iter(transcript.lines(run) or []), {}) if run is not None else {}
    strict = config.planner == "llm" or config.model is not None
    try:
        choice = chosen(spec, settings.environment()) if spec is not None else Choice("", "no model")
    except BadUsage as error:
        if strict:
            raise
        return _Rules(rules, f"{error.message} {error.hint} The rules decide.")

    def asking(tell: Callable[..., None]) -> Asker:
        return Asker(
            choice,
            Limits(config.max_cost, config.max_calls, settings.seconds(config.budget) if config.budget else None),
            SESSION,
            tell,
            cache=settings.places(config.runs).cache,
            private=config.private or bool(before.get("private")),
            record=settings.recording(),
            timeout=TIMEOUT,
            only_replay=spec is None,
            strict=strict,
            required=config.planner == "llm",
        )

    return Llm(rules, asking)


class _Rules:
    """The rules, with a word to the journal on why no model was asked."""

    def __init__(self, rules: Planner, why: str) -> None:
        self.name, self.said = rules.name, [why]
        self.understand, self.plan, self.revise = rules.understand, rules.plan, rules.revise

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        for message in self.said:
            tell(message)
