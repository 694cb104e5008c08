"""Texts without a label, of which a few labelled ones can teach more: each gets the name that its neighbours give it.

    >>> others = read(data, schema, labelled=160, seed=0)
    >>> features(others, counted, found, until).embedded.shape
    (1340, 384)

Which of them are named, and how: `tools/training/pseudo_labelling.py`. Where there are a few labels a class, the counts
of words gain most; where there are many it may cost, so that such members are tried beside the others and weighed by
rows that they did not learn from. Titles of courses, 41 subjects, 4 labels each and 1,651 titles without: 51.2 % of
604, and 50.8 % by the labels alone (`make bench-texts SETS=courses ARGS="--each 4 --budget 1m --unlabelled"`, seed 0).
"""

import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from noglue.tools.data import labels
from noglue.tools.models._texts import embedded, text_rows
from noglue.tools.models._texts.counted import Counted
from noglue.tools.models._texts.embedded import Embedded
from noglue.tools.models._texts.linear_texts import Features
from noglue.tools.models._texts.text_predictor import counted_matrix
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.schema import Schema

MOST, FEWEST = 3_000, 20  # that are learned from
MOST_LABELLED = 3_000  # texts, above which those without a label tell little more
SHARE = 0.25  # of the time left, to embed them


def read(data: Path, schema: Schema, labelled: int, seed: int) -> list[list[str]]:
    """Each column's texts, a random choice of rows; empty where they are few, or not needed."""
    wanted = schema.goal == "classify" and labelled <= MOST_LABELLED and labels.has_unlabelled(data, schema)
    if not wanted or find_spec("torch") is None:  # by torch their neighbours are found
        return []
    names = text_rows.text_names(schema)
    return [text_rows.texts_of(labels.unlabelled(data, schema, name, MOST, seed), [name])[0] for name in names]


def features(
    columns: list[list[str]], counted: Sequence[Counted], found: Embedded | None, until: float
) -> Features | None:
    """As many as can be embedded in a part of the time; None where these are few, or nothing is embedded."""
    if not columns or len(columns[0]) < FEWEST or found is None:
        return None
    each = embedded.seconds_a_row(found.embedder, columns)[found.longest]
    count = min(len(columns[0]), int(SHARE * (until - time.monotonic()) / max(1e-9, each)))
    if count < FEWEST:
        return None
    columns = [column[:count] for column in columns]
    try:
        vectors = embedded.encoded(found.embedder, columns, found.longest, until)
    except BudgetSpent:
        return None
    return Features(columns, counted_matrix(list(counted), columns), vectors)
