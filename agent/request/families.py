"""The kind of model that the user names, by the aliases that the files of `tools/models/` give themselves.

>>> find("classify them with logistic regression")[0].value
'linear'
"""

import re
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

from noglue.agent.request import cues
from noglue.agent.request.marks import Mark
from noglue.agent.request.measures import refused
from noglue.agent.request.spelling import one_slip
from noglue.agent.task import GoalName, ModalityName
from noglue.tools.spec import goals, modalities, usual

# Well-known kinds that no file of tools/models/ is, so that asking for one is answered rather than passed over.
ELSEWHERE = (
    "xgboost", "xgb", "transformer", "vision transformer", "vit", "lstm", "gaussian process",
    "stylegan", "stylegan2", "stylegan3", "biggan", "progressive gan", "cyclegan", "cycle gan", "pix2pix", "infogan",
    "lsgan", "acgan", "ctgan", "fixmatch", "freematch", "softmatch", "mixmatch",
    "diffusion model", "variational autoencoder", "vae", "normalizing flow",
)  # fmt: skip
_LEAST_SLIP = 5  # letters of an alias that is recognised with one slip in it


@cache
def aliases() -> dict[str, str]:
    """Alias in lower case → module of `tools/models/`."""
    from noglue.tools.spec import catalogue

    known: dict[str, str] = {}
    for name in catalogue.names("noglue.tools.models"):
        own = getattr(catalogue.load("noglue.tools.models", name), "ALIASES", ())
        known |= dict.fromkeys([name, name.replace("_", " "), *own], name)
    also = tomllib.loads((Path(__file__).parent / "families.toml").read_text(encoding="utf-8"))
    for name in known.keys() & also.keys():
        known = dict.fromkeys(also[name], name) | known
    return known


def abilities(name: str) -> set[tuple[GoalName, ModalityName]]:
    """What a module of `tools/models/` does, on data of a usual shape: `{("generate", "image")}` of a GAN."""
    from noglue.tools.spec import catalogue

    suits = catalogue.load("noglue.tools.models", name).suits
    return {
        (goal, kind) for goal in goals.names() for kind in modalities.names() if suits(usual.schema(goal, kind)) > 0
    }


def find(text: str) -> list[Mark]:
    """At most one mark of kind `family`: the longest alias met, or a GAN's with a slip in it (`dcgn`).

    `text`: sources already masked.
    """
    return _longest(text, aliases()) or ([] if _longest(text, dict.fromkeys(ELSEWHERE, "")) else _misspelt(text))


def missing(text: str) -> list[Mark]:
    """At most one mark of kind `lacking`: a kind of model that the text names and that is not to be had here."""
    return [replace(mark, kind="lacking") for mark in _longest(text, dict.fromkeys(ELSEWHERE, ""))]


def _misspelt(text: str) -> list[Mark]:
    """Only names that end in `gan`, which few words are like; nothing where two families may be meant."""
    names = {alias: name for alias, name in aliases().items() if re.fullmatch(r"\w+gan", alias)}
    for match in re.finditer(r"(?<![\w-])\w{4,}(?![\w-])", text):
        word = match[0].lower().removesuffix("s")
        meant = {name for alias, name in names.items() if len(alias) >= _LEAST_SLIP and one_slip(word, alias)}
        if len(meant) == 1 and not refused(text, match.start(), match.end()):
            return [Mark(match.start(), match.end(), "family", meant.pop(), match[0])]
    return []


def _longest(text: str, known: dict[str, str]) -> list[Mark]:
    met = []
    for alias, name in known.items():
        if not cues.named(alias, text):
            continue
        pattern = r"(?<![\w-])" + r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", alias))) + r"s?(?![\w-])"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not refused(text, match.start(), match.end()):
                met.append(Mark(match.start(), match.end(), "family", name, match[0]))
    return sorted(met, key=lambda mark: (mark.start - mark.end, mark.start))[:1]
