"""Real files through the real `inspect` and `prepare`, in a run folder of their own."""

from pathlib import Path
from typing import Any

import datasets
import numpy as np

from noglue.tools import inspect, prepare
from noglue.tools.data.arrays import label_array
from noglue.tools.data.hashing import table_hashes
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Note, Progress, Step


class Run:
    """A run folder; `notes` are what the steps told."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder, self.seed, self.notes = folder, seed, list[str]()
        for name in ("data", "sealed", "model", "steps"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def step(self, name: str) -> Step:
        folder = self.folder / "steps" / name
        folder.mkdir(exist_ok=True)
        return Step(folder=folder, run=self.folder, seed=self.seed, emit=self._hear)

    def _hear(self, event: Progress | Note) -> None:
        if isinstance(event, Note):
            self.notes.append(event.message)

    def prepare(self, *roots: str | Path, **wishes: Any) -> prepare.Result:
        looked = inspect.run(inspect.Args(roots=[str(root) for root in roots]), self.step("inspect"))
        return prepare.run(prepare.Args(profile=looked.profile, **wishes), self.step("prepare"))

    @property
    def schema(self) -> Schema:
        return Schema.load(self.folder / "data")

    def split(self, name: str) -> datasets.Dataset:
        return load_split(self.folder / ("sealed" if name == "test" else "data"), name)

    def hashes(self, name: str) -> np.ndarray:
        """Of the features alone."""
        rows = self.split(name)
        return table_hashes(rows.data.table.select([column.name for column in self.schema.features]))

    def labels(self, name: str) -> np.ndarray:
        return label_array(self.split(name), str(self.schema.target))


def kinds(result: prepare.Result) -> set[str]:
    return {warning.kind for warning in result.warnings}
