"""A finished model: the outcome of its run, and what it can be asked.

    >>> model = noglue.load("latest")                       # or what noglue.run(...) gave
    >>> model.predict(frame)                                # a Series for a data frame, an array for an array
    >>> model.predict({"age": 31, "city": "Oslo"})          # one row: one value
    >>> model.predict_proba(frame), model.explain(frame)
    >>> model.generate(16, label="7"), model.forecast()

It is loaded once, into a process in the sandbox, at the first question, and stays there until `close()`, the end of a
`with` block or of the program. Any thread may ask it. What goes wrong is raised as in `tools/spec/errors.py`.
"""

import secrets
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, PrivateAttr

from noglue.agent.arguments import Names, Place, checked
from noglue.agent.model import card, given, paths, returned
from noglue.agent.model.estimator import Estimator
from noglue.agent.model.given import Given
from noglue.agent.model.outcome import Prediction
from noglue.agent.model.resident import Arrays, Resident
from noglue.agent.model.returned import Form, Values
from noglue.tools.modelstore import load_model
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.schema import Schema

MOST_TOLD = 3


class InputWarning(UserWarning):
    """Some inputs have no answer, or hold what the model does not know."""


class Model(Estimator):
    """device, sandbox: where it is loaded, as the flags of these names; set by `run` and `load`."""

    _resident: Resident | None = PrivateAttr(None)

    def on(self, device: str = "auto", sandbox: str = "auto") -> Self:
        """The same model, loaded there at the next question: `cpu`, `cuda`, `cuda:1`, `mps`."""
        self.close()
        self._resident, self._device, self._sandbox = None, device, sandbox
        return self

    def predict(self, inputs: Any) -> Any:
        """The answer for each input, in the form in which they were given.

        inputs: rows (a data frame of pandas or polars, an Arrow table, an array (n, k) in the model's order of columns,
        a dict for one row, a list of dicts); pictures, recordings, series or texts, as arrays, paths, bytes or lists
        of them; or the path of a file, a folder, an archive or a URL. Of several targets a frame with a column each.
        An input without an answer has None or NaN, and an InputWarning says why. Raises BadUsage, DataError.
        """
        load_model.must_predict(self._schema)
        if isinstance(inputs, list) and not inputs:
            return []
        if paths.needs_unpacking(inputs, self._schema):
            return paths.values(self.predictions(*paths.listed(inputs)), self._schema)
        asked = self._given(inputs)
        head, arrays = self._ask({"ask": "answers", **asked.head}, asked)
        return self._returned(asked.form, self._columns(head, arrays))

    def predict_proba(self, inputs: Any) -> Any:
        """The probability of every class: a frame with a column a class, of arrays an array (n, classes) in the order
        of `classes_`. Of several targets a dict of these. Raises BadUsage for a model of numbers."""
        schema = self._schema
        views = [schema.of(one) for one in schema.targets] or [schema]
        if any(view.classes is None for view in views) or not schema.predicts:
            raise BadUsage(
                Kind.USAGE,
                "This model has no classes to give the probabilities of.",
                hint="predict() gives its answers, predictions(…, intervals=0.9) how far they can be trusted.",
            )
        asked = self._given(inputs)
        _, arrays = self._ask({"ask": "answers", "shares": True, **asked.head}, asked)
        found = {}
        for place, view in enumerate(views):
            names = [str(name) for name in view.classes or []]
            shares = arrays[f"{place}:shares"]
            columns = {name: returned.of_numbers(shares[:, code]) for code, name in enumerate(names)}
            made = asked.form.frame(columns)
            if asked.form.kind == "pandas":
                made.columns = [returned.class_value(name, view.class_kind) for name in names]
            found[schema.targets[place].name if schema.targets else ""] = made
        return found if schema.targets else found[""]

    def explain(self, inputs: Any) -> Any:
        """How much each part of an input adds to the answer: of the answered class's probability, or of the number.

        Rows of a table in a frame, an array or an Arrow table: a column a feature, which together make the answer's
        distance from what is said on average. Everything else: a dict for each input with `base` (what is said on
        average, None where there is no such thing), `said` and `reasons`, the weightiest first. Of several targets a
        dict of these. Raises BadUsage for a model that can't say why.
        """
        asked = self._given(inputs)
        head, _ = self._ask({"ask": "reasons", **asked.head}, asked)
        schema = self._schema
        named = [one.name for one in schema.targets] or [""]
        table = asked.form.kind not in ("list", "one") and asked.head["form"] == "table"
        made = {name: _amounts(asked.form, told, schema) if table else _one_or_all(asked.form, told)
                for name, told in zip(named, head["reasons"], strict=True)}  # fmt: skip
        return made if schema.targets else made[""]

    def generate(self, count: int = 64, label: str | None = None, seed: int | None = None) -> Any:
        """New examples: of images uint8 (count, height, width, channels), of tables a pandas DataFrame.

        label: one class alone; `generate_labels` gives those of a mixed batch. seed: the same seed makes the same; None
        draws one. They are not signed, as the files of `noglue generate` are. Raises BadUsage.
        """
        return self.generate_labelled(count, label, seed)[0]

    def generate_labelled(self, count: int = 64, label: str | None = None, seed: int | None = None) -> tuple[Any, Any]:
        """What `generate` makes, and the class of each, typed; None for a model without classes."""
        drawn = secrets.randbelow(2**32) if seed is None else seed
        head, arrays = self._asked({"ask": "examples", "count": count, "label": label, "seed": drawn})
        labels = None
        if "labels" in arrays:
            kind = self._schema.class_kind
            labels = Form("array").column("", returned.of_classes(arrays["labels"], head["classes"], kind))
        if "pixels" in arrays:
            return arrays["pixels"], labels
        return Form("pandas").frame(_own(head, arrays)), labels

    def forecast(self, observations: Any = None, level: float | None = None) -> Any:
        """The next steps after all that the run knows, or after new observations: a pandas DataFrame with `series`,
        `time`, `forecast`, `lower` and `upper`.

        observations: rows with the columns of time, series and target, or the path of a file of them. level: of the
        intervals; None: the run's. Raises BadUsage for another kind of model, DataError.
        """
        import pandas as pd

        if level is not None and not 0 < level < 1:
            raise BadUsage(Kind.ARGUMENT, f"level={level!r} is no share of the time.", hint="Give one such as 0.9.")
        asked = None if observations is None else self._given(observations)
        head, arrays = self._asked(
            {"ask": "steps", "level": level, **({"form": "nothing"} if asked is None else asked.head)}, asked
        )
        self._warn(head)
        texts = head["texts"]
        when = pd.Series(pd.to_datetime(texts["time"], errors="coerce"))
        time = when if len(when) and not when.isna().any() else texts["time"]
        ends = {"forecast": arrays["mean"], "lower": arrays["low"], "upper": arrays["high"]}
        return pd.DataFrame({"series": texts["series"], "time": time} | ends)

    @checked
    def predictions(
        self,
        *inputs: Place,
        proba: bool = False,
        keep: Names = (),
        intervals: Annotated[float, Field(gt=0, lt=1)] | None = None,
        explain: bool = False,
        device: str = "auto",
    ) -> list[Prediction]:
        """One row for each input, in input order, with all that `noglue predict` says of it.

        inputs: files, folders, archives, tables or URLs of the kind that was trained on. keep: columns of the input
        that each `Prediction.kept` shall hold. intervals: how often the interval, or the set of labels, of each is to
        hold the truth. explain: say why, in `Prediction.because`. Raises BadUsage, DataError.
        """
        from noglue.agent import context
        from noglue.agent.commands import predict as predicting
        from noglue.agent.config.run_config import RunConfig
        from noglue.agent.model import predictions_file
        from noglue.agent.planners.rules import Rules
        from noglue.agent.ui.plain import PlainConsole
        from noglue.tools.modelstore import load_model, several_predictions

        if not inputs:
            raise BadUsage(Kind.ARGUMENT, "inputs=() makes no sense: there is nothing to predict.", hint="Name a file.")
        ctx = context.build(RunConfig(runs=self.path.parent, device=device), Rules(), [PlainConsole(quiet=True)])
        with tempfile.TemporaryDirectory() as place, predicting.with_model(str(self.path), ctx.places.runs) as folder:
            out = Path(place) / "predictions.csv"
            schema = load_model.learned(folder.path / "model")
            targets = several_predictions.target_columns(schema) if schema.labels is None else []
            wanted = predicting.Wanted(proba, tuple(keep), intervals, explain)
            predicting.predict(folder, [str(one) for one in inputs], wanted, ctx, out)
            return predictions_file.read(out, wanted, targets)

    def close(self) -> None:
        """Take it out of memory; the next question loads it again."""
        if self._resident is not None:
            self._resident.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        """One line, where a notebook or a log shows it."""
        metric = self.task.metric or ""
        main = self.metrics.get("test", {}).get(metric)
        scored = "" if main is None else f", {metric} {main.value:.4g} on the test rows"
        return f"<noglue.Model {self.run}: {self.model.family if self.model else self.status}{scored}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """The card that a notebook shows."""
        return card.html(self)

    @property
    def _schema(self) -> Schema:
        return self._process.schema

    @property
    def _process(self) -> Resident:
        if self._resident is None:
            self._resident = Resident(self.path, self._device, self._sandbox)
        return self._resident

    def _given(self, inputs: Any) -> Given:
        found = given.given(inputs, self._schema, self._array_columns)
        fitted = self._fitted and found.form.kind in ("pandas", "polars", "arrow")  # scikit-learn expects arrays
        return Given(found.head, found.blobs, Form("array"), found.rows, found.files) if fitted else found

    def _ask(self, question: dict[str, Any], asked: Given) -> tuple[dict[str, Any], Arrays]:
        head, arrays = self._asked(question, asked)
        if asked.rows is not None and head["rows"] != asked.rows:
            raise BadUsage(Kind.ARGUMENT, f"{asked.rows:,} inputs were given, and {head['rows']:,} were answered.")
        self._warn(head)
        return head, arrays

    def _asked(self, question: dict[str, Any], asked: Given | None = None) -> tuple[dict[str, Any], Arrays]:
        return self._process.ask(question, () if asked is None else asked.blobs)

    def _columns(self, head: dict[str, Any], arrays: Arrays) -> dict[str, Values]:
        """The answers by the name of their target, or of the goal's own columns."""
        schema = self._schema
        if "own" in head:
            return _own(head, arrays)
        views = [schema.of(one) for one in schema.targets] or [schema]
        names = [one.name for one in schema.targets] or [schema.target or "prediction"]
        found = {}
        for place, (name, view) in enumerate(zip(names, views, strict=True)):
            if view.classes is None:
                found[name] = returned.of_numbers(arrays[f"{place}:values"])
            else:
                found[name] = returned.of_classes(arrays[f"{place}:codes"], view.classes, view.class_kind)
        return found

    def _returned(self, form: Form, columns: Mapping[str, Values]) -> Any:
        if len(columns) == 1:
            name, values = next(iter(columns.items()))
            return form.column(name, values)
        labels = self._schema.labels
        if labels is not None and labels.column is not None:
            return form.column(labels.column, self._labels(columns))
        return form.frame(columns)

    def _labels(self, columns: Mapping[str, Values]) -> Values:
        """The labels that fit each row, joined as the data have them."""
        assert self._schema.labels is not None, "these are labels"
        fitting = {one.name: columns[one.name].values == one.positive for one in self._schema.targets}
        missing = np.logical_and.reduce([one.missing for one in columns.values()])
        between = self._schema.labels.separator
        joined = [None if no else between.join(name for name, fits in fitting.items() if fits[row])
                  for row, no in enumerate(missing.tolist())]  # fmt: skip
        return returned.of_texts(joined)

    @staticmethod
    def _warn(head: Mapping[str, Any]) -> None:
        problems = head["problems"]
        if problems:
            some = "; ".join(f"{place}: {why}" for place, why in list(problems.items())[:MOST_TOLD])
            more = f"; and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
            what = "One input has" if len(problems) == 1 else f"{len(problems):,} inputs have"
            warnings.warn(f"{what} no answer ({some}{more}).", InputWarning, stacklevel=4)
        for stray in head["strays"]:
            warnings.warn(str(stray), InputWarning, stacklevel=4)


def _own(head: Mapping[str, Any], arrays: Arrays) -> dict[str, Values]:
    """What is neither a class nor the target's number: columns by name, words in the head."""
    texts = head["texts"]
    return {name: returned.of_texts(texts[name]) if name in texts else returned.of_numbers(arrays[f"own:{name}"])
            for name in head["own"]}  # fmt: skip


def _amounts(form: Form, told: list[Any], schema: Schema) -> Any:
    """A column a feature; what was told of several together has one of its own."""
    names = [column.name for column in schema.features]
    rows = [{} if one is None else {reason["name"]: reason["amount"] for reason in one["reasons"]} for one in told]
    names += [name for name in dict.fromkeys(name for row in rows for name in row) if name not in names]
    none = np.array([one is None for one in told], bool)
    columns = {name: np.array([row.get(name, 0.0) for row in rows], np.float64) for name in names}
    return form.frame({name: Values(np.where(none, np.nan, column), none, "float") for name, column in columns.items()})


def _one_or_all(form: Form, told: list[Any]) -> Any:
    return told[0] if form.kind == "one" and len(told) == 1 else told
