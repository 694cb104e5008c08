"""What is to be shown: the confusion matrix, mistakes, curves, whether a generator copied, the likeliest rows.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("give me the 20 customers most likely to churn", []))]
[('top', {'count': 20}), ('target', {'words': 'churn'})]
"""

from noglue.agent.request import quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free

TURN = 21


def find(heard: Heard) -> list[Mark]:
    """Marks of `show` and `top`; the rows most likely to do something name a target too."""
    found: list[Mark] = []
    for clause in heard.still():
        for group in groups(__file__):
            for match in matches(__file__, group, clause.text):
                start, end = clause.start + match.start(), clause.start + match.end()
                if not free(start, end, found):
                    continue
                if group != "top":
                    found.append(Mark(start, end, "show", group, heard.words[start:end]))
                    continue
                count = int(quantities.number(match["n"]))
                does = match.groupdict().get("do")
                stop = clause.start + match.start("do") if does else end
                if count > 0:
                    found.append(Mark(start, stop, "top", {"count": count}, heard.words[start:end]))
                if does:
                    found.append(Mark(stop, end, "target", {"words": does.strip()}, does.strip()))
    return found
