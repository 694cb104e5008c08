"""How well a candidate fits, as a number with its reasons and its doubts; facts and words only, so always the same.

    judge(candidate, query, relevance=0.9, met=["wine", "chemistry"], previewed=True, most=64 << 30)
    score  0.86
    why    'mentions wine, chemistry; has the column cultivar; is table data as asked; its first bytes are csv'
    doubts ['its licence is not stated']

What a stranger's page claims moves the score only through its words and facts. What it tells a reader to do moves
nothing: such text costs the page points, and is never followed.
"""

import re
from collections.abc import Sequence

from noglue.tools.discovery import licences
from noglue.tools.discovery.previewing import READABLE
from noglue.tools.discovery.search_words import content, stem, stems
from noglue.tools.spec import modalities
from noglue.tools.spec.sources import Candidate, Query

LEAST = 0.3  # below it a candidate is none
_BIG, _FEW = 5 << 30, 50
_ORDERS = re.compile(
    r"ignore (all |any )?(the )?(previous|prior|above|other) (instructions|results|prompts)"
    r"|disregard (all|any|your)\b|system prompt|as an? (ai|llm|language model)\b"
    r"|(dear|attention|note to)[,: ]+(ai|llm|language model|agents?|assistants?)\b"
    r"|\b(ai|llm) (agents?|assistants?|models?) (must|should|have to)\b",
    re.I,
)
_SPAM = re.compile(
    r"\b(casino|viagra|essay writing|cheap|buy now|click here to win|coupon|betting|crypto signals)\b", re.I
)


def judge(
    candidate: Candidate, query: Query, relevance: float, met: Sequence[str], previewed: bool, most: int
) -> Candidate:
    """The candidate with `score`, `why` and `doubts`."""
    reasons = [f"mentions {', '.join(met[:6])}"] if met else []
    doubts: list[str] = []
    score = 0.65 * relevance
    for found, reason, doubt in (
        _modality(candidate, query),
        _target(candidate, query),
        _classes(candidate, query),
        _format(candidate, previewed),
        _size(candidate, most),
        _source(candidate),
        _licence(candidate),
        _text(candidate),
    ):
        score += found
        reasons += [reason] if reason else []
        doubts += [doubt] if doubt else []
    return candidate.model_copy(
        update={
            "score": round(min(max(score, 0.0), 1.0), 3),
            "why": "; ".join(filter(None, [candidate.why, *reasons]))[:500],
            "doubts": list(dict.fromkeys([*candidate.doubts, *doubts])),
        }
    )


_Part = tuple[float, str, str]


def _modality(candidate: Candidate, query: Query) -> _Part:
    asked, has = query.modality, candidate.modality
    if asked is None or has is None:
        return 0.0, "", ""
    if asked == has or all(modalities.load(one).tabular for one in (asked, has)):
        return 0.12, f"is {has} data as asked", ""
    return -0.35, "", f"it is {has} data, and {asked} data was asked for"


def _target(candidate: Candidate, query: Query) -> _Part:
    """What is to be told, among the columns, or else somewhere in what is said of it."""
    wanted = {stem(word) for word in content(query.target or "")}
    if not wanted:
        return 0.0, "", ""
    named = [column for column in [candidate.target or "", *candidate.columns] if wanted & set(stems(_split(column)))]
    if named:
        return 0.12, f"has the column {named[0]}", ""
    if candidate.columns and (query.modality is None or modalities.load(query.modality).cells):
        said = bool(wanted & set(stems(candidate.text)))
        return (0.0 if said else -0.06), "", f"none of its {len(candidate.columns)} columns is called {query.target!r}"
    return (0.05, f"mentions {query.target}", "") if wanted & set(stems(candidate.text)) else (0.0, "", "")


def _classes(candidate: Candidate, query: Query) -> _Part:
    if not query.classes:
        return 0.0, "", ""
    there = set(stems(" ".join([*candidate.classes, candidate.text, *candidate.columns])))
    found = [name for name in query.classes if set(stems(name)) and set(stems(name)) <= there]
    share = len(found) / len(query.classes)
    if share >= 0.5:
        return 0.12 * share, f"mentions {', '.join(found[:6])}", ""
    known = bool(candidate.classes)
    lacking = [name for name in query.classes if name not in found]
    return (-0.12 if known else 0.0), "", f"says nothing about {', '.join(lacking[:6])}" if known else ""


def _format(candidate: Candidate, previewed: bool) -> _Part:
    if candidate.builtin:
        return 0.1, "is built in", ""
    if candidate.format is None:
        return 0.0, "", ""
    if candidate.format not in READABLE:
        return -0.35, "", f"its format ({candidate.format}) is one that no reader here reads"
    return (0.1 if previewed else 0.04), (f"its first bytes are {candidate.format}" if previewed else ""), ""


def _size(candidate: Candidate, most: int) -> _Part:
    if candidate.bytes is not None and candidate.bytes > most:
        return -1.0, "", f"it is {candidate.bytes / 1e9:,.1f} GB, over the {most / 1e9:,.1f} GB allowed"
    if candidate.bytes is not None and candidate.bytes > _BIG:
        return -0.1, "", f"it is {candidate.bytes / 1e9:,.1f} GB large"
    if candidate.rows is not None and candidate.rows < _FEW:
        return -0.15, "", f"it has only {candidate.rows} rows"
    return (0.02, f"about {candidate.rows:,} rows", "") if candidate.rows else (0.0, "", "")


def _source(candidate: Candidate) -> _Part:
    """The catalogue's entries were read by people; a published checksum is a sign of care."""
    if candidate.source == "catalogue":
        doubt = "" if candidate.checksums or candidate.builtin else "no checksum of it is published"
        return 0.1, "is a well-known data set", doubt
    return (0.03, "a checksum is published", "") if candidate.checksums else (0.0, "", "")


def _licence(candidate: Candidate) -> _Part:
    doubt = licences.doubt(candidate.licence)
    return (0.0 if doubt is None else -0.02), "", doubt or ""


def _text(candidate: Candidate) -> _Part:
    if _ORDERS.search(f"{candidate.title} {candidate.text}"):
        return -0.4, "", "its page contains instructions for programs that read it; none was followed"
    if len(_SPAM.findall(candidate.text)) > 1:
        return -0.3, "", "its page reads like advertising"
    return 0.0, "", ""


def _split(column: str) -> str:
    """`petalLength_cm` → petal Length cm."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_.-]", " ", column)
