"""A stack of pictures beside a table of as many rows: none of its pages is read, and that is said."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools import inspect
from noglue.tools.spec.step import Step


def _stack(path: Path, pages: int) -> None:
    random = np.random.default_rng(0)
    drawn = [Image.fromarray(random.integers(0, 255, (8, 8), dtype=np.uint8)) for _ in range(pages)]
    drawn[0].save(path, save_all=True, append_images=drawn[1:])


@pytest.mark.parametrize(("pages", "told"), [(30, True), (7, False)])
def test_pages_that_the_rows_are_about(tmp_path: Path, pages: int, told: bool) -> None:
    given = tmp_path / "given"
    given.mkdir()
    _stack(given / "cells.tif", pages)
    rows = "".join(f"{n},{('odd', 'even')[n % 2]}\n" for n in range(30))
    (given / "labels.csv").write_text(f"page,label\n{rows}")
    folder = tmp_path / "run" / "steps" / "01-inspect"
    folder.mkdir(parents=True)
    found = inspect.run(inspect.Args(roots=[str(given)]), Step(folder, tmp_path / "run"))
    tables = [one for one in found.profiles if one.modality == "table"]
    assert tables
    assert all(told == any(one.kind == "unread-pages" for one in table.warnings) for table in tables)
