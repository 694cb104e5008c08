"""How well paragraphs are read: `python tests/bench/paragraphs.py` (`make bench-paragraphs`).

192 paragraphs in four languages with the task that a person reads in them, written before the reading was, and split
by their text alone (the first byte of its SHA-256): `tuning.toml` may be looked at to improve the reading,
`held_back.toml` is only measured. For each half, the fields right by axis, with rules alone, the
encoder alone, and both.

What counts as right: `sources` as the same set; `goal`, `modality`, `metric`, `constraints` as equal, None
included; `target` when at least half of the content words are common to it and one of the accepted wordings (`""`
accepts None); a paragraph to refuse has the one field `refused`, and one that is wrongly refused has every field wrong.
"""

import argparse
import os
import platform
import re
import sys
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noglue.agent.request import names
from noglue.agent.request.combine import Reader
from noglue.agent.task import Constraints, Task
from noglue.tools.pretrained import sentences
from noglue.tools.spec.errors import TaskUnclear

HERE = Path(__file__).parent / "paragraphs"
AXES = ("goal", "modality", "sources", "target", "metric", "constraints")
_LITTLE = re.compile(
    r"(?:the|an?|of|is|are|was|will|be|to|in|on|for|from|and|or|not|whether|if|does|do|this|that|it|which|what|who|how|"
    r"der|die|das|den|dem|des|eine?s?|ist|sind|ob|wird|werden|und|oder|l[ae]?|les|une?|du|est|et|ou|si|va|"
    r"el|l[ao]s|una|es|son|y|o|será)"
)


def samples(half: str) -> list[dict[str, Any]]:
    """`tuning` or `held_back`."""
    found: list[dict[str, Any]] = tomllib.loads((HERE / f"{half}.toml").read_text(encoding="utf-8"))["paragraph"]
    return found


def content(words: str | None) -> set[str]:
    return {word for word in re.findall(r"\w+", (words or "").lower()) if not _LITTLE.fullmatch(word)}


def same_target(told: str | None, accepted: list[str]) -> bool:
    """Whether what was read means one of the accepted wordings."""
    if not told:
        return not accepted or "" in accepted
    mine = content(told)
    return any(2 * len(mine & content(wording)) >= max(len(content(wording)), len(mine) / 2, 1) for wording in accepted)


def place(words: str) -> str:
    """One form for a source: a data set's own name where it is known (`adult census` is `adult`), else as written."""
    known = names.known().get(names.key(words))
    return known.name if known else words.strip("/\\").lower()


def right(sample: dict[str, Any], task: Task | None) -> dict[str, bool]:
    """Axis → right? for one paragraph; `task` is None when it was refused."""
    if sample.get("refused"):
        return {"refused": task is None}
    if task is None:
        return dict.fromkeys(AXES, False)
    return {
        "goal": task.goal == sample.get("goal"),
        "modality": task.modality == sample.get("modality"),
        "sources": set(map(place, task.sources)) == set(map(place, sample["sources"])),
        "target": same_target(task.target, sample.get("target", [])),
        "metric": task.metric == sample.get("metric"),
        "constraints": task.constraints.stated() == sample.get("constraints", {}),
    }


@dataclass
class Count:
    """Fields right and fields in all, by axis; `wrong`: what was read instead, for the tuning half."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    agreed: Counter[bool] = field(default_factory=Counter)

    def share(self) -> float:
        return self.right.total() / self.all.total()


def read(reader: Reader, paragraph: str) -> Task | None:
    try:
        return reader.read(paragraph, [], Constraints())
    except TaskUnclear:
        return None


def measure(half: list[dict[str, Any]], reader: Reader) -> Count:
    """Read every paragraph of a half."""
    count = Count()
    for sample in half:
        task = read(reader, sample["text"])
        for axis, good in right(sample, task).items():
            count.all[axis] += 1
            count.right[axis] += good
            if not good:
                told = "refused" if task is None else getattr(task, axis, "not refused")
                count.wrong.append(f"{axis}: {told!r}, not {sample.get(axis)!r} — {sample['text']}")
    return count


def agreement(half: list[dict[str, Any]], rules: Reader, alone: Reader) -> str:
    """How often rules and encoder name the same goal, and how often they are right then, and otherwise."""
    agreed: Counter[bool] = Counter()
    good: Counter[bool] = Counter()
    for sample in half:
        one, other = read(rules, sample["text"]), read(alone, sample["text"])
        if sample.get("refused") or one is None or other is None or one.goal is None:
            continue
        agreed[one.goal == other.goal] += 1
        good[one.goal == other.goal] += one.goal == sample.get("goal")
    parts = [
        f"{name}: {good[same]} of {agreed[same]} goals right"
        for same, name in ((True, "agreeing"), (False, "differing"))
    ]
    return "; ".join(parts) + " (by the rules)"


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "?",
    )
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=("tuning", "held_back"), help="only this half")
    options.add_argument("--wrong", action="store_true", help="list what was read wrongly in the tuning half")
    chosen = options.parse_args()
    began = time.perf_counter()
    shared = sentences.shared()
    say = sys.stdout.write
    say(f"{machine()}; encoder loaded in {time.perf_counter() - began:.2f} s\n")
    known = names.known()
    readers = {
        "rules alone": Reader(known, None),
        "encoder alone": Reader(known, shared, rules=False),
        "both": Reader(known, sentences.Encoder(sentences.folder())),
    }
    for half in [chosen.half] if chosen.half else ["tuning", "held_back"]:
        lines = samples(half)
        say(
            f"\n{half}: {len(lines)} paragraphs\n{'':15}"
            + "".join(f"{axis:>13}" for axis in (*AXES, "refused", "all fields"))
            + "\n"
        )
        for name, reader in readers.items():
            began = time.perf_counter()
            count = measure(lines, reader)
            taken = 1000 * (time.perf_counter() - began) / len(lines)
            cells = [f"{count.right[axis]}/{count.all[axis]}" for axis in (*AXES, "refused")] + [f"{count.share():.1%}"]
            say(f"{name:15}" + "".join(f"{cell:>13}" for cell in cells) + f"   {taken:.0f} ms a paragraph\n")
        say(agreement(lines, readers["rules alone"], readers["encoder alone"]) + "\n")
        if chosen.wrong and half == "tuning":
            say("\n".join(sorted(count.wrong)) + "\n")


if __name__ == "__main__":
    main()
