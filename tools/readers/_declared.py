"""What a data set says of itself in a file for programs; nothing that it points to outside is fetched.

    README.md            ---  configs: [{config_name, data_files: [{split: train, path: data/train-*}]}]  …  ---
    dataset_info.json    {"features": {"label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}}        Hugging Face
    croissant.json       {"distribution": [{"@id": "a.csv"}], "recordSet": [{"field": [{"dataType": "cr:Label", …}]}]}
    datapackage.json     {"resources": [{"path": "m.csv", "schema": {"foreignKeys": […]}}]}               Frictionless

Source: https://huggingface.co/docs/datasets/repository_structure, https://datapackage.org/standard/table-schema/,
https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.readers._relations import LookUp
from noglue.tools.readers._splits import split_of
from noglue.tools.spec.protocols import Match

if TYPE_CHECKING:
    import pyarrow as pa

FOLLOWED = "a description of the data, which was followed"
NOT_DECLARED = "not a part of the data by its description"
_HUB = ("dataset_info.json", "dataset_infos.json")
_STATE = ("state.json", "dataset_dict.json")
_JSON = ("datapackage.json", "croissant.json", "metadata.json", *_HUB)
_LARGEST = 1 << 24  # bytes of a description
_MOST = 20  # descriptions that are looked at


@dataclass(frozen=True)
class Declared:
    """by: the descriptions. splits: each file that is data → its split, `all` where none is told.

    aside: files that the descriptions leave to another configuration. target: the column that is the label. names: of
    the classes in a column, from 0 on. relations: which column of a table another's rows are looked up by.
    """

    by: tuple[Path, ...] = ()
    splits: Mapping[Path, str] = field(default_factory=dict)
    aside: Mapping[Path, str] = field(default_factory=dict)
    target: str | None = None
    names: Mapping[str, list[str]] = field(default_factory=dict)
    relations: tuple[LookUp, ...] = ()


def is_description(path: Path) -> bool:
    """Whether a file tells of data rather than holds any, by its name and its first bytes."""
    if path.name in (*_HUB, *_STATE, "datapackage.json"):
        return True
    return path.name in _JSON and _kind(_json(path)) != ""


def of(files: Sequence[Path]) -> Declared:
    """Everything that descriptions among the files say, the outermost first; empty where there are none."""
    likely = [path for path in files if path.name in _JSON or path.name.lower() == "readme.md"]
    likely += [path for path in files if path.suffix.lower() == ".json" and "croissant" in path.stem.lower()]
    found = Declared()
    for path in sorted(dict.fromkeys(likely), key=lambda path: (len(path.parts), path.name))[:_MOST]:
        one = _read(path, files)
        if one is not None:
            found = Declared(
                (*found.by, path),
                found.splits or one.splits,
                found.aside or one.aside,
                found.target or one.target,
                {**one.names, **found.names},
                found.relations or one.relations,
            )
    return found


def files_of(said: Declared, files: Sequence[Path]) -> list[Path]:
    """The data by the descriptions; all files where these name none of them."""
    named = [path for path in files if path in said.splits]
    return named or list(files)


def told(match: Match, said: Declared, files: Sequence[Path]) -> Match:
    """The match with what the descriptions say of its columns, and with the files that they leave out."""
    if not said.by:
        return match
    reading = dict(match.reading)
    if said.target is not None:
        reading.setdefault("target", said.target)
    if said.names:
        reading["names"] = json.dumps(said.names)
    used = {path for paths in match.files.values() for path in paths}
    ignored = dict(match.ignored) | {str(path): FOLLOWED for path in said.by}
    ignored |= {str(path): why for path, why in said.aside.items() if path not in used}
    if said.splits:
        ignored |= {str(path): ignored.get(str(path), NOT_DECLARED) for path in files
                    if path not in used and path not in said.by and str(path) not in ignored}  # fmt: skip
    return replace(match, reading=reading, ignored=ignored)


def class_names(match: Match) -> dict[str, list[str]]:
    """Column → names of its classes, as `told` left them in a reading."""
    found = json.loads(match.reading.get("names", "{}"))
    return {str(name): [str(one) for one in names] for name, names in found.items()}


def classes(match: Match, target: str | None, tables: "Mapping[str, pa.Table]") -> list[str] | None:
    """The names of a target's classes, where all of its values are numbers of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = class_names(match).get(target or "")
    held = [table[target] for table in tables.values() if target in table.column_names]
    if not names or not held or not all(pa.types.is_integer(column.type) for column in held):
        return None
    ends = [pc.min_max(column).as_py() for column in held if len(column) > column.null_count]
    return names if all(end["min"] >= 0 and end["max"] < len(names) for end in ends) else None


def target(match: Match, tables: "Mapping[str, pa.Table]") -> str | None:
    """The declared target, where the tables have such a column."""
    name = match.reading.get("target")
    return name if any(name in table.column_names for table in tables.values()) else None


# ---- each kind of description ------------------------------------------------------------------------------------


def _read(path: Path, files: Sequence[Path]) -> Declared | None:
    if path.suffix.lower() == ".md":
        return _of_card(_front_matter(path), path.parent, files)
    content = _json(path)
    kind = _kind(content)
    if kind == "hub":
        infos = [content] if "features" in content else [one for one in content.values() if isinstance(one, dict)]
        return Declared(names=_features(infos[0].get("features"))) if infos else None
    if kind == "croissant":
        return _of_croissant(content, files)
    return _of_package(content, path.parent, files) if kind == "package" else None


def _kind(content: Any) -> str:
    if not isinstance(content, dict):
        return ""
    if isinstance(content.get("resources"), list):
        return "package"
    if isinstance(content.get("distribution"), list) and ("recordSet" in content or "@context" in content):
        return "croissant"
    infos = [content, *(one for one in content.values() if isinstance(one, dict))]
    return "hub" if any(isinstance(one.get("features"), dict) for one in infos) else ""


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig")) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None


def _front_matter(path: Path) -> Any:
    """The YAML between `---` and `---` at the beginning of a card."""
    import yaml  # type: ignore[import-untyped]

    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(_LARGEST)
    match = re.match(r"\ufeff?---\s*\n(.*?)\n---\s*(\n|$)", text, re.S)
    try:
        return yaml.safe_load(match[1]) if match else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _of_card(card: Any, folder: Path, files: Sequence[Path]) -> Declared | None:
    if not isinstance(card, dict) or not ("configs" in card or "dataset_info" in card):
        return None
    configs = [one for one in _list(card.get("configs")) if isinstance(one, dict)]
    name_of = {id(one): _text(one.get("config_name", "default")) for one in configs}
    usual = [one for one in configs if one.get("default") is True]
    usual += [one for one in configs if name_of[id(one)] == "default"]
    chosen = next(iter([*usual, *configs]), None)
    splits = _data_files(chosen.get("data_files"), folder, files) if chosen else {}
    aside: dict[Path, str] = {}
    for one in configs:
        if one is not chosen:
            for path in _data_files(one.get("data_files"), folder, files):
                if path not in splits:
                    aside[path] = f"another configuration of the data: {name_of[id(one)]}"
    infos = [one for one in _list(card.get("dataset_info")) if isinstance(one, dict)]
    named = name_of[id(chosen)] if chosen else "default"
    info = next((one for one in infos if one.get("config_name", "default") == named), infos[0] if infos else {})
    return Declared(splits=splits, aside=aside, names=_features(info.get("features")))


def _data_files(told: Any, folder: Path, files: Sequence[Path]) -> dict[Path, str]:
    """`data/*.csv`, `[a.csv, b.csv]`, `{train: a.csv}`, `[{split: train, path: a-*}]` → file → split."""
    pairs: list[tuple[str, Any]] = []
    if isinstance(told, dict):
        pairs = [(_text(split), paths) for split, paths in told.items()]
    else:
        for one in _list(told):
            pairs.append((_text(one.get("split", "train")), one.get("path")) if isinstance(one, dict) else ("all", one))
    found: dict[Path, str] = {}
    for split, patterns in pairs:
        known = split_of(split) or ("all" if split in ("all", "default") else "unlabelled")
        for pattern in _list(patterns):
            found |= {path: known for path in _matching(_text(pattern), folder, files) if path not in found}
    return dict.fromkeys(found, "all") if set(found.values()) == {"train"} else found


def _matching(pattern: str, folder: Path, files: Sequence[Path]) -> Iterable[Path]:
    wanted = pattern.removeprefix("./").replace("**/", "*")
    for path in files:
        below = str(path.relative_to(folder)) if path.is_relative_to(folder) else ""
        if below and (fnmatchcase(below, wanted) or below.startswith(f"{wanted.rstrip('/')}/")):
            yield path


def _features(told: Any) -> dict[str, list[str]]:
    """Column → class names, as JSON has the features (a mapping) or a card (a list)."""
    found: dict[str, list[str]] = {}
    pairs = (
        told.items()
        if isinstance(told, dict)
        else [(one.get("name"), one) for one in _list(told) if isinstance(one, dict)]
    )
    for name, feature in pairs:
        names = feature.get("names") if isinstance(feature, dict) else None
        kind = feature.get("dtype") if isinstance(feature, dict) else None
        if names is None and isinstance(kind, dict) and isinstance(kind.get("class_label"), dict):
            names = kind["class_label"].get("names")
        if isinstance(names, dict):
            names = [names[key] for key in sorted(names, key=lambda key: int(key) if str(key).isdigit() else 0)]
        if isinstance(names, list) and names:
            found[_text(name)] = [_text(one) for one in names]
    return found


def _of_croissant(content: Mapping[str, Any], files: Sequence[Path]) -> Declared:
    places: dict[str, list[Path]] = {}
    for one in _list(content.get("distribution")):
        if isinstance(one, dict):
            told = [_text(one.get(key)) for key in ("contentUrl", "name", "@id") if one.get(key)]
            named = [path for path in files if any(path.name == text.rpartition("/")[2] for text in told)]
            globs = [_text(text) for text in _list(one.get("includes"))]
            named += [path for path in files for text in globs if fnmatchcase(path.name, text.rpartition("/")[2])]
            for key in (one.get("@id"), one.get("name")):
                places.setdefault(str(key), named)
    fields = [(str(one.get("@id", f"{record.get('name')}/{one.get('name')}")), one)
              for record in _list(content.get("recordSet")) if isinstance(record, dict)
              for one in _list(record.get("field")) if isinstance(one, dict)]  # fmt: skip
    sources = {name: _source(one) for name, one in fields}
    used = {path: "all" for place, _ in sources.values() for path in places.get(place, ())}
    labels = [
        sources[name][1]
        for name, one in fields
        if any(_text(kind).endswith(":Label") for kind in _list(one.get("dataType")))
    ]
    relations = []
    for name, one in fields:
        right = _reference(one.get("references"), sources)
        if right is not None:
            relations += [LookUp(path, sources[name][1], right[1]) for path in places.get(right[0], ())[:1]]
    splits = used if len(set(used)) < len(files) else {}
    return Declared(splits=splits, target=labels[0] if len(labels) == 1 else None, relations=tuple(relations))


def _source(one: Mapping[str, Any]) -> tuple[str, str]:
    """Which file a field comes from, and which column of it."""
    source = one.get("source")
    source = source if isinstance(source, dict) else {}
    place = source.get("fileObject") or source.get("fileSet") or source.get("distribution") or {}
    extract = source.get("extract")
    column = extract.get("column") if isinstance(extract, dict) else None
    return _text(place.get("@id") if isinstance(place, dict) else place), _text(column or one.get("name", ""))


def _reference(told: Any, sources: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    if not isinstance(told, dict):
        return None
    of_field = told.get("field", told)
    known = sources.get(_text(of_field.get("@id") if isinstance(of_field, dict) else of_field))
    return known or (_source({"source": told}) if "extract" in told else None)


def _of_package(content: Mapping[str, Any], folder: Path, files: Sequence[Path]) -> Declared:
    paths: dict[str, list[Path]] = {}
    relations: list[LookUp] = []
    resources = [one for one in content["resources"] if isinstance(one, dict)]
    for one in resources:
        told = [_text(path) for path in _list(one.get("path"))]
        paths[_text(one.get("name"))] = [path for text in told for path in _matching(text, folder, files)]
    for one in resources:
        schema = one.get("schema") if isinstance(one.get("schema"), dict) else {}
        for key in _list(schema.get("foreignKeys")) if isinstance(schema, dict) else []:
            there = key.get("reference", {}) if isinstance(key, dict) else {}
            left, right = _list(key.get("fields")), _list(there.get("fields"))
            if len(left) == len(right) == 1:
                relations += [
                    LookUp(path, _text(left[0]), _text(right[0]))
                    for path in paths.get(_text(there.get("resource")), [])[:1]
                ]
    return Declared(splits={path: "all" for inside in paths.values() for path in inside}, relations=tuple(relations))


def _text(value: Any) -> str:
    """A word; nothing of what is none, which in YAML may be a list that holds itself a million times."""
    return str(value) if isinstance(value, str | int | float) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
