"""What a family for texts leaves in `model/`, and how it predicts; no package's weights are needed for it.

blend.json              `Content`: the columns of texts, the members with their shares
target.json             how a member's numbers become classes or values
counted-0.json, .safetensors …   what is counted in each column (`counted.py`)
embedder/               the sentence encoder in half precision, where a member needs it (45 MB)
member-0.safetensors …  a linear member's weights in half precision; a network: a folder of that name
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from noglue.tools.models._tables.target import Target
from noglue.tools.models._texts import embedded
from noglue.tools.models._texts.counted import Counted
from noglue.tools.models._texts.judged import TextModel
from noglue.tools.models._texts.linear_texts import Features, Kind, LinearTexts
from noglue.tools.models._texts.text_rows import texts_in
from noglue.tools.pretrained.sentence_vectors import Embedder
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.errors import Kind as ErrorKind

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

CHUNK = 2048  # rows at a time


class About(BaseModel):
    """One member. kind: None for a network."""

    name: str
    share: float
    kind: Kind | None = None
    sharpness: float = 0.0


class Content(BaseModel):
    """longest: tokens of a text that are embedded; 0 where none are."""

    names: list[str]
    longest: int = 0
    members: list[About]


@dataclass(frozen=True)
class TextBlend:
    """The weighted mean of members. embedder: None where no member needs embeddings."""

    names: list[str]
    counted: list[Counted]
    embedder: Embedder | None
    longest: int
    members: list[tuple[str, float, TextModel]]
    target: Target

    @property
    def parameters(self) -> int:
        return sum(model.parameters for _, _, model in self.members)

    def features(self, table: "pa.Table") -> Features:
        columns = texts_in(table, self.names)
        vectors = None if self.embedder is None else embedded.encoded(self.embedder, columns, self.longest)
        return Features(columns, counted_matrix(self.counted, columns), vectors)

    def mixed(self, table: "pa.Table") -> np.ndarray:
        """Probabilities (n, m) of the classes present, or values (n,) in the target's own terms."""
        features = self.features(table)
        found = np.zeros((len(features), len(self.target.present)) if self.target.classes else len(features))
        for _, share, model in self.members:
            one = model.predict(features)
            found += share * (one if self.target.classes else self.target.decode(one))
        return found

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        about = []
        for number, (name, share, model) in enumerate(self.members):
            place = folder / f"member-{number}"
            model.save(place)
            if isinstance(model, LinearTexts):
                about.append(About(name=name, share=share, kind=model.kind, sharpness=model.sharpness))
            else:
                about.append(About(name=name, share=share))
        for number, one in enumerate(self.counted):
            one.save(folder, f"counted-{number}")
        if self.embedder is not None:
            self.embedder.save(folder / "embedder")
        content = Content(names=self.names, longest=self.longest if self.embedder else 0, members=about)
        (folder / "blend.json").write_text(content.model_dump_json(indent=1), encoding="utf-8")
        (folder / "target.json").write_text(self.target.model_dump_json(indent=1), encoding="utf-8")


def counted_matrix(counted: Sequence[Counted], columns: list[list[str]]) -> Any:
    """float32 csr (n, width): the columns of texts side by side."""
    import scipy.sparse

    parts = [one.matrix(column) for one, column in zip(counted, columns, strict=True)]
    return parts[0] if len(parts) == 1 else scipy.sparse.hstack(parts, format="csr")


def load(folder: Path) -> TextBlend:
    """Raises DataError `unreadable` where the folder holds no such model."""
    from safetensors.numpy import load_file

    try:
        content = Content.model_validate_json((folder / "blend.json").read_text(encoding="utf-8"))
        target = Target.model_validate_json((folder / "target.json").read_text(encoding="utf-8"))
        members: list[tuple[str, float, TextModel]] = []
        for number, one in enumerate(content.members):
            place = folder / f"member-{number}"
            if one.kind is None:
                from noglue.tools.models._texts import convolution

                members.append((one.name, one.share, convolution.load(place)))
                continue
            arrays = load_file(place.with_suffix(".safetensors"))
            weights = arrays["weights"].astype(np.float32)
            members.append((one.name, one.share, LinearTexts(one.kind, weights, arrays["intercept"], one.sharpness)))
        counted = [Counted.load(folder, f"counted-{number}") for number in range(len(content.names))]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(ErrorKind.UNREADABLE, f"{folder} holds no model of texts: {error}.") from error
    embedder = Embedder.load(folder / "embedder") if content.longest else None
    return TextBlend(content.names, counted, embedder, content.longest, members, target)


class TextPredictor:
    """See `Predictor` in `tools/spec/protocols.py`."""

    def __init__(self, blend: TextBlend) -> None:
        self.blend = blend

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        from noglue.tools.models._tables.encoding import arrow

        table, target, parts = arrow(rows), self.blend.target, []
        for start in range(0, len(table), CHUNK):
            mixed = self.blend.mixed(table.slice(start, CHUNK))
            parts.append(target.decode(mixed) if target.classes else mixed)
            if progress is not None:
                progress(min(start + CHUNK, len(table)), len(table))
        if parts:
            return np.concatenate(parts)
        return np.zeros((0, target.classes), np.float32) if target.classes else np.zeros(0)
