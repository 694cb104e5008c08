"""The places that a wish leaves open, filled with columns, values, classes and dates that are really there.

`bind(wish, room)` gives the wish with its bound value; what it means for the steps goes into the room's arguments for
`prepare`, `train` and `evaluate`. A wish that nothing answers to becomes `not-done` with the reason; a column, value or
class that was *named* and is not there ends in TaskUnclear with the list of what there is. One function a kind of wish.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from noglue.agent.request import gloss, kinds, lexicon
from noglue.agent.request.alternatives import matches
from noglue.agent.request.wish import Wish
from noglue.agent.settle import conditions, denied, mentions
from noglue.agent.settle.column_matching import plain
from noglue.agent.settle.target_choice import names
from noglue.agent.task import GoalName, Task
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile
from noglue.tools.spec.requested import Condition

_ALONE = re.compile(r"(?i)\b(?:alone|only|just|nothing but|nur|allein|seul\w*|uniquement|sol[oa]s?|sólo|solamente)\b")
_COUNTED = re.compile(
    r"(?i)\b(?:rows?|lines?|records?|examples?|samples?|images?|pictures?|photos?|texts?|zeilen|beispiele\w*|bilder\w*|lignes|"
    r"exemples|photos|filas|ejemplos|im[aá]genes|fotos)\b"
)
_PRONOUN = re.compile(
    r"(?i)\b(?:that|it|them|this|those|these|das|es|sie|ihn|diese\w*|l[eao]s?|ça|cela|celui|celle|eso|est[eo])\b"
)
OTHERS = re.compile(
    r"\b(?:rest|others?|remaining|remainder|earlier|previous|before|after|later|following|afterwards|everything else)\b"
)  # in rough English: the rows that are left
_SEVERAL = re.compile(
    r"(?i)\b(?:them|these|those|both|all|diese|beide|alle|celles|ceux|tous|es[oa]s|est[oa]s|amb[oa]s)\b"
)
_PERSONS = re.compile(
    r"\b(?:persons?|people|individuals?|humans?|subjects?|someone|somebody|members?|users?|clients?|customers?|patients?|"
    r"personen?|leute|mensch\w*|kunden?|personnes?|gens|individus?|personas?|gente|individuos?)\b"
)
_EVERYWHERE = re.compile(
    r"(?i)\b(?:everywhere|anywhere|any column|all columns|in the (?:table|data|file)|überall|partout|en todas partes)\b"
)
_THAT_COLUMN = re.compile(
    r"(?i)\b(?:that|this|those) (?:column|field)s?|\bin (?:it|there)\b|\b(?:dieser|der) spalte|\bdarin\b|"
    r"\bcette colonne|\besa columna"
)
_NAME = 2  # words that may be meant as a name; more are a description
LOOKED_BACK = 240  # letters before a pronoun in which the column that it stands for is looked for
_TRUE = {"1", "yes", "true", "y", "ja", "oui", "si", "t", "pos", "positive"}


@dataclass
class Room:
    """What wishes are bound to, and what they come to. target: settled before the other wishes are.

    folders: of pictures, the folders beside one another on each level. refused: words of the request that refuse what
    they name, so that they are not heard as asking for it.
    """

    task: Task
    profile: Profile
    goal: GoalName | None
    target: str | None
    head_first: bool = False
    folders: list[list[str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    prepare: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)
    evaluate: dict[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[Column]:
        return self.profile.columns

    @property
    def classes(self) -> list[str]:
        """The classes of what is learned, as far as they are known before it is prepared."""
        column = next((one for one in self.columns if one.name == self.target), None)
        return list(column.values) if column is not None and column.values else list(self.profile.classes or [])


def bind(wish: Wish, room: Room) -> Wish:
    """Raises TaskUnclear where something is named that is not there, unless a language model alone names it."""
    own = kinds.hook(wish.kind, "bind")
    if wish.state != "open" or (own is None and wish.kind not in BINDERS):
        return wish
    if wish.by == "model" and (why := _would_end_the_run(wish, room)):
        return _not(wish, why)
    try:
        return BINDERS[wish.kind](wish, room) if own is None else own(wish, room.task, room.profile)
    except TaskUnclear as error:
        if wish.by == "model":
            return _not(wish, error.message.rstrip("."))
        raise


def _would_end_the_run(wish: Wish, room: Room) -> str:
    """Why a wish of a language model alone can't be met: steps would fail by it; empty where none would."""
    column = next((one for one in room.columns if one.name == room.target), None)
    if wish.kind == "derive" and wish.value.get("op") != "equals" and column is not None and column.kind != "number":
        return f"{column.name} holds no numbers"
    if wish.kind == "classes" and goals.predicts(room.goal) == "classes" and len(wish.value) < 2:
        return "one class can't be told from others"
    return ""


def spoken(wish: Wish, columns: list[Column], head_first: bool) -> set[str]:
    """Columns that a wish takes for another use than to be learned; nothing is refused here."""
    if wish.kind not in ("exclude", "only", "group", "time", "stratify", "fairness") or not isinstance(
        wish.value, dict
    ):
        return set()
    found = _columns(wish, columns, head_first)[0]
    return set(found)


# ---- columns -----------------------------------------------------------------------------------------------------


def _columns(wish: Wish, columns: list[Column], head_first: bool) -> tuple[list[str], list[str]]:
    """Columns that the wish's words, places and beginnings mean, and the words that nothing answers to."""
    value: dict[str, Any] = wish.value
    stated = [*value.get("columns", []), *([value["words"]] if "words" in value else [])]
    found: list[str] = []
    missing: list[str] = []
    owners = wish.kind in ("group", "stratify", "fairness")
    for words in stated:
        rows = wish.kind in ("exclude", "only") and lexicon.speaks_of_rows(str(words))
        answer = mentions.named(str(words), columns, head_first, owners, meaning=not rows)
        answer = mentions.Found() if rows and not answer.exact else answer
        found += answer.names or answer.tie
        missing += [] if answer.names or answer.tie else [str(words)]
    for place in value.get("places", []):
        name = mentions.at(int(place), columns)
        found += [name] if name is not None else []
        missing += [] if name is not None else [f"column {place}"]
    for prefix in value.get("prefixes", []):
        family = mentions.beginning(str(prefix), columns)
        found += family
        missing += [] if family else [f"{prefix}…"]
    return list(dict.fromkeys(found)), missing


def _exclude(wish: Wish, room: Room) -> Wish:
    if (rows := _by_value(wish, room) or _by_value_of(wish, room)) is not None:
        return rows
    found, missing = _columns(wish, room.columns, room.head_first)
    content = set(modalities.load(room.profile.modality).own)
    found = [name for name in found if name != room.target and name not in content]
    if missing and wish.value.get("exact"):
        raise _no_column(missing[0], room)
    if not found and missing and (before := named_before(wish, room)):
        found, missing = before, []
    if not found and missing and (rows := _as_rows(wish, room)) is not None:
        return rows
    if not found:
        return _not(wish, f"no column answers to {', '.join(missing) or 'it'}" if missing else "it is what is learned")
    room.prepare.setdefault("exclude", []).extend(name for name in found if name not in room.prepare["exclude"])
    bound = wish.model_copy(update={"value": {"columns": found}})
    return bound.model_copy(update={"why": f"no column answers to {', '.join(missing)}"}) if missing else bound


def _only(wish: Wish, room: Room) -> Wish:
    if (rows := _by_value(wish, room) or _by_value_of(wish, room)) is not None:
        return rows
    found, missing = _columns(wish, room.columns, room.head_first)
    if missing and not found and not wish.value.get("exact") and (rows := _as_rows(wish, room)) is not None:
        return rows
    found = [name for name in found if name != room.target]
    if missing and not found and all(map(lexicon.speaks_of_rows, missing)):
        return _not(wish, "it speaks of rows, and no column or value answers to it")
    if missing and (_named_outright(missing[0], wish) or (not found and len(missing[0].split()) <= _NAME)):
        raise _no_column(missing[0], room)
    if missing and not found:
        return _not(wish, f"the data have no column for {missing[0]!r}")
    room.prepare["only"] = found
    bound = wish.model_copy(update={"value": {"columns": found}})
    return bound.model_copy(update={"why": f"no column answers to {', '.join(missing)}"}) if missing else bound


def _group(wish: Wish, room: Room) -> Wish:
    return _split_column(wish, room, "group")


def _time(wish: Wish, room: Room) -> Wish:
    if wish.value is not True:
        return _split_column(wish, room, "time")
    dates = [one.name for one in room.columns if one.kind == "date" and one.name != room.target]
    if len(dates) > 1:
        raise TaskUnclear(
            Kind.WHICH_SPLIT_COLUMN,
            f"The request asks for a split by time, and several columns tell times: {', '.join(dates)}.",
            hint=f"Name one: --time {dates[0]}",
            choices=dates,
        )
    if not dates:
        return wish  # an order that only `prepare` sees, in the rows themselves
    room.prepare["time"] = dates[0]
    return wish.model_copy(update={"value": {"column": dates[0]}})


def _split_column(wish: Wish, room: Room, use: str) -> Wish:
    if not room.columns:
        return _not(wish, "the pictures come with no table to go by; folders are not kept together yet")
    found, missing = _columns(wish, room.columns, room.head_first)
    found = [name for name in found if name != room.target]
    if missing and not found and not _named_outright(missing[0], wish):
        found = _owners(room) if use == "group" and _PERSONS.search(plain(missing[0])) else []
    if missing and _named_outright(missing[0], wish):
        raise _no_column(missing[0], room)
    if len(found) > 1:
        raise TaskUnclear(
            Kind.WHICH_SPLIT_COLUMN,
            f"{wish.text!r} may mean several columns: {', '.join(found)}.",
            hint=f"Name one: --{use} {found[0]}",
            choices=found,
        )
    if not found:
        return _not(wish, f"the data have no column for {missing[0]!r}" if missing else "no column answers to it")
    room.prepare[use] = found[0]
    return wish.model_copy(update={"value": {"column": found[0]}})


def _named_outright(words: str, wish: Wish) -> bool:
    """Whether words are meant as a name and not as a description: of a flag, in quotes, `unit_price`, `BodyMass`."""
    quoted = re.search(rf"[\"'“„«`]\s*{re.escape(words)}\s*[\"'”“»`]", wish.text) is not None
    return bool(wish.value.get("exact")) or quoted or re.search(r"\w_\w|[a-z][A-Z]|^column \d+$", words) is not None


def _owners(room: Room) -> list[str]:
    """The one column that numbers persons, sites or things of which there are several rows."""
    rows = sum(room.profile.rows.values())
    able = [one for one in room.columns if one.name != room.target and mentions.is_key(one) and 1 < one.distinct < rows]
    return [able[0].name] if len(able) == 1 else []


def _stratify(wish: Wish, room: Room) -> Wish:
    found = [] if wish.value is True else _columns(wish, room.columns, room.head_first)[0]
    if wish.value is True or found == [room.target]:
        return wish.model_copy(update={"value": {"column": room.target}})
    return _not(wish, f"rows are balanced over what is learned, not over {', '.join(found) or 'other columns'}")


def _missing(wish: Wish, room: Room) -> Wish:
    value = dict(wish.value)
    words = [str(word) for word in value.pop("words", [])]
    if not words:
        return _not(wish, "it does not say which cells stand for a missing value")
    named = bool(value.get("columns") or value.get("places"))
    found, unknown = _columns(wish.model_copy(update={"value": value}), room.columns, room.head_first)
    if unknown and _named_outright(unknown[0], wish):
        raise _no_column(unknown[0], room)
    if unknown and not found:
        return _not(wish, f"no column answers to {', '.join(unknown)}")
    if not named and (spoken_of := _spoken_of(wish, room)):
        named, found = True, spoken_of
    asked = {"words": words, "columns": found if named else None}
    room.prepare.setdefault("missing", []).append(asked)
    return wish.model_copy(update={"value": asked if named else {"words": words}})


def _spoken_of(wish: Wish, room: Room) -> list[str]:
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
        named = [name for name in named if name != room.target]
    return named or (named_before(wish, room, of_target=True) if _THAT_COLUMN.search(sentence) else [])


# ---- rows --------------------------------------------------------------------------------------------------------


def _where(wish: Wish, room: Room) -> Wish:
    clause, keep = str(wish.value.get("clause", wish.text)), bool(wish.value.get("keep", True))
    clause = clause if keep else conditions.affirmed(clause)
    found = conditions.conditions(clause, room.columns)
    found = [one for one in found if one.column != room.target] or found
    if not found and (folders := _folders_named(clause, room)):
        found = [Condition(column="path", op="in folder", value=folders)]
    if not found:
        return _unbound_rows(wish, clause, room)
    kept = found if keep else conditions.opposite(found)
    if kept is None:
        return _not(wish, "rows that are part of a range can't be left out yet, only be the ones that are kept")
    room.prepare.setdefault("where", []).extend(one.model_dump() for one in kept)
    return _with_conditions(wish, kept)


def _by_value(wish: Wish, room: Room) -> Wish | None:
    """Words that are no column's name and hold a value of one speak of rows: `without winter days`."""
    words = [str(one) for one in wish.value.get("columns", [])]
    exact = [one for one in words if mentions.named(one, room.columns, room.head_first).exact]
    if not words or exact or wish.value.get("exact"):
        return None
    clause = ", ".join(words)
    found = [one for one in conditions.conditions(clause, room.columns) if one.column != room.target]
    if not found:
        return None
    keep = wish.kind == "only" or _ALONE.search(wish.text) is not None
    return _where(wish.model_copy(update={"kind": "where", "value": {"clause": clause, "keep": keep}}), room)


def _by_value_of(wish: Wish, room: Room) -> Wish | None:
    """A column with some of its values speaks of rows too: `only machine M1 and M2`, `those that have left at Yes`."""
    found, missing = _columns(wish, room.columns, room.head_first)
    if len(found) != 1 or missing or wish.value.get("exact") or found == [room.target]:
        return None
    stated = [one for one in conditions.conditions(wish.text, room.columns) if one.op in ("=", "in")]
    if [one.column for one in stated] != found or not conditions.spells_out(wish.text, stated[0]):
        return None
    keep = wish.kind == "only"
    return _where(wish.model_copy(update={"kind": "where", "value": {"clause": wish.text, "keep": keep}}), room)


def named_before(wish: Wish, room: Room, *, of_target: bool = False) -> list[str]:
    """The columns that `it`, `those`, `sie`, `los` stand for: those named last in the sentences just before.

    of_target: whether the one that is learned may be meant.
    """
    at = room.task.paragraph.find(wish.text)
    if at < 0 or not _PRONOUN.search(wish.text):
        return []
    before = room.task.paragraph[max(0, at - LOOKED_BACK) : at]
    able = [one for one in room.columns if of_target or one.name != room.target]
    for near in reversed(re.split(r"[.!?;]\s", before)[-2:]):
        stated = f" {plain(near)} "
        places = {one.name: stated.rfind(f" {plain(one.name)} ") for one in able}
        named = sorted((name for name, place in places.items() if place >= 0), key=lambda name: places[name])
        if named:
            return named if _SEVERAL.search(wish.text) else named[-1:]
    return []


def _as_rows(wish: Wish, room: Room) -> Wish | None:
    """What was heard as columns and names none: rows by their values or folders, or classes; None where it is neither.

    `leave the wines of Languedoc out`, `take the archive of 2025 alone`.
    """
    keep = wish.kind == "only" or _ALONE.search(wish.text) is not None
    words = " ".join(str(one) for one in wish.value.get("columns", []))
    named = [name for name in room.classes if _class(words, [name]) is not None]
    if named and modalities.load(room.profile.modality).content:
        kept = named if keep else [name for name in room.classes if name not in named]
        return _classes(wish.model_copy(update={"kind": "classes", "value": kept}), room)
    clause = words if conditions.conditions(words, room.columns) else wish.text
    if conditions.conditions(clause, room.columns) or _folders_named(clause, room):
        return _where(wish.model_copy(update={"kind": "where", "value": {"clause": clause, "keep": keep}}), room)
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
        return _exclude(wish.model_copy(update={"kind": "exclude", "value": {"columns": named}}), room)
    for _, column in mentions.within(clause, room.columns):
        if column.values and column.kind in ("category", "text") and column.name != room.target:
            listed = ", ".join(column.values[:12]) + (" …" if len(column.values) > 12 else "")
            raise TaskUnclear(
                Kind.NO_SUCH_VALUE,
                f"{wish.text!r} asks for some of the rows by {column.name}, which holds no such value.",
                hint=f"It holds: {listed}.",
            )
    return _not(wish, "no column or value of the data answers to it; all rows are used")


def _with_conditions(wish: Wish, found: list[Condition]) -> Wish:
    stated = [one.model_dump(exclude_defaults=True) for one in found]
    return wish.model_copy(update={"value": {"conditions": stated}})


def _train(wish: Wish, room: Room) -> Wish:
    if "file" in wish.value:
        return wish
    found = conditions.conditions(str(wish.value.get("clause", wish.text)), room.columns)
    tested = room.prepare.get("test_where") if OTHERS.search(_english(wish, room)) else None
    if not found and tested:
        found = conditions.opposite([Condition.model_validate(one) for one in tested]) or []
    if not found:
        return _not(wish, "no column or value of the data answers to it")
    room.prepare["train_where"] = [one.model_dump() for one in found]
    if not room.prepare.get("test_where") and (rest := conditions.opposite(found)) is not None:
        room.prepare["test_where"] = [one.model_dump() for one in rest]
    return _with_conditions(wish, found)


def _english(wish: Wish, room: Room) -> str:
    return gloss.english(wish.text, gloss.language(room.task.paragraph)).lower()


def _test(wish: Wish, room: Room) -> Wish:
    value = dict(wish.value)
    file = None if "file" in value else file_named(wish, room)
    if "file" in value or file is not None:
        name = str(value.get("file", file))
        files = [*room.prepare.get("test_files", []), PurePath(name).name]
        room.prepare["test_files"] = list(dict.fromkeys(files))
        return wish.model_copy(update={"value": {"file": name}})
    if _is_year(value.get("rows")) and not _COUNTED.search(wish.text):
        return _test(wish.model_copy(update={"value": {"clause": f"in {int(value['rows'])}"}}), room)
    if "share" in value:
        room.prepare["test_fraction"] = float(value["share"])
    if "rows" in value:
        room.prepare["test_rows"] = int(value["rows"])
    if value.get("place") in ("first", "last"):
        room.prepare["test_place"] = value["place"]
    if "clause" not in value:
        return wish
    found = conditions.conditions(str(value["clause"]), room.columns)
    if found:
        room.prepare["test_where"] = [one.model_dump() for one in found]
    elif not room.prepare.get("test_where"):
        return _not(wish, "no column or value of the data answers to it")
    return _with_conditions(wish, [Condition.model_validate(one) for one in room.prepare["test_where"]])


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


def _is_year(number: Any) -> bool:
    return isinstance(number, int | float) and 1900 <= number <= 2100


def _validation(wish: Wish, room: Room) -> Wish:
    if "share" not in wish.value:
        return _not(wish, "only a share of the rows can be set aside for validation")
    room.prepare["validation_fraction"] = float(wish.value["share"])
    return wish


def _rows(wish: Wish, room: Room) -> Wish:
    if "most" in wish.value:
        room.prepare["max_rows"] = int(wish.value["most"])
    if "share" in wish.value:
        room.prepare["sample"] = float(wish.value["share"])
    return wish


# ---- classes and decisions ---------------------------------------------------------------------------------------


def _classes(wish: Wish, room: Room) -> Wish:
    stated = wish.value if isinstance(wish.value, list) else [wish.value]
    found = [_class(str(words), room.classes) for words in stated]
    if not room.classes:
        return _not(wish, "the data have no classes")
    unknown = [str(words) for words, name in zip(stated, found, strict=True) if name is None]
    if unknown:
        raise _no_class(unknown[0], room)
    chosen = [name for name in dict.fromkeys(found) if name is not None]
    room.prepare["classes"] = chosen
    return wish.model_copy(update={"value": chosen})


def _positive(wish: Wish, room: Room) -> Wish:
    words = str(wish.value["words"] if isinstance(wish.value, dict) else wish.value)
    if goals.predicts(room.goal) == "values" or not room.classes:
        return _not(wish, "only of classes one can be the positive one")
    name = _class(words, room.classes)
    true = [one for one in room.classes if one.casefold() in _TRUE]
    if name is None and len(true) == 1 and not wish.value.get("exact"):
        name = true[0]
    if name is None:
        raise _no_class(words, room)
    room.prepare["positive"] = name
    return wish.model_copy(update={"value": {"class": name}})


def _class(words: str, classes: list[str]) -> str | None:
    """The class that words mean: its name, but for case and number; else the one that they stand for."""
    exact = [one for one in classes if plain(one) == plain(words)]
    if exact:
        return exact[0]
    near = [one for one in classes if len(plain(one)) > 2 and matches(one, words)]
    return near[0] if len(near) == 1 else None


def _decision(wish: Wish, room: Room) -> Wish:
    if goals.predicts(room.goal) == "values" or len(room.classes) not in (0, 2):
        return _not(wish, "a threshold can be moved between two classes only")
    asked = {"costs": ("miss", "alarm"), "at_least": ("measure", "value")}[wish.kind]
    if not all(name in wish.value for name in asked):
        return _not(wish, "it does not say how much")
    given = {"least" if name == "value" else name: wish.value[name] for name in asked}
    room.train["decision"] = room.train.get("decision", {}) | given
    return wish


def _derive(wish: Wish, room: Room) -> Wish:
    if wish.value.get("op") != "log" and wish.value.get("value") is None:
        return _not(wish, "it does not say above or below what")
    room.prepare["derive"] = {name: wish.value[name] for name in ("op", "value") if name in wish.value}
    if wish.value.get("op") != "log":
        room.goal = "classify"
    return wish


def _not(wish: Wish, why: str) -> Wish:
    return wish.model_copy(update={"state": "not-done", "why": why})


def _no_column(words: str, room: Room) -> TaskUnclear:
    return TaskUnclear(
        Kind.MISSING_COLUMNS,
        f"The data have no column for {words!r}. There are: {names(room.columns)}.",
        hint="Name the column as it stands in the file.",
    )


def _no_class(words: str, room: Room) -> TaskUnclear:
    listed = ", ".join(room.classes[:20]) + (" …" if len(room.classes) > 20 else "")
    return TaskUnclear(Kind.UNKNOWN_CLASS, f"There is no class {words!r}.", hint=f"The classes are: {listed}.")


BINDERS: dict[str, Callable[[Wish, Room], Wish]] = {
    "exclude": _exclude, "only": _only, "group": _group, "time": _time, "stratify": _stratify, "missing": _missing,
    "where": _where, "train": _train, "test": _test, "validation": _validation, "rows": _rows, "classes": _classes,
    "positive": _positive, "costs": _decision, "at_least": _decision, "derive": _derive,
}  # fmt: skip
