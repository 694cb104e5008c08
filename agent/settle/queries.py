"""What to type into a search box for a paragraph that names no data: its own words, without what is filler.

    >>> queries(Task(paragraph="I'd like something that tells wines apart by their chemistry", goal="classify"))
    ['wines chemistry dataset', 'wines dataset']

The words are in English where a small glossary knows them (`tools/discovery/search_words.toml`); data sets mostly are.
"""

from noglue.agent.redact import HIDDEN, shown
from noglue.agent.request import alternatives
from noglue.agent.task import Task
from noglue.tools.discovery import search_words
from noglue.tools.spec import goals, modalities

MOST = 9  # words of one query


def queries(task: Task) -> list[str]:
    """Two or three, the most specific first; none when nothing in the paragraph says what the data is about."""
    named = [word for source in task.sources for word in search_words.tokens(_open(source))]
    content = search_words.content(_open(task.paragraph))
    if named:
        content = [*named, *(word for word in content if word not in named)]
    if not any(len(word) > 2 for word in content):
        return []
    kind = modalities.load(task.modality).search if task.modality else "dataset"
    asked = search_words.content(_open(task.first_target or ""))
    whole = content[:MOST]
    others = [word for word in content if word not in asked]
    short = asked[:3] if len(asked) > 1 else [*others[:2], *asked] or content[:2]
    found = [whole, named or short, content[:3] if len(content) > 5 else content[:1]]
    return list(dict.fromkeys(f"{' '.join(chosen)} {kind}" for chosen in found if chosen))


def _open(text: str) -> str:
    """Without secrets: the words go to public search services."""
    return str(shown(text)).replace(f"{HIDDEN}@", "").replace(HIDDEN, " ")


def classes(task: Task) -> list[str]:
    """Things that are to be told apart, where the paragraph names them: `malignant or benign`, `cats from dogs`."""
    if goals.predicts(task.goal) != "classes" and task.goal is not None:
        return []
    plain = [" ".join(search_words.content(thing)) for thing in alternatives.find(_open(task.paragraph))]
    return plain if all(plain) and len(set(plain)) == len(plain) else []


def things(task: Task) -> list[list[str]]:
    """The same as they were written and in English, for the values of a column."""
    may_be = task.goal is None or goals.predicts(task.goal) == "classes"
    found = alternatives.find(task.paragraph) if may_be else []
    return [[thing, *[" ".join(search_words.content(thing))]] for thing in found]
