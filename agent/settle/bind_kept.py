"""Wishes about what of the data is used: columns left out or used alone, rows by their values, missing cells.

What was heard as columns may name rows (`without winter days`), and the other way round; each is taken for what the
data answer to.
"""

import re

from noglue.agent.request import gloss, lexicon
from noglue.agent.request.wish import Wish
from noglue.agent.settle import clause_in_data, conditions, denied, joined_conditions, mentions, slips
from noglue.agent.settle.bind_classes import class_meant, classes
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room, columns_meant, named_before, named_outright, no_column, not_done
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.requested import Condition

_ALONE = re.compile(r"(?i)\b(?:alone|only|just|nothing but|nur|allein|seul\w*|uniquement|sol[oa]s?|sólo|solamente)\b")
_EVERYWHERE = re.compile(
    r"(?i)\b(?:everywhere|anywhere|any column|all columns|in the (?:table|data|file)|überall|partout|en todas partes)\b"
)
_THAT_COLUMN = re.compile(
    r"(?i)\b(?:that|this|those) (?:column|field)s?|\bin (?:it|there)\b|\b(?:dieser|der) spalte|\bdarin\b|"
    r"\bcette colonne|\besa columna"
)
_ALL_AT_ONCE = re.compile(  # what is said of the same rows, and not of several kinds of rows
    r"(?i)\b(?:where|whose|who|that|which|with|wo|deren|die|mit|dont|qui|où|cuy[oa]s?|que|donde|con)\b[^,;]*\b(?:and|und|et|y)\b"
)
_CALLED_COLUMN = re.compile(r"(?i)\b(?:flags?|columns?|fields?|variables?|indicators?|spalten?|colonnes?|columnas?)$")
_ALL_BUT = re.compile(
    r"(?i)\b(?:except\w*|but|outside|other than|apart from|aside from|au(?:ß|ss)er\w*|ausgenommen|bis auf|sauf|hormis|"
    r"hors|en dehors|excepté|excepto|salvo|menos|fuera de)\b"
)
_NAME = 2  # words that may be meant as a name; more are a description


def exclude(wish: Wish, room: Room) -> Wish:
    if (rows := _by_value(wish, room) or _by_value_of(wish, room)) is not None:
        return rows
    found, missing = columns_meant(wish, room.columns, room.head_first)
    content = set(modalities.load(room.profile.modality).own)
    found = [name for name in found if not room.is_target(name) and name not in content]
    if missing and wish.value.get("exact"):
        raise no_column(missing[0], room)
    if not found and missing and (before := named_before(wish, room)):
        found, missing = before, []
    if not found and missing and wish.by != "model" and slips.nearly(missing[0], room.columns):
        raise no_column(missing[0], room)
    if not found and missing and (rows := _as_rows(wish, room)) is not None:
        return rows
    if not found:
        return not_done(wish, f"no column matches {', '.join(missing) or 'it'}" if missing else "it is the target")
    room.prepare.setdefault("exclude", []).extend(name for name in found if name not in room.prepare["exclude"])
    room.unmatched += missing
    bound = wish.model_copy(update={"value": {"columns": found}})
    return bound.model_copy(update={"why": f"no column matches {', '.join(missing)}"}) if missing else bound


def only(wish: Wish, room: Room) -> Wish:
    if (rows := _by_value(wish, room) or _by_value_of(wish, room)) is not None:
        return rows
    found, missing = columns_meant(wish, room.columns, room.head_first)
    if missing and not found and not wish.value.get("exact") and (rows := _as_rows(wish, room)) is not None:
        return rows
    found = [name for name in found if not room.is_target(name)]
    if missing and not found and all(map(lexicon.speaks_of_rows, missing)):
        return not_done(wish, "it is about rows, and no column or value matches it")
    if missing and (named_outright(missing[0], wish) or (not found and len(missing[0].split()) <= _NAME)):
        raise no_column(missing[0], room)
    if missing and not found:
        return not_done(wish, f"the data have no column for {missing[0]!r}")
    room.prepare["only"] = found
    room.unmatched += missing
    bound = wish.model_copy(update={"value": {"columns": found}})
    return bound.model_copy(update={"why": f"no column matches {', '.join(missing)}"}) if missing else bound


def where(wish: Wish, room: Room) -> Wish:
    clause, keep = str(wish.value.get("clause", wish.text)), bool(wish.value.get("keep", True))
    clause = clause if keep else conditions.affirmed(clause)
    found = conditions.conditions(clause, room.columns)
    found = [one for one in found if not room.is_target(one.column)] or found
    if not found and (folders := _folders_named(clause, room)):
        found = [Condition(column="path", op="in folder", value=folders)]
    if not found:
        return _unbound_rows(wish, clause, room)
    keep = keep or _only_says_what_they_are_not(wish, found, room)
    how = joined_conditions.joined_by(clause, room.columns) if len({one.column for one in found}) > 1 or keep else ""
    if keep and how == "any" and _are_alternatives(found):
        return _beyond(
            wish, "rows of which one of several things holds can't be kept yet, only those of which all hold"
        )
    if not keep and how == "all" and _ALL_AT_ONCE.search(clause):
        return _beyond(wish, "rows of which several things hold at once can't be left out yet, only each of these")
    kept = found if keep else conditions.opposite(found)
    if kept is None:
        return not_done(wish, "rows that are part of a range can't be left out yet, only be the ones that are kept")
    if _ALL_BUT.search(wish.text):  # of a row without a region nobody knows that it is not of the East
        kept = [one.model_copy(update={"or_missing": False}) for one in kept]
    room.prepare.setdefault("where", []).extend(one.model_dump() for one in kept)
    return with_conditions(wish, kept)


def _only_says_what_they_are_not(wish: Wish, found: list[Condition], room: Room) -> bool:
    """Whether the one denial of the words is that of the values: `only those from regions other than the East` stay,
    while `drop those outside the East` go.
    """
    if not found or not all(one.op in ("!=", "not in") for one in found):
        return False
    rest = re.sub(rf"(?<!\w){conditions.any_of('not')}(?!\w)", " ", conditions.unaccented(wish.text), count=1)
    return clause_in_data.OUT.search(gloss.english(rest, gloss.language(room.task.paragraph)).lower()) is None


def _beyond(wish: Wish, why: str) -> Wish:
    """What is understood and can't be done: no part of its words is to be taken for the whole."""
    return wish.model_copy(update={"state": "refused", "why": why})


def _are_alternatives(found: list[Condition]) -> bool:
    """Whether rows of which all of it holds are others than those meant: two columns, or two bounds of one."""
    return len({one.column for one in found}) > 1 or len(found) > 1


def _by_value(wish: Wish, room: Room) -> Wish | None:
    """Words that are no column's name and hold a value of one speak of rows: `without winter days`."""
    words = [str(one) for one in wish.value.get("columns", [])]
    exact = [one for one in words if mentions.named(one, room.columns, room.head_first).exact]
    if not words or exact or wish.value.get("exact") or any(map(_CALLED_COLUMN.search, words)):
        return None
    clause = ", ".join(words)
    found = [one for one in conditions.conditions(clause, room.columns) if not room.is_target(one.column)]
    if not found:
        return None
    keep = wish.kind == "only" or _ALONE.search(wish.text) is not None
    return where(wish.model_copy(update={"kind": "where", "value": {"clause": clause, "keep": keep}}), room)


def _by_value_of(wish: Wish, room: Room) -> Wish | None:
    """A column with some of its values speaks of rows too: `only machine M1 and M2`, `those that have left at Yes`."""
    found, missing = columns_meant(wish, room.columns, room.head_first)
    if len(found) != 1 or missing or wish.value.get("exact") or found == [room.target]:
        return None
    stated = [one for one in conditions.conditions(wish.text, room.columns) if one.op in ("=", "in")]
    if [one.column for one in stated] != found or not conditions.spells_out(wish.text, stated[0]):
        return None
    keep = wish.kind == "only"
    return where(wish.model_copy(update={"kind": "where", "value": {"clause": wish.text, "keep": keep}}), room)


def _as_rows(wish: Wish, room: Room) -> Wish | None:
    """What was heard as columns and names none: rows by their values or folders, or classes; None where it is neither.

    `leave the wines of Languedoc out`, `take the archive of 2025 alone`.
    """
    keep = wish.kind == "only" or _ALONE.search(wish.text) is not None
    words = " ".join(str(one) for one in wish.value.get("columns", []))
    named = [name for name in room.classes if class_meant(words, [name]) is not None]
    if named and modalities.load(room.profile.modality).content:
        kept = named if keep else [name for name in room.classes if name not in named]
        return classes(wish.model_copy(update={"kind": "classes", "value": kept}), room)
    clause = words if conditions.conditions(words, room.columns) else wish.text
    if conditions.conditions(clause, room.columns) or _folders_named(clause, room):
        return where(wish.model_copy(update={"kind": "where", "value": {"clause": clause, "keep": keep}}), room)
    return None


def _folders_named(clause: str, room: Room) -> list[str]:
    """Folders of the pictures that a clause names by a word that no folder beside them has: `2025` of `club-2025`."""
    stated = set(plain(clause).split())
    for beside in room.folders:
        words = {name: set(plain(name).split()) for name in beside}
        shared = [set.union(*(words[other] for other in beside if other != name)) for name in beside]
        named = [name for name, others in zip(beside, shared, strict=True) if (words[name] - others) & stated]
        if named and len(named) < len(beside):
            return named
    return []


def _unbound_rows(wish: Wish, clause: str, room: Room) -> Wish:
    """Raises TaskUnclear where a column is named whose values are known, and none of them is."""
    keep = bool(wish.value.get("keep", True))
    if not keep and (named := mentions.named(clause, room.columns, room.head_first).names):
        return exclude(wish.model_copy(update={"kind": "exclude", "value": {"columns": named}}), room)
    for _, column in mentions.within(clause, room.columns):
        if column.values and column.kind in ("category", "text") and not room.is_target(column.name):
            listed = ", ".join(column.values[:12]) + (" …" if len(column.values) > 12 else "")
            raise TaskUnclear(
                Kind.NO_SUCH_VALUE,
                f"{wish.text!r} asks for some of the rows by {column.name}, which has no such value.",
                hint=f"It holds: {listed}.",
            )
    return not_done(wish, "no column or value in the data matches it; all rows are used")


def with_conditions(wish: Wish, found: list[Condition]) -> Wish:
    stated = [one.model_dump(exclude_defaults=True) for one in found]
    return wish.model_copy(update={"value": {"conditions": stated}})


def missing_cells(wish: Wish, room: Room) -> Wish:
    value = dict(wish.value)
    words = [str(word) for word in value.pop("words", [])]
    if not words:
        return not_done(wish, "it does not say which cells stand for a missing value")
    named = bool(value.get("columns") or value.get("places"))
    found, unknown = columns_meant(wish.model_copy(update={"value": value}), room.columns, room.head_first)
    if unknown and named_outright(unknown[0], wish):
        raise no_column(unknown[0], room)
    if unknown and not found:
        return not_done(wish, f"no column matches {', '.join(unknown)}")
    if not named and (spoken_of := _columns_spoken_of(wish, room)):
        named, found = True, spoken_of
    asked = {"words": words, "columns": found if named else None}
    room.prepare.setdefault("missing", []).append(asked)
    return wish.model_copy(update={"value": asked if named else {"words": words}})


def _columns_spoken_of(wish: Wish, room: Room) -> list[str]:
    """The columns whose numbers a sentence says are missing: those that it names, or the one that `that column` is."""
    numbers = all(re.fullmatch(r"-?[\d.,]+", str(word)) for word in wish.value.get("words", []))
    at = room.task.paragraph.find(wish.text)
    if at < 0 or not numbers or _EVERYWHERE.search(wish.text):
        return []
    sentence = next((text for start, text in reversed(denied.sentences(room.task.paragraph)) if start <= at), "")
    written = (re.escape(one.name).replace("_", r"[\s_]") for one in room.columns)
    named = [
        one.name
        for one, name in zip(room.columns, written, strict=True)
        if re.search(rf"(?<!\w){name}(?!\w)", sentence, re.IGNORECASE)
    ]
    found = (mentions.at(place, room.columns) for place in mentions.places(sentence, len(room.columns)))
    named += [name for name in found if name is not None and name not in named]
    if denied.asks(sentence):  # `predict the rent, -999 means missing`
        named = [name for name in named if not room.is_target(name)]
    return named or (named_before(wish, room, of_target=True) if _THAT_COLUMN.search(sentence) else [])
