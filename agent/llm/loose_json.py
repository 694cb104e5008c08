"""JSON in slightly other clothes, read only where there is one way to read it.

>>> objects_in("Sure: {'target': 'm6', why: null, // the last\\n 'drop': [],}")
[Found(content={'target': 'm6', 'why': None, 'drop': []}, start=6, end=57)]

Comments, trailing commas, quotes of three kinds, keys without any, Python's True and None are clothes: they change no
meaning. Words for values, missing commas, two values for one key, NaN and numbers without bounds are not: whoever
guesses there answers in the model's place. (`json5` reads no Python and does not say where an object ends;
`json-repair` guesses.) Nothing recurses: the depth is `DEEPEST` at most, whatever the text.
"""

import json
import math
import re
from typing import Any, NamedTuple

DEEPEST = 40
LONGEST = 200_000  # characters that are looked at
MOST = 50  # objects that are looked at

WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_TOKEN = re.compile(
    r"""(?P<gap>[\s\ufeff\u200b]+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
    |(?P<mark>[{}\[\],:])
    |(?P<double>"(?:[^"\\]|\\.)*")
    |(?P<single>'(?:[^'\\]|\\.)*')
    |(?P<curly>“[^“”"\\]*”)
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<word>[A-Za-z_$][\w$-]*)""",
    re.VERBOSE | re.DOTALL,
)
_MOST_DIGITS = 1_000
_REQUOTED = re.compile(r"\\.|\"", re.DOTALL)


def _requoted(match: re.Match[str]) -> str:
    """A double quote or an escape in a string of single quotes, as one of double quotes has it."""
    return {'"': '\\"', "\\'": "'"}.get(match[0], match[0])


class Found(NamedTuple):
    """One object and where it stands in the text."""

    content: dict[str, Any]
    start: int
    end: int


class NotOneWay(ValueError):
    """Not to be read, or in more than one way. `at`: where that shows."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no object can be read at {at}")
        self.at = at


def objects_in(text: str) -> list[Found]:
    """The outermost objects of a text, in order; what is broken is passed over whole, with all that stands in it."""
    text, at, found = text[:LONGEST], 0, []
    for _ in range(MOST):
        start = text.find("{", at)
        if start < 0:
            break
        try:
            content, end = _Reader(text, start).read()
        except NotOneWay:
            at = _end_of(text, start)
            continue
        found.append(Found(content, start, end))
        at = end
    return found


def _end_of(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`; behind the text where none does, or a quote stays open."""
    depth, at = 0, start
    while at < len(text):
        token = None if text[at] == "'" else _TOKEN.match(text, at)  # an apostrophe, as likely as not
        if token is None:
            if text[at] == '"' or text.startswith("/*", at):
                return len(text)
            at += 1
            continue
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        at = token.end()
        if depth == 0:
            return at
    return at


class _Reader:
    """Reads one value with a stack of its own."""

    def __init__(self, text: str, at: int) -> None:
        self._text, self._at = text, at

    def read(self) -> tuple[dict[str, Any], int]:
        """Raises NotOneWay."""
        stack: list[tuple[Any, Any]] = []  # container and the key under which it goes into the one before
        holder: Any = None
        key: Any = None
        while True:
            kind, word = self._next()
            if word in ("{", "["):
                if len(stack) >= DEEPEST:
                    raise NotOneWay(self._at)
                stack.append((holder, key))
                holder = {} if word == "{" else []
            elif word in ("}", "]"):
                if (word == "}") != isinstance(holder, dict):
                    raise NotOneWay(self._at)
                (outer, key), whole = stack.pop(), holder
                if not stack:
                    return whole, self._at
                holder = self._put(outer, key, whole)
            else:
                holder = self._put(holder, key, self._value(kind, word))
            key = self._key(holder)

    def _put(self, holder: Any, key: Any, value: Any) -> Any:
        """The container with the value, and the comma behind it read where there is one."""
        if isinstance(holder, dict):
            holder[key] = value
        else:
            holder.append(value)
        after = self._peek()
        if after == ",":
            self._next()
            after = self._peek()
            if after == ",":
                raise NotOneWay(self._at)
        elif after not in ("}", "]"):
            raise NotOneWay(self._at)
        return holder

    def _key(self, holder: Any) -> Any:
        """The next key of an object, its colon read; None in a list and where the object ends."""
        if not isinstance(holder, dict) or self._peek() == "}":
            return None
        kind, word = self._next()
        if kind not in ("double", "single", "curly", "word"):
            raise NotOneWay(self._at)
        key = word if kind == "word" else self._value(kind, word)
        if key in holder or self._next()[1] != ":":
            raise NotOneWay(self._at)
        if self._peek() in ("}", "]", ",", ":"):
            raise NotOneWay(self._at)
        return key

    def _value(self, kind: str, word: str) -> Any:
        if kind == "double":
            return self._string(word)
        if kind == "single":
            return self._string(f'"{_REQUOTED.sub(_requoted, word[1:-1])}"')
        if kind == "curly":
            return word[1:-1]
        if kind == "number":
            return self._number(word)
        if kind == "word" and word in WORDS:
            return WORDS[word]
        raise NotOneWay(self._at)

    def _string(self, quoted: str) -> str:
        try:
            text = json.loads(quoted, strict=False)
            text.encode()  # half a surrogate pair is no text
        except ValueError as error:
            raise NotOneWay(self._at) from error
        assert isinstance(text, str)
        return text

    def _number(self, word: str) -> int | float:
        if len(word) > _MOST_DIGITS:
            raise NotOneWay(self._at)
        if re.fullmatch(r"[-+]?\d+", word):
            return int(word)
        value = float(word)
        if not math.isfinite(value):
            raise NotOneWay(self._at)
        return value

    def _peek(self) -> str:
        at = self._at
        word = self._next()[1]
        self._at = at
        return word

    def _next(self) -> tuple[str, str]:
        """The next token that says something: its kind and its text. Raises NotOneWay at the end."""
        while (token := _TOKEN.match(self._text, self._at)) is not None:
            self._at = token.end()
            if token.lastgroup != "gap":
                return str(token.lastgroup), token[0]
        raise NotOneWay(self._at)
