"""What `evaluate` says of how a model works; part of `Evaluation`. Pydantic alone, quick to import."""

from pydantic import BaseModel

from noglue.tools.spec.step_paths import StepPath


class Importance(BaseModel):
    """How much worse the model does on the test rows once the values of some columns are dealt out anew among them.

    columns: one, or several that tell nearly the same and are dealt out together. worse: by how much of the measure
    that decides, whichever way it runs, with its 95 % interval; below nought it did better without them.
    """

    columns: list[str]
    worse: float
    low: float
    high: float


class Dependence(BaseModel):
    """What the model says on average where one column has this value in every row, the others as they are.

    at: the values, as numbers or in words. lines: of what (a class, or the target) → the mean at each value. low, high:
    of single rows the 10th and 90th percentile, where there is one line. seen: deciles of the column's numbers.
    """

    column: str
    at: list[float] | list[str]
    lines: dict[str, list[float]]
    low: list[float] = []
    high: list[float] = []
    seen: list[float] = []


class Reason(BaseModel):
    """One part of an input and what it did: of the answered class's probability, or of the value, so much more or less.

    name: a column, a word, a place. value: what stands there, where that is told beside the name.
    """

    name: str
    value: str = ""
    amount: float


class Because(BaseModel):
    """Why the model said what it said of one test row, the weightiest first. base: what it says on average.

    said: the probability of its answer, or its value. picture: step path of a PNG, where what mattered can be shown.
    shared: no single part is missed; the reasons tell what goes with each when they are left out one after the other.
    """

    row: int
    reasons: list[Reason]
    base: float | None = None
    said: float
    picture: StepPath | None = None
    shared: bool = False


class Explained(BaseModel):
    """measure: in which `importances` are told. rows, rounds: of the importance: test rows, and how often dealt anew.

    unlike: how many of `unlike_of` test rows are unlike the training rows. notes: what there was no time for.
    """

    measure: str = ""
    rows: int = 0
    rounds: int = 0
    importances: list[Importance] = []
    dependences: list[Dependence] = []
    because: list[Because] = []
    unlike: int | None = None
    unlike_of: int = 0
    notes: list[str] = []
