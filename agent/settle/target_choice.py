"""Which column of a table is to be learned, and what speaks for it.

    choose(words=["car price"], profile, …)  →  Choice("selling_price", 0.68, '"price" is in the name', [])

By name, by a slip, by its place, by the values that it holds, by meaning, in this order; a column that the request
speaks of otherwise (to leave out, to divide by) is none. Two that answer equally well are for the person to choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from noglue.agent.request import quantities
from noglue.agent.settle import column_matching as matching
from noglue.agent.settle import denied, exact_names, mentions, unnamed_columns
from noglue.agent.settle.column_matching import Ranked
from noglue.agent.task import GoalName
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.profiles import Column, Profile

ENOUGH = 0.42  # of a claim, for a column to be taken
SURE = 0.9  # of a claim that names the column
NAMED = 0.98  # of a claim by the very name
UNNAMED = 0.45  # of a claim that no word makes, but only what targets are usually called
CLOSE = 0.04  # claims that differ by less, and name no column outright, leave the choice open
MOST_NAMED = 30  # columns, in an error


@dataclass(frozen=True)
class Asked:
    """What the request says of one target. words: its description; place: from 1, or from -1 for the last."""

    words: str | None = None
    place: int | None = None
    exact: bool = False


@dataclass(frozen=True)
class Choice:
    """name: None where nothing answers. rivals: columns that answer as well. confidence: 0…1.

    by_place: nothing speaks for it but where it stands in the table. outright: the words name it.
    beside: other columns that are to be learned as well. labels: they are labels, any number of which may fit a row.
    """

    name: str | None = None
    confidence: float = 0.0
    why: str = ""
    rivals: list[str] = field(default_factory=list)
    by_place: bool = False
    outright: bool = False
    beside: list[str] = field(default_factory=list)
    labels: bool = False


@dataclass(frozen=True)
class Words:
    """What else the request says that bears on the target.

    things: to be told apart, each in one or several words. taken: columns that it speaks of for another use.
    classes: whether it surely asks for classes. classified: whether it says to classify things.
    head_first: whether its language says first what a thing is.
    """

    things: list[list[str]] = field(default_factory=list)
    taken: frozenset[str] = frozenset()
    head_first: bool = False
    classes: bool = False
    classified: bool = False


def choose(asked: Asked, profile: Profile, goal: GoalName | None, words: Words) -> Choice:
    """The column for one target that was asked for, or `name` None."""
    free = [one for one in profile.columns if one.name not in words.taken and not denied.tells_splits(one.name)]
    columns = [one for one in profile.columns if one in free or _named(asked, one)]
    if asked.place is not None:
        name = mentions.at(asked.place, profile.columns)
        if name is not None:
            return Choice(name, 1.0, "named by its place")
    if asked.words and not asked.exact and (place := quantities.ordinal(asked.words)) is not None:
        name = mentions.at(place, profile.columns)
        if name is not None and not any(_named(asked, one) for one in profile.columns):
            return Choice(name, 1.0, "named by its place")
    if asked.exact:
        exact = exact_names.exactly(asked.words or "", [one.name for one in profile.columns])
        return Choice(exact, 1.0, "named") if exact else Choice()
    if not asked.words:
        return _unnamed(profile, columns, goal, words)
    ranked = matching.match_target(asked.words, columns, goal, head_first=words.head_first)
    by_values = _by_values(profile, columns, goal, words, words.classified)
    if ranked and ranked[0].confidence >= NAMED:
        return Choice(ranked[0].name, ranked[0].confidence, ranked[0].why)
    if by_values and len(words.things) > 1:
        return Choice(by_values[0].name, by_values[0].confidence, by_values[0].why)
    if ranked and ranked[0].confidence >= SURE:
        return Choice(ranked[0].name, ranked[0].confidence, ranked[0].why)
    best = max([*ranked[:1], *by_values], key=lambda one: one.confidence, default=None)
    if best is None or best.confidence < ENOUGH:
        return Choice()
    if best.confidence <= UNNAMED and _labels(profile, columns):
        return Choice(profile.target, best.confidence, f"the format names {profile.target} as the target")
    near = [one.name for one in ranked[1:] if one.confidence > best.confidence - CLOSE and one.confidence >= ENOUGH]
    sure = best.name in {one.name for one in by_values} or best.confidence <= UNNAMED
    alike = [] if sure else near
    return Choice(best.name, best.confidence, best.why, alike)


def names(columns: Sequence[Column]) -> str:
    """For a message: what there is."""
    listed = [column.name for column in columns]
    return ", ".join(listed[:MOST_NAMED]) + (
        f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    )


def _named(asked: Asked, column: Column) -> bool:
    """Whether the words of the target are this column's very name, whatever else is said of it."""
    return matching.claim(asked.words or "", column.name) >= 0.98


def _unnamed(profile: Profile, columns: list[Column], goal: GoalName | None, words: Words) -> Choice:
    """Nothing was said of the target: what the format says, what a column holds, what targets are called."""
    if by_values := _by_values(profile, columns, goal, words, True):
        return Choice(by_values[0].name, by_values[0].confidence, by_values[0].why)
    if profile.target is not None and any(one.name == profile.target for one in columns):
        return Choice(profile.target, 0.8, f"the format names {profile.target} as the target")
    ranked = matching.match_target(None, columns, goal)
    if ranked and ranked[0].confidence >= ENOUGH:
        by_place = not matching.is_usual(ranked[0].name)
        if by_place and _says_nothing_of_itself(profile):
            return Choice()
        return Choice(ranked[0].name, ranked[0].confidence, ranked[0].why, by_place=by_place)
    return Choice()


def _labels(profile: Profile, columns: list[Column]) -> bool:
    """Whether a table beside recordings or pictures has a column that is most likely their label."""
    return bool(modalities.load(profile.modality).content) and profile.target in [one.name for one in columns]


def _says_nothing_of_itself(profile: Profile) -> bool:
    """Whether being the only classes says nothing of a column: beside a label that the data names, or among fields of
    file names.
    """
    if not modalities.load(profile.modality).content:
        return False
    return profile.target is not None or not profile.files.get("about")


def _is_one_of_files(profile: Profile) -> bool:
    """Whether the only names are those of files, beside a column at an end whose few numbers may be classes as well:
    `cleveland.data`, `hungarian.data` are where the rows come from.
    """
    if "class" not in profile.reading:
        return False
    own = [one for one in profile.columns if one.name != profile.target]
    return bool(own) and any(unnamed_columns.may_be_coded(one) for one in (own[0], own[-1]))


def _by_values(
    profile: Profile, columns: list[Column], goal: GoalName | None, words: Words, of_rows: bool
) -> list[Ranked]:
    """What columns hold, where classes are asked for. of_rows: of the rows themselves, and by no name."""
    classes = goals.predicts(goal) == "classes"
    if goal is not None and not classes:
        return []
    found = [matching.holding(words.things, columns)]
    alone = classes and words.classes and not _says_nothing_of_itself(profile) and not _is_one_of_files(profile)
    found += [matching.only_classes(columns)] if alone else []
    found += [unnamed_columns.label_of_unnamed(columns)] if classes and of_rows else []
    return [one for one in found if one is not None]
