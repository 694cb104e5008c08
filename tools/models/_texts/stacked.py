"""Texts beside other columns: what the texts say becomes columns for the family that learns from tables best.

    >>> Content.model_validate_json((model / "stacked.json").read_text()).family
    'table_blend'

The blend of text models answers every row by members that did not see it (out of fold), as logarithms of probabilities
or a value; numbers, categories, dates and the texts' own components stand beside that, and a family for tables learns
from all of them (stacking: Wolpert 1992, https://doi.org/10.1016/S0893-6080(05)80023-1): what a word means may depend
on a number. It is kept where it is better on validation than the
texts alone, which are kept otherwise.

model/stacked.json   `Content`
model/texts/         the text models, see `text_predictor.py`
model/table/         the family for tables, where there is one
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel

from noglue.tools.data import folds
from noglue.tools.models._tables import train_val_data
from noglue.tools.models._texts import judged, text_contest, text_predictor, text_rows
from noglue.tools.models._texts.text_contest import Entry, Fitted
from noglue.tools.models._texts.text_predictor import TextBlend, TextPredictor
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind, ToolError
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

FAMILIES = "noglue.tools.models"
TEXT_SHARE = 0.55  # of the time, where other columns wait
FOLDS = 3  # where validation rows alone judge, to answer the training rows


class Content(BaseModel):
    """family: of the table's model, or None where the texts answer alone. columns: what it is given of the texts."""

    family: str | None = None
    columns: list[str] = []


def train(entry: Entry, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `text_contest.fit` does."""
    model.mkdir(parents=True, exist_ok=True)
    others = text_rows.other_names(schema)
    left = step.remaining()
    if not others:
        share = step
    else:
        share = step if left is None else replace(step, deadline=time.monotonic() + TEXT_SHARE * left)
        entry = replace(entry, network=False)  # what answers out of fold is fitted several times
    fitted = text_contest.fit(entry, data, schema, settings, share)
    fitted.blend.save(model / "texts")
    content, trained = Content(), fitted.trained
    if others:
        content, trained = _with_others(fitted, others, model / "table", schema, settings, step)
    (model / "stacked.json").write_text(content.model_dump_json(indent=1), encoding="utf-8")
    return trained


def _with_others(
    fitted: Fitted, others: list[str], place: Path, schema: Schema, settings: Settings, step: Step
) -> tuple[Content, Trained]:
    """The better one of a table's family on all columns and of the texts alone."""
    texts, metric = fitted.trained, str(fitted.problem.metric)
    names = _column_names(fitted.blend, schema)
    family, inner = _best_suited(schema, others, names)
    if family is None:
        texts.notes.append(f"{', '.join(others)} beside the texts are not learned from: no family for tables is here")
        return Content(), texts
    folder = step.folder / "stacked"
    shutil.rmtree(folder, ignore_errors=True)
    counts = _write(fitted, names, folder, schema)
    inner = inner.model_copy(update={"rows": {**schema.rows, **counts}})
    own = {name: value for name, value in settings.options.items() if name in ("balance", "avoid")}
    place.mkdir(parents=True, exist_ok=True)
    try:
        table: Trained = catalogue.load(FAMILIES, family).train(
            folder, place, inner, settings.model_copy(update={"options": own}), step
        )
    except ToolError as error:
        shutil.rmtree(place, ignore_errors=True)
        texts.notes.append(f"{', '.join(others)} beside the texts are not learned from: {error.message}")
        return Content(), texts
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    measure = train_val_data.measure(schema, metric)
    alone, together = (one.validation.get(metric, float("nan")) for one in (texts, table))
    said = f"{metric.replace('_', ' ')} on validation: texts alone {alone:.4f}, with {', '.join(others)} {together:.4f}"
    if not measure.better(together, alone):
        shutil.rmtree(place, ignore_errors=True)
        texts.notes.append(f"{said}; the texts answer alone")
        return Content(), texts
    table.notes = [*texts.notes, said, f"what the texts say is learned by {family}, beside the other columns"]
    for one in texts.candidates:
        one.title, one.share = f"{one.title} (its answers are columns)", 0.0
    for one in table.candidates:
        one.family = texts.family
    return Content(family=family, columns=names), table.model_copy(
        update={
            "family": texts.family,
            "parameters": (texts.parameters or 0) + (table.parameters or 0),
            "seconds": round(texts.seconds + table.seconds, 2),
            "by_clock": texts.by_clock or table.by_clock,
            "candidates": [*texts.candidates, *table.candidates],
            "settings": {**table.settings, "texts": texts.settings},
            "held": table.held,
        }
    )


def _column_names(blend: TextBlend, schema: Schema) -> list[str]:
    """One a class that there is, of two classes one; one for a value. None of them is a column of the data."""
    taken = {column.name for column in schema.features}
    kinds = blend.target.present if blend.target.classes else [0]
    kinds = kinds[1:] if len(kinds) == 2 else kinds
    found = []
    for kind in kinds:
        name = f"texts: {(schema.classes or [])[kind] if blend.target.classes else schema.target}"
        while name in taken:
            name += "'"
        taken.add(name)
        found.append(name)
    return found


def _best_suited(schema: Schema, others: list[str], names: list[str]) -> tuple[str | None, Schema]:
    """A family for the table that the other columns and the texts' answers are; the schema, with the texts in it."""
    answers = [Column(name=name, kind="number", dtype="float64") for name in names]
    beside = [column for column in schema.features if column.name in others]
    plain = schema.model_copy(update={"features": [*beside, *answers], "modality": "table"})
    fits = {}
    for name in catalogue.names(FAMILIES):
        family = catalogue.load(FAMILIES, name)
        if not family.BASELINE and (fit := float(family.suits(plain))) > 0:
            fits[name] = fit
    inner = plain.model_copy(update={"features": [*schema.features, *answers]})
    return max(sorted(fits), key=lambda name: fits[name], default=None), inner


def _write(fitted: Fitted, names: list[str], folder: Path, schema: Schema) -> dict[str, int]:
    """The rows with the texts' answers beside them, as prepared data; rows of each split."""
    import datasets

    answers = _out_of_fold(fitted)
    rows = fitted.rows.take(np.flatnonzero(fitted.problem.embedded))
    kept = [str(schema.target), schema.group, schema.time, schema.series]
    table = _beside(rows.table, [column.name for column in schema.features], answers, names, kept)
    counts = {}
    for split, places in (("train", np.flatnonzero(~rows.held)), ("validation", np.flatnonzero(rows.held))):
        part = datasets.Dataset(table.take(places))
        if fitted.blend.target.classes:
            part = part.cast_column(str(schema.target), datasets.ClassLabel(names=list(schema.classes or [])))
        part.save_to_disk(str(folder / split))
        counts[split] = len(places)
    return counts


def _out_of_fold(fitted: Fitted) -> np.ndarray:
    """Of every row (with an embedding, where some have none) what the blend's members say that did not learn from it:
    (n, m) or (n,), as `TextBlend.mixed`.
    """
    problem, blend = fitted.problem, fitted.blend
    if problem.count == 1:  # those held back are answered by what learned from all others, and never by their like
        dealt = np.full(len(problem.truth), FOLDS)
        dealt[~fitted.rows.held] = folds.even(int((~fitted.rows.held).sum()), FOLDS, problem.seed)
    else:
        dealt = np.maximum(problem.folds, 0)  # the only row of a class is answered, too
    problem = replace(problem, folds=dealt)
    chosen = {name: share for name, share, _ in blend.members}
    kinds = list(dict.fromkeys(model.kind for _, _, model in blend.members if hasattr(model, "kind")))
    classes = len(problem.target.present) if problem.target.classes else 0
    total: np.ndarray | float = 0.0
    for one in judged.candidates(kinds, classes):
        if one.name in chosen:
            total = total + chosen[one.name] * judged.judge(one, problem).predicted
    return np.asarray(total)


def _beside(
    table: "pa.Table", others: list[str], answers: np.ndarray, names: list[str], kept: Sequence[str | None] = ()
) -> "pa.Table":
    """Other columns, then the texts' answers as numbers, then what else is kept."""
    import pyarrow as pa

    if answers.ndim == 2:
        answers = np.log(np.clip(answers, 1e-6, 1.0))
        answers = answers[:, 1:] - answers[:, :1] if answers.shape[1] == 2 else answers
    columns = answers.reshape(len(answers), -1).T
    found = table.select([name for name in dict.fromkeys([*others, *kept]) if name in table.column_names])
    for name, values in zip(names, columns, strict=True):
        found = found.append_column(name, pa.array(np.ascontiguousarray(values, np.float64)))
    return found.replace_schema_metadata(None)


class StackedPredictor:
    """See `Predictor` in `tools/spec/protocols.py`."""

    def __init__(self, content: Content, blend: TextBlend, table: Predictor) -> None:
        self.content, self.blend, self.table = content, blend, table

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        import datasets

        from noglue.tools.models._tables.encoding import arrow

        table, parts = arrow(rows), []
        others = [name for name in table.column_names if name not in self.content.columns]
        for start in range(0, max(1, len(table)), text_predictor.CHUNK):
            some = table.slice(start, text_predictor.CHUNK)
            mixed = self.blend.mixed(some)
            parts.append(self.table.predict(datasets.Dataset(_beside(some, others, mixed, self.content.columns))))
            if progress is not None and len(table):
                progress(min(start + text_predictor.CHUNK, len(table)), len(table))
        return np.concatenate(parts)


def load(model: Path, device: str) -> Predictor:
    """Raises DataError `unreadable` where the folder holds no such model."""
    try:
        content = Content.model_validate_json((model / "stacked.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{model} holds no model of texts: {error}.") from error
    blend = text_predictor.load(model / "texts")
    if content.family is None:
        return TextPredictor(blend)
    table: Predictor = catalogue.load(FAMILIES, content.family).load(model / "table", device)
    return StackedPredictor(content, blend, table)
