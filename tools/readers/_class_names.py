"""Files that say what the codes of classes stand for: numbers, synsets, `c0`.

words.txt      n01440764<TAB>tench, Tinca tinca          synset_words.txt   n01440764 tench, Tinca tinca
classes.txt    one name a line, for 0, 1, 2 … or 1, 2, 3 …
map.json       {"0": "Bacterial Blight", …} or {"Bacterial Blight": 0, …}
classes.csv    id,name                                   data.yaml          names: [even, odd]
"""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Names = dict[str, str]  # code → name
_CODE = re.compile(r"-?\d+(\.0)?|[A-Za-z]{1,2}[_-]?\d+|(class|label|category)[_ -]?\d+", re.I)
_LISTS = re.compile(r"(.*[\W_])?(class|label|categor|synset|breed|species|wnid|word|name)\w*", re.I)
_ENDINGS = (".txt", ".csv", ".tsv", ".json", ".yaml", ".yml", ".names")
_LARGEST, _MOST = 1 << 24, 60  # bytes of a file; files looked at
_FEWEST = 2


def of(codes: Iterable[str], files: Sequence[Path]) -> tuple[Path, Names] | None:
    """The file that names each of the codes otherwise, and these names. None where two files name them differently."""
    wanted = {_plain(code) for code in codes}
    if len(wanted) < _FEWEST or not all(_CODE.fullmatch(code) for code in wanted):
        return None
    found: list[tuple[Path, Names]] = []
    likely = [path for path in files if path.suffix.lower() in _ENDINGS]
    likely.sort(key=lambda path: (_LISTS.fullmatch(path.stem) is None, len(path.parts), str(path)))
    for path in likely[:_MOST]:
        names = _told(path, wanted)
        if names is not None:
            found.append((path, names))
    if not found or any(names != found[0][1] for _, names in found):
        return None
    return found[0]


def is_list(path: Path) -> bool:
    """Whether a file is called like one that names classes: `activity_labels.txt`, `classes.csv`."""
    return path.suffix.lower() in _ENDINGS and _LISTS.fullmatch(path.stem) is not None


def is_code(text: str) -> bool:
    """`3`, `c0`, `class_2`."""
    return _CODE.fullmatch(text) is not None


def renamed(code: Any, names: Names) -> Any:
    """The name of a code as a table or a folder has it."""
    return names.get(_plain(str(code)), code)


def _plain(code: str) -> str:
    """`3`, `3.0` and `003` are one."""
    text = code.strip()
    return str(int(float(text))) if re.fullmatch(r"-?\d{1,9}(\.0)?", text) else text


def _told(path: Path, wanted: set[str]) -> Names | None:
    if path.stat().st_size > _LARGEST:
        return None
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if path.suffix.lower() == ".json":
        pairs = _of_json(text)
    elif path.suffix.lower() in (".yaml", ".yml"):
        pairs = enumerate(_of_yaml(text))
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if path.suffix.lower() in (".csv", ".tsv") and any(len(re.split(r"[,;\t]", line)) != 2 for line in lines):
            return None  # a table of more than names
        listed = _listed(lines, wanted) if _LISTS.fullmatch(path.stem) or path.suffix == ".names" else None
        pairs = _of_lines(lines) if listed is None else listed
    names = {_plain(str(code)): str(name).strip() for code, name in pairs}
    chosen = {code: names[code] for code in wanted if names.get(code)}
    worded = all(re.search(r"[^\W\d]{2}", name) and not _CODE.fullmatch(name) for name in chosen.values())
    return chosen if len(chosen) == len(wanted) == len(set(chosen.values())) and worded else None


def _listed(lines: Sequence[str], wanted: set[str]) -> Iterable[tuple[Any, Any]] | None:
    """Names alone, as many as there are numbers from 0 or 1 on."""
    numbers = {int(code) for code in wanted if re.fullmatch(r"\d+", code)}
    if len(numbers) < len(wanted) or any(re.match(r"\d+[\s,:;]", line) for line in lines):
        return None
    for start in (0, 1):
        if numbers == set(range(start, start + len(lines))):
            return enumerate(lines, start)
    return None


def _of_lines(lines: Sequence[str]) -> Iterable[tuple[str, str]]:
    """`code name` with whatever stands between them; or the other way round where the codes stand behind."""
    pairs = [re.split(r"[\t,;:|]\s*|\s+", line, maxsplit=1) for line in lines]
    both = [(pair[0].strip("\"' "), pair[1].strip("\"' ")) for pair in pairs if len(pair) == 2]
    if not both or sum(_CODE.fullmatch(code) is not None for code, _ in both) >= 0.5 * len(both):
        return both
    behind = [re.split(r"[\t,;:|]\s*|\s+(?=\S+$)", line) for line in lines]
    return [(pair[-1].strip("\"' "), pair[0].strip("\"' ")) for pair in behind if len(pair) == 2]


def _of_json(text: str) -> Iterable[tuple[Any, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    if isinstance(found, dict) and len(found) == 1 and isinstance(next(iter(found.values())), dict | list):
        found = next(iter(found.values()))
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return enumerate(found)
    if not isinstance(found, dict):
        return []
    pairs = [(key, value) for key, value in found.items() if isinstance(value, str | int)]
    turned = all(isinstance(value, int) or _CODE.fullmatch(value) for _, value in pairs)
    if any(isinstance(value, list) for value in found.values()):  # Keras': {"0": ["n01440764", "tench"]}
        return [(value[0], value[-1]) for value in found.values() if isinstance(value, list) and len(value) == 2]
    return [(value, key) for key, value in pairs] if turned else pairs


def _of_yaml(text: str) -> list[str]:
    """`names: [even, odd]`, or a list below `names:`."""
    if match := re.search(r"^names:\s*\[(.*?)\]", text, re.M | re.S):
        return [name.strip(" \t\n'\"") for name in match[1].split(",")]
    if match := re.search(r"^names:\s*\n((?:\s*(?:-|\d+:)\s*.*\n?)+)", text, re.M):
        return [re.sub(r"^\s*(?:-|\d+:)\s*", "", line).strip(" '\"") for line in match[1].splitlines()]
    return []
