"""Make new data like those learned from. A target is optional: the classes that new data can be asked of."""

from typing import TYPE_CHECKING

from noglue.tools.spec import catalogue, modalities
from noglue.tools.spec.goals import GoalPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel

    from noglue.tools.evaluate import Args
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step

FAMILIES = "noglue.tools.models"


def evaluate(args: "Args", schema: "Schema", step: "Step") -> "BaseModel":
    """What fresh samples are worth, beside those of the simple model; how they are judged, their modality says."""
    from noglue.tools.modelstore.model_folder import families

    family, simple = families(step.run / "model")
    sampler = catalogue.load(FAMILIES, family).load(step.run / "model", step.device)
    beside = None
    if simple is not None:
        beside = simple, catalogue.load(FAMILIES, simple).load(step.run / "model" / "baseline", step.device)
    judged = modalities.load(schema.modality).samples
    assert judged is not None, "a generator of what nothing can judge"
    return judged().evaluate(schema, sampler, beside, args, step)


GOAL = GoalPlugin(
    name="generate",
    measure="fd_own",
    evaluate=evaluate,
    target="optional",
    target_kind="classes",
    makes_new=True,
    request="Generate",
    thing="new examples",
    does="it generates new examples",
    title="synthetic {modality} data",
    card="Makes new {modality} data like those it learned from. It is synthetic: it shows nothing real.",
    trains="learn what the train images look like, watch for collapse, keep the best snapshot",
    scores="draw samples and compare them with the sealed test images, through a judge of its own",
    reserve=(0.15, 20.0, 180.0),  # a judge is trained and thousands of samples are drawn
)
