"""Texts in memory, for a model that learned from one column of them: strings are texts, and paths are files.

>>> of(["I liked it", "never again"], schema)     # also a Series, an array, one str
Given(head={"form": "table"}, blobs=[…], form=Form("list"), rows=2)
>>> of("new.csv", schema)                         # a table's text column: the file, or an error where there is none
Given(head={"form": "files", "names": ["new.csv"]}, …)
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from noglue.agent.model.given import Given, files, stream
from noglue.agent.model.returned import Form
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema


def alone(schema: Schema) -> bool:
    """Whether the model takes texts alone: by its modality, or as the only column of a table."""
    kind = modalities.load(schema.modality)
    if len(schema.features) != 1:
        return False
    return kind.held_as == "words" or (kind.cells and schema.features[0].kind == "text")


def are_paths(many: Sequence[Any], schema: Schema) -> bool:
    """Of strings for a model of tables: whether they are names of files, which a text among blanks never is."""
    return modalities.load(schema.modality).cells and all(isinstance(one, str) and _names_a_file(one) for one in many)


def of(what: Any, schema: Schema) -> Given | None:
    """None for what holds no texts. Raises DataError `not-found` for the name of a file that is not there."""
    name = schema.features[0].name
    if isinstance(what, str):
        return _named([what], Form("list"), schema) or _rows([what], schema, Form("one"))
    module = type(what).__module__.partition(".")[0]
    if module == "pandas" and hasattr(what, "to_frame"):
        if name in what.index:  # one row of a frame
            return None
        return _rows(what.tolist(), schema, Form("pandas", what.index))
    if module == "polars" and not hasattr(what, "columns"):
        return _rows(what.to_list(), schema, Form("polars"))
    if isinstance(what, np.ndarray) and what.ndim == 1:
        return _rows(what.tolist(), schema, Form("array"))
    if isinstance(what, Sequence) and what and all(isinstance(one, str | None) for one in what):
        return _named(what, Form("list"), schema) or _rows(list(what), schema, Form("list"))
    return None


def _named(many: Sequence[Any], form: Form, schema: Schema) -> Given | None:
    if not are_paths(many, schema):
        return None
    missing = [one for one in many if not _is_file(one)]
    if missing:
        raise DataError(
            Kind.NOT_FOUND,
            f"There is no file {missing[0]}.",
            hint="Check the path; it is relative to the working directory. "
            f"A text that looks like a path is given as a row: {{{schema.features[0].name!r}: …}}.",
        )
    return files(many, form)


def _names_a_file(text: str) -> bool:
    if any(letter.isspace() for letter in text):
        return _is_file(text)
    return bool(Path(text).suffix) or "/" in text or _is_file(text)


def _is_file(text: str) -> bool:
    """False too for what can be no path: a text is longer than a file's name, or begins with a ~ of nobody's."""
    return os.path.isfile(os.path.expanduser(text))  # noqa: PTH111, PTH113


def _rows(texts: Sequence[Any], schema: Schema, form: Form) -> Given:
    column = pa.array([text if isinstance(text, str) else None for text in texts], pa.string())
    return Given({"form": "table"}, [stream(pa.table({schema.features[0].name: column}))], form, len(texts))
