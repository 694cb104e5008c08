"""Written readers: in a process of their own, held to the contract. Its sandbox in one test."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noglue.tools import inspect, read_with
from noglue.tools.read_with import Args, Result
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Step
from tests.agent.planners.model_server import ModelServer

GOOD = """
def read(folder):
    for path in sorted(folder.rglob('*.dat')):
        for line in path.read_text().splitlines():
            name, _, label = line.partition('~')
            yield {'length': len(name), 'name': name, 'kind': label}
"""


def step(tmp_path: Path) -> Step:
    (tmp_path / "steps" / "03-read_with").mkdir(parents=True)
    return Step(folder=tmp_path / "steps" / "03-read_with", run=tmp_path)


def run(args: Args, where: Step) -> Result:
    """The code in a process of its own, then the tool, as the runner does it."""
    where.untrusted.mkdir()
    (where.untrusted / "args.json").write_text(json.dumps({"args": args.model_dump()}))
    command = [
        sys.executable,
        "-P",
        "-m",
        read_with.ACCESS.untrusted,
        where.untrusted,
        json.dumps({"run": str(where.run)}),
    ]
    with (where.untrusted / "log.txt").open("wb") as log:
        where.untrusted_status = subprocess.run(command, stderr=log, stdout=log, check=False, timeout=60).returncode
    return read_with.run(args, where)


def data(tmp_path: Path) -> str:
    (tmp_path / "files" / "deep").mkdir(parents=True)
    for name, rows in (("a", 30), ("deep/b", 20)):
        text = "\n".join(f"{'x' * (i % 9)}{i}~{'odd' if i % 2 else 'even'}" for i in range(rows))
        (tmp_path / "files" / f"{name}.dat").write_text(text)
    return "files"


def read(tmp_path: Path, code: str, target: str | None = "kind") -> tuple[Result, Step]:
    where = step(tmp_path)
    return run(Args(roots=[data(tmp_path)], code=code, target=target), where), where


def test_rows_come_as_a_table_that_inspect_reads(tmp_path: Path) -> None:
    result, where = read(tmp_path, GOOD)
    assert (result.rows, result.columns) == (50, ["length", "name", "kind"])
    assert (where.folder / "reader.py").read_text() == GOOD
    looked = inspect.run(inspect.Args(roots=result.roots), Step(folder=tmp_path, run=tmp_path)).profile
    assert looked.rows == {"all": 50}
    assert [column.name for column in looked.columns] == ["length", "name", "kind"]


def test_pixels_become_images(tmp_path: Path) -> None:
    code = """
import numpy as np
def read(folder):
    for path in folder.rglob('*.dat'):
        for i in range(20):
            yield {'image': np.full((5, 4), i, np.uint8), 'label': 'ab'[i % 2]}
"""
    result, _ = read(tmp_path, code, "label")
    looked = inspect.run(inspect.Args(roots=result.roots), Step(folder=tmp_path, run=tmp_path)).profile
    assert (looked.modality, looked.target) == ("image", "label")
    assert looked.image is not None
    assert (looked.image.height, looked.image.width) == (5, 4)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def read(folder):\n    return [{'kind': i % 2} for i in range(50)]", "makes them up"),
        ("def read(folder):\n    raise KeyError('nope')", "KeyError: 'nope'"),
        ("def read(folder):\n    import os\n    os._exit(3)", "exit status 3"),
        ("def read(folder):\n    return 5 if list(folder.iterdir()) else []", "read gave int"),
        ("def read(folder):\n    for _ in folder.rglob('*.dat'):\n        yield {'kind': 1}", "only 2 rows"),
        (GOOD.replace("'kind'", "'other'"), "have no column 'kind'"),
        (GOOD.replace("label}", "'same'}"), "one value only"),
        (GOOD.replace("len(name)", "len(name) if label == 'odd' else name"), "fit no table"),
        (GOOD.replace("'length'", "label"), "has the columns"),
        (GOOD.replace("len(name)", "[1]"), "holds list"),
    ],
)
def test_what_breaks_the_contract_is_refused_with_the_reason(tmp_path: Path, code: str, told: str) -> None:
    with pytest.raises(DataError, match="can't be used") as caught:
        read(tmp_path, code)
    assert told in caught.value.message


def test_more_rows_than_bytes_are_refused(tmp_path: Path) -> None:
    code = (
        "def read(folder):\n    for _ in folder.rglob('a.dat'):\n        yield from ({'kind': i} for i in range(5000))"
    )
    with pytest.raises(DataError, match="5,000 rows from"):
        read(tmp_path, code)


def test_one_file_is_given_in_a_folder(tmp_path: Path) -> None:
    data(tmp_path)
    result = run(Args(roots=["files/a.dat"], code=GOOD), step(tmp_path))
    assert result.rows == 30


@pytest.fixture
def reachable() -> Iterator[str]:
    """A URL that answers to anything with a network."""
    with ModelServer(["{}"]) as server:
        with urllib.request.urlopen(f"{server.url}/models", timeout=5) as reply:
            assert reply.status == 200
        yield f"{server.url}/models"


def test_in_its_sandbox_it_has_no_network_and_sees_nothing_else(tmp_path: Path, reachable: str) -> None:
    from noglue.agent.plan import PlannedStep
    from noglue.agent.process import StepEnvironment, execute
    from noglue.agent.run_folder import RunFolder
    from noglue.tools import sandbox

    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret")
    code = f"""
import urllib.request
def read(folder):
    seen = []
    far = {reachable!r}
    for what in (lambda: open({str(secret)!r}).read(), lambda: urllib.request.urlopen(far, timeout=2)):
        try:
            what()
            seen.append('reached')
        except Exception as error:
            seen.append(type(error).__name__)
    for path in folder.rglob('*.dat'):
        for i in range(20):
            yield {{'file': seen[0], 'net': seen[1], 'i': i}}
"""
    folder = RunFolder.create(tmp_path / "runs", "x")
    given = tmp_path / "given"
    given.mkdir()
    data(given)
    args: dict[str, Any] = {"roots": [str(given / "files")], "code": code, "target": "i"}
    work = StepEnvironment(
        folder=folder, sandbox=sandbox.choose("auto").sandbox, cache=tmp_path / "cache", seed=0, device="cpu"
    )
    attempt = execute(work, 1, PlannedStep(id="read_with", tool="read_with"), args, 60.0, lambda _: None)
    assert attempt.error is None, attempt.error
    assert attempt.result is not None
    import pyarrow.parquet as pq

    rows = pq.read_table(folder.path / attempt.result["roots"][0]).to_pylist()
    assert {row["file"] for row in rows} <= {"FileNotFoundError", "PermissionError"}
    assert {row["net"] for row in rows} == {"URLError"}
