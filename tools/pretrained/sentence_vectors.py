"""Many texts as vectors of 384 numbers, to learn from: the weights of `sentences.py`, kept with the model.

    >>> embedder = Embedder.published()
    >>> embedder.encode(["a cat", "a kitten"], longest=64).shape       # float32, unit length
    (2, 384)
    >>> embedder.save(model / "embedder")                              # 45 MB; Embedder.load(model / "embedder")

A model takes the weights along, rounded to half precision, so that `predict` needs no package and no network; they are
rounded before anything is learned, too. Where torch is installed it computes, in bfloat16 where the processor has that:
one core of a Xeon computes for 3.2 ms on a text of 24 tokens in bfloat16 and for 5.4 ms in float32; numpy alone takes
three times as long. A text's length is rounded up and batches are of one size, so that a text's
vector does not depend on which others stand beside it.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.pretrained import published, sentences
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.slowness import cores

if TYPE_CHECKING:
    import torch

SIZE = sentences.SIZE
FILES = tuple(sentences.SHA256)
CHARACTERS_A_TOKEN = 12  # more of a text are not looked at
TOKENS_AT_ONCE = 1024  # in a batch
NOTICE = (
    "all-MiniLM-L6-v2, the Sentence Transformers authors, under the Apache License 2.0; weights of the package "
    f"{sentences.PACKAGE}, rounded to half precision\n"
)
STEPS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # lengths that are computed


class Embedder:
    """weights: float16, named as in the published file. vocabulary: the bytes of `tokenizer.json`."""

    def __init__(self, weights: dict[str, np.ndarray], vocabulary: bytes) -> None:
        import tokenizers

        self.weights, self.vocabulary = weights, vocabulary
        self.tokenizer = tokenizers.Tokenizer.from_buffer(vocabulary)
        self.tokenizer.no_padding()
        self._forward = _forward_of(weights)

    @classmethod
    def published(cls) -> "Embedder":
        """Of the installed package. Raises WeightsMissing."""
        folder = sentences.folder()
        weights, vocabulary = (
            published.checked(folder / name, sentences.SHA256[name], sentences.PACKAGE) for name in FILES
        )
        return cls({n: a.astype(np.float16) for n, a in sentences.tensors(weights).items()}, bytes(vocabulary))

    @classmethod
    def load(cls, folder: Path) -> "Embedder":
        """Raises DataError `unreadable` where the folder holds none."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            return cls(load_file(folder / FILES[0]), (folder / FILES[1]).read_bytes())
        except (OSError, SafetensorError, KeyError) as error:
            raise DataError(Kind.UNREADABLE, f"{folder} holds no sentence encoder: {error}.") from error

    def save(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: np.ascontiguousarray(one) for name, one in self.weights.items()}, folder / FILES[0])
        (folder / FILES[1]).write_bytes(self.vocabulary)
        (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")

    def tokens(self, texts: Sequence[str], longest: int) -> list[list[int]]:
        """The first `longest` tokens of each, with those that mark its beginning and end."""
        self.tokenizer.enable_truncation(longest)
        cut = [text[: CHARACTERS_A_TOKEN * longest] for text in texts]
        return [found.ids for found in self.tokenizer.encode_batch(cut)]

    def encode(
        self,
        texts: Sequence[str],
        longest: int = sentences.LONGEST,
        until: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """float32 (n, 384) of unit length, in the order given; equal texts are computed once.

        longest: tokens that are read of each. until: in seconds of `time.monotonic()`. Raises BudgetSpent.
        """
        new = list(dict.fromkeys(texts))
        place = {text: number for number, text in enumerate(new)}
        ids = self.tokens(new, longest)
        found = np.zeros((len(new), SIZE), np.float32)
        done = 0
        with _one_thread_each(), ThreadPoolExecutor(cores()) as pool:
            for some, vectors in _in_order(pool, lambda batch: self._of(ids, *batch), _batches(ids, longest)):
                if until is not None and time.monotonic() > until:
                    pool.shutdown(cancel_futures=True)
                    raise BudgetSpent(Kind.BUDGET_SPENT, f"{done:,} of {len(new):,} texts were encoded in time.")
                found[some] = vectors
                done += len(some)
                if progress is not None:
                    progress(done, len(new))
        return found[[place[text] for text in texts]] if len(texts) else found

    def seconds_a_token(self) -> float:
        """Measured on two batches of all cores, the first of which prepares much; of texts that fill theirs."""
        batches = [(np.zeros(0, np.int64), TOKENS_AT_ONCE // 64, 64)] * cores()
        began = time.monotonic()
        with _one_thread_each(), ThreadPoolExecutor(cores()) as pool:
            for _ in range(2):
                began = time.monotonic()
                list(pool.map(lambda batch: self._of([], *batch), batches))
        return (time.monotonic() - began) / (len(batches) * TOKENS_AT_ONCE)

    def _of(self, ids: list[list[int]], rows: np.ndarray, count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        """The vectors of these rows, filled up to `count` of `size` tokens: few shapes, as each takes preparing."""
        batch, there = np.zeros((count, size), np.int64), np.zeros((count, size), bool)
        there[:, 0] = True
        for line, row in enumerate(rows.tolist()):
            batch[line, : len(ids[row])], there[line, : len(ids[row])] = ids[row], True
        return rows, self._forward(batch, there)[: len(rows)]


Batch = tuple[np.ndarray, int, int]  # rows, how many are computed (a power of two, or the most), length


def _batches(ids: list[list[int]], longest: int) -> Iterator[Batch]:
    sizes = np.array([min(longest, rounded(len(one))) for one in ids], np.int64)
    for size in np.unique(sizes).tolist():
        rows, most = np.flatnonzero(sizes == size), max(4, TOKENS_AT_ONCE // size)
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            yield some, min(most, 1 << (len(some) - 1).bit_length()), size


def _in_order(
    pool: ThreadPoolExecutor, work: "Callable[[Batch], tuple[np.ndarray, np.ndarray]]", batches: Iterator[Batch]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """A few batches ahead, so that there is little to give up when time is over."""
    waiting: deque[Future[tuple[np.ndarray, np.ndarray]]] = deque()
    for batch in batches:
        waiting.append(pool.submit(work, batch))
        if len(waiting) > 2 * cores():
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Threads that share the small products of one batch wait for each other: on a busy machine that took ten times as
    long as one thread; threads that have a batch each do not wait.
    """
    import sys

    from threadpoolctl import threadpool_limits

    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch is not None else 1
    with threadpool_limits(1, "blas"):
        if torch is not None:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            if torch is not None:
                torch.set_num_threads(before)


def is_here() -> str | None:
    """None where the weights can be used, else what is missing, in words; no weights are read."""
    try:
        sentences.folder()
    except WeightsMissing as missing:
        return str(missing)
    return None


def rounded(tokens: int) -> int:
    return next((step for step in STEPS if step >= tokens), STEPS[-1])


def _forward_of(weights: dict[str, np.ndarray]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Token ids int64 (n, tokens) and which of them are there, bool → unit vectors float32 (n, 384)."""
    from importlib.util import find_spec

    if find_spec("torch") is not None:
        return _of_torch(weights)
    whole = {name: one.astype(np.float32) for name, one in weights.items()}

    def of_numpy(ids: np.ndarray, there: np.ndarray) -> np.ndarray:
        rows = zip(ids.tolist(), there.sum(axis=1).tolist(), strict=True)
        return np.asarray(sentences.forward(whole, [row[:length] for row, length in rows]))

    return of_numpy


def _of_torch(weights: dict[str, np.ndarray]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    import torch
    from torch.nn import functional

    w = {name: torch.from_numpy(one.astype(np.float32)) for name, one in weights.items() if one.dtype == np.float16}
    size, heads = sentences.SIZE, sentences.HEADS
    half = _has_bfloat16()

    def norm(x: "torch.Tensor", name: str) -> "torch.Tensor":
        return functional.layer_norm(x.float(), (size,), w[name + ".weight"], w[name + ".bias"], 1e-12)

    def linear(x: "torch.Tensor", name: str) -> "torch.Tensor":
        return functional.linear(x, w[name + ".weight"], w[name + ".bias"])

    def attend(x: "torch.Tensor", hidden: "torch.Tensor", layer: str) -> "torch.Tensor":
        query, key, value = (
            linear(x, f"{layer}attention.self.{name}").view(*x.shape[:2], heads, size // heads).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=hidden)
        return linear(mixed.transpose(1, 2).flatten(2), layer + "attention.output.dense")

    def run(ids: np.ndarray, there: np.ndarray) -> np.ndarray:
        mask = torch.from_numpy(there)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            x = w["embeddings.word_embeddings.weight"][torch.from_numpy(ids)]
            x = x + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
            x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
            for number in range(sentences.LAYERS):
                layer = f"encoder.layer.{number}."
                mixed = attend(x, mask[:, None, None, :], layer)
                x = norm(x + mixed, layer + "attention.output.LayerNorm")
                wide = functional.gelu(linear(x, layer + "intermediate.dense"))
                x = norm(x + linear(wide, layer + "output.dense"), layer + "output.LayerNorm")
            mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            unit: np.ndarray = functional.normalize(mean.float(), dim=1).numpy()
            return unit

    return run


def _has_bfloat16() -> bool:
    """Whether bfloat16 products are done in hardware: oneDNN emulates them elsewhere, at a fraction of the speed."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8", errors="replace") if info.exists() else ""
    flags: Any = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return "avx512_bf16" in flags or "amx_bf16" in flags
