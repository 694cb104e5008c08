"""A score with its interval, and the rivals that it is set beside."""

from typing import Literal

from pydantic import BaseModel

CHANCE, LAST_VALUE, LAST_SEASON = "chance", "last-value", "last-season"
Outcome = Literal["better", "no-better", "worse", "mixed", "undecided"]
FEATURELESS = (CHANCE, LAST_VALUE, LAST_SEASON)  # rivals that look at no feature


class Score(BaseModel):
    """A measure's value with its 95 % interval, over n rows."""

    value: float
    low: float
    high: float
    n: int


class Rival(BaseModel):
    """What the model is set beside.

    name: `chance` (the most frequent class of the training rows, or their mean), in a series `last-value` and
    `last-season`, or a family of `tools/models/`.
    difference: the model's main score less this one's, on the same rows (paired). answered: of chance, the class that
    it always answers, where that is not the most frequent one because the measure that decides rates another higher.
    """

    name: str
    title: str
    metrics: dict[str, Score]
    difference: Score | None = None
    answered: str | None = None
