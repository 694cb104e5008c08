"""A training's whole state in one file that is either there whole or not at all; no pickle.

    >>> save(folder / "training.safetensors", {"network.head.weight": weight}, {"step": 120, "history": []})
    >>> tensors, facts = load(folder / "training.safetensors")

Tensors are kept bit for bit in safetensors; the rest is JSON in the same file's header, so that the two can never
come from different moments.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

DIGESTED = 100_000_000  # bytes of each array, about, that a data set is told by


def save(file: Path, tensors: Mapping[str, torch.Tensor], facts: dict[str, Any]) -> None:
    """Written beside, synced, then renamed. Tensors may lie on any device, contiguous or not."""
    partial = file.with_name(file.name + ".partial")
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(whole, str(partial), metadata={"facts": json.dumps(facts)})
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.replace(file)


def load(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """None when there is no such file, or it is not one of ours."""
    if not file.is_file():
        return None
    try:
        with safe_open(str(file), framework="pt") as content:
            facts = json.loads(content.metadata()["facts"])
            return {name: content.get_tensor(name) for name in content.keys()}, facts  # noqa: SIM118
    except (SafetensorError, KeyError, TypeError, ValueError):
        return None


def digest(*arrays: np.ndarray) -> str:
    """Tells one data set from another: of each array its shape and a checksum of evenly spaced rows."""
    parts = (array[:: 1 + array.nbytes // DIGESTED] for array in arrays)
    return " ".join(
        f"{a.shape} {zlib.crc32(np.ascontiguousarray(p).tobytes()):08x}" for a, p in zip(arrays, parts, strict=True)
    )


def prefixed(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The reverse of `prefixed`: those of one part, with their own names."""
    return {name.removeprefix(f"{prefix}."): t for name, t in tensors.items() if name.startswith(f"{prefix}.")}
