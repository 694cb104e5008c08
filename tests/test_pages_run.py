"""What README.md and the quick starts tell a reader to type is typed, in order, with less time for the training."""

import csv
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import quick_starts
from tests.pages import DOCS, ROOT, blocks, scripts


def faster(text: str) -> str:
    """A minute at most for a training; of a table a linear model, which takes a second of it."""
    short = re.sub(r"(--budget )\w+", r"\g<1>60s", text)
    short = re.sub(r'budget="\w+"', 'budget="60s", family="linear"', short)
    return re.sub(r"(?m)^(noglue run .*--data \S+\.csv.*)$", r"\1 --family linear", short)


def customers(folder: Path) -> None:
    """Some who leave and some who stay, and two of whom that is not known."""
    drawn = random.Random(0)
    rows = [[drawn.randint(18, 90), drawn.choice(["basic", "plus"]), drawn.randint(0, 48)] for _ in range(240)]
    names = ["age", "plan", "months"]
    with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        leaves = [[*row, "yes" if row[2] + drawn.gauss(0, 6) < 20 else "no"] for row in rows]
        csv.writer(file).writerows([[*names, "churn"], *leaves])
    with (folder / "new_customers.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, [30, "plus", 1], [60, "basic", 44]])


def run(page: Path, folder: Path, only: str = "") -> dict[str, "subprocess.CompletedProcess[str]"]:
    """The commands that came to their end, by what was typed. only: those blocks that speak of it."""
    found = {}
    for block, done in quick_starts.ran(page.read_text(encoding="utf-8"), folder, faster, only):
        assert done.returncode == 0, f"{page.name}, line {block.line}: {done.stdout}{done.stderr}"
        found[block.text] = done
    assert found
    return found


def test_the_csv_of_the_readme(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    customers(tmp_path / "work")
    [done] = run(ROOT / "README.md", tmp_path, only="customers.csv").values()
    assert "accuracy on 48 test rows" in done.stdout
    with (tmp_path / "work" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["prediction"] for row in rows] == ["yes", "no"]
    assert "months" in rows[0]["because"]


def test_the_quick_start_from_a_csv(tmp_path: Path) -> None:
    done = run(DOCS / "start" / "csv.md", tmp_path)
    [told] = [one.stdout for typed, one in done.items() if typed.startswith("noglue run")]
    assert "accuracy on 112 test rows" in told
    [head] = [one.stdout for typed, one in done.items() if typed.startswith("head")]
    assert head.startswith("input,prediction,confidence")
    assert "because" in head
    assert (tmp_path / "work" / "runs" / "latest" / "report.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "start" / "gan.md"], ids=["readme", "gan"])
def test_a_first_gan(page: Path, tmp_path: Path) -> None:
    run(page, tmp_path, only="generate" if page.name == "README.md" else "")
    samples = [*tmp_path.glob("work/samples/*.png"), *tmp_path.glob("work/sevens/*.png")]
    assert len(samples) == 101, "a grid among them"


def test_the_script_of_the_readme(tmp_path: Path) -> None:
    customers(tmp_path)
    [script] = [block.text for block in blocks((ROOT / "README.md").read_text()) if block.language == "python"]
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", faster(script)],
        cwd=tmp_path,
        env=quick_starts.environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.splitlines()[0]) > 0.7
    assert "yes" in done.stdout


@pytest.fixture(scope="module")
def wines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the script's quick start was run."""
    folder = tmp_path_factory.mktemp("script")
    run(DOCS / "start" / "script.md", folder)
    return folder


def test_the_quick_start_with_a_script(wines: Path) -> None:
    assert (wines / "work" / "runs" / "latest" / "report.html").is_file()


@pytest.fixture
def served(wines: Path) -> Iterator[str]:
    """The server of docs/serving.md, asked for by its address."""
    work = wines / "work"
    (work / "serve.py").write_text(scripts((DOCS / "serving.md").read_text(encoding="utf-8"))["serve.py"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = quick_starts.environment(wines / "home")
    process = subprocess.Popen([sys.executable, "serve.py", str(port)], cwd=work, env=environment)
    try:
        limit = time.monotonic() + 60
        while True:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def test_the_server_answers_what_the_command_line_answers(wines: Path, served: str) -> None:
    work = wines / "work"
    with (work / "wines.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: float(cell) for name, cell in row.items() if name != "cultivar"} for row in csv.DictReader(file)]
    request = urllib.request.Request(served, json.dumps(rows[:5]).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        answered = [str(one) for one in json.load(reply)["predictions"]]
    command = ["noglue", "predict", "latest", "wines.csv", "--out", "told.csv"]
    environment = quick_starts.environment(wines / "home")
    subprocess.run(command, cwd=work, env=os.environ | environment, check=True, capture_output=True)
    with (work / "told.csv").open(encoding="utf-8", newline="") as file:
        assert answered == [row["prediction"] for row in csv.DictReader(file)][:5]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(served, b'[{"alcohol": 13.2}]'), timeout=60)
    with refused.value:
        assert refused.value.code == 400
        assert "malic_acid" in json.load(refused.value)["error"]


def test_an_output_goes_behind_its_commands() -> None:
    page = "a\n\n```sh\nx\n```\n\n```output\nold\n```\n\nb\n\n```sh\ny\n```\n\nc\n"
    first, second = [block.end for block in blocks(page) if block.language == "sh"]
    made = quick_starts.filled(page, {first: "new\nlines\n", second: "unseen"})
    assert made == page.replace("old", "new\nlines")
    assert quick_starts.filled(page.replace("old\n", ""), {first: "new"}) == page.replace("old", "new")
