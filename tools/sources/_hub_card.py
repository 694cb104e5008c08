"""What a Hub data set's description says of its columns: the viewer's form, and the form of the card.

    viewer  {"default": {"features": {"image": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type":
             "ClassLabel"}}, "splits": {"train": {"num_examples": 800}}, "download_size": 9000}}
    card    [{"config_name": "default", "features": [{"name": "image", "dtype": "image"}, {"name": "label",
             "dtype": {"class_label": {"names": {"0": "cat", "1": "dog"}}}}], "splits": [{"name": "train", …}]}]

Source: https://huggingface.co/docs/dataset-viewer/info,
https://github.com/huggingface/datasets/blob/main/templates/README_guide.md
"""

from typing import Any

from noglue.tools.sources._asking import number
from noglue.tools.spec.profiles import ModalityName
from noglue.tools.spec.sources import Candidate

_MOST = 200
_TARGETS = ("label", "labels", "target", "class", "y")


def with_facts(candidate: Candidate, card_info: Any) -> Candidate:
    """The candidate with what the first configuration (or `default`) tells; as it is where nothing can be made out."""
    info = _first(card_info)
    columns, classes, target, kind = _features(info.get("features"))
    if not columns:
        return candidate
    splits = info.get("splits")
    parts = list(splits.values()) if isinstance(splits, dict) else splits if isinstance(splits, list) else []
    rows = sum(number(part.get("num_examples")) or 0 for part in parts if isinstance(part, dict))
    facts: dict[str, Any] = {
        "columns": columns[:_MOST],
        "classes": classes[:_MOST] or candidate.classes,
        "target": target or candidate.target,
        "modality": kind or candidate.modality,
        "rows": rows or candidate.rows,
        "bytes": number(info.get("download_size")) or candidate.bytes,
    }
    return candidate.model_copy(update=facts)


def _first(info: Any) -> dict[str, Any]:
    """The configuration that is downloaded: `default`, else the first."""
    if isinstance(info, list):
        named = [one for one in info if isinstance(one, dict)]
        return next((one for one in named if one.get("config_name") == "default"), named[0] if named else {})
    if not isinstance(info, dict):
        return {}
    if "features" in info:
        return info
    configs = {name: one for name, one in info.items() if isinstance(one, dict)}
    return configs.get("default") or next(iter(configs.values()), {})


def _features(info: Any) -> tuple[list[str], list[str], str | None, ModalityName | None]:
    """→ columns, classes, target, modality."""
    if isinstance(info, dict):
        named = [(str(name), one) for name, one in info.items()]
    elif isinstance(info, list):
        named = [(str(one.get("name")), one.get("dtype")) for one in info if isinstance(one, dict)]
    else:
        return [], [], None, None
    columns = [name for name, _ in named]
    labelled = [(name, _classes(one)) for name, one in named if _classes(one)]
    kinds = {_kind(one) for _, one in named}
    modality: ModalityName | None = "image" if "image" in kinds else "audio" if "audio" in kinds else None
    target = labelled[0][0] if labelled else next((name for name in columns if name.lower() in _TARGETS), None)
    return columns, labelled[0][1] if labelled else [], target, modality


def _classes(feature: Any) -> list[str]:
    label_info = feature.get("class_label", feature) if isinstance(feature, dict) else None
    names = label_info.get("names") if isinstance(label_info, dict) else None
    if isinstance(names, dict):
        return [str(name) for name in names.values()]
    return [str(name) for name in names] if isinstance(names, list) else []


def _kind(feature: Any) -> str:
    kind = feature.get("_type", "") if isinstance(feature, dict) else feature
    return str(kind).lower()
