"""The suite's teeth: weakenings that `mutants/*.toml` describe are planted in a copy of the tree, and each is caught.

    [[mutant]]
    why = "a result may name any path"
    file = "agent/claims.py"
    old = "text that stands there once"
    new = "what stands there in its place"
    test = "tests/security/test_claims.py::test_…"      # which must fail then

That every mutant still fits the code is a quick test; planting them all is a slow one (`make test-mutants`).
"""

import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MUTANTS = [
    mutant | {"area": file.stem}
    for file in sorted((Path(__file__).parent / "mutants").glob("*.toml"))
    for mutant in tomllib.loads(file.read_text(encoding="utf-8"))["mutant"]
]


def name(mutant: dict[str, Any]) -> str:
    return f"{mutant['area']}: {mutant['why']}"


def test_there_are_enough_of_them() -> None:
    assert len(MUTANTS) >= 12


@pytest.mark.parametrize("mutant", MUTANTS, ids=name)
def test_a_mutant_fits_the_code(mutant: dict[str, Any]) -> None:
    assert (ROOT / mutant["file"]).read_text(encoding="utf-8").count(mutant["old"]) == 1
    file, _, test = mutant["test"].partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, and a Python that imports the copy."""
    place = tmp_path_factory.mktemp("mutants")
    left_out = shutil.ignore_patterns("__pycache__", ".*", "runs")
    for folder in ("agent", "tools", "tasks", "tests", "src"):
        shutil.copytree(ROOT / folder, place / folder, symlinks=True, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", place / "pyproject.toml")
    venv.create(place / "venv", symlinks=True)
    (packages,) = (place / "venv" / "lib").glob("python*/site-packages")
    libraries = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "copy.pth").write_text("\n".join([str(place / "src"), str(place), *libraries]) + "\n")
    return place


def outcome_of(copy: Path, tests: list[str]) -> "subprocess.CompletedProcess[str]":
    command = [str(copy / "venv" / "bin" / "python"), "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
               "--rootdir", str(copy), *tests]  # fmt: skip
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_copy_is_sound(copy: Path) -> None:
    done = outcome_of(copy, sorted({mutant["test"] for mutant in MUTANTS}))
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutant", MUTANTS, ids=name)
def test_a_mutant_is_caught(mutant: dict[str, Any], copy: Path) -> None:
    file = copy / mutant["file"]
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(mutant["old"], mutant["new"]), encoding="utf-8")
    try:
        done = outcome_of(copy, [mutant["test"]])
    finally:
        file.write_text(whole, encoding="utf-8")
    assert done.returncode == 1, done.stdout[-3000:]
    assert " failed" in done.stdout
