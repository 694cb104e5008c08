"""Tensors by their names: `.safetensors`, and PyTorch's `.pt` and `.pth` where they hold nothing but tensors.

    data.safetensors    {"x_train": {"dtype": "U8", "shape": [60000, 28, 28], "data_offsets": [0, 47040000]}, …}
    training.pt  test.pt    (images (60000, 28, 28) uint8, labels (60000,))       (torchvision's processed MNIST)

PyTorch's are opened with `weights_only`: containers and tensors, no other object. Weights of a model are no data.
Source: https://github.com/huggingface/safetensors#format, https://docs.pytorch.org/docs/stable/generated/torch.load.html
"""

import json
import math
import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.files.unchanging import start
from noglue.tools.readers import _array_sets, _containers
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, held
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "tensors (.safetensors, .pt)"
_KINDS = {"U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8", "I64": "<i8",
          "F16": "<f2", "F32": "<f4", "F64": "<f8", "BOOL": "?"}  # fmt: skip
_MOST_HEADER = 100 << 20
_DOUBT = 0.4  # where no name tells a role: models are kept so
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first bytes."""
    return _array_sets.readings([path for path in files if _safe(path) or _torch(path)], _load, _DOUBT, files)


def sniff(files: Sequence[Path]) -> Match | None:
    return next(iter(readings(files)), None)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _array_sets.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, `unsafe-pickle`."""
    return _array_sets.read(match, _load, rows, form)


def _load(path: Path) -> Mapping[str, Stored]:
    return _safe_arrays(path) if _safe(path) else _torch_arrays(path)


# ---- safetensors ---------------------------------------------------------------------------------------------------


def _safe(path: Path) -> bool:
    try:
        head = start(path, 9)
    except OSError:
        return False
    length = int.from_bytes(head[:8], "little")
    return len(head) == 9 and head[8:] == b"{" and 2 <= length <= path.stat().st_size - 8


def _safe_arrays(path: Path) -> Mapping[str, Stored]:
    """The header is JSON; the numbers lie behind it as they are. Raises DataError `unreadable`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(_MOST_HEADER, size):
            raise unreadable(path, f"its header claims {length:,} bytes")
        raw = file.read(length)
    try:
        listed = json.loads(raw)
        found = {}
        for name, told in listed.items():
            if name == "__metadata__":
                continue
            start, end = told["data_offsets"]
            shape = tuple(int(side) for side in told["shape"])
            found[name] = _mapped(path, name, told["dtype"], shape, 8 + length + start, end - start, size)
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise unreadable(path, f"its header is no list of tensors ({error})") from error


def _mapped(path: Path, name: str, kind: str, shape: tuple[int, ...], start: int, length: int, size: int) -> Stored:
    import numpy as np

    if kind not in _KINDS:
        raise unreadable(path, f"its tensor {name} is of type {kind}, which holds no data")
    dtype = np.dtype(_KINDS[kind])
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != length or not 8 <= start <= size - length:
        raise unreadable(
            path, f"its tensor {name} of {shape} does not lie at the bytes {start:,} to {start + length:,}"
        )

    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        whole = np.memmap(path, dtype, "r", start, shape) if length else np.empty(shape, dtype)
        return held(whole).take(rows, axis)

    return Stored(shape, dtype.kind, dtype.itemsize, take)


# ---- PyTorch -------------------------------------------------------------------------------------------------------


def _torch(path: Path) -> bool:
    try:
        head = start(path, len(_LEGACY))
        if head == _LEGACY:
            return True
        if head[:4] != b"PK\x03\x04" or path.suffix.lower() in (".npz", ".xlsx", ".docx", ".ods"):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist()[:8])
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def _torch_arrays(path: Path) -> Mapping[str, Stored]:
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
        return _containers.arrays(content, path, lambda value: _numpy(value, path))
    except pickle.UnpicklingError as error:
        raise DataError(
            Kind.UNSAFE_PICKLE,
            f"{path.name} holds other objects than tensors and containers; it was not opened.",
            hint="Save the tensors alone, in a dictionary with the keys x_train, y_train, x_test, y_test.",
            path=str(path),
        ) from error
    except (OSError, ValueError, RuntimeError, EOFError, LookupError, TypeError, AttributeError, AssertionError,
            OverflowError, zipfile.BadZipFile, struct.error) as error:  # fmt: skip
        raise unreadable(path, f"it is damaged or not PyTorch's ({' '.join(str(error).split())[:200]})") from error


def _numpy(value: Any, path: Path) -> "np.ndarray | None":
    """None for what is no plain tensor."""
    import torch

    if not isinstance(value, torch.Tensor) or value.is_quantized or value.layout != torch.strided:
        return None
    if value.numel() * value.element_size() > max(path.stat().st_size, 1 << 16):
        raise unreadable(path, f"a tensor of {tuple(value.shape)} is more than the file holds")
    plain = value.detach()
    return plain.float().numpy() if plain.dtype == torch.bfloat16 else plain.numpy()
