"""Tell what comes after the end of one or many series: the next steps, each with an interval.

Targets are stored as float64. The last steps of each series are the sealed test; once they are scored, the states of
the models take them in, and the forecast that the user wants starts at the end of all that is known.
"""

from typing import TYPE_CHECKING

from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.goals import Baseline, GoalPlugin

if TYPE_CHECKING:
    import numpy as np
    from pydantic import BaseModel

    from noglue.tools.evaluate import Args
    from noglue.tools.forecasting.preparing import ForecastData
    from noglue.tools.predict import Args as PredictArgs
    from noglue.tools.preparation.prepare_wishes import Wishes
    from noglue.tools.spec.profiles import Profile
    from noglue.tools.spec.protocols import Raw
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step


def prepare(raw: "Raw", profile: "Profile", wishes: "Wishes") -> "ForecastData":
    """Series on a grid of times; see `tools/forecasting/preparing.py`."""
    from noglue.tools.forecasting import preparing

    return preparing.prepare(raw, profile, wishes, GOAL.name)


def evaluate(args: "Args", schema: "Schema", step: "Step") -> "BaseModel":
    """Beside the last value and the last season, then the forecast itself."""
    from noglue.tools.forecasting import evaluating

    return evaluating.evaluate(args.metric, args.measures, schema, step)


def predict(args: "PredictArgs", step: "Step", schema: "Schema") -> "BaseModel":
    """The next steps after the end of new observations."""
    from noglue.tools.forecasting import predicting
    from noglue.tools.predict import Result
    from noglue.tools.spec.errors import BadUsage, Kind

    if args.keep or args.proba:
        raise BadUsage(
            Kind.KEEP,
            f"{'--keep' if args.keep else '--proba'} makes no sense for a forecast: its rows are steps to come.",
            hint="Leave it out.",
        )
    if args.explain:
        raise BadUsage(
            Kind.EXPLAIN,
            "--explain makes no sense for a forecast: what comes next is predicted from each series' own past.",
            hint="Leave it out.",
        )
    given = [(one.as_given, one.path) for one in args.inputs]
    found = predicting.predict(given, step, schema, args.intervals)
    return Result(
        file=step.name(found.file),
        rows=found.rows,
        unread=found.unread,
        reasons=found.reasons,
        strays=found.strays,
        said=found.said,
    )


def baseline(schema: "Schema", train: "np.ndarray", rows: int) -> Baseline:
    """The mean of the training targets."""
    import numpy as np

    return "always answering the history's mean", np.full(rows, float(train.mean()))


def point(predicted: "np.ndarray") -> "np.ndarray":
    """The middle of what is forecast: of mean, low, high, scale the first."""
    return predicted[:, 0]


GOAL = GoalPlugin(
    name="forecast",
    measure="mase",
    evaluate=evaluate,
    continues=True,
    prepare=prepare,
    predict=predict,
    leaves=("forecast.csv", "model/history.parquet"),
    measured_as="regress",
    point=point,
    beside=("smape", "mae", "rmse"),
    toy={"timeline": Timeline(columns=["date"], form="date", grid="clock", step=86_400.0, horizon=7, level=0.9)},
    baseline=baseline,
    chance="always the mean",
    request="Forecast",
    thing="what comes next",
    does="it forecasts",
    title="the next values of {target}",
    card="Forecasts the next values of {target} after the end of the observations that it is given.",
    trains="fit forecasters, choose and weight them by rolling origins before the test",
    scores="score the sealed last steps of each series, then forecast what comes after them",
    reserve=(0.2, 8.0, 90.0),  # the members fit their states to each history twice
)
