"""A clause that speaks of rows, bound to the columns and values that are there.

    >>> conditions("only for houses in the north district", columns)
    [Condition(column='district', op='=', value='north')]
    >>> conditions("Wohnungen mit weniger als zwei Zimmern", columns)
    [Condition(column='Zimmer', op='<', value=2.0)]

Comparisons with numbers and dates, values that a column holds, cells that are empty. What is found is what the clause
says of rows; whether they are kept or left out is the wish's to say (`opposite`). The words are in `conditions.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from noglue.agent.request.limits import number
from noglue.agent.settle import column_matching as matching
from noglue.agent.settle import empty_cells, mentions, moments
from noglue.agent.settle.plain_words import plain
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.requested import Condition, Operator

_OPPOSITE: dict[Operator, Operator] = {
    "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in",
    "missing": "present", "present": "missing", "in folder": "not in folder", "not in folder": "in folder",
    "last": "last", "first": "first",  # of which no opposite is known: see `_can_be_parted`
}  # fmt: skip
PEOPLE = re.compile(
    r"\b(?:patients?|customers?|people|persons?|men|women|members?|users?|clients?|employees?|students?|everyone|everybody|"
    r"patient\w*|kunden\w*|leute|personen|frauen|manner|mitglieder\w*|femmes|hommes|clientes|pacientes|mujeres|hombres|"
    r"adults?|kids?|child|children|boys?|girls?|pupils?|erwachsene\w*|kinder\w*|schuler\w*|adultes?|enfants?|eleves?|"
    r"adult[oa]s|nin[oa]s|alumn[oa]s|mayores|menores|years old|years of age|anos|jahre alt|jahrige\w*|ans|older|"
    r"younger|alter als|junger als)\b"
)
_EXCEPT = re.compile(
    r"(?i)^\W*(?:and |but |und |aber |et |mais |y |pero )?(?:except(?: for)?|not|nicht|außer|ausgenommen|pas|sauf|no|"
    r"salvo|excepto)\s+"
)
_WITHOUT = re.compile(r"(?<!\w)(?:without|ohne|sans|sin)\W+(?:\w+\W+)?$")
_STANDS_FOR = re.compile(
    r"\b(?:means?|meaning|stands? for|heisst|bedeutet|steht fur|veut dire|signifie|significa|quiere decir|unknown|"
    r"missing|unbekannt|inconnue?s?|desconocid[oa]s?)\b"
)
_ZERO = ("zero", "null", "cero", "freezing")
_APART = 200  # letters that a joining word, or another number, counts for
_REACH = 40  # letters between a comparison and its number
_EITHER = frozenset(
    ("no", "yes", "not", "non", "si", "oui", "ja", "nein", "on", "in", "un", "an", "die")
)  # words of every sentence
_TRUE = {"1", "yes", "true", "y", "ja", "oui", "si", "1.0", "t"}


def conditions(clause: str, columns: Sequence[Column]) -> list[Condition]:
    """All that the clause says of the rows, all at once; empty where nothing in it answers to the data."""
    return [one for _, one in bounds(unaccented(clause), columns)]


def bounds(text: str, columns: Sequence[Column]) -> list["Bound"]:
    """The same, with the places of numbers and values. text: as `unaccented` gives it."""
    found = moments.conditions(text, columns)
    found += _comparisons(_masked(text, [one for one, _ in found]), columns)
    found += _values(_masked(text, [one for one, _ in found]), columns, {one.column for _, one in found})
    return [*found, *empty_cells.beside(text, columns)] if found else empty_cells.alone(text, columns)


def opposite(of: Sequence[Condition]) -> list[Condition] | None:
    """What holds of every row for which none of these do. None where they are parts of one whole that can't be parted.

    `price above 250000` → `price <= 250000`, and rows without a price stay, unless these are to go as well.
    """
    by_column: dict[str, list[Condition]] = {}
    for one in of:
        by_column.setdefault(one.column, []).append(one)
    if not all(map(_can_be_parted, by_column.values())):
        return None
    empty = {one.column for one in of if one.op == "missing"}
    turned = [one.model_copy(update={"op": _OPPOSITE[one.op]}) for one in of]
    stay = [one.op not in ("present", "missing") and one.column not in empty for one in turned]
    return [one.model_copy(update={"or_missing": missing}) for one, missing in zip(turned, stay, strict=True)]


def _can_be_parted(same: Sequence[Condition]) -> bool:
    """Whether what is said of one column are things of which each goes: missing or above 60, under 900 or over 1500."""
    rest = [one for one in same if one.op != "missing"]
    if any(one.op in ("last", "first") for one in rest):
        return False
    if len(rest) < 2:
        return True
    low = [one.value for one in rest if one.op in ("<", "<=") and isinstance(one.value, float)]
    high = [one.value for one in rest if one.op in (">", ">=") and isinstance(one.value, float)]
    return len(rest) == 2 and len(low) == len(high) == 1 and low[0] < high[0]


def affirmed(clause: str) -> str:
    """The rows themselves, of words that leave them out: `außer für Wohnungen in Mitte` → `für Wohnungen in Mitte`."""
    return _EXCEPT.sub("", clause)


def spells_out(clause: str, condition: Condition) -> bool:
    """Whether a value of a condition stands in the clause right beside the name of its column, and not as a sign."""
    text, name = plain(clause), re.escape(plain(condition.column))
    listed = condition.value if isinstance(condition.value, list) else [condition.value]
    values = "|".join(re.escape(plain(str(one))) for one in listed)
    beside = rf"\b{name}\w*\W+(?:\w+\W+){{0,3}}?(?:{values})\b|\b(?:{values})\W+(?:\w+\W+)?{name}"
    return _STANDS_FOR.search(text) is None and re.search(beside, text) is not None


# ---- numbers -----------------------------------------------------------------------------------------------------

Span = tuple[int, int]
Bound = tuple[Span, Condition]


def _comparisons(text: str, columns: Sequence[Column]) -> list[Bound]:
    """`price above 250000`, `older than 60`, `between 10 and 20 rooms`, `5 rooms or more`."""
    numeric = [one for one in columns if one.minimum is not None or one.kind == "number"]
    numeric = [one for one in numeric if one.kind != "identifier"]
    found: list[Bound] = []
    for match in _between().finditer(text):
        low, high = _value(match["low"]), _value(match["high"])
        able = [one for one in numeric if _may_be(low, one) and _may_be(high, one)]
        column = _compared(text, match.start(), match.end(), able)
        if column is not None and low is not None and high is not None:
            found += [(match.span(), Condition(column=column.name, op=">=", value=low)),
                      (match.span(), Condition(column=column.name, op="<=", value=high))]  # fmt: skip
    text = _masked(text, [one for one, _ in found])
    for match in _numbers().finditer(text):
        value, op = _value(match["number"], match["scale"]), _operator(text, match)
        able = [one for one in numeric if _may_be(value, one)]
        column = _compared(text, match.start(), match.end(), able) if op is not None else None
        if value is None or op is None or column is None:
            continue
        found.append((match.span(), Condition(column=column.name, op=op, value=value)))
    return found


def _operator(text: str, match: "re.Match[str]") -> Operator | None:
    """By the words before the number, else by those after it; `=` is left to the values of a column."""
    before, after = text[max(0, match.start() - _REACH) : match.start()], text[match.end() : match.end() + _REACH]
    if re.match(rf"\W*(?:[a-z]+\W+)?{any_of('or_more')}(?!\w)(?!\W+\d)", after):
        return ">="
    if re.match(rf"\W*(?:[a-z]+\W+)?{any_of('or_less')}(?!\w)(?!\W+\d)", after):
        return "<="
    operators: dict[str, Operator] = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}
    for kind, op in operators.items():
        if re.search(rf"(?<![\w<>]){any_of(kind)}\W*(?:a |an |the |eur |euros? |usd |\$|€|£)?\s*$", before):
            negated = re.search(rf"(?<!\w){any_of('not')}\W+(?:\w+\W+)?{any_of(kind)}\W*$", before)
            return _OPPOSITE[op] if negated else op
    return None


def _compared(text: str, start: int, end: int, columns: Sequence[Column]) -> Column | None:
    """The column that a number is compared with: the nearest that the clause speaks of."""
    spoken = mentions.within(text, columns)
    if not spoken and PEOPLE.search(text):
        ages = [one for one in columns if matching.claim("age", one.name) >= 0.8]
        return ages[0] if len(ages) == 1 else None
    if not spoken:
        return None
    exact = [(place, one) for place, one in spoken if re.search(rf"\b{re.escape(plain(one.name))}", text)]
    return min(exact or spoken, key=lambda one: _distance(text, one[0], start, end))[1]


def _distance(text: str, place: int, start: int, end: int) -> int:
    """Letters between a column and a number; another part of the sentence is far: `age below 20 and bmi …`."""
    between = text[place:start] if place < start else text[end:place]
    apart = re.search(r"\d|¦|(?<!\w)(?:and|or|und|oder|et|ou|y|o)(?!\w)", between)
    return min(abs(place - start), abs(place - end)) + (_APART if apart else 0)


def _may_be(value: float | None, column: Column) -> bool:
    """A number that no cell comes near is compared with another column."""
    if value is None or column.minimum is None or column.maximum is None:
        return value is not None
    reach = column.maximum - column.minimum
    return column.minimum - reach <= value <= column.maximum + reach


def _value(words: str, scale: str | None = None) -> float | None:
    if words in _ZERO:
        return 0.0
    try:
        return number(words, scale)
    except ValueError:
        return None


# ---- values ------------------------------------------------------------------------------------------------------


def _values(text: str, columns: Sequence[Column], compared: set[str]) -> list[Bound]:
    """Values that a column holds, of the columns that the clause names before others."""
    spoken = [column.name for _, column in mentions.within(text, columns)]
    found: dict[str, tuple[int, list[str], Span, bool]] = {}
    taken: list[Span] = []
    order = sorted(columns, key=lambda one: (one.name not in spoken, one.distinct))
    for column in order:
        if column.name in compared or not column.values:
            continue
        for value in sorted(column.values, key=len, reverse=True):
            span = _stands(value, text, column, column.name in spoken, taken)
            if span is None:
                continue
            taken.append(span)
            _, before, first, _ = found.get(column.name, (0, [], span, False))
            found[column.name] = (span[0], [*before, value], first, _negated(text, min(first[0], span[0])))
    bounds = [_held(name, values, not_, span) for name, (_, values, span, not_) in found.items()]
    bounds += _of_people(text, columns, {*compared, *found})
    return [*bounds, *_said_true(text, columns, {*compared, *found})]


def _held(name: str, values: list[str], negated: bool, span: Span) -> Bound:
    if len(values) == 1:
        return span, Condition(column=name, op="!=" if negated else "=", value=values[0])
    return span, Condition(column=name, op="not in" if negated else "in", value=values)


def _stands(value: str, text: str, column: Column, spoken: bool, taken: list[Span]) -> Span | None:
    """Where a value stands in the clause: as a word, in the plural too; a bare number only beside its column."""
    word = unaccented(value).strip()
    if not word or ((len(word) < 2 or word in _EITHER) and not spoken):
        return None
    if re.fullmatch(r"[\d.]+", word):
        name = re.escape(plain(column.name))
        pattern = (
            rf"\b{name}\w*\W+(?:\w+\W+){{0,2}}?(?:\d+\W+(?:or |and |und |et |y |oder )?)*(?P<value>{re.escape(word)})\b"
        )
    else:
        stem = re.escape(word[:-1] if word.endswith("s") and len(word) > 4 else word)
        if any(letter in value for letter in "äöüÄÖÜ"):
            stem = re.sub(r"([aou])", r"\1e?", stem)
        pattern = rf"(?<!\w)(?P<value>{stem}(?:s|es|en|n|e|er|ern)?)(?!\w)"
    for match in re.finditer(pattern, text):
        span = match.span("value")
        if not any(span[0] < end and start < span[1] for start, end in taken):
            return span
    return None


def _of_people(text: str, columns: Sequence[Column], done: set[str]) -> list[Bound]:
    """`only women`: of a column whose values stand for women and men, each by one sign or word."""
    sides = [{plain(word) for word in words()[kind]} for kind in ("women", "men")]
    found: list[Bound] = []
    for column in columns:
        held = {plain(value): value for value in column.values}
        own = [[held[sign] for sign in held if sign in side] for side in sides]
        if column.name in done or not 2 <= len(held) <= 3 or not all(len(one) == 1 for one in own):
            continue
        for side, (value,) in zip(sides, own, strict=True):
            spoken = "|".join(sorted((word for word in side if len(word) > 2), key=len, reverse=True))
            if match := re.search(rf"(?<!\w)(?:{spoken})(?!\w)", text):
                op: Operator = "!=" if _negated(text, match.start()) else "="
                found.append((match.span(), Condition(column=column.name, op=op, value=value)))
    return found if len(found) == 1 else []


def _said_true(text: str, columns: Sequence[Column], done: set[str]) -> list[Bound]:
    """`only smokers`: a column of yes and no whose name says what the rows are."""
    found = []
    for place, column in mentions.within(text, columns):
        values = {one.casefold(): one for one in column.values}
        true = next((values[one] for one in values if one in _TRUE), None)
        name = plain(column.name)
        stem = name[:-1] if len(name) > 4 else name
        if column.name in done or true is None or len(values) != 2 or not plain(text)[place:].startswith(stem):
            continue
        before = text[:place]
        negated = _negated(text, place) or before.endswith(("non-", "non ")) or _WITHOUT.search(before) is not None
        false = next(one for one in column.values if one != true)
        found.append(((place, place + 1), Condition(column=column.name, op="=", value=false if negated else true)))
    return found


def _negated(text: str, place: int) -> bool:
    """`not in the north`, `other than the north`: a word of denial at most three words before."""
    return re.search(rf"(?:(?<!\w){any_of('not')}|\wn't)\W+(?:\w+\W+){{0,3}}$", text[:place]) is not None


# ---- words -------------------------------------------------------------------------------------------------------


def unaccented(text: str) -> str:
    """Lower case without accents, marks kept: `Älter als 3,5` → `alter als 3,5`."""
    import unicodedata

    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).lower()


def _masked(text: str, spans: Sequence[Span]) -> str:
    for start, end in spans:
        text = text[:start] + "¦" * (end - start) + text[end:]
    return text


@cache
def words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "conditions.toml").read_text("utf-8"))
    return found


@cache
def any_of(kind: str) -> str:
    return "(?:" + "|".join(sorted(words()[kind], key=len, reverse=True)) + ")"


@cache
def _number() -> str:
    from noglue.agent.request.limits import _WORDS

    spelled = "|".join(sorted((re.escape(word) for word in (*_WORDS, *_ZERO) if len(word) > 2), key=len, reverse=True))
    return rf"\d+(?:[.,\s'’]\d{{3}})*(?:[.,]\d+)?|{spelled}"


@cache
def _numbers() -> "re.Pattern[Any]":
    return re.compile(
        rf"(?<![\w.-])(?P<number>{_number()})(?:\s?(?P<scale>k|thousand|million|tausend|millionen|mille|mil)\b)?(?![\w])"
    )


@cache
def _between() -> "re.Pattern[Any]":
    both = rf"(?P<low>{_number()})\W+(?:[a-z€$]+\W+)?{any_of('and')}\W+(?P<high>{_number()})"
    return re.compile(rf"(?<!\w){any_of('between')}\W+{both}(?!\w)")
