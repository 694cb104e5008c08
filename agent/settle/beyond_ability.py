"""Clauses that ask for what can't be done: what was cheapest, which flats are alike, what stands written in a picture.

    >>> refuse(task, profile, asked_for)            # "Which of the shops sold most in May?"
    TaskUnclear: …

A clause is refused where it surely asks for such a thing, and nothing else that can be done is asked for as surely.
"""

import re

from noglue.agent.request import words as phrases
from noglue.agent.request.parting import Labelled
from noglue.agent.settle import aiming, denied, labelled_clauses, means, readings, wanted, weighing
from noglue.agent.settle.column_matching import spoken_of
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.target_choice import Asked
from noglue.agent.task import Task
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.profiles import Profile

_CERTAIN = 0.95  # of a share, against which only a column that is named outright holds
_FEWEST = 6  # words of a clause that asks for another goal
_LIKELY = 0.5  # of a share, for a short request without a word of asking to be for what can't be done
_ABLE = 0.6  # of a share, for what can be done to be asked for beside what can't
_OTHER_QUESTIONS = 0.9  # of a share, from which on a question is one of those that many rows answer together
_OF_MANY_ROWS = frozenset(("recommend", "cluster"))
_QUESTION = re.compile(
    r"(?i)^\W*(?:(?:in|of|by|to|from|for|de|à|a|por|en|zu|von|aus) )?"
    r"(?:which|what|who|whose|welche[rsmn]?|wer|wessen|was|"
    r"quel(?:le)?s?|qui|qu[eé]|qu[ií][eé]n|cu[aá]l(?:es)?)\b[^.!?]*\?"
)
_WHETHER = re.compile(
    r"(?i)^\W*(?:is|are|does|do|has|have|can|ist|sind|hat|zeigt|est-ce|y a-t-il|est|hay|es|tiene)\b[^.!?]*\?\W*$"
)
_APART = re.compile(  # `tell the horses (A) from the zebras (B)`
    r"(?i)\b(?:tell|distinguish|separate|unterscheid\w*|distingu\w+|différenci\w+|diferenci\w+)\b.{1,80}?"
    r"\b(?:from|apart|von|d[e'u]|del?)\b"
)


def refuse(task: Task, profile: Profile, asked_for: list[Asked]) -> None:
    """Raises TaskUnclear where a clause surely asks for what can't be done, and nothing that can is asked for so."""
    stated = any(wish.kind == "target" and (wish.by == "model" or wish.is_exact) for wish in task.wishes)
    labels = [one.label for one in labelled_clauses.clauses(task, profile)]
    beyond = max(labels, key=lambda one: one.beyond, default=None)
    if stated or not goals.needs_target(task.goal) or beyond is None:
        return
    written = beyond.beyond > 0 and beyond.beyond_goal == "transcribe"
    if written and (_names_a_label(profile, asked_for) or _is_one_sign(profile)):
        return
    short = profile.columns and _FEWEST <= len(task.paragraph.split()) <= aiming.LONG
    if short and not _asks_to_learn(task.paragraph) and not _asks_of_a_row(task.paragraph, beyond):
        whole = labelled_clauses.as_one(task, profile)
        if max(beyond.beyond, whole.beyond) >= _LIKELY:
            raise means.cant((whole if whole.beyond > beyond.beyond else beyond).beyond_goal, task.paragraph)
    if beyond.beyond < wanted.SURE or len(beyond.text.split()) < _FEWEST:
        return
    if profile.columns:
        found = weighing.heaviest(aiming.evidence(task, profile, asked_for))
        asked = found.confidence >= _ABLE and (found.outright or beyond.beyond < _CERTAIN)
    else:
        asked = (
            _APART.search(task.paragraph) is not None
            or any(one.shares.get("task", 0.0) >= _ABLE for one in labels)
            or (bool(profile.classes) and _asks_of_a_row(task.paragraph, beyond))
            or _asks_whether(task.paragraph, profile)
        )
    if not asked:
        raise means.cant(beyond.beyond_goal, beyond.text)


def _asks_of_a_row(paragraph: str, beyond: Labelled) -> bool:
    """Whether it is a question that each row answers: `Which topic does a headline belong to?`"""
    of_many = beyond.beyond_goal in _OF_MANY_ROWS and beyond.beyond >= _OTHER_QUESTIONS
    return _QUESTION.match(paragraph) is not None and not of_many


def _asks_whether(paragraph: str, profile: Profile) -> bool:
    """Whether it is a question with yes or no for an answer, of one of the classes: `Is there a river in it?`"""
    return _WHETHER.match(paragraph) is not None and len(readings.said(profile.classes or [], paragraph)) == 1


def _names_a_label(profile: Profile, asked_for: list[Asked]) -> bool:
    """`who is speaking` of recordings with a column `speaker` asks for that column, and not for what is said."""
    words = [one.words for one in asked_for if one.words] if modalities.load(profile.modality).content else []
    return any(spoken_of(plain(one), column.name) is not None for one in words for column in profile.columns)


def _is_one_sign(profile: Profile) -> bool:
    """Whether the classes are signs, as digits or letters: what stands written in a picture, or is said, is one."""
    return bool(profile.classes) and all(len(str(one).strip()) == 1 for one in profile.classes or [])


def _asks_to_learn(paragraph: str) -> bool:
    return denied.asks(paragraph) or "learning" in phrases.scores("talk", paragraph)
