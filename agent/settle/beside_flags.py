"""Words beside a flag that names the target: they say the same, or ask for another column, which is not done.

"How old?" beside --target age               →  nothing more is asked
"Predict the alcohol" beside --target hue    →  not done: --target hue says otherwise
"""

import re
from collections.abc import Sequence

from noglue.agent.request.wish import Wish
from noglue.agent.settle import mentions
from noglue.agent.settle.room import Room


def overruled(wishes: Sequence[Wish], room: Room) -> list[Wish]:
    """One for each column that the words name as the target, and no flag does."""
    flags = [wish for wish in wishes if wish.kind == "target" and wish.is_exact and wish.by == "flag"]
    listed = ", ".join(wish.text for wish in flags)
    found = []
    for words in (words for wish in flags for words in wish.said):
        meant = mentions.named(words, room.columns, room.head_first, meaning=False)
        if meant.exact and not any(map(room.is_target, meant.names)):
            found.append(Wish(text=words, kind="target", state="not-done", why=f"{listed} says otherwise",
                              value={"columns": meant.names}))  # fmt: skip
    return found


def asks_for_the_target(text: str, room: Room) -> bool:
    """Whether a clause is a question that a flag for the target answers, and names no other column."""
    flagged = any(wish.kind == "target" and wish.by == "flag" for wish in room.task.wishes)
    asked = re.search(re.escape(text.rstrip(" ?")) + r"\s*\?", room.task.paragraph) is not None
    others = [one for one in room.columns if not room.is_target(one.name)]
    return flagged and asked and not mentions.within(text, others)
