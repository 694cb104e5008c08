"""What makes a model one of scikit-learn's: `fit`, `score`, `get_params`, `classes_`, tags.

    >>> cross_val_score(noglue.load("latest"), frame, frame.pop("price"), cv=5)

`fit` trains anew, in a run of its own, as the model's run was asked to: for the same goal, without the same columns, on
rows of the same kind, by the same measure, kind of model, budget and seed (`anew.py`). From then on the model is that
run's, and answers in arrays as scikit-learn expects.
Source: https://scikit-learn.org/stable/developers/develop.html
"""

import copy
import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from pydantic import PrivateAttr

from noglue.agent.model import anew, given, returned
from noglue.agent.model.outcome import Outcome
from noglue.agent.run_folder import RunFolder
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.schema import Schema

SETTINGS = ("budget", "family", "metric", "seed")
TARGET = "target"
FITS = "fits"  # the folder below the runs where those of `fit` go: `latest` stays the run that it was


class Estimator(Outcome):
    """The half of `Model` that scikit-learn knows."""

    _device: str = PrivateAttr("auto")
    _sandbox: str = PrivateAttr("auto")
    _settings: dict[str, Any] = PrivateAttr(default_factory=dict)
    _fitted: bool = PrivateAttr(False)
    _array_columns: list[str] | None = PrivateAttr(None)

    @property
    def _schema(self) -> Schema:
        raise NotImplementedError

    def predict(self, inputs: Any) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Train anew on rows and their answers. X: a data frame or an array (n, k); y: (n,).

        Columns that the run left out are left out again. FitWarning tells what the rows have no column for. Raises
        BadUsage for a model of anything but rows, and what ends a run.
        """
        from noglue.agent import api

        schema = self._schema
        if modalities.load(schema.modality).content or schema.predicts is None or schema.targets:
            raise BadUsage(
                Kind.USAGE,
                "fit() trains models of rows with one target.",
                hint='noglue.run("…", data=…) trains the others.',
            )
        columns = self._columns_for(X)
        table, _ = given.tabular(X, schema, columns)
        answers = np.asarray(y)
        if answers.shape != (table.num_rows,):
            raise BadUsage(Kind.ARGUMENT, f"y has the shape {answers.shape}, and there are {table.num_rows:,} rows.")
        name = schema.target or TARGET
        words = "Classify." if schema.predicts == "classes" else "Predict the number."
        frame = table.to_pandas()
        frame[name] = answers  # in the place of one that X still has
        asked = {key: value for key, value in self.get_params().items() if value is not None}
        runs = self.path.parent if self.path.parent.name == FITS else self.path.parent / FITS
        preview = api.plan(words, data=frame, target=name, runs=runs, planner="rules", **asked)
        self._must_be_known(columns)
        preview.plan = anew.planned(preview.plan, RunFolder(self.path), schema, frame.columns, answers)
        found = api.run(plan=preview, runs=runs, planner="rules")
        self.close()
        settings, where = self._settings, (self._device, self._sandbox)
        self.__dict__.update(found.__dict__)
        self.__pydantic_private__ = found.__pydantic_private__
        self._settings, self._fitted, self._array_columns = settings, True, columns
        self._device, self._sandbox = where
        return self

    def score(self, X: Any, y: Any) -> float:  # noqa: N803
        """The share of right answers, or R² of numbers."""
        from sklearn.metrics import accuracy_score, r2_score

        answers = np.asarray(self.predict(X))
        return float((accuracy_score if self._schema.predicts == "classes" else r2_score)(np.asarray(y), answers))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """How `fit` trains: budget (seconds), family, metric, seed; None: its choice. The rest is as in its run."""
        stated = self.task.constraints
        usual = {
            "budget": stated.budget_seconds,
            "family": stated.family,
            "metric": self.task.metric,
            "seed": self.seed,
        }
        return usual | self._settings

    def set_params(self, **params: Any) -> Self:
        """Raises BadUsage for what is none of them."""
        unknown = [name for name in params if name not in SETTINGS]
        if unknown:
            raise BadUsage(
                Kind.ARGUMENT, f"There is no setting {unknown[0]!r}.", hint=f"There are: {', '.join(SETTINGS)}."
            )
        self._settings |= params
        return self

    @property
    def classes_(self) -> np.ndarray:
        """The classes, typed, in the order of `predict_proba`. Raises AttributeError for a model without."""
        schema = self._schema
        if schema.classes is None:
            raise AttributeError("a model of numbers has no classes_")
        kind = schema.class_kind
        return np.array([returned.class_value(name, kind) for name in schema.classes])

    @property
    def n_features_in_(self) -> int:
        return len(self.feature_names_in_)

    @property
    def feature_names_in_(self) -> np.ndarray:
        return np.array(self._array_columns or [column.name for column in self._schema.features], object)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags

        classifies = self._schema.predicts == "classes"
        return Tags(
            estimator_type="classifier" if classifies else "regressor",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags() if classifies else None,
            regressor_tags=None if classifies else RegressorTags(),
            input_tags=InputTags(allow_nan=True, string=True, categorical=True),
        )

    def __sklearn_clone__(self) -> Self:
        """One that `fit` can train without touching this one."""
        return copy.deepcopy(self)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _must_be_known(self, columns: list[str] | None) -> None:
        """Warns where an array has more columns than the model learned from, none of which can be left out by name."""
        if columns is not None and len(columns) > self.n_features_in_:
            warnings.warn(
                f"The array has {len(columns)} columns without names, and the model learned from "
                f"{self.n_features_in_}: what its run left out can't be told. A data frame names them.",
                anew.FitWarning,
                stacklevel=3,
            )

    def _columns_for(self, X: Any) -> list[str] | None:  # noqa: N803
        """Names for the columns of an array that has as many as nobody named."""
        shape: Sequence[int] = getattr(X, "shape", ())
        plain = len(shape) == 2 and not hasattr(X, "columns") and not hasattr(X, "column_names")
        return [f"x{place}" for place in range(shape[1])] if plain else None
