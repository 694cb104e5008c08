"""What a clause says for the kind of wish that it was taken for, as far as words alone say it.

>>> needed("seed", "let chance begin at forty-two", "en")
42
>>> needed("folds", "in five rounds, each fifth once", "en") or needed("folds", "nothing of it", "en")
5

None where the clause lacks what such a wish needs: then it was no such wish, or what it wants stays unknown.
Kinds that need the data (columns, values, classes, files) are in `agent/settle/values_in_data.py`.
"""

import re
from collections.abc import Callable
from typing import Any

from text_to_num import alpha2digit

from noglue.agent.request import gloss, limits, quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import measure, model
from noglue.agent.request.lexicon import groups

_USUAL_FOLDS = 5
_AS_ARTICLE = 1.5  # `one` is often no number, and stays a word
_DENIED = re.compile(r"\b(?:not|no|never|without|nothing|none|avoid|scratch|zero|empty|blank|from new|don't|instead)\b")
_DIGITS = re.compile(
    r"(?<![\w.,])\d+(?:[.,' ]\d{3}(?!\d))*(?![\w%]|[.,]\d)(?!\s?(?:%|per ?cent|prozent|pour ?cent|por ?ciento))", re.I
)
_SHARE = re.compile(rf"(?<!\w)(?:{quantities.SHARE})(?!\w)", re.IGNORECASE)
_ONE_OF = re.compile(
    r"\b(?:each|every|one) (?P<nth>third|3rd|fourth|4th|fifth|5th|sixth|6th|eighth|8th|tenth|10th)\b"
    r"|\b(?P<n>\d+) (?:parts|rounds|pieces|slices|folds|times)\b"
)
_NTH = {
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
    "6th": 6,
    "8th": 8,
    "10th": 10,
}
_PLACES = {
    "last": r"\b(?:last|latest|newest|most recent|end|final|youngest)\b",
    "first": r"\b(?:first|oldest|earliest|beginning|start)\b",
}


def needed(kind: str, clause: str, language: str) -> Any:
    """The value of a wish of this kind, or None. language: `en`, `de`, `fr` or `es`."""
    need = NEEDS.get(kind)
    return None if need is None else need(_Said(clause, language))


class _Said:
    """A clause as it was written, with its numbers in digits, and in rough English lower case."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.digits = alpha2digit(text, language, threshold=_AS_ARTICLE)
        self.english = gloss.english(self.digits, language).lower()

    @property
    def numbers(self) -> list[int]:
        """Whole numbers in the order of the clause, without shares and parts of dates."""
        free = _SHARE.sub(" ", self.digits)
        return [int(re.sub(r"\D", "", match[0])) for match in _DIGITS.finditer(free)]

    @property
    def share(self) -> float | None:
        match = _SHARE.search(self.text) or _SHARE.search(self.digits)
        try:
            return quantities.share(match[0]) if match else None
        except ValueError:
            return None

    def says(self, pattern: str) -> bool:
        return re.search(rf"\b(?:{pattern})\b", self.english) is not None

    @property
    def denied(self) -> bool:
        return _DENIED.search(self.english) is not None


def _asked(said: _Said) -> Any:
    return True


def _number(least: int) -> Callable[[_Said], Any]:
    def first(said: _Said) -> int | None:
        return next((one for one in said.numbers if one >= least), None)

    return first


def _rows(said: _Said) -> Any:
    """At most so many rows, or a share of them."""
    if (share := said.share) is not None:
        return {"share": share}
    count = next((one for one in said.numbers if one > 1 and not 1900 <= one <= 2100), None)
    return None if count is None else {"most": count}


def _test(said: _Said) -> Any:
    """A share or a number of rows, and which; what names rows by their values needs the data."""
    place = next(({"place": name} for name, words in _PLACES.items() if re.search(words, said.english)), {})
    if (share := said.share) is not None:
        kept = said.says("train|training|learn|learning|fit") and not said.says("test|testing|check|exam|verify")
        return {"share": round(1 - share, 6) if kept else share} | place
    counted = said.says("rows?|lines?|records?|examples?|cases?|pictures?|photos?|texts?|entries|samples?")
    count = next((one for one in said.numbers if one > 1 and not 1900 <= one <= 2100), None)
    return {"rows": count} | place if count is not None and (counted or place) else None


def _validation(said: _Said) -> Any:
    return None if said.share is None else {"share": said.share}


def _folds(said: _Said) -> Any:
    if said.says("leave[ -]one[ -]out|all but one|every single one once|one at a time"):
        return "leave-one-out"
    if match := _ONE_OF.search(said.english):
        nth = _NTH.get(match["nth"] or "")
        return nth or (int(match["n"]) if match["n"] else None) or next(iter(said.numbers), _USUAL_FOLDS)
    count = next((one for one in said.numbers if 2 <= one <= 50), None)
    share = said.share
    return count or (round(1 / share) if share else None) or _USUAL_FOLDS


def _stratify(said: _Said) -> Any:
    parts = (
        "both|each|every|parts?|halves|half|splits?|training|tests?|folds?|sides?|sets?|two|pieces?|rounds?|stratif\\w*"
    )
    return True if said.says(parts) else None


def _metric(said: _Said) -> Any:
    """A measure by a name of it, else by what matters, in everyday words."""
    return measure_named(said.text) or next(
        (name for name, words in groups(__file__)["measure"].items() if any(said.says(word) for word in words)), None
    )


def measure_named(clause: str) -> str | None:
    """The measure whose name stands in a clause; of several the one of the longest name."""
    named = [
        name for alias, name in sorted(measure.names().items(), key=lambda one: -len(one[0])) if _stands(alias, clause)
    ]
    return next((name for name in named if name not in groups(measure.__file__)["elsewhere"]["any"]), None)


def _at_least(said: _Said) -> Any:
    """The measure that must be reached, and how much of it."""
    value = said.share
    if value is None:
        parts = re.search(r"(\d+) (?:in|of|out of|from|on|times in) (?:the )?(\d+)", said.english)
        value = int(parts[1]) / int(parts[2]) if parts and 0 < int(parts[1]) < int(parts[2]) else None
        parts = re.search(r"(?:of|from) (\d+)\b.{0,60}?\b(\d+)\b", said.english)
        value = (
            int(parts[2]) / int(parts[1]) if value is None and parts and 0 < int(parts[2]) < int(parts[1]) else value
        )
    if value is None or not 0 < value < 1:
        return None
    few = said.says(
        "at most|no more than|not more than|maximum|fewer than|less than|below|under|only|exceed|tolerate|"
        "accept|allowed|"
        "may"
    )
    if said.says("false alarms?|false positives?|needless\\w*|wrongly|in vain|healthy (?:ones )?called"):
        return (
            {"measure": "specificity", "value": round(1 - value, 6)}
            if few or value < 0.5
            else {"measure": "precision", "value": value}
        )
    if said.says("miss\\w*|overlook\\w*|escape\\w*|slip\\w*|undetected|lost|forget|get away|go through"):
        return {"measure": "recall", "value": round(1 - value, 6) if few or value < 0.5 else value}
    named = _metric(said)
    if named is not None:
        return {"measure": named, "value": value}
    if said.says("found|find|catch|caught|detect\\w*|recogni[sz]e\\w*|discover\\w*|spot\\w*|identif\\w*|flag\\w* of"):
        return {"measure": "recall", "value": value}
    if said.says("when it (?:says|warns|rings)|flagged|alarms?|warnings?|of those it|hits"):
        return {"measure": "precision", "value": value}
    return {"measure": "accuracy", "value": value} if said.says("right|correct\\w*") else None


def _costs(said: _Said) -> Any:
    """What the two mistakes cost, by the words for each and what stands beside them."""
    from noglue.agent.request.kinds.measure import _costs as read

    for text in (said.text, said.english):
        found = next((value for _, _, value in read(text, 0)), None)
        if found is not None:
            return found
    return None


def _families(said: _Said) -> list[str]:
    return list(dict.fromkeys(model.named(Heard.of(said.text, []))))


def _family(said: _Said) -> Any:
    return next(iter(_families(said)), None)


def _avoid(said: _Said) -> Any:
    return _families(said) or None


def _compare(said: _Said) -> Any:
    found = _families(said)
    return found if len(found) > 1 else None


def _pretrained(said: _Said) -> Any:
    return not said.denied


def _balance(said: _Said) -> Any:
    if said.says("smote|synthetic|invent\\w*|made[ -]up"):
        return "smote"
    if said.says("weigh\\w*|weights?|heavier|count (?:more|stronger)"):
        return "weights"
    if said.says("fewer of the|throw away|thin out|undersampl\\w*|reduc\\w*|shrink|drop some"):
        return "undersample"
    if said.says("duplicat\\w*|repeat\\w*|oversampl\\w*|more often|cop(?:y|ies)|several times|draw"):
        return "oversample"
    return "weights"


def _show(said: _Said) -> Any:
    return next(
        (name for name, words in groups(__file__)["show"].items() if any(said.says(word) for word in words)), None
    )


def _top(said: _Said) -> Any:
    count = next((one for one in said.numbers if one > 0), None)
    return None if count is None else {"count": count}


def _flips(said: _Said) -> Any:
    return False if said.denied or said.says("wrong|left and right|upside|keep|stay|nonsense|different") else None


def _limit(kind: str) -> Callable[[_Said], Any]:
    def read(said: _Said) -> Any:
        return next((mark.value for mark in limits.find(said.text, []) if mark.kind == kind), None)

    return read


def _budget(said: _Said) -> Any:
    """Seconds: a number beside a unit of time."""
    found = re.search(
        r"(\d+(?:[.,]\d+)? ?(?=s\b|h\b)|(?:\d+(?:[.,]\d+)?|half an?|an?|one) (?=\w{3}))"
        r"(seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?)\b",
        said.english,
    )
    if found is None:
        return None
    unit = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}[found[2][0]]
    words = found[1].strip()
    count = float(words.replace(",", ".")) if words[0].isdigit() else 0.5 if words.startswith("half") else 1.0
    return count * unit if count > 0 else None


def _offline(said: _Said) -> Any:
    near = (
        "internet|online|offline|network|cloud|upload\\w*|download\\w*|web|servers?|connection|computer|machine|laptop"
    )
    here = "house|premises|building|hospital|local\\w*|outside world|third part(?:y|ies)|leave|leaves|wifi|net"
    return True if said.says(f"{near}|{here}") else None


def _device(said: _Said) -> Any:
    no_gpu = said.says(
        "(?:no|not|without|don't have|hasn't|has no)(?: \\w+){0,3} (?:gpu|graphics|cuda|nvidia)|cpu|processor only"
    )
    return "cpu" if no_gpu else "cuda" if said.says("gpu|graphics|cuda|nvidia") else None


def _stands(alias: str, text: str) -> bool:
    parts = r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", alias)))
    return re.search(rf"(?<!\w){parts}(?!\w)", text, re.IGNORECASE) is not None


NEEDS: dict[str, Callable[[_Said], Any]] = {
    "rows": _rows, "test": _test, "validation": _validation, "folds": _folds, "repeats": _number(2),
    "stratify": _stratify,
    "metric": _metric, "at_least": _at_least, "costs": _costs, "family": _family, "avoid": _avoid, "compare": _compare,
    "pretrained": _pretrained, "layers": _number(1), "balance": _balance, "labels": _number(2), "show": _show,
    "top": _top,
    "count": _number(1), "flips": _flips, "budget": _budget, "device": _device, "seed": _number(0), "offline": _offline,
    "explain": _asked, "export": _asked, "serve": _asked, "intervals": _asked, "calibrate": _asked, "privacy": _asked,
    "fairness": _asked, "robustness": _asked, "size": _asked, "speed": _asked,
}  # fmt: skip


def numbers(clause: str, language: str) -> list[int]:
    """Whole numbers in the order of the clause, in digits or in words, without shares and parts of dates."""
    return _Said(clause, language).numbers
