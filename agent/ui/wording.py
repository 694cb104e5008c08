"""One line of words for what a step does and what it found. For both consoles; no machine learning, only wording."""

import textwrap
from collections.abc import Callable
from typing import Any

from noglue.agent.redact import shown
from noglue.tools.reporting.quantities import size
from noglue.tools.showing import visible
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals, modalities


def clean(text: str) -> str:
    """One line for a person: without secrets, and nothing in it steers the terminal or begins another line."""
    return visible.line(str(shown(text)))


def shortened(text: str, most: int = 120) -> str:
    """For a line among others: cut at a word; whoever fails for good says the whole of it at the end."""
    return text if len(text) <= most else textwrap.shorten(text, most, placeholder=" …")


def score(metric: str, measured: dict[str, Any]) -> str:
    """`97.8 % (96.4–98.9 %)` for fractions, `54.2 (49.8 to 58.9)` otherwise."""
    from noglue.tools import metrics
    from noglue.tools.evaluation.scores import Score
    from noglue.tools.evaluation.wording import score_text

    known = {name: measured[name] for name in ("value", "low", "high")}
    return "unknown" if None in known.values() else score_text(metrics.load(metric), Score(**known, n=0))


def title_of(metric: str) -> str:
    """`FD-own`, `accuracy`: as people write it; a name that no measure has stays as it is."""
    from noglue.tools import metrics
    from noglue.tools.spec import catalogue

    return metrics.load(metric).title if metric in catalogue.names("noglue.tools.metrics") else metric


def value_of(metric: str, value: float) -> str:
    """`97.8 %`, `54.2`: a score without an interval, as `score` writes one that has it."""
    from noglue.tools import metrics
    from noglue.tools.evaluation.wording import number, value_text
    from noglue.tools.spec import catalogue

    known = metric in catalogue.names("noglue.tools.metrics")
    return value_text(metrics.load(metric), value) if known else number(value)


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
    return f"{counted(len(result['files']), 'file')}, {total}{', from the cache' if cached == len(origins) > 0 else ''}"


def _extract(result: dict[str, Any]) -> str:
    return counted(result["files"], "file")


def _inspect(result: dict[str, Any]) -> str:
    profile = result["profile"]
    rows = ", ".join(
        f"{count:,} {split}" if split != "all" else counted(count, "row") for split, count in profile["rows"].items()
    )
    classes = f", {counted(len(profile['classes']), 'class')}" if profile["classes"] else ""
    image = profile["image"]
    pixels = f" of {image['height']}×{image['width']} pixels" if image else ""
    kind = modalities.load(profile["modality"])
    columns = f", {counted(len(profile['columns']), 'column')}" if kind.cells else ""
    return f"{kind.name if kind.cells else kind.plural}{pixels}: {rows}{columns}{classes}"


def _prepare(result: dict[str, Any]) -> str:
    """`target cultivar (3 classes): 114 train, 28 validation and 36 test rows (stratified split); 2 warnings`."""
    schema = result["schema"]
    *most, last = [f"{count:,} {split}" for split, count in schema["rows"].items()]
    rows = f"{', '.join(most)} and {last} rows" if most else f"{last} rows"
    warnings = f"; {counted(len(schema['warnings']), 'warning')}" if schema["warnings"] else ""
    several = [one["label"] or one["column"] for one in schema.get("targets") or []]
    target = ", ".join(several) or schema["target"] or ""
    thing = goals.load(schema["goal"]).thing
    kind = counted(len(schema["classes"]), "class") if schema["classes"] else thing
    what = f"target {target} ({kind})" if target else thing
    if several:
        what = f"targets {target}"
    if goals.makes_new(schema["goal"]):
        what = f"{thing} ({kind})" if schema["classes"] else thing
    return f"{what}: {rows} ({schema['split']} split){warnings}"


def _train(result: dict[str, Any]) -> str:
    """`resnet: validation accuracy 97.8 %; the schedule ended`, as `_evaluate` writes the test's score."""
    measures = result["validation"]
    first = [result["metric"]] if result["metric"] in measures else list(measures)[:1]
    also = ["coverage"] if "coverage" in measures and "coverage" not in first else []
    scores = ", ".join(f"{title_of(name)} {value_of(name, float(measures[name]))}" for name in first + also)
    kind = "in training" if also else "validation"
    alarms = f"; {counted(len(result['alarms']), 'collapse alarm')}" if result.get("alarms") else ""
    phrase = f": {kind} {scores}" if scores else ""
    return f"{family_name(result['family'])}{phrase}; {result['stopped']}{alarms}"


def family_name(family: str) -> str:
    """`table blend` for `table_blend`."""
    return family.replace("_", " ")


def _evaluate(result: dict[str, Any]) -> str:
    metric, generation = result["metric"], result.get("generation")
    phrase = score(metric, result["metrics"]["test"][metric])
    if generation is None:
        return f"test {title_of(metric)} {phrase}"
    copies = "; near-copies of the training images" if (generation["memorization"] or {}).get("flagged") else ""
    return f"{title_of(metric)} {phrase} on {generation['samples']:,} samples{copies}"


def _predict(result: dict[str, Any]) -> str:
    return counted(result["rows"], "row")


def _generate(result: dict[str, Any]) -> str:
    if result["pixels"] is None:
        return counted(result["count"], "row")
    return f"{counted(result['count'], 'image')} of {result['height']}×{result['width']}"


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
