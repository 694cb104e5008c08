"""What a layout is, and the catalogue of all of them.

@layout("Predict the species.", plain="iris", needs=("fastavro",))
def iris_avro(place: Path) -> Expected:
    …writes files into `place`…
    return of_table(frame, "species")
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-6  # of a column's sum, as its share: a decimal mark or a date misread is far more


@dataclass(frozen=True)
class Expected:
    """What should come of a layout.

    modality, target: one of these; no target where the labels have no name of their own. classes: exactly these;
    None for values. rows: all that the files hold; splits: how many of them in `train` (with validation), `test`,
    `unlabelled`, where the files say so. files: as the ledger counts them, None for what lies there. left_out,
    unusable: rows and files that can't be used. sums: numeric column → the sum of all its cells. shape: height,
    width, channels of pictures. data: what is given with --data, where it is not all that lies there. exit: the code
    that the steps should end with.
    """

    modality: tuple[str, ...]
    rows: int
    target: tuple[str, ...] = ()
    classes: tuple[str, ...] | None = None
    splits: Mapping[str, int] = field(default_factory=dict)
    files: int | None = None
    left_out: int = 0
    unusable: int = 0
    sums: Mapping[str, float] = field(default_factory=dict)
    shape: tuple[int, int, int] | None = None
    data: tuple[str, ...] = ()
    exit: int = 0


@dataclass(frozen=True)
class Layout:
    """request: as a person would type it. plain: the layout that holds the same data in its plainest form, whose score
    a full run should come to. needs: packages without which it is skipped."""

    name: str
    kind: str
    request: str
    build: Callable[[Path], Expected]
    plain: str = ""
    needs: tuple[str, ...] = ()


_KNOWN: dict[str, Layout] = {}


def layout(
    request: str, *, plain: str = "", needs: Sequence[str] = ()
) -> Callable[[Callable[[Path], Expected]], Callable[[Path], Expected]]:
    """Adds a builder to the catalogue, under its function's name."""

    def add(build: Callable[[Path], Expected]) -> Callable[[Path], Expected]:
        kind = build.__module__.rpartition(".")[2]
        add_one(build.__name__, kind, request, build, plain=plain, needs=needs)
        return build

    return add


def add_one(
    name: str,
    kind: str,
    request: str,
    build: Callable[[Path], Expected],
    *,
    plain: str = "",
    needs: Sequence[str] = (),
) -> None:
    """One more in the catalogue; for kinds whose layouts differ in a word alone."""
    if name in _KNOWN:
        raise ValueError(f"two layouts are called {name}")
    _KNOWN[name] = Layout(name, kind, request, build, plain, tuple(needs))


def load_all() -> dict[str, Layout]:
    """Every layout of `kinds/`, by name, kind by kind."""
    package = importlib.import_module("noglue.tasks.layouts.kinds")
    for module in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return dict(_KNOWN)


def of_table(frame: "pd.DataFrame", answer: str, **changes: object) -> Expected:
    """What a table should come to: its rows, the classes of its target, and the sums of its columns of numbers.

    changes: fields of `Expected` that are otherwise here.
    """
    numbers = {str(name): float(frame[name].sum()) for name in frame.columns if frame[name].dtype.kind in "fi"}
    classes = None if answer in numbers else tuple(sorted(map(str, frame[answer].dropna().unique())))
    found = Expected(("table",), len(frame), (answer,), classes, sums=numbers)
    return replace(found, **changes)  # type: ignore[arg-type]
