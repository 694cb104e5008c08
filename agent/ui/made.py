"""What `noglue predict` and `noglue generate` print of what they made. Each function returns the exit code."""

from pathlib import Path
from typing import Any

from noglue.agent.ui.printing import print_json, say, short
from noglue.tools.reporting.quantities import duration


def predictions(content: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print_json(content)
    else:
        took = duration(content["seconds"])
        say(f"{content['rows']} predictions in {content['path']} ({took}), by the model of {content['run']}")
        say(*content.get("said", []))
    return 0


def generated(content: dict[str, Any], as_json: bool) -> int:
    """`noglue generate`: where the new rows are, how to make the same again, how to check them."""
    if as_json:
        print_json(content)
        return 0
    place = short(Path(content["path"]))
    kind = f" of {content['label']}" if content["label"] else ""
    shown = ("page", "grid") if "grid" in content else ("rows", "rows")
    by = f"{content['key']}; noglue generate {content['run']} --verify {place}"
    if not content["key_kept"]:  # a model's folder alone: there is no run to keep a key in
        by = f"{content['key']}, a key made for this batch alone; noglue generate --verify {place}"
    took = duration(content["seconds"])
    say(
        f"{content['count']} {content['things']}{kind} in {place}/ ({took}), by the generator of {content['run']}",
        f"{shown[0]:8} {place / Path(content[shown[1]]).name}",
        f"seed     {content['seed']} (--seed {content['seed']} makes the same {content['things']} again)",
        f"signed   by {by}",
    )
    return 0


def verified(content: dict[str, Any], as_json: bool) -> int:
    """`noglue generate --verify`: exit 5 when anything is not as it was signed."""
    if as_json:
        print_json(content)
        return 0 if content["ok"] else 5
    for wrong in content["wrong"]:
        say(f"{short(Path(wrong['file']))}: {wrong['why']}")
    for signed in content["signed"]:
        spoilt = any(Path(wrong["file"]).parent == Path(signed["file"]).parent for wrong in content["wrong"])
        many = f"{signed['files']} files" if signed["file"].endswith(".json") else "image"
        state = "" if spoilt and signed["files"] > 1 else f", {many} unchanged"
        say(f"{short(Path(signed['file']))}: signed by {signed['key']} of the run {signed['run']}{state}")
    if content["repacked"]:
        say(f"{len(content['repacked'])} of them were compressed again, with the same pixels and text.")
    if content["signed"] and not content["key_known"]:
        say("To check whose key that is: `noglue generate RUN --verify FILE` compares it with the run's.")
    return 0 if content["ok"] else 5
