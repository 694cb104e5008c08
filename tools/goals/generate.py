"""Make new data like those learned from. A target is optional: the classes that new data can be asked of."""

import json
from typing import TYPE_CHECKING

from noglue.tools.spec import catalogue
from noglue.tools.spec.goals import GoalPlugin

if TYPE_CHECKING:
    from noglue.tools.evaluate import Args
    from noglue.tools.evaluation.findings import Evaluation
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step

FAMILIES = "noglue.tools.models"


def evaluate(args: "Args", schema: "Schema", step: "Step") -> "Evaluation":
    """What fresh samples are worth, beside those of the simple model."""
    from noglue.tools.generation.scoring import Wishes, evaluation
    from noglue.tools.modelstore.model_folder import families

    family, simple = families(step.run / "model")
    sampler = catalogue.load(FAMILIES, family).load(step.run / "model", step.device)
    beside = None
    if simple is not None:
        beside = simple, catalogue.load(FAMILIES, simple).load(step.run / "model" / "baseline", step.device)
    said = json.loads((step.run / "model" / "model.json").read_text(encoding="utf-8"))
    wishes = Wishes(
        metric=args.metric,
        samples=args.samples,
        judge=None if args.judge is None else step.path(args.judge),
        inception=None if args.inception is None else step.path(args.inception),
        sheet=args.sheet,
        alarms=said.get("alarms", []),
    )
    return evaluation(schema, sampler, beside, wishes, step)


GOAL = GoalPlugin(
    name="generate",
    measure="fd_own",
    evaluate=evaluate,
    target="optional",
    target_kind="classes",
    makes_new=True,
    request="Generate",
    thing="new examples",
    does="it generates images",
    title="synthetic {modality} data",
    card="Makes new {modality} data like those it learned from. It is synthetic: it shows nothing real.",
    trains="learn what the train images look like, watch for collapse, keep the best moment",
    scores="draw samples and set them beside the sealed test images, by a judge of its own",
    reserve=(0.15, 20.0, 180.0),  # a judge is trained and thousands of samples are drawn
)
