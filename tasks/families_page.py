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

from noglue.tasks.formats_page import ROOT, Told, linked, marked, told
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.profiles import Column, GoalName, ImageShape, ModalityName
from noglue.tools.spec.schema import Schema

PAGE = ROOT / "docs" / "families.md"
FAMILIES = "noglue.tools.models"
COMPETES = 0.5  # of what `suits` says: from here on a family is tried unasked
MOST_WORDS = 4
MANY_ROWS, FEW_LABELS = 50_000, 100
_CONTENT = {
    "table": ("x", "number", ""),
    "text": ("words", "text", ""),
    "image": ("image", "image", "uint8"),
    "audio": ("audio", "content", "int16"),
    "series": ("series", "content", ""),
}
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

    said: Told
    module: ModuleType
    suits: dict[tuple[ModalityName, GoalName], float]

    @property
    def place(self) -> str:
        """The heading that it stands under."""
        best = max(self.suits, key=lambda pair: self.suits[pair])
        return best[1] if best[1] in _HEADINGS else best[0]


def _schema(modality: ModalityName, goal: GoalName, rows: int = 100, unlabelled: int = 0, pixels: int = 32) -> Schema:
    """One without data, of the plainest kind."""
    name, kind, dtype = _CONTENT[modality]
    return Schema(
        goal=goal,
        modality=modality,
        target="label" if goals.needs_target(goal) else None,
        features=[Column.model_validate({"name": name, "kind": kind, "dtype": dtype})],
        classes=["0", "1"] if goals.predicts(goal) == "classes" else None,
        image=ImageShape(height=pixels, width=pixels, channels=3) if modality == "image" else None,
        rows={"train": rows, "validation": rows // 5},
        unlabelled_train=unlabelled,
        timeline=Timeline(horizon=12, level=0.9) if goals.continues(goal) else None,
        split="random",
    )


def suiting(module: ModuleType) -> dict[tuple[ModalityName, GoalName], float]:
    """The best that it says to schemas of few rows, of many, and of few labels; only where it can."""
    found: dict[tuple[ModalityName, GoalName], float] = {}
    for modality in modalities.names():
        for goal in goals.names():
            kinds = [_schema(modality, goal), _schema(modality, goal, MANY_ROWS)]
            kinds.append(_schema(modality, goal, MANY_ROWS, unlabelled=MANY_ROWS - FEW_LABELS))
            kinds += [_schema(modality, goal, 2_000, pixels=224)] if modality == "image" else []
            if (most := max(module.suits(one) for one in kinds)) > 0:
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
        found.append(Family(told(name, f"{' '.join(title.split())}\n\n{rest}"), module, fits))
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
            lines.append(f"| [{one.said.name}](#{one.said.name}) | {_short(one.said.title)} | {_taken(one)} |")
        for one in here:
            body = [f"\n{_beside(linked(marked(one.said.body)))}"] if one.said.body else []
            lines += [f"\n### {one.said.name}\n", one.said.title, *body, "", *facts(one)]
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _beside(body: str) -> str:
    """Pages of this documentation that it names, as links."""
    return re.sub(r"\bdocs/([\w/-]+\.md)", r"[\1](\1)", body)


def _short(title: str) -> str:
    return title.rstrip(".:").replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Exit status 1 where `--check` finds the page out of date."""
    made = page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != made)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
