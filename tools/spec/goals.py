"""What a goal says of itself. A file in `tools/goals/` holds `GOAL = GoalPlugin(…)`, found by the file's name.

>>> load("regress").measure
'rmse'
>>> predicts("regress"), predicts("generate"), needs_target(None), makes_new("generate")
('values', None, True, True)

A new goal is a file there, a measure of it in `tools/metrics/` and a family that suits it in `tools/models/`. Nothing
else names a goal: what it is like is asked here. What is heavy (evaluation, generation) a goal imports when called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

from noglue.tools.spec import catalogue

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from noglue.tools.spec.profiles import Profile
    from noglue.tools.spec.protocols import Raw, Trained
    from noglue.tools.spec.schema import Schema
    from noglue.tools.spec.step import Step

PACKAGE = "noglue.tools.goals"
EACH = "_each_target"  # its module for several targets, which is no goal itself
TargetKind = Literal["classes", "values"]
Baseline = tuple[str, "np.ndarray"]


@dataclass(frozen=True)
class GoalPlugin:
    """One goal.

    measure: the module of `tools/metrics/` that decides where none was asked for.
    evaluate(args, schema, step) → `Evaluation`: what the `evaluate` step does; args are those of `tools/evaluate.py`.
    target: whether a column is to be told from the others; an optional one names the classes that can be asked for.
    target_kind: how the column is stored: class indices, int64, -1 where missing, or float64, NaN where missing.
    makes_new: its model is a `Sampler`, used by `noglue generate`; else a `Predictor`, used by `noglue predict`.
    continues: it tells what comes after rows that follow one another; its model is a `Forecaster`.
    prepare(raw, profile, wishes) → the data as it needs them, with `schema`, `dropped`, `target_why`, `goal_why`,
    `ledger` and `write(data, sealed)`; None: rows, divided and screened (`tools/preparation/pipeline.py`).
    predict(args, step, schema) → what the step `predict` gives; None: one answer for each input row.
    leaves: files beside predictions.csv that its `evaluate` leaves in the run's folder.
    point(predicted) → of its predictions, the values that measures of `measured_as`, another goal, are computed on.
    beside: measures of that goal that are always told. toy: fields of a schema of usual shape, as of a modality.
    baseline(schema, train_targets, rows) → the answer that looks at no feature, its name and its predictions of so many
    rows; None where new data are made. chance: the same in two or three words, `always the mean`.
    columns(predicted, schema) → what predictions.csv has of each row behind `input`, the same names for no rows; None:
    `prediction` and `confidence`.

    heard: groups of `agent/request/kinds/goals.toml` that ask for it, `cluster`, `anomaly`. Forms of its own lie in a
    TOML file beside it, in a group `heard`: language → expressions, as in those groups.
    request: how the summary of a request begins: "Predict a number for". thing: what is learned: "a number".
    does: what a model does, as in "This model can't generate; it classifies.". title, card: the heading and the first
    sentence of the model card, where {target}, {given} and {modality} stand for the data's.
    calibrate(trained, model, schema, step): leave in the folder `model` what says how sure its predictions are, of rows
    that it did not learn from; None where nothing is left, or its answers say it themselves.
    trains, scores: why there are the steps `train` and `evaluate`, for the plan. reserve: what evaluation and report
    get of the budget: a share, and the seconds at least and at most.
    """

    name: str
    measure: str
    evaluate: "Callable[[Any, Schema, Step], BaseModel]"
    request: str
    thing: str
    does: str
    title: str
    card: str
    target: Literal["required", "optional", "none"] = "required"
    target_kind: TargetKind = "values"
    makes_new: bool = False
    continues: bool = False
    prepare: "Callable[[Raw, Profile, Any], Any] | None" = None
    predict: "Callable[[Any, Step, Schema], BaseModel] | None" = None
    leaves: tuple[str, ...] = ()
    measured_as: str = ""
    point: "Callable[[np.ndarray], np.ndarray] | None" = None
    beside: tuple[str, ...] = ()
    toy: Mapping[str, Any] = field(default_factory=dict)
    baseline: "Callable[[Schema, np.ndarray, int], Baseline] | None" = None
    chance: str = ""
    columns: "Callable[[np.ndarray, Schema], dict[str, pa.Array]] | None" = None
    calibrate: "Callable[[Trained, Path, Schema, Step], None] | None" = None
    heard: tuple[str, ...] = ()
    trains: str = "learn from the training rows, choose by the validation rows"
    scores: str = "score the sealed test rows, which training could not have read"
    reserve: tuple[float, float, float] = (1 / 12, 6.0, 60.0)

    @property
    def predicts(self) -> TargetKind | None:
        """What is told of the target's column; None where none is to be told."""
        return self.target_kind if self.target == "required" else None

    def has_truth(self, values: "np.ndarray") -> "np.ndarray":
        """bool (n,): the rows whose stored target says something."""
        import numpy as np

        return np.asarray(values >= 0 if self.target_kind == "classes" else np.isfinite(values))


@cache
def load(name: str) -> GoalPlugin:
    """The goal in `tools/goals/<name>.py`. Raises KeyError listing what there is."""
    goal: GoalPlugin = catalogue.load(PACKAGE, name).GOAL
    return goal


def evaluation(schema: "Schema") -> "Callable[[Any, Schema, Step], BaseModel]":
    """How a model of these data is scored: as its goal says; of several targets each by its own, and all together."""
    if schema.targets:
        each: Callable[[Any, Schema, Step], BaseModel] = import_module(f"{PACKAGE}.{EACH}").evaluate
        return each
    return load(schema.goal).evaluate


@cache
def names() -> tuple[str, ...]:
    """Every goal, those with a target to predict first."""
    order = ("required", "optional", "none")
    return tuple(sorted(catalogue.names(PACKAGE), key=lambda name: (order.index(load(name).target), name)))


def words(name: str) -> Path | None:
    """The TOML file beside a goal, with the forms of words that ask for it, where there is one."""
    file = Path(str(catalogue.load(PACKAGE, name).__file__)).with_suffix(".toml")
    return file if file.is_file() else None


def predicts(goal: str | None) -> TargetKind | None:
    """`classes` or `values` of a column; None where it tells of none, and where the goal is open."""
    return None if goal is None else load(goal).predicts


def needs_target(goal: str | None) -> bool:
    """Whether a column is to be found that is to be predicted; it is where the goal is open."""
    return goal is None or load(goal).target == "required"


def makes_new(goal: str | None) -> bool:
    return goal is not None and load(goal).makes_new


def continues(goal: str | None) -> bool:
    """Whether it tells what comes after the rows that there are."""
    return goal is not None and load(goal).continues


def of_what_comes_next() -> str | None:
    """The goal that tells what comes after the rows, if there is one."""
    return next((name for name in names() if load(name).continues), None)


def left_files() -> tuple[str, ...]:
    """Files beside predictions.csv that some goal's evaluation leaves in the run's folder."""
    return tuple(dict.fromkeys(file for name in names() for file in load(name).leaves))


def _known(name: str) -> str:
    if name not in catalogue.names(PACKAGE):
        raise ValueError(f"there is no goal {name!r}; there are {', '.join(names())}")
    return name


class _Listed:
    """In a JSON schema, the goals that there are."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"enum": list(names())}


GoalName = Annotated[str, AfterValidator(_known), _Listed]
