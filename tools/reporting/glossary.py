"""Words that not everybody knows: explained where they stand, on hover and on focus, and in a list at the page's end.

    >>> glossary = Glossary(); glossary("recall")
    Markup('<span class="term" tabindex="0" aria-describedby="g-recall" data-means="Of the rows …">Recall</span>')
    >>> [entry.name for entry in glossary.used]
    ['Recall']

No script: the style sheet shows `data-means` while the word is pointed at or has the focus (which a tap gives it), and
a screen reader reads the list's entry. The list holds the words that this page uses.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from noglue.tools.reporting.drawing import tag

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True)
class Entry:
    """key: in the page's anchors."""

    key: str
    name: str
    means: str


@cache
def entries() -> dict[str, Entry]:
    """Of `glossary.toml`."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: Entry(key, name, means) for key, (name, means) in read.items()}


class Glossary:
    """The words of one page, in the order in which it uses them first."""

    def __init__(self) -> None:
        self._used: dict[str, Entry] = {}

    @property
    def used(self) -> list[Entry]:
        return sorted(self._used.values(), key=lambda entry: entry.name.casefold())

    def __call__(self, key: str, shown: str = "") -> Markup:
        """A word of `glossary.toml`, in another form where `shown` gives one. Raises KeyError for any other."""
        return self._marked(entries()[key], shown)

    def measure(self, title: str, means: str) -> Markup:
        """A measure, which says itself what it means."""
        if not means:
            return tag("span", title)
        return self._marked(
            Entry(re.sub(r"[^a-z0-9]+", "-", f"measure {title}".lower()).strip("-"), title, means), title
        )

    def _marked(self, entry: Entry, shown: str) -> Markup:
        known = self._used.setdefault(entry.key, entry)
        return tag(
            "span",
            shown or entry.name,
            kind="term",
            tabindex="0",
            aria_describedby=f"g-{entry.key}",
            data_means=known.means,
        )
