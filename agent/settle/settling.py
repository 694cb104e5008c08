"""The request meets the data: one reading of the files, one target, every wish bound or told why not.

    settled = settle(task, profiles)
    settled.task.wishes, settled.profile, settled.prepare          # what is asked, read how, done by which arguments

A pure function of the task and of what `inspect` found, so that a run that is gone on with, and the account at its end,
come to the same. Raises TaskUnclear (exit 3) with a question: what is named and is not there, what two answer equally.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from noglue.agent.protocols import Attempt
from noglue.agent.request import splitting
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.wish import Wish
from noglue.agent.settle import (
    aiming,
    beside_flags,
    beyond_ability,
    contrast,
    denied,
    derived_classes,
    disputed,
    divided_files,
    kept,
    means,
    misspelling,
    name_likeness,
    named_tables,
    readings,
    several,
    slips,
    unaccounted,
)
from noglue.agent.settle.binding import bind
from noglue.agent.settle.rehearing import corrected, heard_again
from noglue.agent.settle.room import Room
from noglue.agent.settle.target_choice import Asked, Choice
from noglue.agent.task import GoalName, Task
from noglue.tools import models
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile
from noglue.tools.values.targets import decide_goal

_REGRESSION = re.compile(r"(?i)r[eé]gres")  # asked for as such, even of two values


@dataclass
class Settled:
    """task: with its wishes bound, its target a column's name. place: of the profile among those found."""

    task: Task
    profile: Profile
    place: int
    why: str
    prepare: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)
    evaluate: dict[str, Any] = field(default_factory=dict)


def settle(task: Task, profiles: Sequence[Profile]) -> Settled:
    """Raises TaskUnclear, or DataError where the files hold nothing to learn from."""
    written, (task, misspelt) = task, misspelling.corrected(task, profiles)
    task, divided, asked, found = _read(task, profiles)
    best = found[0]
    if (other := readings.rival(found)) is not None:
        raise _two_readings(best, other)
    profile = best.profile
    tables = named_tables.alone(task.paragraph, profile) if not divided else None
    task = named_tables.without_columns(task, profile, tables)
    beyond_ability.refuse(task, profile, asked)
    predicts = goals.needs_target(task.goal)
    choice = aiming.aim(task, profile, asked, best.choice) if predicts else _conditions(task, profile)
    each = [_goal(task, profile, name) for name in (choice.name, *choice.beside)]
    goal = each[0]
    levels = [one.classes or [] for one in profiles if one.reader == profile.reader and "level" in one.reading]
    folders = [one for one in levels if len(one) > 1]
    room = Room(task, profile, goal, choice.name, aiming.head_first(task.paragraph), folders, beside=choice.beside)
    room.refused += contrast.instead(task, profile.columns, choice.name)
    room.task = task = derived_classes.with_derived(kept.without_denied(corrected(task, room), room), room)
    wishes = [*_bound(task, room, choice), *_classes_alone(task, room)]
    wishes += _rows_that_it_is_for(task, room)
    wishes, unread = heard_again(task, room, wishes)
    wishes, unread = named_tables.told(tables, room, wishes, unread)
    wishes += beside_flags.overruled(task.wishes, room)
    wishes, further = slips.mended(task, wishes, room)
    unread = unaccounted.unread(task, room, wishes, unread)
    wishes, misspelt = misspelling.as_written(wishes, written, misspelt), [*misspelt, *further]
    bound = {
        "wishes": _doubted(wishes, _doubts(found)),
        "unread": misspelling.words_as_written(unread, written, misspelt),
        "target": several.target(choice),
        "goal": room.goal,
    }
    settled = task.model_copy(update=bound)
    train, evaluate = means.arguments(settled, room.goal)
    labels = _labels(task, room, wishes)
    prepare = {"goal": room.goal, "target": choice.name} | divided | labels | _ahead(task, choice.name) | room.prepare
    prepare |= several.arguments(choice, profile, each) if predicts else {}
    prepare |= means.effects(settled, room.goal).get("prepare", {})
    prepare |= {"misspelt": [one.model_dump() for one in misspelt]} if misspelt else {}
    named = choice.name is not None and predicts
    listed = ", ".join([str(choice.name), *choice.beside])
    verb = "targets are" if choice.beside else "target is"
    evidence = f"the {verb} {listed}: {choice.why}" if named else choice.why
    return Settled(settled, profile, best.place, evidence, prepare, train | room.train, evaluate | room.evaluate)


def _read(
    task: Task, profiles: Sequence[Profile]
) -> tuple[Task, dict[str, list[str]], list[Asked], list[readings.Scored]]:
    """The task as the data decide it, the files that it divides, its targets, and the readings, best first."""
    head_first = aiming.head_first(task.paragraph)
    task = contrast.decided(disputed.decided(task, profiles, head_first), profiles, head_first)
    task = _not_generated(denied.mended(task), profiles)
    divided = divided_files.divided(task)
    with_files = [place for place, one in enumerate(profiles) if not divided or divided_files.has_files(one, divided)]
    if not with_files:
        raise divided_files.no_such_file(divided, profiles)
    asked = aiming.asked(task, profiles)
    found = readings.ranked(task, profiles, with_files, asked[0], lambda one: aiming.words(task, one))
    return task, divided, asked, found


def target_evidence(task: Task, profiles: Sequence[Profile]) -> dict[str, dict[str, float]]:
    """Column → what the request says of its being the target, as `tests.bench.wishes.weigh` learns to weigh it."""
    task, _, asked, found = _read(task, profiles)
    return aiming.evidence(task, found[0].profile, asked) if goals.needs_target(task.goal) else {}


def beside(task: Task, history: Sequence[Attempt]) -> Settled | None:
    """The request as it stands beside what the newest `inspect` found; None before that."""
    looks = [attempt for attempt in history if attempt.tool == "inspect" and attempt.result is not None]
    return settle(task, profiles(looks[-1])) if looks else None


def profiles(inspected: Attempt) -> list[Profile]:
    """Every reading that an `inspect` has found."""
    result = inspected.result or {}
    return [Profile.model_validate(one) for one in result.get("profiles") or [result["profile"]]]


def with_target(task: Task, name: str, goal: GoalName | None = None) -> Task:
    """The task with a column in the place of the words for it: a page, or a language model, names the target."""
    wishes = [
        wish.model_copy(update={"value": {"words": name}, "instead": None}) if wish.kind == "target" else wish
        for wish in task.wishes
    ]
    return task.model_copy(update={"target": name, "goal": goal or task.goal, "wishes": wishes})


def _not_generated(task: Task, profiles: Sequence[Profile]) -> Task:
    """A column that is asked for by its name is to be predicted, whatever else the words sound like."""
    if not goals.makes_new(task.goal):
        return task
    names = [one.name for profile in profiles for one in profile.columns if denied.asked_for(one.name, task.paragraph)]
    if not names:
        return task
    wish = Wish(text=names[0], kind="target", value={"words": names[0]})
    kept = [one for one in task.wishes if one.kind != "goal"]
    return task.model_copy(update={"goal": None, "target": names[0], "wishes": [*kept, wish]})


# ---- the target --------------------------------------------------------------------------------------------------


def _conditions(task: Task, profile: Profile) -> Choice:
    """Where nothing is to be predicted: the labels that new data can be asked for by, or no column at all."""
    if not goals.makes_new(task.goal):
        return Choice(why=f"there is no target, as {goals.load(str(task.goal)).thing} are asked for")
    asked = "; a class can be asked for" if profile.target is not None and profile.classes else ""
    return Choice(profile.target, why=f"generate more of the same{asked}")


def _goal(task: Task, profile: Profile, name: str | None) -> GoalName:
    """What is surer, the words or the target's own values."""
    if task.goal is not None and not goals.needs_target(task.goal):
        return task.goal
    column = next((one for one in profile.columns if one.name == name), None)
    if column is None:
        named = bool(profile.classes) and task.confidence.get("goal", 0.0) < readings.SURE
        classes = goals.predicts(task.goal) == "classes"
        return task.goal if task.goal is not None and (classes or not named) else "classify"
    decided, confidence, _ = decide_goal(column, sum(profile.rows.values()))
    if goals.continues(task.goal) and "unlabelled" in profile.rows:
        return decided  # rows to predict are given, with what is known of them
    if goals.continues(task.goal) or _is_bare_sequence(task, profile):
        return _of_what_comes_next(task, column)
    of_two = column.distinct == 2 and _REGRESSION.search(task.paragraph) is None
    classes = goals.predicts(decided) == "classes" and goals.predicts(task.goal) == "values"
    if classes and (column.minimum is None or of_two):
        return decided  # words are no numbers, and of two values one is told from the other
    if task.goal is None or goals.predicts(task.goal) == goals.predicts(decided):
        return task.goal or decided
    return decided if confidence > task.confidence.get("goal", 0.0) else task.goal


def _is_bare_sequence(task: Task, profile: Profile) -> bool:
    """Whether there is nothing but the values themselves to tell what comes next from."""
    return len(profile.columns) == 1 and any(wish.kind == "goal" and wish.value == AHEAD for wish in task.wishes)


def _of_what_comes_next(task: Task, column: Column) -> GoalName:
    """Raises TaskUnclear for a column that holds no numbers."""
    if column.minimum is None:
        raise TaskUnclear(
            Kind.FORECAST,
            f"A forecast of {column.name} can't be made yet: its values are not numbers.",
            hint="Name a column of numbers, or leave out the words that ask for the future.",
        )
    return goals.of_what_comes_next() or decide_goal(column, 0)[0]


# ---- the wishes --------------------------------------------------------------------------------------------------


def _bound(task: Task, room: Room, choice: Choice) -> list[Wish]:
    """Every wish, bound; those that divide the rows after those that choose among them."""
    order = {"derive": 0, "train": 1, "test": 2}
    bound = {}
    for place, wish in sorted(enumerate(task.wishes), key=lambda one: (order.get(one[1].kind, 1), one[0])):
        bound[place] = _bound_with_why(wish, room)
    wishes = [_settled_target(bound[place], room) for place in sorted(bound)]
    return several.settled(wishes, choice, room.columns, room.head_first) if choice.beside else wishes


def _bound_with_why(wish: Wish, room: Room) -> Wish:
    """How it was heard stands after what became of it."""
    bound = bind(means.with_reason(wish.model_copy(update={"why": ""}), room.task, room.goal), room)
    return bound.model_copy(update={"why": "; ".join(filter(None, (bound.why, wish.why)))})


def _rows_that_it_is_for(task: Task, room: Room) -> list[Wish]:
    """The split that the words ask for by saying what the model is for: `for new patients`, `chronologically`."""
    bare = not goals.needs_target(room.goal) or goals.continues(room.goal)
    if bare or {"group", "time", "test_where", "test_files"} & set(room.prepare):
        return []
    text = _without_sources(task)
    others = [column for column in room.columns if not room.is_target(column.name)]
    found = splitting.asked(text, others, sum(room.profile.rows.values()))
    room.prepare |= found
    return [Wish(text=f"rows by {name}", kind=kind, value={"column": name}) for kind, name in found.items()]


def _without_sources(task: Task) -> str:
    """The paragraph, but for addresses and paths, whose words ask for nothing."""
    text = task.paragraph
    for source in task.sources:
        text = text.replace(source, " ")
    return text


def _doubted(wishes: list[Wish], doubts: list[str]) -> list[Wish]:
    """What else the request may have meant stands beside its target, or its goal where no target is named."""
    doubted = next((wish for kind in ("target", "goal") for wish in wishes if wish.kind == kind), None)
    if doubted is None or not doubts:
        return wishes
    why = "; ".join([doubted.why, *doubts] if doubted.why else doubts)
    return [wish.model_copy(update={"why": why}) if wish is doubted else wish for wish in wishes]


def _classes_alone(task: Task, room: Room) -> list[Wish]:
    """Of a generator: the classes that the words name, where they are not all (`new pictures of foxes`)."""
    if not goals.makes_new(room.goal) or any(wish.kind in ("classes", "label") for wish in task.wishes):
        return []
    named = readings.said(room.profile.classes or [], task.paragraph)
    if not 0 < len(named) < len(room.profile.classes or []):
        return []
    return [bind(Wish(text=f"new pictures of {', '.join(named)}", kind="classes", value=named), room)]


def _settled_target(wish: Wish, room: Room) -> Wish:
    """A target is a column now; what kind of goal it is, its values have decided with the words."""
    if wish.kind == "goal" and goals.continues(_goal_named(wish)) and not goals.continues(room.goal):
        why = "the rows to predict are given with their columns, and each is predicted from these"
        return wish.model_copy(update={"state": "not-done", "why": why})
    if wish.kind == "goal" and wish.value in goals.names() and room.goal is not None:
        return wish.model_copy(update={"value": room.goal})
    if wish.kind != "target" or not room.target or room.beside:
        return wish
    said = str(wish.value.get("words") or "") if isinstance(wish.value, dict) and not wish.is_exact else ""
    if name_likeness.is_guess(said, room.target):
        why = "; ".join(filter(None, (wish.why, f"{said!r} was read as {room.target}")))
        wish = wish.model_copy(update={"guessed": True, "why": why})
    return wish.model_copy(update={"value": {"column": room.target}})


def _goal_named(wish: Wish) -> str | None:
    return str(wish.value) if wish.value in goals.names() else None


def _labels(task: Task, room: Room, wishes: Sequence[Wish]) -> dict[str, Any]:
    """From how many labelled rows to learn. wishes: those too that are known since the data are."""
    limits = task.constraints
    stated: dict[str, Any] = {
        wish.kind: wish.value for wish in wishes if wish.kind == "labels" and wish.state == "open"
    }
    stated |= {name: value for name, value in limits.stated().items() if name in ("labels", "max_rows")}
    if limits.labels_per_class is not None and room.profile.classes:
        stated["labels"] = limits.labels_per_class * len(room.profile.classes)
    if goals.makes_new(room.goal):
        stated.pop("labels", None)
    content = modalities.load(room.profile.modality).content
    if "labels" in stated and content and (limits.family is None or models.learns_unlabelled(limits.family)):
        stated["keep_unlabelled"] = True  # what has no label may still be learned from
    return stated


def _ahead(task: Task, name: str | None) -> dict[str, Any]:
    """The words that ask for what comes after the rows, if any do."""
    if not goals.needs_target(task.goal):
        return {}
    text = _without_sources(task)
    later = splitting.ahead(text)
    return {"ahead": later} if later is not None and name is not None and not splitting.names_the_future(name) else {}


# ---- questions ---------------------------------------------------------------------------------------------------


def _two_readings(best: readings.Scored, other: readings.Scored) -> TaskUnclear:
    first, second = (_in_words(one) for one in (best, other))
    return TaskUnclear(
        Kind.WHICH_READING,
        f"The request fits the data in two ways: {first}, or {second}.",
        hint="Say which, by the name of the table, the column or a class.",
        choices=[first, second],
    )


def _in_words(one: readings.Scored) -> str:
    """`price of houses.csv`, `the classes cat, dog of the folders`."""
    source = one.profile.labels_from or one.profile.reader
    if one.choice.name and one.profile.columns:
        return f"{one.choice.name} of {source}"
    return f"the classes {', '.join((one.profile.classes or [])[:4])} of {source}"


def _doubts(found: list[readings.Scored]) -> list[str]:
    """What the request might have meant as well, where the words name it."""
    best, others = found[0], found[1:3]
    return [
        f"{_in_words(one)} may also be meant; {_in_words(best)} was taken"
        for one in others
        if one.named >= 0.5 and best.score - one.score < 2 * readings.CLOSE and _in_words(one) != _in_words(best)
    ]
