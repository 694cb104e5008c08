"""Which of the ways to read the files is meant: all of them are weighed against the request, in one place.

A reading counts by what the request names of it: its target's column, its classes, the kind of data; then by how many
of the pictures it labels; and then by how likely the files alone make it. Every claim and the runner-up are on record.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from noglue.agent.request.alternatives import matches
from noglue.agent.settle import named_tables
from noglue.agent.settle.column_matching import claim
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.target_choice import Asked, Choice, Words, choose
from noglue.agent.task import GoalName, Task
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.profiles import Profile

UNLIKELIER = 0.04  # what each place in the readers' own order costs, up to
MOST_UNLIKELY = 0.32
OTHER_KIND = 0.5  # what it costs not to be of the kind that the words name
FEW_BESIDE = 0.25  # rows for each picture, under which a table beside labelled pictures is no data of its own
MEASURED = 6  # columns of numbers, from which a table beside pictures or recordings may be learned from by itself
NUMBERED = 0.15  # what it costs a reading that its classes are all called the same, but for a number or a suffix
ASIDE = ("where", "train", "test", "validation", "exclude", "only", "group", "rows", "classes")  # wishes of rows
UNLABELLED = 0.6  # what it costs a reading of pictures to have no labels where some are needed
TABLE_NAMED = 0.4  # what it counts that the request names just the tables of a reading
OF_ANOTHER = 0.1  # what it costs a reading made for one target, the names of its files, that another is asked for
CLOSE = 0.03  # of two scores, for neither to win
SURE = 0.9  # of a goal, from which a column of another kind is none
GUESSED = 0.6  # of a goal, under which it says nothing of the kind of the target
_FEW_CLASSES = 30
_ORDINALS = (
    "first|1st|erste[nrs]?|premi[eè]re?|primer[ao]?",
    "second|2nd|zweite[nrs]?|deuxi[eè]me|segund[ao]",
    "third|3rd|dritte[nrs]?|troisi[eè]me|tercer[ao]?",
    "fourth|4th|vierte[nrs]?|quatri[eè]me|cuart[ao]",
)
_PART_OF_NAME = (
    r"(?:part|field|number|word|piece|token|block|teil|feld|zahl|wort|partie|champ|nombre|mot|parte|campo|n[uú]mero|"
    r"palabra)s?\b[^.;!?]{0,20}?\b(?:file ?names?|names?|dateinamens?|namens?|noms?|nombres?|archivos?)\b"
)


@dataclass(frozen=True)
class Scored:
    """A reading with its claim. named: how far the words of the request name it, 0…1."""

    profile: Profile
    place: int
    choice: Choice
    score: float
    named: float
    why: str


def ranked(
    task: Task, profiles: Sequence[Profile], places: Sequence[int], asked: Asked, words: Callable[[Profile], Words]
) -> list[Scored]:
    """The readings at these places, best first. words: what else the request says, as it bears on one reading."""
    cells = task.modality is not None and modalities.load(task.modality).cells
    likely = [
        place
        for place in places
        if (cells and _measures(profiles[place])) or not _labels_another(profiles[place], profiles)
    ]
    scored = [_scored(task, place, profiles[place], asked, words(profiles[place])) for place in likely]
    if tables := named_tables.named(task.paragraph, (profiles[place] for place in likely)):
        scored = [_of_tables(one, tables) for one in scored]
    return sorted(scored, key=lambda one: (-one.score, one.place))


def _of_tables(one: Scored, tables: frozenset[str]) -> Scored:
    exactly = set(named_tables.of(one.profile)) == tables
    return replace(one, score=round(one.score + TABLE_NAMED, 4)) if exactly else one


def goal_of_words(task: Task) -> GoalName | None:
    """The goal, where it is more than a guess; what the columns hold is surer than that."""
    return task.goal if not goals.needs_target(task.goal) or task.confidence.get("goal", 0.0) >= GUESSED else None


def chosen(asked: Asked, profile: Profile, task: Task, words: Words) -> Choice:
    """The column for one target. A guess of the goal decides only between columns that answer equally."""
    first = choose(asked, profile, goal_of_words(task), words)
    if first.name is None and task.confidence.get("goal", 0.0) < SURE:
        first = choose(asked, profile, None, words)
    if not first.rivals or task.goal is None:
        return first
    second = choose(asked, profile, task.goal, words)
    return first if second.name is None or second.rivals else second


def is_folder_of_texts(profile: Profile) -> bool:
    """Texts in files of their own, whose labels come from elsewhere than their columns."""
    kind = modalities.load(profile.modality)
    return kind.tabular and bool(kind.own) and "labels" in profile.reading


def rival(found: Sequence[Scored]) -> Scored | None:
    """A second reading that the words name as well as the first, of another target or other classes."""
    if len(found) < 2 or min(found[0].named, found[1].named) < 0.5:
        return None
    first, second = found[:2]
    same = (first.choice.name, first.profile.classes) == (second.choice.name, second.profile.classes)
    return None if same or first.score - second.score > CLOSE else second


def _scored(task: Task, place: int, profile: Profile, asked: Asked, words: Words) -> Scored:
    choice, named, why = _claim(task, profile, asked, words)
    score = named - min(MOST_UNLIKELY, UNLIKELIER * place)
    if task.modality is not None and not _of_kind(profile, task.modality):
        score -= OTHER_KIND
    if "class" in profile.reading and choice.name != profile.target:
        score -= OF_ANOTHER
    content = modalities.load(profile.modality).content
    if content and named < 0.5 and kind_of(profile.classes or []) not in ("", "digit", "class"):
        score -= NUMBERED
    if content and goals.needs_target(task.goal):
        score += 0.3 * (profile.coverage - 1)
        score -= UNLABELLED if profile.target is None and choice.name is None else 0.0
    return Scored(profile, place, choice, round(score, 4), named, why)


def _claim(task: Task, profile: Profile, asked: Asked, words: Words) -> tuple[Choice, float, str]:
    """The target that it would have, how far the request names it, and by what."""
    by_classes = max(
        _classes_named(without_asides(task), profile, words.things),
        _kind_named(asked, profile),
        _part_named(task.paragraph, profile),
    )
    if not goals.needs_target(task.goal):
        return Choice(profile.target), by_classes, "its classes are named"
    if is_folder_of_texts(profile):
        column = profile.reading.get("column", "")
        named = claim(asked.words, column, words.head_first) if asked.words and column else 0.0
        why = f"it is {column} of {profile.labels_from}" if column else "its classes are named"
        return Choice(profile.target, max(named, by_classes), why), max(named, by_classes), why
    choice = chosen(asked, profile, task, words) if profile.columns else Choice()
    asked_for = choice.confidence if asked.words or asked.place is not None else 0.5 * choice.confidence
    if modalities.load(profile.modality).content and (choice.name is None or by_classes > asked_for):
        choice = Choice(profile.target, by_classes, "its classes are named") if profile.target else choice
        return choice, by_classes, "its classes are named"
    return choice, asked_for, choice.why


def _classes_named(paragraph: str, profile: Profile, things: list[list[str]]) -> float:
    """0…1: of the things to be told apart, those that are classes; or of few classes, those that the words name."""
    classes = profile.classes or []
    if not classes:
        return 0.0
    if things:
        met = [next((name for name in classes for word in thing if matches(name, word)), None) for thing in things]
        if None not in met and len(set(met)) == len(things):
            return 1.0
    if len(classes) > _FEW_CLASSES:
        return 0.0
    text = plain(paragraph)
    met_ = [name for name in classes if _said(name, text)]
    return 0.9 * len(met_) / len(classes) if len(met_) > 1 else 0.0


def without_asides(task: Task) -> str:
    """The paragraph without what is said of rows, splits and columns, in which names of classes ask for no classes."""
    text = task.paragraph
    for one in [wish.text for wish in task.wishes if wish.kind in ASIDE] + task.unread:
        text = text.replace(one, " ") if one else text
    return text


def _kind_named(asked: Asked, profile: Profile) -> float:
    """What the classes are is asked for: `which camera` of `cam_north`, `cam_south`, `the year` of 2019, 2020."""
    kind = kind_of(profile.classes or [])
    words = plain(asked.words or "").split()
    if not kind or not words:
        return 0.0
    return 0.95 if any(word.startswith(kind) or (len(word) > 3 and kind.startswith(word)) for word in words) else 0.0


def _part_named(paragraph: str, profile: Profile) -> float:
    """`the writer is the first part of the file name`: which of the parts that are fields of the names."""
    field = profile.reading.get("field", "") if profile.reading.get("kind") == "names" else ""
    ordinal = _ORDINALS[int(field)] if field.isdigit() and int(field) < len(_ORDINALS) else None
    return 0.95 if ordinal and re.search(rf"(?i)\b(?:{ordinal})\s+{_PART_OF_NAME}", paragraph) else 0.0


def kind_of(classes: Sequence[str]) -> str:
    """The word that all classes begin with, `year` of years, `digit` of digits; nothing where they share none."""
    if len(classes) < 2:
        return ""
    if all(re.fullmatch(r"(?:19|20)\d\d", name) for name in classes):
        return "year"
    if all(re.fullmatch(r"\d", name) for name in classes):
        return "digit"
    own = [name.rpartition("/")[2] for name in classes]  # of a folder in another, its own name
    first = {match[0].lower() if (match := re.match(r"[^\W\d_]+", name)) else "" for name in own}
    return first.pop() if len(first) == 1 and len(next(iter(first))) > 2 else ""


def said(classes: Sequence[str], paragraph: str) -> list[str]:
    """The classes that stand in the words of a paragraph."""
    text = plain(paragraph)
    return [name for name in classes if _said(name, text)]


def _said(name: str, text: str) -> bool:
    """A class in the running text: `cats` of `cat`, `Black_rot` in its own words; a bare letter or number is none."""
    words = [re.escape(word[:-1] if word.endswith("s") and len(word) > 3 else word) for word in plain(name).split()]
    if not words or len("".join(words)) < 2:
        return False
    return re.search(r"\b" + r"\w{0,3} ".join(words) + r"\w{0,4}\b", text) is not None


def _of_kind(profile: Profile, modality: str) -> bool:
    if profile.modality in (modality, *modalities.load(modality).comes_as):
        return True
    return all(modalities.load(one).tabular for one in (profile.modality, modality))


def _measures(profile: Profile) -> bool:
    """A table of measurements rather than of labels: `features.csv` beside the recordings that they were made of."""
    numbers = [column for column in profile.columns if column.kind == "number"]
    return modalities.load(profile.modality).cells and len(numbers) >= MEASURED


def _labels_another(profile: Profile, profiles: Sequence[Profile]) -> bool:
    """A table that names most of the pictures is a label table, whatever else is there."""
    if not modalities.load(profile.modality).tabular or is_folder_of_texts(profile):
        return False
    rows = sum(profile.rows.values())
    beside = [one for one in profiles if modalities.load(one.modality).content and one.target]
    if any(rows < FEW_BESIDE * sum(one.rows.values()) for one in beside):
        return True  # a list of names, or the like, beside pictures that have their labels
    own = {path for paths in profile.files.values() for path in paths}
    return any(
        modalities.load(other.modality).own and other.coverage >= 0.5 and own & set(other.files.get("about", []))
        for other in profiles
    )
