"""Which words a model of texts goes by: each is left out in turn, wherever it stands (the `Explaining` of texts).

    because(…)[0].reasons[0]        Reason(name='refund', amount=0.31): without it the answer is 0.31 less probable

Leaving out rather than adding, as words mean something beside others (Li, Monroe & Jurafsky 2016,
https://arxiv.org/abs/1612.08220). Where several words say the same, none of them is missed: then the words are left out
one after the other, in several orders, and each counts what goes with it on average (`shared`). A long text is left
out by stretches, and one without blanks by characters.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.evaluation.wording import cut
from noglue.tools.explanation.asking import Ask, features_table
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

BACKGROUND = False
MOST_PIECES = 80
MOST_REASONS = 8
ORDERS = 6  # in which words are left out one after the other
NOTICED = 0.0005  # of a probability: less is printed as 0.0 points
MOST_WORDS = 3  # of a text among other columns
LONG_WORD = 30  # characters, from which a text of one word is taken for one without blanks
_WORD = re.compile(r"\S+")
_EDGES = ".,;:!?\"'()[]{}«»“”„‚‘’…"


def because(
    model: Predictor,
    rows: "datasets.Dataset",
    schema: Schema,
    background: pa.Table | None,
    answered: np.ndarray | None,
    progress: Callable[[int], None],
    folder: Path | None,
) -> list[Because]:
    """Of every row its words, by how much less of the answer there is without them."""
    ask, table = Ask(model, schema), features_table(rows, schema)
    name = _column(schema)
    told = []
    for row in range(table.num_rows):
        one, kind = table.slice(row, 1), None if answered is None else answered[row : row + 1]
        said, reasons, shared = _reasons(ask, one, name, kind)
        told.append(Because(row=row, reasons=reasons[:MOST_REASONS], said=said, shared=shared))
        progress(row + 1)
    return told


def words(ask: Ask, one: pa.Table, name: str, kind: np.ndarray | None) -> str:
    """The words of one row's text that speak most, for the answer or against it: `refund, thanks`."""
    _, reasons, _ = _reasons(ask, one, name, kind)
    return ", ".join(reason.name for reason in reasons[:MOST_WORDS])


def _reasons(ask: Ask, one: pa.Table, name: str, kind: np.ndarray | None) -> tuple[float, list[Reason], bool]:
    """What is said of a row, its words by how much less of that there is without them, and whether it is, as no
    single one is missed, the mean over orders in which they are left out one after the other.
    """
    text = str(one.column(name)[0].as_py() or "")
    pieces = _pieces(text)
    values = _answers(ask, one, name, kind, [text, *(_without(text, spans) for spans in pieces.values())])
    amounts, called = values[0] - values[1:], list(pieces)
    noticed = NOTICED if kind is not None else 0.0
    shared = len(pieces) > 1 and bool(np.abs(amounts).max() <= noticed)
    if shared:
        amounts = _in_turn(text, list(pieces.values()), lambda texts: _answers(ask, one, name, kind, texts))
    order = np.argsort(-np.abs(amounts), kind="stable")
    reasons = [Reason(name=called[place], amount=float(amounts[place])) for place in order]
    return float(values[0]), [reason for reason in reasons if abs(reason.amount) > noticed], shared


def _in_turn(text: str, spans: list[list[tuple[int, int]]], answers: Callable[[list[str]], np.ndarray]) -> np.ndarray:
    """What goes with each piece on average, float64 (n,): the pieces are left out one after the other until the text is
    empty, in orders of which every second one is the reverse of the first.
    """
    random = np.random.default_rng(0)
    drawn = [random.permutation(len(spans)) for _ in range(ORDERS // 2)]
    orders = [order for one in drawn for order in (one, one[::-1])]
    texts = [text]
    for order in orders:
        out: list[tuple[int, int]] = []
        for piece in order:
            out = sorted([*out, *spans[piece]])
            texts.append(_without(text, out))
    values = answers(texts)
    total = np.zeros(len(spans))
    for after, order in zip(values[1:].reshape(len(orders), len(spans)), orders, strict=True):
        total[order] += np.concatenate([values[:1], after[:-1]]) - after
    return np.asarray(total / len(orders))


def _answers(ask: Ask, one: pa.Table, name: str, kind: np.ndarray | None, texts: list[str]) -> np.ndarray:
    """What is said of a row with each of these texts in the place of its own, float64 (n,)."""
    asked = one.take(pa.array(np.zeros(len(texts), np.int64)))
    asked = asked.set_column(asked.column_names.index(name), name, pa.array(texts, pa.string()))
    return ask.values(asked, None if kind is None else np.repeat(kind, len(texts)))


def traits(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """See `of_texts`."""
    return of_texts([str(text or "") for text in features_table(rows, schema).column(_column(schema)).to_pylist()])


def of_texts(texts: list[str]) -> dict[str, np.ndarray]:
    """Length, length of words, and which characters: enough to notice another language, or no language at all."""
    words = np.array([len(text.split()) for text in texts], np.float64)
    size = np.array([max(1, len(text)) for text in texts], np.float64)

    def share(kept: Callable[[str], bool]) -> np.ndarray:
        return np.array([sum(map(kept, text)) for text in texts], np.float64) / size

    return {
        "length": np.log1p(size),
        "length of words": size / np.maximum(words, 1),
        "share of letters": share(str.isalpha),
        "share of digits": share(str.isdigit),
        "share of characters beyond ASCII": share(lambda one: not one.isascii()),
    }


def _column(schema: Schema) -> str:
    """The column of texts; of several the first."""
    texts = [column.name for column in schema.features if column.kind == "text"]
    return texts[0] if texts else schema.features[0].name


def _pieces(text: str) -> dict[str, list[tuple[int, int]]]:
    """What is left out together → where it stands."""
    words = [match.span() for match in _WORD.finditer(text)]
    if len(words) == 1 and len(text) >= LONG_WORD:
        words = [(place, place + 1) for place in range(*words[0])]
    found: dict[str, list[tuple[int, int]]] = {}
    for start, end in words:
        found.setdefault(text[start:end].strip(_EDGES).lower() or text[start:end], []).append((start, end))
    if len(found) <= MOST_PIECES:
        return {cut(text[spans[0][0] : spans[0][1]].strip(_EDGES) or name, 40): spans for name, spans in found.items()}
    stretches = [part for part in np.array_split(np.arange(len(words)), MOST_PIECES) if len(part)]
    spans = [(words[part[0]][0], words[part[-1]][1]) for part in stretches]
    return {f"“{cut(text[start:end], 60)}”": [(start, end)] for start, end in spans}


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, last = [], 0
    for start, end in spans:
        kept.append(text[last:start])
        last = end
    return " ".join("".join([*kept, text[last:]]).split())
