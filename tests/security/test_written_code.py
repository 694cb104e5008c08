"""Code that nobody vouches for: it can't speak for the tool that judges it, nor reach what nobody gave it."""

import json
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.plan import PlannedStep
from noglue.agent.process import StepEnvironment, execute
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder

SECRET = "the-private-value-41"
HONEST = """
    for path in sorted(folder.rglob('*.dat')):
        for line in path.read_text().splitlines():
            size, kind = line.split()
            yield {'size': int(size), 'kind': kind}
"""
FORGED = json.dumps(
    {
        "ok": True,
        "result": {"roots": ["PLACE"], "rows": 50, "columns": ["kind"], "target": "kind", "code": "", "checks": []},
    }
)
FORGE = f"""
import os, signal
from pathlib import Path
def forge(place):
    text = {FORGED!r}.replace('PLACE', place)
    here = Path.cwd()
    for folder in (here, *here.parents):
        for name in ('result.json', 'result.json.partial', 'args.json', 'log.txt', 'rows/rows.parquet'):
            try:
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text(text)
            except OSError:
                pass
def kill():
    for pid in [os.getppid(), *range(1, 400)]:
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
"""


@pytest.fixture
def reading(backend: Any, tmp_path: Path) -> Any:
    """Run `read_with` with this code on 40 honest rows. → the attempt, and the run's folder."""
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "a.dat").write_text("".join(f"{i} {'odd' if i % 2 else 'even'}\n" for i in range(40)))
    private = tmp_path / "home" / "private.csv"
    private.parent.mkdir()
    private.write_text(f"kind\n{SECRET}\n")
    private.chmod(0o600)
    folder = RunFolder.create(tmp_path / "runs", "x")
    for name in ("sealed", "keys"):
        (folder.path / name).mkdir()
        (folder.path / name / "rows.csv").write_text(f"kind\n{SECRET}\n")
    env = StepEnvironment(folder=folder, sandbox=backend, cache=tmp_path / "cache", seed=0, device="cpu")

    def read(code: str) -> tuple[Attempt, Path]:
        args = {"roots": [str(tmp_path / "given")], "code": code, "target": "kind"}
        step = PlannedStep(id="read_with", tool="read_with")
        return execute(env, 1, step, args, 60.0, lambda _: None), folder.path

    return read


def test_an_honest_reader_is_read(reading: Any) -> None:
    attempt, run = reading(f"def read(folder):{HONEST}")
    assert attempt.error is None
    assert attempt.result["rows"] == 40
    assert attempt.result["roots"] == ["steps/01-read_with/rows/rows.parquet"]
    assert (run / "steps" / "01-read_with" / "reader.py").is_file()


PLACES = ["{private}", "sealed", "keys", "../../..", "/etc/passwd", "steps/01-read_with/../../sealed"]


@pytest.mark.parametrize("place", PLACES)
def test_it_cannot_write_the_result_and_kill_the_tool(place: str, reading: Any, tmp_path: Path) -> None:
    place = place.format(private=tmp_path / "home" / "private.csv")
    attempt, _ = reading(f"{FORGE}\ndef read(folder):\n    forge({place!r})\n    kill()\n{HONEST}")
    assert attempt.result is None or attempt.result["roots"] == ["steps/01-read_with/rows/rows.parquet"]
    assert SECRET not in attempt.model_dump_json()


def test_a_child_that_it_leaves_behind_does_not_live_to_see_the_tool(reading: Any) -> None:
    later = (
        "    if os.fork() == 0:\n        __import__('time').sleep(0.5)\n        forge('sealed')\n        os._exit(0)\n"
    )
    attempt, run = reading(f"{FORGE}\ndef read(folder):\n{later}{HONEST}")
    assert attempt.error is None
    assert attempt.result["rows"] == 40
    assert json.loads((run / "steps" / "01-read_with" / "result.json").read_text())["result"]["rows"] == 40


@pytest.mark.parametrize(
    "leave",
    [
        "os.symlink({private!r}, 'rows.parquet')",
        "os.link({private!r}, 'rows.parquet')",
        "os.mkfifo('rows.parquet')",
        "os.mkdir('rows.parquet')",
        "open('rows.parquet', 'wb').truncate(40 << 30)",
        "open('rows.parquet', 'wb').write(b'PAR1' + bytes(64) + b'PAR1')",
    ],
)
@pytest.mark.timeout(90)
def test_what_it_leaves_for_rows_is_looked_at(leave: str, reading: Any, tmp_path: Path) -> None:
    leave = leave.format(private=str(tmp_path / "home" / "private.csv"))
    code = (
        "import os\ndef read(folder):\n    if not list(folder.iterdir()):\n        return []\n"
        f"    {leave}\n    open('reported.json', 'w').write('{{\"rows_from_nothing\": 0}}')\n    os._exit(0)"
    )
    attempt, _ = reading(code)
    assert attempt.result is None
    assert attempt.error is not None
    assert SECRET not in attempt.model_dump_json()


NO_REPORTS = ["'[' * 100_000", "'{}[]'", """'{"rows_from_nothing": "x"}'""", """'"x"'""", """'{"error": {"a": 1}}'"""]


@pytest.mark.parametrize("reported", NO_REPORTS)
def test_what_it_says_of_itself_is_not_believed(reported: str, reading: Any) -> None:
    code = (
        "import os\ndef read(folder):\n    if not list(folder.iterdir()):\n        return []\n"
        f"    open('reported.json', 'w').write({reported})\n    os._exit(0)"
    )
    attempt, _ = reading(code)
    assert attempt.error is not None
    assert attempt.error.kind == "bad-reader"


def test_what_it_sees_is_what_it_was_given(reading: Any, tmp_path: Path) -> None:
    looks = [str(tmp_path / "home" / "private.csv"), "../../../sealed/rows.csv", "../../../keys/rows.csv",
             "../../../task.json", "../args.json", "/proc/1/environ"]  # fmt: skip
    code = f"""
import os
def read(folder):
    seen = []
    for place in {looks!r}:
        try:
            seen.append(open(place).read())
        except OSError:
            pass
    for i in range(20 if list(folder.iterdir()) else 0):
        yield {{'kind': str(i), 'seen': ' '.join(seen)}}
"""
    attempt, run = reading(code)
    assert attempt.error is None
    import pyarrow.parquet as pq

    seen = pq.read_table(run / attempt.result["roots"][0])["seen"].to_pylist()
    assert SECRET not in seen[0]
    assert "read_with" not in seen[0]
