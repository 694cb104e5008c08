"""Wishes about which rows are learned from and which are tested: by groups, time, conditions, files, shares, counts."""

import re
from pathlib import PurePath
from typing import Any

from noglue.agent.request import gloss
from noglue.agent.request.wish import Wish
from noglue.agent.settle import conditions, mentions, moments
from noglue.agent.settle.bind_kept import with_conditions
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room, columns_meant, named_outright, no_column, not_done
from noglue.tools.spec import goals
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.requested import Condition

_COUNTED = re.compile(
    r"(?i)\b(?:rows?|lines?|records?|examples?|samples?|images?|pictures?|photos?|texts?|zeilen|beispiele\w*|bilder\w*|lignes|"
    r"exemples|photos|filas|ejemplos|im[aá]genes|fotos)\b"
)
_QUARTER = re.compile(
    r"(?i)\b(?:last|final|latest|most recent|letztes?|dernier|último) (?:quarter|quartal|trimestre)(?! of)\b"
)
OTHERS = re.compile(
    r"\b(?:rest|others?|remaining|remainder|earlier|previous|before|after|later|following|afterwards|everything else)\b"
)  # in rough English: the rows that are left
_PERSONS = re.compile(
    r"\b(?:persons?|people|individuals?|humans?|subjects?|someone|somebody|members?|users?|clients?|customers?|patients?|"
    r"personen?|leute|mensch\w*|kunden?|personnes?|gens|individus?|personas?|gente|individuos?)\b"
)


def group(wish: Wish, room: Room) -> Wish:
    return _split_column(wish, room, "group")


def time(wish: Wish, room: Room) -> Wish:
    if wish.value is not True:
        return _split_column(wish, room, "time")
    dates = [one.name for one in room.columns if one.kind == "date" and not room.is_target(one.name)]
    if len(dates) > 1:
        raise TaskUnclear(
            Kind.WHICH_SPLIT_COLUMN,
            f"The request asks for a split by time, and several columns hold times: {', '.join(dates)}.",
            hint=f"Name one: --time {dates[0]}",
            choices=dates,
        )
    if not dates:
        return wish  # an order that only `prepare` sees, in the rows themselves
    room.prepare["time"] = dates[0]
    return wish.model_copy(update={"value": {"column": dates[0]}})


def _split_column(wish: Wish, room: Room, use: str) -> Wish:
    if not room.columns:
        return not_done(wish, "there is no table beside the pictures, and folders can't be kept together yet")
    found, missing = columns_meant(wish, room.columns, room.head_first)
    found = [name for name in found if not room.is_target(name)]
    if missing and not found and not named_outright(missing[0], wish):
        found = _owners(room) if use == "group" and _PERSONS.search(plain(missing[0])) else []
    if missing and named_outright(missing[0], wish):
        raise no_column(missing[0], room)
    if len(found) > 1:
        raise TaskUnclear(
            Kind.WHICH_SPLIT_COLUMN,
            f"{wish.text!r} may mean several columns: {', '.join(found)}.",
            hint=f"Name one: --{use} {found[0]}",
            choices=found,
        )
    if not found:
        return not_done(wish, f"the data have no column for {missing[0]!r}" if missing else "no column matches it")
    room.prepare[use] = found[0]
    return wish.model_copy(update={"value": {"column": found[0]}})


def _owners(room: Room) -> list[str]:
    """The one column that numbers persons, sites or things of which there are several rows."""
    rows = sum(room.profile.rows.values())
    able = [
        one for one in room.columns if not room.is_target(one.name) and mentions.is_key(one) and 1 < one.distinct < rows
    ]
    return [able[0].name] if len(able) == 1 else []


def stratify(wish: Wish, room: Room) -> Wish:
    found = [] if wish.value is True else columns_meant(wish, room.columns, room.head_first)[0]
    if wish.value is True or found == [room.target]:
        return wish.model_copy(update={"value": {"column": room.target}})
    return not_done(wish, f"rows are stratified by the target, not by {', '.join(found) or 'other columns'}")


def train(wish: Wish, room: Room) -> Wish:
    if "file" in wish.value:
        _add_file("train_files", str(wish.value["file"]), room)
        return wish
    clause = str(wish.value.get("clause", wish.text))
    found = conditions.conditions(clause, room.columns)
    if not found and (span := _span_of_time(wish, clause, room)) is not None:
        found = [span] if isinstance(span, Condition) else []
        if isinstance(span, str):
            return not_done(wish, span)
    tested = room.prepare.get("test_where") if OTHERS.search(_english(wish, room)) else None
    if not found and tested:
        found = conditions.opposite([Condition.model_validate(one) for one in tested]) or []
    if not found:
        return not_done(wish, "no column or value in the data matches it")
    room.prepare["train_where"] = [one.model_dump() for one in found]
    if not room.prepare.get("test_where") and (rest := conditions.opposite(found)) is not None:
        room.prepare["test_where"] = [one.model_dump() for one in rest]
    return with_conditions(wish, found)


def _english(wish: Wish, room: Room) -> str:
    return gloss.english(wish.text, gloss.language(room.task.paragraph)).lower()


def test(wish: Wish, room: Room) -> Wish:
    value = dict(wish.value)
    file = None if "file" in value else file_named(wish, room)
    if "file" in value or file is not None:
        name = str(value.get("file", file))
        _add_file("test_files", name, room)
        return wish.model_copy(update={"value": {"file": name}})
    if _is_year(value.get("rows")) and not _COUNTED.search(wish.text):
        return test(wish.model_copy(update={"value": {"clause": f"in {int(value['rows'])}"}}), room)
    if "share" in value:
        room.prepare["test_fraction"] = float(value["share"])
    if "rows" in value:
        room.prepare["test_rows"] = int(value["rows"])
    if value.get("place") in ("first", "last"):
        room.prepare["test_place"] = value["place"]
    if "clause" not in value:
        dated = [one.name for one in room.columns if one.kind == "date"]
        if dated and _QUARTER.search(wish.text):
            return wish.model_copy(update={"why": f"a quarter of the rows, not three months of {dated[0]}"})
        return wish
    found = conditions.conditions(str(value["clause"]), room.columns)
    if not found and (span := _span_of_time(wish, str(value["clause"]), room)) is not None:
        if isinstance(span, str):
            return not_done(wish, span)
        found = [span]
    if found:
        room.prepare["test_where"] = [one.model_dump() for one in found]
    elif not room.prepare.get("test_where"):
        return not_done(wish, "no column or value in the data matches it")
    return with_conditions(wish, [Condition.model_validate(one) for one in room.prepare["test_where"]])


def _span_of_time(wish: Wish, clause: str, room: Room) -> Condition | str | None:
    """`the last six months`, by the column that tells time; why it can't be told, or None for other words.

    Raises TaskUnclear where several columns do.
    """
    found = moments.spans(conditions.unaccented(clause), room.columns)
    if len(found) != 1:
        return None
    span, able = found[0]
    able = [one for one in able if not room.is_target(one.name)]
    if goals.continues(room.goal):
        return "of a forecast, the test rows are so many of each series, and can't be a span of time yet"
    if not able:
        return "no column holds times"
    if len(able) > 1:
        names = [one.name for one in able]
        raise TaskUnclear(
            Kind.WHICH_SPLIT_COLUMN,
            f"{wish.text!r} is a span of time, and several columns hold times: {', '.join(names)}.",
            hint=f"Say which: the {span} by {names[0]}",
            choices=names,
        )
    place, value = span.split(" ", 1)
    return Condition(column=able[0].name, op="first" if place == "first" else "last", value=value)


def file_named(wish: Wish, room: Room) -> str | None:
    """The one file of several that the words of a test name, by its name or by a word that no other file's name has."""
    paths = [PurePath(path) for split, listed in room.profile.files.items() if split != "about" for path in listed]
    stems = {path.name: set(re.findall(r"[a-z]+|\d+", plain(path.stem))) for path in paths if path.suffix}
    if len(stems) < 2 or set(wish.value) - {"rows", "clause"}:
        return None
    stated = set(re.findall(r"[a-z]+|\d+", plain(f"{wish.text} {wish.value.get('clause', '')}")))
    common = set.intersection(*stems.values())
    named = [name for name, words in stems.items() if (words - common) & stated]
    return named[0] if len(named) == 1 else None


def _add_file(split: str, name: str, room: Room) -> None:
    files = [*room.prepare.get(split, []), PurePath(name).name]
    room.prepare[split] = list(dict.fromkeys(files))


def _is_year(number: Any) -> bool:
    return isinstance(number, int | float) and 1900 <= number <= 2100


def validation(wish: Wish, room: Room) -> Wish:
    if "share" not in wish.value:
        return not_done(wish, "only a share of the rows can be set aside for validation")
    room.prepare["validation_fraction"] = float(wish.value["share"])
    return wish


def rows(wish: Wish, room: Room) -> Wish:
    if "most" in wish.value:
        room.prepare["max_rows"] = int(wish.value["most"])
    if "share" in wish.value:
        room.prepare["sample"] = float(wish.value["share"])
    return wish
