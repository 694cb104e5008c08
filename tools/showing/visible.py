"""Text of strangers, such that nothing in it steers a terminal, hides, turns the line around or begins a new one.

    >>> line("a\\x1b[2Jb\\nsucceeded\\u202e")
    'a\\\\x1b[2Jb⏎succeeded\\\\u202e'

What has no visible form is written as Python would write it: controls of C0 and C1, what sets the direction of
writing, letters of no width, tags, halves of surrogate pairs. Letters, marks and emoji of every script stay.
"""

import re
import unicodedata

_NEWLINES = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and marks, by their category, that show nothing
_JOINED = re.compile(r"(?<=[^\x00-\u02ff])[\u200c\u200d](?=[^\x00-\u02ff])")  # as Persian, Hindi and emoji need them
_STACKED = re.compile(r"((?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]){4})"
                      r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip


def line(text: str) -> str:
    """On one line whatever stands in it: a newline is shown as `⏎`, a tab as a blank."""
    if text.isascii() and text.isprintable():
        return text
    return _seen(_NEWLINES.sub("⏎", text).replace("\t", " "))


def block(text: str) -> str:
    """Several lines that noglue wrote itself: newlines and tabs stay."""
    text = text.replace("\r\n", "\n")
    return "\n".join(line(part.replace("\t", "    ")) for part in text.split("\n"))


def json_text(text: str) -> str:
    """JSON whose strings can be printed: the same value, with escapes for what `line` would not show as it is."""
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    return "".join(letter if letter in "\n\r\t" or not _is_hidden(letter) else _escaped(letter) for letter in text)


def code(text: str) -> str:
    """A span of code in Markdown that shows the text as it is: fenced by more backticks than it holds."""
    shown = line(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    padded = f" {shown} " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else shown
    return f"{fence}{padded}{fence}"


def markdown(text: object) -> str:
    """Text from the user or the data, so that Markdown shows it as it is, on one line."""
    shown = line(" ".join(str(text).split()))
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = re.sub(r"([\\`*_{}\[\]|#!~])", r"\\\1", shown)
    return re.sub(r"^(\d+(?=[.)])|(?=[-+=:]))", r"\1\\", shown)  # no list, no underline of a heading


def _seen(text: str) -> str:
    if text.isprintable() and not any(filler in text for filler in _FILLERS):
        return _STACKED.sub(r"\1…", text)
    kept = {match.start() for match in _JOINED.finditer(text)}
    letters = (
        letter if at in kept or not _is_hidden(letter) else letter.encode("unicode_escape").decode("ascii")
        for at, letter in enumerate(text)
    )
    return _STACKED.sub(r"\1…", "".join(letters))


def _is_hidden(letter: str) -> bool:
    return letter in _FILLERS or unicodedata.category(letter) in _HIDDEN or 0xE0100 <= ord(letter) <= 0xE01EF


def _escaped(letter: str) -> str:
    """`\\ud83d\\ude00`: as JSON has it, in one or two units of UTF-16."""
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
