"""Inputs that have to be fetched or unpacked first: folders, archives, URLs. They go the way of `noglue predict`.

Also those of a model whose data were read by code written for them, which no process but its own may run.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from noglue.agent.commands.predict import ARCHIVES, is_url
from noglue.agent.model import returned, texts
from noglue.agent.model.outcome import Prediction
from noglue.agent.model.returned import Form, Values
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.schema import Schema


def listed(inputs: Any) -> list[str]:
    return [os.fspath(one) for one in ([inputs] if isinstance(inputs, str | os.PathLike) else inputs)]


def needs_unpacking(inputs: Any, schema: Schema) -> bool:
    """Whether they are paths of which one is no plain file. A str is a path unless the model takes texts."""
    many = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    if not isinstance(many, Sequence) or isinstance(many, bytes | bytearray) or not many:
        return False
    if not all(isinstance(one, str | os.PathLike) for one in many):
        return False
    if texts.alone(schema) and all(isinstance(one, str) for one in many) and not texts.are_paths(many, schema):
        return False
    return any(_needs(os.fspath(one)) for one in many)


def values(rows: Sequence[Prediction], schema: Schema) -> Any:
    """The answers of predictions.csv, typed: a list; of several targets a dict a row."""
    if schema.targets and schema.labels is None:
        columns = {}
        for one in schema.targets:
            view = schema.of(one)
            columns[one.name] = _typed([row.targets.get(one.name, "") for row in rows], view)
        return Form("list").frame(columns)
    if schema.predicts is None:
        raise BadUsage(
            Kind.ARGUMENT,
            "This model takes rows and files here, and no folders, archives or URLs.",
            hint="predictions(…) takes them, as does `noglue predict`.",
        )
    return returned.python(_typed([row.prediction for row in rows], schema))


def _typed(cells: Sequence[str], schema: Schema) -> Values:
    if schema.classes is None:
        return returned.of_numbers(np.array([float(cell) if cell else np.nan for cell in cells], np.float64))
    if schema.labels is not None:
        return returned.of_texts([cell or None for cell in cells])
    codes = {name: code for code, name in enumerate(schema.classes)}
    return returned.of_classes(
        np.array([codes.get(cell, -1) for cell in cells], np.int64), schema.classes, schema.class_kind
    )


def _needs(path: str) -> bool:
    return is_url(path) or Path(path).expanduser().is_dir() or Path(path).suffix.lower() in ARCHIVES
