"""The Inception network that FID, KID and the Inception score are defined by, where its weights are at hand.

    >>> network, why = inception(find_weights(), "cuda")      # see weights.py
    >>> network.features(samples).shape, network.probabilities(samples).shape
    ((10000, 2048), (10000, 1008))

The package `torch-fidelity` (the extra `fid`) builds the network, and resizes images as TensorFlow 1 did, which the
numbers depend on. A file that holds anything but tensors is refused before that package, which would run it, sees it.
"""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import torch

AT_ONCE = 64  # images of 299×299


class Inception:
    """A frozen network on a device. Pixels: uint8 (n, h, w, 1 or 3) of any size."""

    def __init__(self, network: Any, device: str) -> None:
        self.network, self.device = network, device

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """float32 (n, 2048), what FID and KID compare."""
        return self.outputs(pixels)[0]

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """float32 (n, 1008), what the Inception score is made of."""
        return self.outputs(pixels)[1]

    def outputs(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Both of them, at the cost of one."""
        features, probabilities = [np.zeros((0, 2048), np.float32)], [np.zeros((0, 1008), np.float32)]
        for start in range(0, len(pixels), AT_ONCE):
            some = torch.from_numpy(np.array(pixels[start : start + AT_ONCE])).permute(0, 3, 1, 2)
            with torch.inference_mode():
                found = self.network(some.expand(-1, 3, -1, -1).contiguous().to(self.device))
            features.append(found[0].cpu().numpy())
            probabilities.append(found[1].softmax(1).cpu().numpy())
        return np.concatenate(features), np.concatenate(probabilities)


def inception(weights: Path, device: str) -> tuple[Inception | None, str]:
    """The network, or None with the reason in words; a network has none."""
    try:
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
    except (ImportError, RuntimeError) as error:  # a torchvision of another torch raises RuntimeError
        return None, f"FID, KID and the Inception score need torch-fidelity: {error}"
    try:
        torch.load(weights, map_location="cpu", weights_only=True)
        network = FeatureExtractorInceptionV3("inception", ["2048", "logits_unbiased"], str(weights))
    except (OSError, RuntimeError, ValueError, TypeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        reason = str(error).strip().partition("\n")[0]
        return None, f"{weights.name} does not hold the Inception network's weights: {reason}"
    return Inception(network.to(device), device), ""
