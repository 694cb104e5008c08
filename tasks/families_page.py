"""docs/families.md, made of what the families say of themselves: `python -m noglue.tasks.families_page` writes it.

    ## dcgan                                  one file of `tools/models/`, under the kind of data that it learns from
    DCGAN: the first convolutional GAN …      its docstring, without the examples for whoever reads the code
    - **Learns**: images, to generate         what `suits` says to small schemas of each kind and goal
    - **In words**: “dcgan”, “dc gan”         how a request may name it (`ALIASES`)

With `--check` nothing is written; the exit status is 1 where the page is out of date. A docstring that this does not
fit ends it with the file's name.
"""

import re
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from noglue.tasks.docstring_pages import ROOT, Described, as_markdown, cell, describe, linked, write
from noglue.tools.spec import catalogue, goals, modalities, usual
from noglue.tools.spec.profiles import GoalName, ModalityName

PAGE = ROOT / "docs" / "families.md"
FAMILIES = "noglue.tools.models"
COMPETES = 0.5  # of what `suits` says: from here on a family is tried unasked
MOST_WORDS = 4
# Few rows, many, and many of which few have labels.
_SIZES: tuple[dict[str, Any], ...] = (
    {"rows": {"train": 100, "validation": 20}},
    {"rows": {"train": 50_000, "validation": 10_000}},
    {"rows": {"train": 50_000, "validation": 10_000}, "unlabelled_train": 49_900},
)
_HEADINGS = {
    "table": "Tables",
    "text": "Texts",
    "image": "Images",
    "audio": "Recordings",
    "series": "Time series, each a row of its own",
    "forecast": "Forecasts",
    "generate": "Generators",
}
_SETTINGS = {
    "epochs": "epochs",
    "batch_size": "the batch size",
    "learning_rate": "the learning rate",
    "depth": "the depth of its trees",
    "trees": "the number of trees",
    "neighbours": "the number of neighbours",
    "rounds": "the most rounds",
    "patience": "the rounds to wait before it stops early",
    "strength": "how much errors count (C)",
}
_DOCTEST = re.compile(r"(?m)^ *>>> .*\n(?:(?! *>>>) *\S.*\n?)*")
_INTRODUCTION = """\
# Model families

Made by `make docs-formats` from the families in `tools/models/`; change it there. Left alone, noglue tries the families
that suit the data and keeps the one that validates best. `--family NAME`, or its name in the request ("with a random
forest", "use a DCGAN"), takes that one and no other; `Not boosting` in the request rules one out. Figures in the
descriptions are of the commands that stand beside them, on the machines in [benchmarks](benchmarks.md).

*First choice*: tried without being asked for, the best suited first. *By name*: taken where it is asked for. *Simple
model*: what the result is set beside. Where a package is missing, `noglue doctor` and the run say which `pip install`
brings it.
"""


@dataclass(frozen=True)
class Family:
    """What one family says of itself, and what it says to schemas: (kind of data, goal) → how well it suits."""

    said: Described
    module: ModuleType
    suits: dict[tuple[ModalityName, GoalName], float]

    @property
    def place(self) -> str:
        """The heading that it stands under."""
        best = max(self.suits, key=lambda pair: self.suits[pair])
        return best[1] if best[1] in _HEADINGS else best[0]


def suiting(module: ModuleType) -> dict[tuple[ModalityName, GoalName], float]:
    """The best that it says to schemas of few rows, of many, and of few labels; only where it can."""
    found: dict[tuple[ModalityName, GoalName], float] = {}
    for modality in modalities.names():
        for goal in goals.names():
            most = max(module.suits(usual.schema(goal, modality, **size)) for size in _SIZES)
            if most > 0:
                found[modality, goal] = most
    return found


def families() -> list[Family]:
    """Every family, the best suited first. Raises ValueError for one that suits no schema here, or says no sentence."""
    found = []
    for name in catalogue.names(FAMILIES):
        module = catalogue.load(FAMILIES, name)
        fits = suiting(module)
        if not fits:
            raise ValueError(f"{name}: it suits none of the schemas of tasks/families_page.py.")
        title, _, rest = _DOCTEST.sub("", module.__doc__ or "").strip().partition("\n\n")
        found.append(Family(describe(name, f"{' '.join(title.split())}\n\n{rest}"), module, fits))
    return sorted(found, key=lambda one: (-max(one.suits.values()), one.said.name))


def facts(family: Family) -> list[str]:
    """What its module holds as data, a line each."""
    module = family.module
    kinds: dict[str, list[str]] = {}
    for modality, goal in family.suits:
        kinds.setdefault(goal, []).append(_HEADINGS[modality].split(",")[0].lower())
    everywhere = len(modalities.names())  # a goal that prepares its data itself asks for no kind of them
    learns = "; ".join(goal if len(of) == everywhere else f"{goal}: {', '.join(of)}" for goal, of in kinds.items())
    lines = [f"- **Learns**: {learns}", f"- **Taken**: {_taken(family)}"]
    words = [word for word in getattr(module, "ALIASES", ()) if word.isascii()][:MOST_WORDS]
    if words:
        lines.append("- **In words**: " + ", ".join(f"“{word}”" for word in words))
    if settings := (*getattr(module, "SETTINGS", ()), *getattr(module, "OPTIONS", ())):
        lines.append("- **Keeps to**, where you ask: " + ", ".join(_SETTINGS[name] for name in settings))
    if blends := getattr(module, "BLENDS", ()):
        lines.append("- **Blends**: " + ", ".join(blends))
    return lines


def _taken(family: Family) -> str:
    if family.module.BASELINE:
        return "simple model; by name"
    devices = getattr(family.module, "DEVICES", ())
    place = f" on {' or '.join(name.upper() for name in devices)}" if devices else ""
    return f"first choice{place}; by name" if max(family.suits.values()) >= COMPETES else "by name"


def page() -> str:
    """The whole page."""
    listed = families()
    lines = [_INTRODUCTION]
    for place, heading in _HEADINGS.items():
        here = [family for family in listed if family.place == place]
        lines += [f"## {heading}\n", "| family | | taken |", "|---|---|---|"]
        for one in here:
            lines.append(
                f"| [{one.said.name}](#{one.said.name}) | {cell(one.said.title.rstrip('.:'))} | {_taken(one)} |"
            )
        for one in here:
            body = [f"\n{_beside(linked(as_markdown(one.said.body)))}"] if one.said.body else []
            lines += [f"\n### {one.said.name}\n", one.said.title, *body, "", *facts(one)]
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _beside(body: str) -> str:
    """Pages of this documentation that it names, as links."""
    return re.sub(r"\bdocs/([\w/-]+\.md)", r"[\1](\1)", body)


if __name__ == "__main__":
    sys.exit(write(PAGE, page(), sys.argv[1:]))
