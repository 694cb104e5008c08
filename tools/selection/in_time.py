"""Whether what is to be trained beside the simple model can be of use in the time left.

>>> in_time.too_late(("table_blend",), schema, step, simple)      # with 2 s left
ShortTime(had=2.0, needs=4.4)
"""

from collections.abc import Sequence

from noglue.tools.selection import compete, contenders
from noglue.tools.spec import modalities
from noglue.tools.spec.protocols import Trained, Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.step import Step

HASTE = 0.5  # of what the quickest family needs: with less than that it is not begun, else it ends a little late
AT_LEAST = 2.0  # times what there was, where a family has no estimate of its own


def too_late(names: Sequence[str], schema: Schema, step: Step, simple: Trained | None) -> ShortTime | None:
    """What the quickest of the families needs, where there is not the half of it; None where there is enough, or a
    simple model that tells nothing: then even a hasty one can only be better.

    Of tables and texts alone: of images a short training may be worth more than a linear model of pixels.
    """
    left = step.remaining()
    if left is None or simple is None or not modalities.load(schema.modality).cells:
        return None
    if contenders.is_guessing(schema, simple):
        return None
    needs = min(compete.costs_of(names, schema, step.device).values())
    return None if HASTE * needs <= left else ShortTime(had=max(0.0, left), needs=needs)


def none_left(names: Sequence[str], schema: Schema, step: Step, had: float) -> ShortTime:
    """Where a family was begun, and had no time. had: seconds there were for it."""
    needs = min(compete.costs_of(names, schema, step.device).values())
    return ShortTime(had=max(0.0, had), needs=max(needs, AT_LEAST * had))


def not_begun(names: Sequence[str], short: ShortTime) -> list[Tried]:
    """The families, as they are told of."""
    return [compete.not_begun(name, short.needs, short.had) for name in names]
