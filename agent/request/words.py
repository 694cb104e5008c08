"""What single words say for a goal or a modality (`words.toml`), summed into a score for each choice.

>>> scores("goal", "Forecast the demand")
{'regress': Score(3.0, ['forecast', 'demand'])}
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from noglue.agent.request.marks import unwanted
from noglue.agent.request.spelling import close
from noglue.tools.spec import modalities

WEIGHT = {"sure": 2.0, "likely": 1.0, "hint": 0.5}
_BETWEEN, _FEW_WORDS = re.escape(" … "), r"(?:\W+\w+){0,4}?\W+"


@dataclass
class Score:
    """The weight of the words found, and the words."""

    weight: float = 0.0
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Vocabulary:
    """One choice's words: a pattern per weight, and the plain words that may be misspelt."""

    patterns: dict[str, "re.Pattern[str]"]
    spelt: dict[str, str]


@cache
def _vocabularies() -> dict[str, dict[str, _Vocabulary]]:
    with (Path(__file__).parent / "words.toml").open("rb") as file:
        axes = tomllib.load(file)
    axes["modality"] = {name: modalities.words(name) for name in modalities.names()}
    axes["talk"] = {"learning": axes.pop("learning"), "other": axes.pop("other")}
    return {axis: {choice: _vocabulary(words) for choice, words in choices.items()} for axis, choices in axes.items()}


def _vocabulary(words: dict[str, list[str]]) -> _Vocabulary:
    patterns, spelt = {}, {}
    for weight, entries in words.items():
        if not entries:
            continue
        ordered = sorted(entries, key=len, reverse=True)
        parts = [re.escape(entry).replace(r"\*", r"\w*").replace(_BETWEEN, _FEW_WORDS) for entry in ordered]
        patterns[weight] = re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")
        spelt.update({entry.strip("*"): weight for entry in entries if len(entry.strip("*")) >= 6 and " " not in entry})
    return _Vocabulary(patterns, spelt)


def scores(axis: str, text: str) -> dict[str, Score]:
    """Choice → score for `goal`, `modality` or `talk` (`learning`, `other`); choices without any word are left out.

    What is not wanted ("do not classify") speaks against a goal: the score may be below zero.
    """
    text = text.lower()
    result: dict[str, Score] = {}
    tokens = list(dict.fromkeys(re.findall(r"[^\W\d_]{6,}", text)))
    for choice, vocabulary in _vocabularies()[axis].items():
        found: dict[str, float] = {}
        for weight, pattern in vocabulary.patterns.items():
            for match in pattern.finditer(text):
                if axis != "goal" or not unwanted(text, match.start()):
                    found.setdefault(match[0], WEIGHT[weight])
                elif weight == "sure":
                    found.setdefault(match[0], -WEIGHT[weight])
        for token in tokens:
            if not any(token in words for words in found) and (known := close(token, vocabulary.spelt)):
                found[token] = WEIGHT[vocabulary.spelt[known]]
        if found:
            result[choice] = Score(sum(found.values()), sorted(found, key=lambda words: -found[words]))
    return result
