"""What a clause says of rows: by which values they stay or go, are learned from or tested."""

import re
from dataclasses import replace
from typing import Any

from noglue.agent.request import sides, values_in_words
from noglue.agent.request.wish import Wish
from noglue.agent.settle import conditions, masking, moments
from noglue.agent.settle.bind_split import OTHERS, file_named
from noglue.agent.settle.clause_in_data import ALONE, Said, keeps

_THAT = re.compile(r"\b(?:that|this|these|those|it|them|they|one)\b")
_OF_COLUMNS = re.compile(
    r"(?i)\b(?:columns?|features?|variables?|spalten?|merkmale?|colonnes?|columnas?),? "
    r"(?:with|that|which|where|whose|having|in which|containing|mit|die|deren|avec|qui|dont|con|que|cuyas)\b[^,;]*"
    r"\b(?:missing|empty|blank|null|nan|values?|fehlend\w*|leer\w*|manquant\w*|vides?|vac[ií][ao]s?|faltan\w*)\b"
)  # said of columns, and not of rows
_RULED = 0.75  # how often the rule of words is right of rows
_AGREED_ON = 0.7  # how likely a side must be, for rows to be left out or kept
_FEWEST = 5  # rows of a test


def _rows_named(said: Said) -> Any:
    if _OF_COLUMNS.search(said.text):
        return None
    if conditions.conditions(said.text, said.room.columns):
        return {"clause": said.text}
    return None


def where(said: Said) -> Any:
    if (one_side := kept_side(said)) is not None:
        return {"clause": one_side, "keep": True}
    value, keep = _rows_named(said) or _rows_before(said), _stay(said)
    return None if value is None or keep is None else value | {"keep": keep}


def kept_side(said: Said) -> str | None:
    """Of a clause that keeps some rows and lets others go, what it keeps: `only inland, those on the coast go`."""
    parts = [part for part in re.split(r"[,;]\s", said.text) if conditions.conditions(part, said.room.columns)]
    sides = [keeps(replace(said, text=part)) for part in parts]
    alone = [part for part, keeps in zip(parts, sides, strict=True) if keeps]
    return ", ".join(alone) if 0 < len(alone) < len(parts) and ALONE.search(said.english) else None


def _rows_before(said: Said) -> Any:
    """`The Corran is on strike; set that boat aside`: the rows that the sentence before named by a value."""
    at = said.room.task.paragraph.find(said.text)
    if at <= 0 or not _THAT.search(said.english):
        return None
    before = re.split(r"(?<=[.!?])\s", said.room.task.paragraph[:at].strip())[-1]
    found = [one for one in conditions.conditions(before, said.room.columns) if one.op in ("=", "in")]
    return {"clause": before} if len(found) == 1 and not said.room.is_target(found[0].column) else None


def _stay(said: Said) -> bool | None:
    """Whether the rows stay, by the rule of words and by what the head has learned; None where they differ too much.

    The head tells it of what is named: of `everything that isn't Leeds`, Leeds.
    """
    ruled = keeps(said)
    shares = sides.shares_of(said.text, masking.general(said.text, said.room), said.language)
    if not shares:
        return ruled
    found = conditions.conditions(conditions.affirmed(said.text), said.room.columns)
    denied = bool(found) and all(one.op in ("!=", "not in") for one in found)
    kept = shares["out" if denied else "kept"]
    odds = kept / (1 - kept) * (_RULED / (1 - _RULED) if ruled else (1 - _RULED) / _RULED)
    likely = odds / (1 + odds)
    return likely > 0.5 if max(likely, 1 - likely) >= _AGREED_ON else None


def _span_of_time(said: Said) -> Any:
    return {"clause": said.text} if moments.spans(conditions.unaccented(said.text), said.room.columns) else None


def train(said: Said) -> Any:
    others = {"clause": said.text} if OTHERS.search(said.english) and said.room.prepare.get("test_where") else None
    return _file(said, "train") or _rows_named(said) or _span_of_time(said) or others


def test(said: Said) -> Any:
    stated = _span_of_time(said) or values_in_words.needed("test", said.text, said.language)
    others = {"clause": said.text} if OTHERS.search(said.english) and said.room.prepare.get("test_where") else None
    return _file(said, "test") or stated or _rows_named(said) or _so_many(said) or others


def _so_many(said: Said) -> Any:
    """`fifty bridges for the exam`: so many rows, where the one number can be nothing else."""
    found = [one for one in values_in_words.numbers(said.text, said.language) if not 1900 <= one <= 2100]
    most = sum(said.room.profile.rows.values()) // 2
    return {"rows": found[0]} if len(found) == 1 and _FEWEST <= found[0] <= most else None


def validation(said: Said) -> Any:
    return values_in_words.needed("validation", said.text, said.language) or _file(said, "validation")


def _file(said: Said, kind: str) -> Any:
    name = file_named(Wish(text=said.text, kind=kind, value={"clause": said.text}), said.room)
    return {"file": name} if name is not None else None
