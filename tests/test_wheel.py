"""The wheel, installed far from the clone with what it declares to need and nothing else, does a table end to end.

The environment is a fresh one. Its packages are those that pip would install beside noglue (by the metadata, without
extras), linked from the environment of the tests, so that no network is needed.
"""

import importlib.metadata
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from noglue.tools.spec.extras import EXTRAS
from tests.agent.command_line import environment

HOUSE = Path(__file__).parents[1]
SOURCES = ("agent", "tools", "tasks", "src")
BESIDE = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves folders beside the sources."""
    copy = tmp_path_factory.mktemp("sources")
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        shutil.copytree(HOUSE / name, copy / name, symlinks=True, ignore=skipped)
    for name in BESIDE:
        shutil.copy(HOUSE / name, copy)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(copy / "built"), str(copy))
    return next((copy / "built").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment's folder of programs."""
    place = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    pip("--python", str(place / "bin/python"), "install", "--no-deps", "--no-index", str(wheel))
    packages = next(place.glob("lib/python*/site-packages"))
    for name in needed("noglue", set()) - {"noglue"}:
        link(importlib.metadata.distribution(name), packages)
    return place / "bin"


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True, capture_output=True, timeout=200)


def needed(name: str, known: set[str]) -> set[str]:
    """The distribution and all that it needs, extras left out."""
    if name in known:
        return known
    known.add(name)
    for requirement in importlib.metadata.requires(name) or []:
        wanted, _, marker = requirement.partition(";")
        found = re.match(r"[A-Za-z0-9._-]+", wanted.strip())
        if found and "extra" not in marker and is_here(found[0]):
            needed(canonical(found[0]), known)
    return known


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def is_here(name: str) -> bool:
    """What a marker leaves out on this machine is not installed in the tests' environment either."""
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def link(distribution: importlib.metadata.Distribution, packages: Path) -> None:
    for file in distribution.files or []:
        source, target = Path(str(file.locate())), packages / file
        if ".." in file.parts or not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except FileExistsError:
            continue
        except OSError:
            shutil.copy2(source, target)  # on another file system


def run(program: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(program), *arguments], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        there = {name.removeprefix("noglue/") for name in packed.namelist()}
    for name in SOURCES[:3]:
        assert {str(path.relative_to(HOUSE)) for path in files(HOUSE / name)} <= there


def test_an_image_is_built_from_the_same_files_and_with_extras_that_exist() -> None:
    kept = re.findall(r"^!(\S+)$", (HOUSE / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    wanted = re.findall(r"^ARG EXTRAS=(\S+)$", (HOUSE / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(kept) == sorted((*SOURCES, *BESIDE))
    assert wanted
    assert {*wanted[0].split(",")} <= {extra.name for extra in EXTRAS}


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@pytest.mark.slow
def test_a_table_is_learned_tested_and_predicted_where_only_the_wheel_is(installed: Path, tmp_path: Path) -> None:
    draw = random.Random(0)
    rows = [(draw.gauss(0, 1), draw.choice("uvw")) for _ in range(200)]
    lines = [f"{number:.3f},{letter},{'yes' if number + (letter == 'u') > 0.3 else 'no'}" for number, letter in rows]
    (tmp_path / "x.csv").write_text("\n".join(["a,b,y", *lines, ""]), encoding="utf-8")

    extras = run(installed / "python", tmp_path, "-c", "import torch")
    done = run(
        installed / "noglue", tmp_path, "run", "Predict y", "--data", "x.csv", "--yes", "--json", "--budget", "60s"
    )

    assert "ModuleNotFoundError" in extras.stderr
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["metrics"]["test"]["accuracy"]["value"] > 0.8
    assert "<style>" in (Path(content["path"]) / "report.html").read_text(encoding="utf-8")
    predicted = run(installed / "noglue", tmp_path, "predict", "latest", "x.csv", "--out", "answers.csv")
    assert predicted.returncode == 0, predicted.stderr
    assert len((tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()) == 201


@pytest.mark.slow
def test_doctor_says_there_that_byte_code_is_missing_and_what_writes_it(installed: Path, tmp_path: Path) -> None:
    folder = next(installed.parent.glob("lib/python*/site-packages/sklearn/__pycache__"))
    with_it = run(installed / "noglue", tmp_path, "doctor").stdout
    aside = folder.rename(folder.with_name("aside"))
    try:
        without = run(installed / "noglue", tmp_path, "doctor").stdout
    finally:
        aside.rename(folder)

    assert "byte code" not in with_it
    assert f"-m compileall -q {folder.parents[1]} writes it" in without


@pytest.mark.slow
def test_pictures_say_there_what_installs_them(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "noglue", tmp_path, "run", "Recognise handwritten digits.", "--yes")

    assert done.returncode == 5
    assert "pip install 'noglue[images]'" in done.stderr
