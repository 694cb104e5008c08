"""One line of words for what a step does and what it found. For both consoles; no machine learning, only wording."""

import math
import textwrap
from collections.abc import Callable
from typing import Any

from noglue.agent.events import Progress
from noglue.agent.redact import shown
from noglue.tools.reporting.quantities import clock, size
from noglue.tools.showing import visible
from noglue.tools.spec import goals, modalities

_SAID = {"fd_own": "FD-own", "loss_d": "loss D", "loss_g": "loss G"}  # facts with names of their own


def clean(text: str) -> str:
    """One line for a person: without secrets, and nothing in it steers the terminal or begins another line."""
    return visible.line(str(shown(text)))


def shortened(text: str, most: int = 120) -> str:
    """For a line among others: cut at a word; whoever fails for good says the whole of it at the end."""
    return text if len(text) <= most else textwrap.shorten(text, most, placeholder=" …")


def number(value: Any) -> str:
    """Four significant digits for floats, everything else as it is."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def progress_text(event: Progress) -> str:
    """`epoch 3/12 · loss 0.41 · validation 0.873 · 3:10 left`; `step 400/9000 · loss D 0.62 · FD-own 9.3`."""
    return f"{event.stage} {facts_text(event)}".strip()


def facts_text(event: Progress) -> str:
    done, total = event.done, event.total
    parts = []
    if event.unit == "bytes" and done is not None:
        parts.append(f"{size(done)} of {size(total)}" if total else size(done))
    elif done is not None:
        parts.append(f"{number(done)}/{number(_whole(done, total))}" if total else number(done))
    for name, value in event.facts.items():
        if value is None:
            continue
        if name == "seconds_left":
            parts.append(f"{clock(float(value))} left")
        elif name == "rate" and event.unit == "bytes":
            parts.append(f"{size(float(value))}/s")
        else:
            parts.append(f"{_SAID.get(name, name.replace('_', ' '))} {number(value)}")
    return " · ".join(parts)


def _whole(done: Any, total: Any) -> Any:
    """A total that is only reckoned, 3.9 epochs, beside a whole number of them."""
    return math.ceil(total) if isinstance(total, float) and float(done).is_integer() else total


def score(metric: str, measured: dict[str, Any]) -> str:
    """`97.8 % (96.4–98.9 %)` for fractions, `54.2 (49.8 to 58.9)` otherwise."""
    from noglue.tools import metrics
    from noglue.tools.evaluation.findings import Score
    from noglue.tools.evaluation.wording import score_text

    known = {name: measured[name] for name in ("value", "low", "high")}
    return "unknown" if None in known.values() else score_text(metrics.load(metric), Score(**known, n=0))


def title_of(metric: str) -> str:
    """`FD-own`, `accuracy`: as people write it; a name that no measure has stays as it is."""
    from noglue.tools import metrics
    from noglue.tools.spec import catalogue

    return metrics.load(metric).title if metric in catalogue.names("noglue.tools.metrics") else metric


def direction(metric: str) -> str:
    """For measures that few know by heart."""
    from noglue.tools import metrics

    return "higher is better" if metrics.load(metric).higher else "lower is better"


def summary(tool: str, result: dict[str, Any]) -> str:
    """What a finished step found, in a few words; empty for a tool that nothing is known of."""
    phrase = _PHRASES.get(tool)
    return phrase(result) if phrase else ""


def _download(result: dict[str, Any]) -> str:
    origins = result["origins"]
    cached = sum(1 for origin in origins if origin.get("cached"))
    total = size(sum(origin.get("bytes") or 0 for origin in origins))
    return f"{_count(len(result['files']), 'file')}, {total}{', from the cache' if cached == len(origins) > 0 else ''}"


def _extract(result: dict[str, Any]) -> str:
    return _count(result["files"], "file")


def _inspect(result: dict[str, Any]) -> str:
    profile = result["profile"]
    rows = ", ".join(f"{count:,} {split if split != 'all' else 'rows'}" for split, count in profile["rows"].items())
    classes = f", {len(profile['classes'])} classes" if profile["classes"] else ""
    image = profile["image"]
    pixels = f" {image['height']}×{image['width']}" if image else ""
    columns = f", {len(profile['columns'])} columns" if modalities.load(profile["modality"]).cells else ""
    return f"{profile['modality']}{pixels} read as {profile['reader']}: {rows}{columns}{classes}"


def _prepare(result: dict[str, Any]) -> str:
    schema = result["schema"]
    rows = ", ".join(f"{count:,} {split}" for split, count in schema["rows"].items())
    warnings = f"; {_count(len(schema['warnings']), 'warning')}" if schema["warnings"] else ""
    several = [one["label"] or one["column"] for one in schema.get("targets") or []]
    what = f"{schema['goal']} {', '.join(several) or schema['target'] or ''}".strip()
    if goals.makes_new(schema["goal"]):
        what = schema["goal"] + (f" by {len(schema['classes'])} classes" if schema["classes"] else " without classes")
    return f"{what}: {rows} ({schema['split']} split){warnings}"


def _train(result: dict[str, Any]) -> str:
    measures = result["validation"]
    first = [result["metric"]] if result["metric"] in measures else list(measures)[:1]
    also = ["coverage"] if "coverage" in measures and "coverage" not in first else []
    scores = ", ".join(f"{title_of(name)} {number(float(measures[name]))}" for name in first + also)
    kind = "in training" if also else "validation"
    alarms = f"; {_count(len(result['alarms']), 'collapse alarm')}" if result.get("alarms") else ""
    phrase = f", {kind} {scores}" if scores else ""
    return f"{result['family']}{phrase} ({result['stopped']}){alarms}"


def _evaluate(result: dict[str, Any]) -> str:
    metric, generation = result["metric"], result.get("generation")
    phrase = score(metric, result["metrics"]["test"][metric])
    if generation is None:
        return f"test {metric} {phrase}"
    copies = "; near-copies of what it learned from" if (generation["memorization"] or {}).get("flagged") else ""
    return f"{title_of(metric)} {phrase} on {generation['samples']:,} samples{copies}"


def _predict(result: dict[str, Any]) -> str:
    return _count(result["rows"], "row")


def _generate(result: dict[str, Any]) -> str:
    if result["pixels"] is None:
        return _count(result["count"], "row")
    return f"{_count(result['count'], 'image')} of {result['height']}×{result['width']}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


_PHRASES: dict[str, Callable[[dict[str, Any]], str]] = {
    "download": _download,
    "extract": _extract,
    "inspect": _inspect,
    "prepare": _prepare,
    "train": _train,
    "evaluate": _evaluate,
    "predict": _predict,
    "generate": _generate,
}
