"""What ordinary people ask for, without an address: a TOML file each, in two halves.

    text = "I'd like something that tells wines apart by their chemistry."
    language = "en"
    set = "wine"           # the data set that is meant, of tasks/web/sets/; left out where nothing fits
    goal = "classify"
    target = "cultivar"
    metric = "accuracy"
    floor = 0.90           # what the run's test score must reach
    exit = [3, 4]          # left out: 0

Planner and search may be tuned on `paragraphs/tuning/`; `paragraphs/held_back/` is only looked at to measure.
"""

import tomllib
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

Half = Literal["tuning", "held_back"]
FOLDER = Path(__file__).parent / "paragraphs"


class WebParagraph(BaseModel):
    """One file. exit: the exit codes that are right."""

    model_config = ConfigDict(extra="forbid")
    text: str
    language: str
    half: Half
    set: str | None = None
    goal: str | None = None
    target: str | None = None
    metric: str | None = None
    floor: float | None = None
    exit: list[int] = []


def load_all() -> dict[str, WebParagraph]:
    """Name → paragraph, by file name, the tuning half first."""
    return {
        file.stem: _load(file) for half in ("tuning", "held_back") for file in sorted((FOLDER / half).glob("*.toml"))
    }


def _load(file: Path) -> WebParagraph:
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return WebParagraph(half=cast(Half, file.parent.name), **told)
