"""Where a long name may be broken into lines, so that no word is.

>>> breakable("sensor_reading.maxValue")
Markup('sensor_<wbr>reading.<wbr>max<wbr>Value')
"""

import re

from markupsafe import Markup, escape

LONGEST = 32  # letters of a word that fits a phone
_AFTER = re.compile(r"(?<=[^\W_])([_./\\:;,=|+-]+)(?=\w)|(?<=[a-z]{3})(?=[A-Z])")


def shell(command: str) -> Markup:
    """A command that is broken into lines between its words alone, and not after the hyphens of a flag."""
    words = [escape(word) for word in command.split(" ")]
    return Markup(" ").join(
        Markup('<span class="whole">{}</span>').format(word) if len(word) <= LONGEST else word for word in words
    )


def breakable(text: str) -> Markup:
    """Escaped, with a break allowed after what joins words: `_`, `.`, `/`, …, and before a capital within a word."""
    pieces, last = [], 0
    for found in _AFTER.finditer(text):
        pieces.append(escape(text[last : found.end()]))
        last = found.end()
    return Markup("<wbr>").join([*pieces, escape(text[last:])])
