"""Whether what the request tells apart is among the classes that were learned.

    "Is it a cat or a dog?"  of classes Abyssinian, Bengal, beagle, pug  →  neither is one: the wish is not done

Codes (`0`, `1`), letters and truth words may stand for anything, and as many classes as things may be other words for
them (`pos`, `neg` for good and bad); of these nothing is said.
"""

from noglue.agent.request.alternatives import matches
from noglue.agent.settle import queries
from noglue.agent.settle.column_matching import claim
from noglue.agent.settle.evidence import Evidence
from noglue.agent.task import Task

_FEWEST_LETTERS = 3  # of a class that is called by a word
_NAMED = 0.5  # of a claim, from which on a thing is a name of the column
_MOST_TOLD = 6


def told(task: Task, found: Evidence) -> str:
    """What was learned in the place of the things that are to be told apart; empty where they may well be learned."""
    classes = [str(name) for name in found.schema.get("classes") or []]
    things = queries.things(task)
    words = [name for name in classes if sum(map(str.isalpha, name)) >= _FEWEST_LETTERS]
    if len(things) < 2 or len(classes) == len(things) or len(words) < len(classes) or not classes:
        return ""
    target = str(found.schema.get("target") or "")
    if any(claim(word, target) >= _NAMED for thing in things for word in thing):
        return ""
    if any(matches(name, word) for name in classes for thing in things for word in thing if word):
        return ""
    listed = ", ".join(classes[:_MOST_TOLD]) + (" …" if len(classes) > _MOST_TOLD else "")
    asked = " nor ".join(thing[0] for thing in things)
    return f"neither {asked} is a class in the data: {listed} were learned instead"
