"""Whether left and right may be swapped without changing what an image is.

    >>> flip_safe(schema)          # CIFAR-10: airplane, automobile, bird, …
    (True, 'the classes are named with ordinary words (airplane, automobile, …)')

Conservative: a wrong "no" costs a fraction of a percent, a wrong "yes" teaches that b is d.
"""

import re
from collections.abc import Mapping
from typing import Any

from noglue.tools.spec.schema import Schema

# fmt: off
DIRECTIONS = frozenset(
    {
        "left", "right", "leftward", "rightward", "leftwards", "rightwards", "clockwise", "counterclockwise",
        "anticlockwise", "ccw", "cw", "east", "west", "eastbound", "westbound", "northeast", "northwest", "southeast",
        "southwest", "port", "starboard", "forward", "backward", "lefthand", "righthand", "links", "rechts", "gauche",
        "droite", "izquierda", "derecha", "handed", "chirality", "chiral", "mirrored", "flipped",
    }
)
SYMBOLS = frozenset(
    {
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "digit", "digits",
        "number", "numeral", "letter", "character", "char", "glyph", "alphabet", "kana", "kanji", "hiragana",
        "katakana", "hangul", "rune", "symbol", "word", "text", "font", "sign", "gesture", "arrow", "arrows", "null",
        "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "un", "deux", "trois", "quatre",
        "cinq", "sept", "huit", "neuf", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve",
        "alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "sigma", "omega", "aleph",
    }
)
# fmt: on
GENERIC = frozenset({"class", "label", "category", "type", "upper", "lower", "capital", "small"})
WORDNET = re.compile(r"n\d{8}")


def may_flip(schema: Schema, options: Mapping[str, Any]) -> tuple[bool, str]:
    """As the user asked (`flips` among the options), else as the classes' names allow."""
    asked = options.get("flips")
    return flip_safe(schema) if asked is None else (bool(asked), "as asked")


def flip_safe(schema: Schema) -> tuple[bool, str]:
    """The decision and its reason, in words for the journal."""
    if not schema.classes:
        return False, "the target is a value, and nothing says that it is the same for a mirror image"
    for name in schema.classes:
        reason = _unsafe(name)
        if reason:
            return False, reason
    shown = ", ".join(schema.classes[:2])
    return True, f"the classes are named with ordinary words ({shown}, …)"


def _unsafe(name: str) -> str | None:
    """Why a class of this name may not be mirrored, or None."""
    if WORDNET.fullmatch(name.strip()):
        return None
    tokens = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    telling = [token for token in tokens if token not in GENERIC]
    if all(len(token) == 1 for token in telling) or any(c.isdigit() for c in name):
        return f"class {name!r} may be a digit, a letter or a numbered thing, whose mirror image may be another"
    if any(token in DIRECTIONS for token in tokens):
        return f"class {name!r} names a direction"
    if any(token in SYMBOLS for token in tokens):
        return f"class {name!r} speaks of written symbols"
    if not all(token.isascii() for token in tokens) and max(map(len, tokens)) <= 2:
        return f"class {name!r} may be a written character"
    return None
