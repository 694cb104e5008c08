"""The model card, `model/README.md`: what a model predicts or makes, what it learned from, how well, and how to use it.

After Mitchell et al. 2019, https://arxiv.org/abs/1810.03993, kept to what is known here.
"""

import shlex
from pathlib import Path

from noglue.tools.showing import visible
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import Schema


def card(schema: Schema, trained: Trained, metric: str | None, baseline: Trained | None) -> str:
    """Markdown."""
    sections = [
        f"# {trained.family}: {_worded(goals.load(schema.goal).title, schema)}",
        _what_it_does(schema),
        "## Data\n\n" + _data(schema),
        "## Recipe\n\n" + _recipe(trained),
        "## Validation\n\n" + _validation(schema, trained, metric, baseline),
        "## Use\n\n" + _use(schema),
        "## Limits\n\n" + _limits(schema),
    ]
    return visible.block("\n\n".join(sections)) + "\n"


def several_card(schema: Schema, model: Path) -> str:
    """Of a model of several targets: what all have in common, then each target's own card, one heading lower."""
    names = _listed([one.name for one in schema.targets])
    given = _listed([f.name for f in schema.features]) if modalities.load(schema.modality).cells else "the data"
    what = f"Tells {names} from {given}, each by a model of its own."
    if schema.labels is not None:
        what += " Each of them is a label, which fits a row or does not; any number of them may fit one row."
    sections = [f"# {names}", what, "## Data\n\n" + _data(schema), "## Use\n\n" + _use(schema)]
    for number in range(len(schema.targets)):
        own = (model / "targets" / str(number) / "README.md").read_text(encoding="utf-8")
        sections.append("\n".join(f"#{line}" if line.startswith("#") else line for line in own.strip().splitlines()))
    return visible.block("\n\n".join(sections)) + "\n"


def _worded(template: str, schema: Schema) -> str:
    """A goal's words, with the target, what is given, and the kind of data put in."""
    names = [f.name for f in schema.features]
    given = _listed(names) if modalities.load(schema.modality).cells else f"{schema.modality} data"
    target = visible.code(schema.target or "")
    return template.format(target=target, given=given, modality=schema.modality)


def _what_it_does(schema: Schema) -> str:
    lines = _worded(goals.load(schema.goal).card, schema)
    if schema.classes:
        lines += f"\n\nClasses ({len(schema.classes)}): {_listed(schema.classes)}."
    if schema.target_range:
        lines += f"\n\nThe target ran from {schema.target_range[0]:g} to {schema.target_range[1]:g} in training."
    return lines


def _data(schema: Schema) -> str:
    lines = [f"- {split}: {rows:,} rows" for split, rows in schema.rows.items()]
    why = f"; {visible.markdown(schema.split_why)}" if schema.split_why else ""
    lines.append(f"- split: {schema.split}{why}")
    return "\n".join(lines + [f"- {visible.markdown(warning.message)}" for warning in schema.warnings])


def _recipe(trained: Trained) -> str:
    lines = [f"- family: `{trained.family}`"]
    if trained.parameters is not None:
        lines.append(f"- parameters: {trained.parameters:,}")
    lines.append(f"- trained for {trained.seconds:.1f} s; ended: {trained.stopped}")
    lines += [f"- {name}: {visible.markdown(value)}" for name, value in trained.settings.items()]
    return "\n".join(lines + [f"- {visible.markdown(note)}" for note in trained.notes])


def _use(schema: Schema) -> str:
    if goals.makes_new(schema.goal):
        asking = f" --label {visible.line(shlex.quote(schema.classes[0]))}" if schema.classes else ""
        command, rest = f"noglue generate RUN --count 64{asking}", "The same seed (`--seed`) makes the same images."
    else:
        command = "noglue predict RUN INPUT --out predictions.csv --proba"
        kind = modalities.load(schema.modality)
        rest = f"Inputs are {kind.plural}, as files or folders of them."
        if schema.timeline is not None:
            command = command.removesuffix(" --proba")
            rest = (
                f"INPUT is a table of new observations, with {', '.join(_needed(schema))}; the next "
                f"{schema.timeline.horizon} steps after their end are forecast, with intervals."
            )
            return f"```\n{command}\n```\n\nRUN is the run's folder or name. {rest}"
        rest = "Inputs have the columns named above; missing values are allowed." if not kind.content else rest
    return f"```\n{command}\n```\n\nRUN is the run's folder or name. {rest}"


def _needed(schema: Schema) -> list[str]:
    """The columns that new observations must have."""
    assert schema.timeline is not None, "series that go on"
    return [visible.code(name) for name in (*schema.timeline.columns, *schema.timeline.series, str(schema.target))]


def _validation(schema: Schema, trained: Trained, metric: str | None, baseline: Trained | None) -> str:
    """Choices were made by these scores, so they flatter the model a little; the report's test scores do not."""
    if not trained.validation:
        return "No validation scores."
    compared = baseline is not None and bool(baseline.validation)
    beside = f" {baseline.family} |" if baseline and compared else ""
    lines = [f"| measure | {trained.family} |{beside}", "|---|---|" + ("---|" if compared else "")]
    for name in sorted(trained.validation, key=lambda name: (name != metric, name)):
        simple = f" {baseline.validation.get(name, float('nan')):.4f} |" if baseline and compared else ""
        lines.append(f"| {name} | {trained.validation[name]:.4f} |{simple}")
    chosen = "These rows helped to choose the model"
    if goals.makes_new(schema.goal):
        chosen = (
            "A small network that watched the training measured these on a few hundred samples, to pick the snapshot"
        )
    lines.append(f"\n{chosen}; the run's report has the scores on the test split.")
    lines += [f"- alarm in training: {visible.markdown(alarm)}" for alarm in trained.alarms]
    return "\n".join(lines)


def _limits(schema: Schema) -> str:
    if goals.makes_new(schema.goal):
        return _limits_of_a_generator(schema)
    lines = ["- Valid for data that arise as the training data did; nothing else was tested."]
    if schema.counts and min(schema.counts.values()) * 10 < max(schema.counts.values()):
        rarest = min(schema.counts, key=lambda name: schema.counts[name] if schema.counts else 0)
        lines.append(
            f"- {visible.code(rarest)} is rare ({schema.counts[rarest]:,} rows); its predictions are the least certain."
        )
    if schema.predicts == "values":
        lines.append("- Values far outside the range seen in training can't be trusted.")
    return "\n".join(lines)


def _limits_of_a_generator(schema: Schema) -> str:
    lines = [
        "- Every image is synthetic. Say so where it is shown; it is evidence of nothing.",
        "- It knows what the training images show, with their gaps and biases, and nothing else.",
        "- It may come close to individual training images; the report says how near. Look there if these may not be "
        "shown.",
    ]
    if schema.counts and len(schema.counts) > 1 and min(schema.counts.values()) * 10 < max(schema.counts.values()):
        rarest = min(schema.counts, key=lambda name: schema.counts[name] if schema.counts else 0)
        lines.append(f"- {visible.code(rarest)} is rare ({schema.counts[rarest]:,} rows); its images are the poorest.")
    return "\n".join(lines)


def _listed(names: list[str], most: int = 20) -> str:
    shown = ", ".join(map(visible.code, names[:most]))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
