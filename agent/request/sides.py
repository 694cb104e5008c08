"""Whether rows that a clause speaks of alone are kept, or left out, however it is turned.

>>> shares_of("drop everything that isn't Leeds", "drop everything that isn't VAL", "en")["kept"] > 0.5
True

The head reads the order of the words that decide (`throw out all but …` is out, all, except) beside the clause itself.
Shares are of what the clause names: of `everything that isn't Leeds`, Leeds.
"""

import re

from noglue.agent.request import gloss, head
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared

_WORDS = {
    "EXCEPT": r"except\w*|but|other than|apart from|besides|save for|unless|all less|barring|otherwise|instead",
    "ONLY": r"only|just|alone|solely|exclusive\w*|nothing else|purely|single|sole|seulement",
    "NOT": r"not|no|none|never|nobody|nothing|neither|nor|without|non|lack\w*",
    "OUT": r"drop\w*|remov\w*|out|away|ignor\w*|exclud\w*|skip\w*|discard\w*|delet\w*|forget|throw\w*|thrown|leave|"
    r"left|aside|gone|go|goes|cut|strip|eliminat\w*|rid|omit\w*|bin|far|outside|disregard\w*|spare|dispens\w*|separat\w*|"
    r"quit|infer|rule|past",
    "KEEP": r"keep\w*|stay\w*|remain\w*|use\w*|take\w*|interest\w*|want\w*|need\w*|learn\w*|work|train\w*|restrict\w*|"
    r"limit\w*|stick|count\w*|matter\w*|topic|sample|focus\w*|concentrat\w*|look|retain|enter\w*|let|serve|valid",
    "ALL": r"all|every\w*|any\w*|rest|others?|lot|whole|each",
    "BAD": r"broken|wrong|useless|worthless|spoil\w*|distort\w*|confus\w*|flood\w*|strike|test|faulty|demo|trust|"
    r"nonsense|junk|noise|irrelevant|closed|sold|bother\w*",
    "NAMED": r"VAL|NUM|COL",
}
_DECIDING = re.compile(
    "|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _WORDS.items()) + r"|(?P<NT>n't\b)", re.I
)
_LONGEST = 4  # deciding words that stand together
_BOTH_WAYS = ("OUT", "NOT", "NT", "EXCEPT")  # words that turn the side


def shares_of(clause: str, general: str, language: str) -> dict[str, float]:
    """`kept` and `out` with their shares; empty without the encoder. general: the clause with what it names masked."""
    try:
        vectors = shared().encode([gloss.english(clause, language)])
    except WeightsMissing:
        return {}
    return head.of_clauses("rows", vectors, [marked(gloss.english(general, language))])[0]


def marked(general: str) -> str:
    """A clause in rough English with the order of its deciding words behind it, as words of their own."""
    kinds = ["NOT" if match.lastgroup == "NT" else str(match.lastgroup) for match in _DECIDING.finditer(general)]
    turns = sum(match.lastgroup in _BOTH_WAYS for match in _DECIDING.finditer(general))
    ends = ["START", *kinds, "END"]
    runs = {"".join(ends[at : at + long]) for long in range(1, _LONGEST + 1) for at in range(len(ends) - long + 1)}
    runs.add("TURNED" if turns % 2 else "STRAIGHT")
    return " ".join([general, *(head.MARK + run for run in sorted(runs))])
