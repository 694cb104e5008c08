"""Score the trained model on the sealed test split, beside its baselines, and look at where it is wrong.

    metrics["test"]["accuracy"] = {"value": 0.972, "low": 0.951, "high": 0.986, "n": 360}

Reads `data/` (the schema, the training targets for the baseline, the validation rows), `sealed/test` and `model/`
(`model.json` names the family and the baseline family, whose own model lies in `model/baseline`). How, the goal says
(`tools/goals/`): what predicts leaves `predictions.csv`, for the unlabelled rows where the user gave some and else for
the test rows, and `examples/*.png` (`tools/goals/_predictions.py`); a generator is scored on fresh samples
(`tools/generation/scoring.py`) and leaves `samples/*.png` and `judge/`. Several targets: `tools/goals/_each_target.py`.
Raises DataError `no-model`, StepFailed `nan-predictions`.
"""

from pydantic import Field

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.spec import goals
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Access, Arguments, Step


class Args(Arguments):
    """metric: the measure that was asked for, or None. measures: others that were asked for, to be told beside it.

    examples: how many test rows of each kind to show. top: so many rows are listed, those surest to be of the positive
    class, or of the largest values: of the rows to predict where there are some, else of all test rows.
    level: how often sets of labels and intervals are to hold the truth. intervals: they stand in predictions.csv, too.

    Of a generator: samples: how many to draw, None: as many as there are test rows, 1,000 to 10,000. judge: the folder
    of a judge that was trained before, so that several models can be compared. inception: the file with the weights of
    the Inception network, for FID and its like. sheet: so many new pictures on one page, `samples/sheet.png`.
    """

    metric: str | None = None
    measures: list[str] = Field(default_factory=list)
    examples: int = 24
    top: int | None = Field(default=None, ge=1)
    level: float = Field(default=0.9, gt=0, lt=1)
    intervals: bool = False
    samples: int | None = Field(default=None, ge=2, le=100_000)
    judge: str | None = None
    inception: str | None = None
    sheet: int | None = Field(default=None, ge=1, le=10_000)

    def reads(self) -> list[str]:
        return [path for path in (self.judge, self.inception) if path is not None]


class Result(Evaluation):
    """See `Evaluation`."""


ACCESS = Access(
    reads=("data", "sealed", "model"),
    publishes=("predictions.csv", "top.csv", "samples", *goals.left_files()),
    device=True,
)


def run(args: Args, step: Step) -> Result:
    schema = Schema.load(step.run / "data")
    return Result.model_validate(goals.evaluation(schema)(args, schema, step).model_dump())
