"""What a question tells the model: compact, and with `private` without a single value of the data.

Names of columns, kinds and counts are told; examples, ranges, class names, error messages and beginnings of files are
values of the data and are left out or masked (letters → a, digits → 9) when the user says --private.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noglue.agent.task import Task
from noglue.tools.files.step_result import open_plain
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import Failure, ToolError
from noglue.tools.spec.profiles import Profile

FIRST, LAST, MOST_COLUMNS = 40, 20, 400  # columns that are described, at either end; and named at all
MOST_FILES, MOST_HEADS = 40, 3
HEAD_BYTES, TEXT = 600, 400
ORDER = ("search", "download", "extract", "inspect", "prepare", "train", "evaluate", "report")
# Arguments that a plan may set. All others are the request's, its flags', the data's or safeguards: what is left out,
# used, tested and measured is never a planner's to say, and columns are spoken of when they are known (`settle`).
OPEN = {
    "search": {"queries"},
    "download": {"sources", "prefer"},
    "extract": {"files", "only"},
    "inspect": {"roots", "reader"},
    "train": {"family"},
}
INSTRUCTS = re.compile(
    r"\b(ignore|disregard|forget)\b.{0,40}\b(instruction|prompt|rule|previous|above)|\bsystem prompt\b|"
    r"\byou (must|should|shall|have to)\b.{0,60}\b(download|run|execute|fetch|answer|choose|pick)|"
    r"\b(AI|LLM|language model|assistant|agent)s?\b.{0,30}\b(must|should|shall|please|have to)\b",
    re.IGNORECASE | re.DOTALL,
)


def task(task: Task) -> dict[str, Any]:
    """The task without its bookkeeping."""
    kept = task.model_dump(exclude={"confidence", "evidence"})
    return {name: value for name, value in kept.items() if value not in (None, [], {})}


def tools(named: set[str]) -> list[dict[str, str]]:
    """Name, first line, and arguments with their types, of the tools that a plan may be made of."""
    described = []
    for name in ORDER:
        if name not in named:
            continue
        tool = catalogue.load("noglue.tools", name)
        fields = tool.Args.model_json_schema().get("properties", {})
        args = ", ".join(f"{field} ({_type(about)})" for field, about in fields.items() if field in OPEN.get(name, ()))
        described.append({"name": name, "what": (tool.__doc__ or "").strip().splitlines()[0], "args": args or "none"})
    return described


def columns(profile: Profile, private: bool) -> list[dict[str, Any]]:
    """`{"name": "Age", "kind": "number", "distinct": 88, "examples": ["22", "38"]}`; in wide tables some only by name.

    What is to be predicted stands most often first or last.
    """
    described = []
    shown = profile.columns
    if len(shown) > MOST_COLUMNS:
        shown = [*shown[: MOST_COLUMNS - LAST], *shown[-LAST:]]
    for place, column in enumerate(shown):
        about: dict[str, Any] = {"name": column.name, "kind": column.kind}
        if FIRST <= place < len(shown) - LAST:
            described.append(about)
            continue
        about |= {"distinct": column.distinct} | ({"missing": column.missing} if column.missing else {})
        if not private:
            about |= {"examples": [_short(example, 40) for example in column.examples[:3]]}
        described.append(about)
    return described


def labels(found: list[dict[str, Any]]) -> list[str]:
    """What candidates are called in questions and answers: `wine`, or of a page its title, never its address.

    >>> labels([{"name": "wine", "title": "Wine"}, {"name": "http://e.org/w/", "title": "Wine: the data"}])
    ['wine', 'wine-the-data']
    """
    given: list[str] = []
    for number, one in enumerate(found, 1):
        plain = "-".join(re.findall(r"\w+", str(one.get("title") or "").lower()))[:60].strip("-")
        if instructs(str(one.get("title") or "")) or not plain:
            plain = f"candidate-{number}"
        label = str(one["name"]) if one["name"] and "://" not in one["name"] else plain
        given.append(label if label not in given else f"{label}-{number}")
    return given


def candidates(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a search returned, in words; addresses stay here, a model has no use for them."""
    described = []
    for label, one in zip(labels(found), found, strict=True):
        text = str(one.get("text") or "")
        words = "(withheld: it reads like instructions)" if instructs(text) else _short(text, TEXT)
        title = str(one.get("title") or "")
        about = {"name": label, "title": "(withheld)" if instructs(title) else _short(title, 120)}
        about |= {name: one[name] for name in ("modality", "goal", "target", "licence", "bytes", "format", "rows")}
        about |= {"columns": one["columns"][:30], "classes": one["classes"][:20], "doubts": one["doubts"][:5]}
        described.append(
            {name: value for name, value in about.items() if value not in (None, [], "")} | {"text": words}
        )
    return described


def instructs(text: str) -> bool:
    """Whether a text talks to whoever reads it by machine."""
    return INSTRUCTS.search(text) is not None


def error(failed: Failure, private: bool) -> dict[str, str]:
    """An error's kind, and its words, which may quote the data."""
    described = {"kind": str(failed.kind)}
    return described if private else described | {"message": _short(failed.message, TEXT)}


def files(roots: list[Path], private: bool) -> dict[str, Any]:
    """Names and sizes of the files below, and how the first of each ending begins."""
    listed = list(_below(roots))
    heads: dict[str, str] = {}
    for name, path in listed:
        ending = path.suffix.lower() or path.name
        if (
            ending not in {Path(known).suffix.lower() or Path(known).name for known in heads}
            and len(heads) < MOST_HEADS
        ):
            heads[name] = _head(path, private)
    return {
        "files": [{"path": name, "bytes": path.lstat().st_size} for name, path in listed[:MOST_FILES]],
        "count": len(listed),
        "beginnings": heads,
    }


def _below(roots: list[Path]) -> Iterator[tuple[str, Path]]:
    """Plain files as a written reader sees them (see `tools/read_with.py`): one root is the folder itself."""
    for root in roots:
        if root.is_file():
            yield root.name, root
            continue
        for place, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(place, name)
                if not name.startswith(".") and path.is_file() and not path.is_symlink():
                    below = path.relative_to(root)
                    yield str(below if len(roots) == 1 else Path(root.name) / below), path


def _head(path: Path, private: bool) -> str:
    """As text where it is text, else as hex digits."""
    try:
        with os.fdopen(open_plain(path), "rb") as file:
            start = file.read(HEAD_BYTES)
    except (OSError, ToolError):
        return "(can't be read)"
    text = start.decode("utf-8", "replace")
    if "\0" in text or text.count("�") > len(text) // 10:
        return f"bytes {start[:24].hex(' ')} …" if not private else f"bytes {start[:4].hex(' ')} …"
    return mask(text) if private else text


def mask(text: str) -> str:
    """The form of a text without its content: `Bob,17\\n` → `aaa,99\\n`."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))


def _type(about: dict[str, Any]) -> str:
    kinds = [one.get("type", "object") for one in about.get("anyOf", [about]) if one.get("type") != "null"]
    if "enum" in about:
        return " | ".join(map(str, about["enum"]))
    return " | ".join(dict.fromkeys(map(str, kinds)))


def _short(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"
