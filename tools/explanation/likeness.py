"""Which inputs are unlike the training rows, so that what the model says of them may be worth nothing.

    Likeness.learn(model, schema, data, seed)              → model/likeness.json
    Likeness.load(model).unlike(rows, schema)              ['', 'age 900 lies far from the training rows' 17 to 90', '']

Rows are told by traits (of a table its numbers, of pictures brightness and the like: `Explaining.traits`). A row is
unlike the training rows where one trait, or all of them together (Mahalanobis distance with a shrunk covariance, Ledoit
& Wolf 2004), lies farther out by a quarter than those of nearly all rows set aside for this (999 of 1,000 where there
are many). So is a row with a new word in a column that always held one of a few.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ValidationError

from noglue.tools.evaluation.wording import cut, number
from noglue.tools.explanation.asking import features_table
from noglue.tools.spec import modalities
from noglue.tools.spec.modalities import Explaining
from noglue.tools.spec.schema import Schema, load_split

if TYPE_CHECKING:
    import datasets

FILE = "likeness.json"
MOST_ROWS, MOST_OPENED = 2000, 250  # that are looked at, of tables and of what must be decoded
FEWEST_ROWS = 30
MOST_TRAITS = 60  # of which all together are looked at
MOST_WORDS = 50  # of a column of texts
NEW_WORDS = 0.002  # of the rows set aside may hold a word that the others don't; of a column with more, none is unlike
BEYOND = 1.25
ORDINARY = 0.999


class Trait(BaseModel):
    """middle, scale: the median, and the middle 80 % of the values. low, high: the least and the largest.

    missing: whether it ever was.
    """

    middle: float
    scale: float
    low: float
    high: float
    missing: bool


class Likeness(BaseModel):
    """traits: by name. farthest: how far out, in scales, a trait may lie. precision: of the traits together, (d, d);
    apart: the largest distance. words: of columns with few values, all of these.
    """

    traits: dict[str, Trait] = {}
    farthest: float = 0.0
    precision: list[list[float]] = []
    apart: float = 0.0
    words: dict[str, list[str]] = {}

    @classmethod
    def learn(cls, model: Path, schema: Schema, data: Path, seed: int) -> None:
        """Leaves it in the model's folder; nothing where rows are few, or where nothing tells what they are like."""
        how = modalities.load(schema.modality).explaining
        train = some(load_split(data, "train"), schema, seed)
        held_out = (data / "validation").is_dir()
        aside = some(load_split(data, "validation"), schema, seed) if held_out else train.select([])
        if how is None or len(train) < FEWEST_ROWS:
            return
        order = np.random.default_rng(seed).permutation(len(train))
        learned, held = train.select(order[len(train) // 3 :]), [train.select(order[: len(train) // 3]), aside]
        found = cls(words=_words(learned, [one for one in held if len(one)], schema))
        found._measure(how().traits(learned, schema), [how().traits(one, schema) for one in held if len(one)])
        (model / FILE).write_text(json.dumps(found.model_dump()), encoding="utf-8")

    @classmethod
    def load(cls, model: Path) -> "Likeness | None":
        if not (model / FILE).is_file():
            return None
        try:
            found = cls.model_validate_json((model / FILE).read_text(encoding="utf-8"))
        except (ValidationError, ValueError):
            return None
        sizes = {len(found.precision), *map(len, found.precision)}
        return found if sizes <= {len(found.traits)} or sizes == {0} else None

    def unlike(self, rows: "datasets.Dataset", schema: Schema) -> list[str]:
        """Of each row why it is unlike the training rows, in words; nothing of an ordinary one."""
        how = modalities.load(schema.modality).explaining
        said = [""] * len(rows)
        if how is None or not len(rows):
            return said
        traits = how().traits(rows, schema)
        known = [name for name in self.traits if name in traits]
        if known and len(known) == len(self.traits):
            values = np.stack([traits[name] for name in known])
            self._say(said, values, {column.name for column in schema.features} if _explaining_cells(how()) else set())
        for name, words in self.words.items():
            if name in rows.column_names:
                cells = features_table(rows, schema).column(name)
                new = pc.and_(pc.is_valid(cells), pc.invert(pc.is_in(cells, pa.array(words, pa.string()))))
                for row in np.flatnonzero(np.asarray(new)):
                    said[row] = said[row] or f"{name} “{cut(str(cells[int(row)].as_py()), 40)}” was in no training row"
        return said

    def _say(self, said: list[str], values: np.ndarray, cells: set[str]) -> None:
        """values: (traits, rows). cells: the traits that a person can look up, as the cells of a column."""
        out = self._out(values)
        worst, names = np.nan_to_num(out, nan=-1.0).argmax(axis=0), list(self.traits)
        for row in np.flatnonzero(np.nan_to_num(out, nan=0.0).max(axis=0) > self.farthest):
            name = names[worst[row]]
            value, trait = float(values[worst[row], row]), self.traits[name]
            if name in cells:
                said[row] = f"{name} {_plain(value)} lies far from the training rows' "
                said[row] += f"{_plain(trait.low)} to {_plain(trait.high)}"
            else:
                said[row] = f"its {name} is far {'above' if value > trait.high else 'below'} the training rows'"
        if self.precision:
            for row in np.flatnonzero(self._distances(values) > self.apart):
                said[row] = said[row] or "its values are an unusual combination"

    def _measure(self, learned: dict[str, np.ndarray], held: list[dict[str, np.ndarray]]) -> None:
        for name, values in learned.items():
            known = values[np.isfinite(values)]
            if len(known) < FEWEST_ROWS // 2:
                continue
            low, middle, high = (float(q) for q in np.quantile(known, [0.1, 0.5, 0.9]))
            scale = high - low or float(known.std()) or max(abs(middle), 1e-9)
            ends = float(known.min()), float(known.max())
            missing = bool(len(known) < len(values))
            self.traits[name] = Trait(middle=middle, scale=scale, low=ends[0], high=ends[1], missing=missing)
        if not self.traits:
            return
        aside = np.concatenate([np.stack([one[name] for name in self.traits]) for one in held], axis=1)
        inside = np.stack([learned[name] for name in self.traits])
        self.farthest = BEYOND * _largest(np.nan_to_num(self._out(aside), nan=0.0).max(axis=0), 0.5)
        if 2 <= len(self.traits) <= MOST_TRAITS and inside.shape[1] >= 3 * len(self.traits):
            from sklearn.covariance import ledoit_wolf

            covariance, _ = ledoit_wolf(self._scaled(inside).T)
            precision = np.linalg.pinv(covariance, hermitian=True)
            self.precision = [[round(float(cell), 6) for cell in line] for line in precision]
            self.apart = BEYOND * _largest(self._distances(aside), 1.0)

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        """float64 (traits, rows), missing ones in the middle, far ones drawn in, so that long tails hide nothing."""
        middle, scale = (
            np.array([getattr(trait, of) for trait in self.traits.values()])[:, None] for of in ("middle", "scale")
        )
        return np.asarray(np.arcsinh(np.nan_to_num((values - middle) / scale, nan=0.0, posinf=1e6, neginf=-1e6)))

    def _out(self, values: np.ndarray) -> np.ndarray:
        """float64 (traits, rows): how far outside of all values learned from, in scales; nought inside."""
        low, high, scale = (
            np.array([getattr(trait, of) for trait in self.traits.values()])[:, None] for of in ("low", "high", "scale")
        )
        return np.asarray(np.maximum(np.maximum(low - values, values - high), 0.0) / scale)

    def _distances(self, values: np.ndarray) -> np.ndarray:
        scaled = self._scaled(values)
        squared = np.einsum("in,ij,jn->n", scaled, np.array(self.precision), scaled)
        return np.asarray(np.sqrt(np.maximum(squared, 0.0)))


def some(rows: "datasets.Dataset", schema: Schema, seed: int) -> "datasets.Dataset":
    """As many rows, drawn at random, as can be looked at in a second or so."""
    most = MOST_ROWS if modalities.load(schema.modality).tabular else MOST_OPENED
    if len(rows) <= most:
        return rows
    return rows.select(np.sort(np.random.default_rng(seed).permutation(len(rows))[:most]))


def _plain(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else number(value)


def _largest(values: np.ndarray, least: float) -> float:
    return max(least, float(np.quantile(values, ORDINARY))) if len(values) else least


def _explaining_cells(how: Explaining) -> bool:
    return how.BACKGROUND


def _words(learned: "datasets.Dataset", held: "list[datasets.Dataset]", schema: Schema) -> dict[str, list[str]]:
    """Columns of texts that hold one of a few words, in the rows set aside as well."""
    found = {}
    names = [column.name for column in schema.features if column.kind == "category"]
    tables = [features_table(one, schema) for one in [learned, *held]] if names else []
    for name in names:
        cells = tables[0].column(name)
        if not pa.types.is_string(cells.type) or pc.count_distinct(cells).as_py() > MOST_WORDS:
            continue
        words = pc.drop_null(cells.unique())
        aside = pa.chunked_array([chunk for table in tables[1:] for chunk in table.column(name).chunks], pa.string())
        new = pc.sum(pc.invert(pc.is_in(pc.drop_null(aside), words))).as_py() or 0
        if new <= NEW_WORDS * max(1, len(aside)):
            every = pa.chunked_array([*cells.chunks, *aside.chunks], pa.string())
            found[name] = [str(word) for word in pc.drop_null(every.unique()).to_pylist()]
    return found
